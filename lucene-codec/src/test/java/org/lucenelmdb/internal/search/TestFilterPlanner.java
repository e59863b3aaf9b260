/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import static org.lucenelmdb.internal.search.FilterStrategy.EXHAUSTIVE;
import static org.lucenelmdb.internal.search.FilterStrategy.FILTERED;
import static org.lucenelmdb.internal.search.FilterStrategy.POST_FILTERED;

import java.util.List;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.lucenelmdb.internal.codes.CodeCosts;
import org.lucenelmdb.internal.codes.CodeLayout;
import org.lucenelmdb.internal.codes.CodeModel;
import org.lucenelmdb.internal.graph.GraphGeometry;
import org.lucenelmdb.internal.vectors.VectorMetric;

/** Which strategies are chosen at first, and when they change. */
public class TestFilterPlanner extends LuceneTestCase {

  private static final int CANDIDATES = 32;
  private static final int LARGE = 10_000_000;
  private static final int FIRST_REVIEW = 8;
  private static final int DIMENSION = 384;
  private static final int VECTOR_BYTES = DIMENSION * Float.BYTES;

  private static final CodeModel MODEL =
      new CodeModel(
          CodeLayout.of(DIMENSION, 1, VectorMetric.COSINE),
          VectorMetric.COSINE,
          4,
          0.05f,
          20,
          new float[DIMENSION],
          null,
          0,
          new float[0][]);

  private static SearchCosts costs(int size) {
    GraphGeometry graph = new GraphGeometry(0, size, 16, 32, 0, 0, new int[1][], null);
    return new SearchCosts(graph, MODEL, new CodeCosts(size, VECTOR_BYTES, true));
  }

  private static FilterPlanner plan(int size, int matching, int candidates, FilterStrategy forced) {
    return new FilterPlanner(costs(size), size, matching, () -> matching, candidates, true, forced);
  }

  /** A plan with deletes, which the cost of the filter does not account for. */
  private static FilterPlanner planWithDeletes(int size, int deleted) {
    return new FilterPlanner(costs(size), size, size, () -> size - deleted, 16, true, null);
  }

  /** Reviews a plan as a search whose first expanded nodes match, and the others do not. */
  private static int nodesUntilChange(FilterPlanner plan, int matchingExpandedNodes, int most) {
    FilterStrategy before = plan.strategy();
    int expandedNodes = 0;
    while (expandedNodes < most && plan.strategy() == before) {
      expandedNodes++;
      if (plan.isReviewDue(expandedNodes)) {
        plan.review(expandedNodes, Math.min(expandedNodes, matchingExpandedNodes));
      }
    }
    return expandedNodes;
  }

  private static FilterPlanner plan(int size, int matching) {
    return plan(size, matching, CANDIDATES, null);
  }

  public void testChoices() {
    for (int matching : new int[] {1, 10, 1000}) {
      assertEquals(EXHAUSTIVE, plan(LARGE, matching).strategy());
      assertEquals(matching, plan(LARGE, matching).estimatedVisits());
    }
    assertEquals("small", EXHAUSTIVE, plan(1000, 1000).strategy());
    assertEquals(POST_FILTERED, plan(LARGE, LARGE / 2).strategy());
    assertEquals(POST_FILTERED, plan(LARGE, LARGE).strategy());
    assertEquals(FILTERED, plan(LARGE, LARGE / 50).strategy());
    assertEquals("most candidates", EXHAUSTIVE, plan(100_000, 50_000, 50_000, null).strategy());
    for (int matching : new int[] {LARGE / 50, LARGE / 2}) {
      long visits = plan(LARGE, matching).estimatedVisits();
      assertTrue("" + visits, visits >= CANDIDATES && visits < matching / 10);
    }
  }

  /** The less nodes match, the larger is the beam of a filtered traversal. */
  public void testFilteredEf() {
    int previous = CANDIDATES;
    for (int part : new int[] {1, 2, 10, 50, 1000}) {
      int candidates = plan(LARGE, LARGE / part).filteredEf(CANDIDATES);
      assertTrue(candidates + " after " + previous, candidates >= previous);
      previous = candidates;
    }
    assertEquals("at most", 8 * CANDIDATES, previous);
    assertEquals("no more than match", 5, plan(LARGE, 5).filteredEf(CANDIDATES));
  }

  /** A filter with which a traversal is tried, but a scan may be cheaper. */
  private static FilterPlanner fewButMaybeNear() {
    FilterPlanner plan = plan(LARGE, LARGE / 500);
    assertEquals(FILTERED, plan.strategy());
    return plan;
  }

  public void testGoesOnWhereMostMatch() {
    FilterPlanner plan = fewButMaybeNear();
    for (int expandedNodes = FIRST_REVIEW; expandedNodes <= 64; expandedNodes *= 2) {
      assertTrue(plan.isReviewDue(expandedNodes));
      plan.review(expandedNodes, expandedNodes);
      assertEquals(FILTERED, plan.strategy());
    }
    assertEquals(List.of(FILTERED), plan.strategies());
  }

  public void testScansWhereNoneMatches() {
    FilterPlanner plan = fewButMaybeNear();
    plan.review(FIRST_REVIEW, 0);
    assertEquals(List.of(FILTERED, EXHAUSTIVE), plan.strategies());
    assertFalse("too late", plan.isFar(FIRST_REVIEW, 0));
  }

  public void testPostFilteredBecomesFiltered() {
    FilterPlanner plan = plan(LARGE, LARGE / 2);
    int expandedNodes = FIRST_REVIEW;
    plan.review(expandedNodes, expandedNodes / 2);
    assertEquals("as expected", List.of(POST_FILTERED), plan.strategies());
    while (plan.strategy() == POST_FILTERED && expandedNodes < 1000) {
      expandedNodes *= 2;
      assertTrue(plan.isReviewDue(expandedNodes));
      plan.review(expandedNodes, 0);
    }
    assertEquals(List.of(POST_FILTERED, FILTERED), plan.strategies());
    expandedNodes *= 2;
    plan.review(expandedNodes, expandedNodes);
    assertEquals("not back", FILTERED, plan.strategy());
  }

  /**
   * The deleted nodes may all be near the query. A post-filtered traversal expands them all if they
   * are few, and is soon given up if they are many, whatever matched on the way to the query.
   */
  public void testDeletedNearQuery() {
    int size = 20_000;
    for (int matchingExpandedNodes : new int[] {0, 5, 10}) {
      FilterPlanner few = planWithDeletes(size, 100);
      assertEquals(POST_FILTERED, few.strategy());
      assertEquals(100, nodesUntilChange(few, matchingExpandedNodes, 100));
      int before = Integer.MAX_VALUE;
      for (int deleted : new int[] {5_000, 10_000, 15_000}) {
        FilterPlanner many = planWithDeletes(size, deleted);
        int expandedNodes = nodesUntilChange(many, matchingExpandedNodes, 1000);
        assertEquals(List.of(POST_FILTERED, EXHAUSTIVE), many.strategies());
        assertTrue(deleted + " deleted: " + expandedNodes, expandedNodes <= Math.min(before, 150));
        before = expandedNodes;
      }
    }
  }

  /** Matching vectors are counted only if that may change the strategy. */
  public void testCountsOnlyIfContradicted() {
    FilterPlanner plan =
        new FilterPlanner(
            costs(LARGE),
            LARGE,
            LARGE,
            () -> {
              throw new AssertionError("counted");
            },
            CANDIDATES,
            true,
            null);
    for (int expandedNodes = FIRST_REVIEW; expandedNodes < 1000; expandedNodes++) {
      if (plan.isReviewDue(expandedNodes)) {
        plan.review(expandedNodes, expandedNodes - expandedNodes / 4);
      }
    }
    assertEquals(POST_FILTERED, plan.strategy());
  }

  /** The interval between reviews grows by a half. */
  public void testReviewsBecomeRarer() {
    FilterPlanner plan = plan(LARGE, LARGE / 2);
    int expandedNodes = FIRST_REVIEW;
    for (int i = 0; i < 10; i++) {
      assertFalse(plan.isReviewDue(expandedNodes - 1));
      assertTrue(plan.isReviewDue(expandedNodes));
      expandedNodes += random().nextInt(20); // reviews may be late
      plan.review(expandedNodes, expandedNodes / 2);
      expandedNodes += (expandedNodes + 1) / 2;
    }
  }

  public void testFar() {
    FilterPlanner plan = plan(LARGE, LARGE / 2);
    assertTrue(plan.isFar(40, 0));
    assertTrue(plan.isFar(40, 4));
    assertFalse(plan.isFar(40, 5)); // a quarter of the half
    assertFalse(plan(LARGE, 5).isFar(40, 0));
  }

  /** If the limit does not allow a scan of all matching nodes, none is chosen. */
  public void testMayNotScan() {
    SearchCosts costs = costs(1000);
    for (int matching = 1; matching <= 1000; matching += 1 + random().nextInt(50)) {
      FilterPlanner plan =
          new FilterPlanner(costs, 1000, matching, () -> 0, CANDIDATES, false, null);
      assertNotEquals(EXHAUSTIVE, plan.strategy());
      for (int expandedNodes = FIRST_REVIEW; expandedNodes < 1000; expandedNodes *= 2) {
        plan.review(expandedNodes, 0);
        assertNotEquals(EXHAUSTIVE, plan.strategy());
      }
    }
  }

  public void testForced() {
    for (int i = 0; i < 1000; i++) {
      for (FilterStrategy forced : FilterStrategy.values()) {
        int size = TestUtil.nextInt(random(), 1, random().nextBoolean() ? 100 : LARGE);
        int matching = TestUtil.nextInt(random(), 1, size);
        FilterPlanner plan = plan(size, matching, TestUtil.nextInt(random(), 1, size), forced);
        assertEquals(forced, plan.strategy());
        assertFalse(plan.isReviewDue(random().nextInt(Integer.MAX_VALUE)));
        assertTrue("" + plan.estimatedVisits(), plan.estimatedVisits() <= size);
        assertTrue(plan.estimatedVisits() >= 0);
        assertEquals(List.of(forced), plan.strategies());
        plan.addScan();
        assertEquals(List.of(forced, EXHAUSTIVE), plan.strategies());
      }
    }
  }

  public void testAnyReviews() {
    for (int i = 0; i < 1000; i++) {
      int size = TestUtil.nextInt(random(), 1, LARGE);
      int matching = TestUtil.nextInt(random(), 1, random().nextBoolean() ? size : 1 + size / 100);
      FilterPlanner plan = plan(size, matching);
      int expandedNodes = 0;
      int matchingExpandedNodes = 0;
      while (expandedNodes < 2000 && plan.strategy() != EXHAUSTIVE) {
        expandedNodes++;
        matchingExpandedNodes += random().nextInt(3) == 0 ? 1 : 0;
        if (plan.isReviewDue(expandedNodes)) {
          FilterStrategy before = plan.strategy();
          plan.review(expandedNodes, matchingExpandedNodes);
          assertTrue(plan.strategy() == before || plan.strategy() != POST_FILTERED);
        }
      }
      List<FilterStrategy> strategies = plan.strategies();
      assertEquals(plan.strategy(), strategies.get(strategies.size() - 1));
      assertEquals("each once", strategies.stream().distinct().toList(), strategies);
      assertTrue(plan.estimatedVisits() > 0);
    }
  }
}
