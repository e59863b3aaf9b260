/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.jmh;

import com.carrotsearch.randomizedtesting.ThreadFilter;

/** Thread leak filter: the daemon that jnr-ffi, a dependency of lmdbjava, starts once per JVM. */
public final class LibraryThreads implements ThreadFilter {
  @Override
  public boolean reject(Thread thread) {
    return thread.getName().equals("jnr.ffi.util.ref.internal.Finalizer");
  }
}
