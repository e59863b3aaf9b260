/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.explain;

import com.carrotsearch.randomizedtesting.ThreadFilter;

/** Ignores the daemon thread that jnr-ffi, which lmdbjava uses, starts once in a JVM. */
public final class LibraryThreads implements ThreadFilter {
  @Override
  public boolean reject(Thread thread) {
    return thread.getName().equals("jnr.ffi.util.ref.internal.Finalizer");
  }
}
