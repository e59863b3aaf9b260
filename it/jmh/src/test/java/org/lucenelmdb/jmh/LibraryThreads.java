/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.jmh;

import com.carrotsearch.randomizedtesting.ThreadFilter;

/** Thread leak filter: the daemon that jnr-ffi, below lmdbjava, starts once for the whole JVM. */
public final class LibraryThreads implements ThreadFilter {
  @Override
  public boolean reject(Thread thread) {
    return thread.getName().equals("jnr.ffi.util.ref.internal.Finalizer");
  }
}
