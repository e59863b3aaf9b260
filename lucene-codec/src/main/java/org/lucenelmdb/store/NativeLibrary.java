/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.store;

import java.io.IOException;
import java.nio.ByteOrder;
import org.lmdbjava.Env;

/** Loads LMDB once, and says what to do where that is not possible. */
final class NativeLibrary {

  private NativeLibrary() {}

  /**
   * Makes sure that LMDB can be called.
   *
   * @throws IOException if the native library cannot be loaded on this machine
   */
  static void ensureLoaded() throws IOException {
    if (Loaded.FAILURE != null) {
      throw new IOException(
          "LMDB's native library cannot be loaded on "
              + System.getProperty("os.name")
              + "/"
              + System.getProperty("os.arch")
              + ": writing vectors with this format is not possible here, reading them is. If"
              + " the temporary directory ("
              + System.getProperty("java.io.tmpdir")
              + ") is not writable or mounted noexec, set -Dlmdbjava.extract.dir=DIR and"
              + " -Djffi.extract.dir=DIR to a directory from which libraries may be loaded; to use"
              + " an installed LMDB, set -Dlmdbjava.native.lib=PATH. Cause: "
              + rootMessage(Loaded.FAILURE),
          Loaded.FAILURE);
    }
  }

  private static String rootMessage(Throwable t) {
    Throwable root = t;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return root.toString();
  }

  private static final class Loaded {
    static final Throwable FAILURE = load();

    private static Throwable load() {
      if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
        // LMDB writes in the machine's order, and images are exchanged between machines
        return new UnsupportedOperationException("images are little-endian, this machine is not");
      }
      // lmdbjava looks its library up in the context class loader, which in a server is rarely the
      // one that has this jar
      Thread thread = Thread.currentThread();
      ClassLoader context = thread.getContextClassLoader();
      thread.setContextClassLoader(Env.class.getClassLoader());
      try {
        Class.forName("org.lmdbjava.Library", true, Env.class.getClassLoader());
        NativeBuffer.allocate(1);
        return null;
      } catch (Throwable t) { // linkage errors of every kind; reported at each use
        return t;
      } finally {
        thread.setContextClassLoader(context);
      }
    }
  }
}
