/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import org.lucenelmdb.internal.offheap.BuildBudgets;

/**
 * A limit of memory outside the heap that the builds of several formats share, for example in a
 * server with a format for each index. Thread-safe.
 *
 * @see LmdbHnswOptions#withBuildMemory(LmdbHnswBuildMemory)
 */
public final class LmdbHnswBuildMemory {

  private final long limit;
  private final BuildBudgets budgets;

  private LmdbHnswBuildMemory(long limit) {
    this.limit = limit;
    this.budgets = BuildBudgets.of(limit);
  }

  /**
   * Creates a limit of which nothing is in use.
   *
   * @param bytes at least 1
   * @return the limit
   * @throws IllegalArgumentException if out of range
   */
  public static LmdbHnswBuildMemory of(long bytes) {
    return new LmdbHnswBuildMemory(LmdbHnswOptions.checkBuildMemory(bytes));
  }

  /** {@return the limit, in bytes} */
  public long limit() {
    return limit;
  }

  /**
   * Returns the memory that builds use now. It can exceed the limit: a merge that needs more than
   * the limit gets it when no other merge has memory.
   *
   * @return the memory, in bytes
   */
  public long used() {
    return budgets.used();
  }

  BuildBudgets budgets() {
    return budgets;
  }

  @Override
  public String toString() {
    return limit + " bytes, shared";
  }
}
