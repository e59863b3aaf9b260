/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.util.List;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;

/** The effort and the number of candidates of each kind of goal. */
public class TestSearchGoal extends LuceneTestCase {

  private static final RecallCurve EASY =
      new RecallCurve(List.of(new RecallCurve.Point(0.5f, 50, 0.999f, 1, 0.999f, 1)));

  /** An oversampling is a fixed multiple of k. */
  public void testOversampling() {
    for (int round = 0; round < 50; round++) {
      int k = 1 + random().nextInt(1000);
      double factor = 1 + 10 * random().nextDouble();
      SearchGoal goal = SearchGoal.oversampling(factor);
      assertFalse(goal.isAdaptive());
      Effort effort = goal.quantizedEffort(k, random().nextBoolean());
      boolean isFiltered = random().nextBoolean();
      assertEquals(Math.ceil(k * factor), goal.ef(k, 3, effort, isFiltered), 0);
      assertEquals(Math.ceil(k * factor), goal.scanRerankCount(k, 3, isFiltered), 0);
    }
  }

  /** The effort is that of the curve, with at least k candidates. */
  public void testTarget() {
    for (int round = 0; round < 50; round++) {
      double target = 0.5 + 0.49 * random().nextDouble();
      RecallCurve curve = random().nextBoolean() ? RecallCurve.USUAL_ON_CODES : EASY;
      SearchGoal goal = SearchGoal.recall(target, curve);
      int k = TestUtil.nextInt(random(), 1, 200);
      Effort effort = goal.quantizedEffort(k, random().nextBoolean());
      assertEquals(curve.effort(target, k), effort);
      assertEquals(curve.effort(target, k), goal.exactEffort(k));
      double wanted = effort.efFactor() * Math.max(16, k * 2);
      double ef = goal.ef(k, 2, effort, random().nextBoolean());
      assertEquals(Math.max(k, Math.ceil(wanted)), ef, 0);
      assertTrue(goal.scanTolerance() <= 1 - target + 1e-9);
      assertTrue(goal.excludedNearestTolerance() < goal.scanTolerance());
    }
  }

  /** The default has a minimum effort, however easy the data are. */
  public void testDefault() {
    SearchGoal goal = SearchGoal.byDefault(EASY);
    Effort effort = goal.quantizedEffort(10, false);
    assertEquals(1, effort.efFactor(), 0);
    assertEquals(0.05, effort.tolerance(), 0);
    assertEquals(0.01, goal.quantizedEffort(10, true).tolerance(), 0);
    assertTrue(goal.exactEffort(10).efFactor() > 1.1);
    assertEquals(28, goal.ef(10, 1.3, effort, true), 0);
    assertEquals(16, goal.ef(10, 1.3, effort, false), 0);
    // and more where that is not enough
    RecallCurve usual = RecallCurve.USUAL_ON_CODES;
    assertEquals(usual.effort(0.95, 10), SearchGoal.byDefault(usual).quantizedEffort(10, false));
  }
}
