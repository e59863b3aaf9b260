/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.resources;

/**
 * The memory of all builds of a format, shared out: a merge may run for hours, and no flush, which
 * refreshes and commits wait for, is to wait for one.
 *
 * @param flushes what flushes have
 * @param merges what merges have
 */
public record BuildBudgets(MemoryBudget flushes, MemoryBudget merges) {

  /** Flushes have this part. */
  private static final int FLUSHES_PART = 4;

  /** Shares out so many bytes, at least 1. */
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
