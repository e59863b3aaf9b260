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
 * Loads LMDB once per JVM. If that fails, the exception explains how to fix it.
 *
 * <p>The JVM does not retry the initialization of a class that failed, and jffi, which loads LMDB,
 * remembers its first failure as well. {@link ExtractDirectories} therefore checks the likely
 * causes of a failure beforehand. If the check fails, loading is retried later. If the check
 * succeeds and loading fails nevertheless, the failure lasts until the JVM is restarted.
 */
final class NativeLibrary {

  /**
   * The time between attempts to load the library. Users may fix the cause of a failure while the
   * JVM runs, but not between one flush and the next.
   */
  static final long RETRY_NANOS = TimeUnit.MINUTES.toNanos(1);

  /**
   * The system property that makes jffi access memory through JNI instead of {@code
   * sun.misc.Unsafe}.
   */
  static final String UNSAFE_DISABLED = "jffi.unsafe.disabled";

  private static final NativeLibrary SHARED = new NativeLibrary(System::nanoTime);

  private final LongSupplier nanoTime;
  private volatile boolean loaded;
  private Throwable failure; // the failure of the last attempt; null before the first attempt
  private boolean lasting; // whether a retry cannot succeed
  private long failedAt;

  /**
   * @param nanoTime {@link System#nanoTime}, or a clock for tests
   */
  NativeLibrary(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Loads LMDB unless it is loaded.
   *
   * @throws IOException if the native library cannot be loaded, or an attempt failed less than a
   *     minute ago
   */
  static void ensureLoaded() throws IOException {
    SHARED.load();
  }

  /**
   * Loads LMDB unless it is loaded, like {@link #ensureLoaded}. Only attempts of this object delay
   * the next attempt.
   */
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
    // lmdbjava looks up its library by the context class loader, which rarely knows the library in
    // a server
    ClassLoader loader = Env.class.getClassLoader();
    Thread thread = Thread.currentThread();
    ClassLoader context = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    boolean interrupted = Thread.interrupted(); // jffi would fail permanently
    try {
      if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
        // LMDB writes in the machine's byte order, but images move between machines
        throw new UnsupportedOperationException("images are little-endian, this machine is not");
      }
      ExtractDirectories.check(loader);
      initializeMemoryAccess();
      Class.forName("org.lmdbjava.Library", true, loader);
      NativeBuffer.allocate(1);
      failure = null;
      loaded = true;
    } catch (IOException e) { // thrown by the check, before any class was initialized
      failure = e;
      failedAt = nanoTime.getAsLong();
    } catch (Throwable t) { // linkage errors of all kinds
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
   * Makes jffi choose JNI to access memory. JDK 24 warns of {@code sun.misc.Unsafe}, and later JDKs
   * deny it. The property is removed again because it applies to all copies of jffi in the process.
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
