/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.util.List;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;

public class TestSearchGoal extends LuceneTestCase {

  private static final RecallCurve EASY =
      new RecallCurve(List.of(new RecallCurve.Point(0.5f, 50, 0.999f, 1, 0.999f, 1)));

  /** An oversampling means what it says. */
  public void testOversampling() {
    for (int round = 0; round < 50; round++) {
      int k = 1 + random().nextInt(1000);
      double factor = 1 + 10 * random().nextDouble();
      SearchGoal goal = SearchGoal.oversampling(factor);
      assertFalse(goal.isAdaptive());
      Effort effort = goal.onCodes(k, random().nextBoolean());
      boolean isFiltered = random().nextBoolean();
      assertEquals(Math.ceil(k * factor), goal.candidates(k, 3, effort, isFiltered), 0);
      assertEquals(Math.ceil(k * factor), goal.scanCandidates(k, 3, isFiltered), 0);
    }
  }

  /** What a curve says is done, and nothing else; but k are found at least. */
  public void testTarget() {
    for (int round = 0; round < 50; round++) {
      double target = 0.5 + 0.49 * random().nextDouble();
      RecallCurve curve = random().nextBoolean() ? RecallCurve.USUAL_ON_CODES : EASY;
      SearchGoal goal = SearchGoal.recall(target, curve);
      int k = TestUtil.nextInt(random(), 1, 200);
      Effort effort = goal.onCodes(k, random().nextBoolean());
      assertEquals(curve.effort(target, k), effort);
      assertEquals(curve.effort(target, k), goal.onVectors(k));
      double wanted = effort.candidates() * Math.max(16, k * 2);
      double candidates = goal.candidates(k, 2, effort, random().nextBoolean());
      assertEquals(Math.max(k, Math.ceil(wanted)), candidates, 0);
      assertTrue(goal.scanTolerance() <= 1 - target + 1e-9);
      assertTrue(goal.hiddenTolerance() < goal.scanTolerance());
    }
  }

  /** By default, searches do no less than Lucene's, however easy the data are. */
  public void testDefault() {
    SearchGoal goal = SearchGoal.byDefault(EASY);
    Effort effort = goal.onCodes(10, false);
    assertEquals(1, effort.candidates(), 0);
    assertEquals(0.05, effort.tolerance(), 0);
    assertEquals(0.01, goal.onCodes(10, true).tolerance(), 0);
    assertTrue(goal.onVectors(10).candidates() > 1.1);
    assertEquals(28, goal.candidates(10, 1.3, effort, true), 0);
    assertEquals(16, goal.candidates(10, 1.3, effort, false), 0);
    // and more where that is not enough
    RecallCurve usual = RecallCurve.USUAL_ON_CODES;
    assertEquals(usual.effort(0.95, 10), SearchGoal.byDefault(usual).onCodes(10, false));
  }
}
