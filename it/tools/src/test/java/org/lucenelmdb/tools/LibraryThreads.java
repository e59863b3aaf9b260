/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools;

import com.carrotsearch.randomizedtesting.ThreadFilter;

/** The daemon thread that lmdbjava starts once per process and never ends. */
public final class LibraryThreads implements ThreadFilter {
  @Override
  public boolean reject(Thread thread) {
    return thread.getName().equals("jnr.ffi.util.ref.internal.Finalizer");
  }
}
