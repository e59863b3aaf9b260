/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import com.kenai.jffi.MemoryIO;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.lmdbjava.Env;

/**
 * Loads LMDB once, and says what to do where that is not possible.
 *
 * <p>A class whose initialization failed cannot be initialized again in the same class loader, and
 * jffi, which loads LMDB, keeps its first failure, too. So {@link ExtractDirectories} first tries
 * what they will do. If that fails, nothing is lost, and it is tried again later; if it succeeds
 * and loading fails nevertheless, only another JVM can help.
 */
final class NativeLibrary {

  /** What is wrong may be put right while the JVM runs, but not between one flush and the next. */
  static final long RETRY_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** Makes jffi access memory through JNI rather than through {@code sun.misc.Unsafe}. */
  static final String UNSAFE_DISABLED = "jffi.unsafe.disabled";

  private static final NativeLibrary SHARED = new NativeLibrary(System::nanoTime);

  private final LongSupplier nanoTime;
  private volatile boolean loaded;
  private Throwable failure; // of the last attempt; null before the first
  private boolean lasting; // the failure can only be repeated
  private long failedAt;

  /**
   * @param nanoTime the time, as {@link System#nanoTime} counts it
   */
  NativeLibrary(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Makes sure that LMDB can be called.
   *
   * @throws IOException if the native library cannot be loaded, or could not less than a minute ago
   */
  static void ensureLoaded() throws IOException {
    SHARED.load();
  }

  /** As {@link #ensureLoaded}; only what this object has tried counts for the minute. */
  void load() throws IOException {
    if (loaded) {
      return;
    }
    synchronized (this) {
      if (loaded) {
        return;
      }
      if (failure == null || (lasting == false && nanoTime.getAsLong() - failedAt >= RETRY_NANOS)) {
        attempt();
      }
      if (failure != null) {
        throw new IOException(message(), failure);
      }
    }
  }

  private void attempt() {
    // lmdbjava looks its library up in the context class loader, which in a server is rarely the
    // one that has this jar
    ClassLoader loader = Env.class.getClassLoader();
    Thread thread = Thread.currentThread();
    ClassLoader context = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    boolean interrupted = Thread.interrupted(); // which would make jffi fail, for good
    try {
      if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
        // LMDB writes in the machine's order, and images are exchanged between machines
        throw new UnsupportedOperationException("images are little-endian, this machine is not");
      }
      ExtractDirectories.check(loader);
      initializeMemoryAccess();
      Class.forName("org.lmdbjava.Library", true, loader);
      NativeBuffer.allocate(1);
      failure = null;
      loaded = true;
    } catch (IOException e) { // from the check: no class has been initialized
      failure = e;
      failedAt = nanoTime.getAsLong();
    } catch (Throwable t) { // linkage errors of every kind
      failure = t;
      lasting = true;
    } finally {
      if (interrupted) {
        thread.interrupt();
      }
      thread.setContextClassLoader(context);
    }
  }

  /**
   * Has jffi choose how it accesses memory. JDK 24 warns of {@code sun.misc.Unsafe}, and later ones
   * deny it. The property is set no longer than that takes, as it is for every jffi of the process.
   */
  private static void initializeMemoryAccess() {
    if (System.getProperty(UNSAFE_DISABLED) != null) {
      return; // chosen by the user
    }
    System.setProperty(UNSAFE_DISABLED, "true");
    try {
      MemoryIO.getInstance();
    } finally {
      System.clearProperty(UNSAFE_DISABLED);
    }
  }

  private String message() {
    if (lasting == false) {
      return "LMDB's native library cannot be loaded: writing vectors with this format is not"
          + " possible at the moment, reading them is. "
          + failure.getMessage()
          + ". Loading is tried again after a minute.";
    }
    return "LMDB's native library cannot be loaded on "
        + System.getProperty("os.name")
        + "/"
        + System.getProperty("os.arch")
        + ": writing vectors with this format is not possible in this JVM, reading them is. If the"
        + " temporary directory ("
        + System.getProperty("java.io.tmpdir")
        + ") is mounted noexec, set -Dlmdbjava.extract.dir=DIR and -Djffi.extract.dir=DIR to a"
        + " directory from which libraries may be loaded; to use an installed LMDB, set"
        + " -Dlmdbjava.native.lib=PATH. Cause: "
        + rootMessage(failure);
  }

  private static String rootMessage(Throwable t) {
    Throwable root = t;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return root.toString();
  }
}
