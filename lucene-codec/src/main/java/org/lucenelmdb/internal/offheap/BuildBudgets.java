/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.offheap;

/**
 * The memory budgets of a format's builds: one for flushes and one for merges. Refreshes and
 * commits wait for flushes, and a merge may run for hours, so a flush must not wait for the memory
 * of a merge.
 *
 * @param flushes the budget of flushes
 * @param merges the budget of merges
 */
public record BuildBudgets(MemoryBudget flushes, MemoryBudget merges) {

  /** Flushes get this fraction of the memory. */
  private static final int FLUSH_FRACTION = 4;

  /** Splits the memory of all builds, in bytes. Each budget has at least one byte. */
  public static BuildBudgets of(long bytes) {
    long flushes = bytes / FLUSH_FRACTION;
    return new BuildBudgets(
        new MemoryBudget(Math.max(1, flushes)), new MemoryBudget(Math.max(1, bytes - flushes)));
  }

  /** The memory that is granted now, in bytes. */
  public long used() {
    return flushes.used() + merges.used();
  }
}
