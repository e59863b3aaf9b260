/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench;

import com.carrotsearch.randomizedtesting.ThreadFilter;
import java.util.List;

/** The daemon threads that libraries start once per process and never end. */
public final class LibraryThreads implements ThreadFilter {

  private static final List<String> PREFIXES =
      List.of(
          "ForkJoinPool", // jvector: one for the whole process
          "ProgressBar", // renders the progress bars
          "jnr.ffi.util.ref.internal.Finalizer"); // frees native memory for lmdbjava

  @Override
  public boolean reject(Thread thread) {
    return PREFIXES.stream().anyMatch(thread.getName()::startsWith);
  }
}
