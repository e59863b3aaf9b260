/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.offheap;

/**
 * The memory of all builds of a format, split between flushes and merges. A merge may run for
 * hours; refreshes and commits wait for flushes, so a flush must not wait for a merge.
 *
 * @param flushes the budget of flushes
 * @param merges the budget of merges
 */
public record BuildBudgets(MemoryBudget flushes, MemoryBudget merges) {

  /** Flushes have one byte in this many. */
  private static final int FLUSHES_PART = 4;

  /** Splits a number of bytes, at least 1. */
  public static BuildBudgets of(long bytes) {
    long flushes = bytes / FLUSHES_PART;
    return new BuildBudgets(
        new MemoryBudget(Math.max(1, flushes)), new MemoryBudget(Math.max(1, bytes - flushes)));
  }

  /** What builds have now, in bytes. */
  public long used() {
    return flushes.used() + merges.used();
  }
}
