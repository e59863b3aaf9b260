/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.offheap;

import org.apache.lucene.tests.util.LuceneTestCase;

/** {@link BuildBudgets} of flushes and merges. */
public class TestBuildBudgets extends LuceneTestCase {

  public void testSplit() throws Exception {
    BuildBudgets budgets = BuildBudgets.of(1000);
    assertEquals(250, budgets.flushes().limit());
    assertEquals(750, budgets.merges().limit());
    try (BuildMemory flush = budgets.flushes().take(10, () -> {});
        BuildMemory merge = budgets.merges().take(20, () -> {})) {
      assertNotNull(flush);
      assertNotNull(merge);
      assertEquals(30, budgets.used());
    }
    assertEquals(0, budgets.used());
  }

  /** Small budgets have at least one byte each. */
  public void testSmall() {
    for (long bytes = 0; bytes < 5; bytes++) {
      assertTrue(BuildBudgets.of(bytes).flushes().limit() >= 1);
      assertTrue(BuildBudgets.of(bytes).merges().limit() >= 1);
    }
  }
}
