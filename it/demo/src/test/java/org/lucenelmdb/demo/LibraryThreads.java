/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.demo;

import com.carrotsearch.randomizedtesting.ThreadFilter;
import java.util.Set;

/** The daemon threads that libraries start once per process and never end. */
public final class LibraryThreads implements ThreadFilter {

  private static final Set<String> NAMES =
      Set.of(
          "ProgressBar", // renders the progress bars
          "jnr.ffi.util.ref.internal.Finalizer"); // frees native memory for lmdbjava

  @Override
  public boolean reject(Thread thread) {
    return NAMES.contains(thread.getName());
  }
}
