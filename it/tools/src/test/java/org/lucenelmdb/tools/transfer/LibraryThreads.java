/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer;

import com.carrotsearch.randomizedtesting.ThreadFilter;

/** Rejects threads of libraries, which last as long as the JVM. */
public final class LibraryThreads implements ThreadFilter {

  @Override
  public boolean reject(Thread thread) {
    return thread.getName().equals("jnr.ffi.util.ref.internal.Finalizer");
  }
}
