/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.jmh;

import java.util.SplittableRandom;
import org.apache.lucene.util.LongHeap;
import org.apache.lucene.util.NumericUtils;
import org.apache.lucene.util.TernaryLongHeap;
import org.apache.lucene.util.hnsw.NeighborQueue;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * Takes the best node of the frontier and offers the scores of {@value #NEIGHBORS} neighbors to the
 * two queues of a search: the frontier, best first and unbounded, and the results, worst first and
 * at most {@code results} of them. A neighbor that is worse than all results goes into neither.
 *
 * <ul>
 *   <li>{@code neighborQueue}: Lucene's queue of nodes, which is a ternary heap of longs.
 *   <li>{@code ternaryLongHeap}, {@code longHeap}: Lucene's ternary and binary heaps of longs, with
 *       score and node packed into the long here.
 * </ul>
 *
 * <p>Replays a search of {@value #EXPANSIONS_PER_SEARCH} expansions with random scores, in which
 * later neighbors are less and less likely to be results. The time is that of one expansion.
 */
public class ExpansionQueues extends Expansion {

  private static final int SEARCHES = 64; // more than the branch predictor can learn

  @Param("100")
  int results;

  private float[][] searches;
  private int search;

  private NeighborQueue candidateQueue;
  private NeighborQueue resultQueue;
  private TernaryLongHeap candidateTernary;
  private TernaryLongHeap resultTernary;
  private LongHeap candidateHeap;
  private LongHeap resultHeap;

  /** For JMH. */
  public ExpansionQueues() {}

  /** Generates scores. */
  @Setup
  public void setUp() {
    SplittableRandom random = new SplittableRandom(SEED);
    searches = new float[SEARCHES][EXPANSIONS_PER_SEARCH * NEIGHBORS];
    for (float[] scores : searches) {
      for (int i = 0; i < scores.length; i++) {
        scores[i] = random.nextFloat();
      }
    }
    candidateQueue = new NeighborQueue(results, true);
    resultQueue = new NeighborQueue(results, false);
    candidateTernary = new TernaryLongHeap(results);
    resultTernary = new TernaryLongHeap(results);
    candidateHeap = new LongHeap(results);
    resultHeap = new LongHeap(results);
  }

  private float[] next() {
    search = search + 1 & SEARCHES - 1;
    return searches[search];
  }

  /** Lucene's queue; returns a checksum of the nodes in the order of their expansion. */
  @Benchmark
  @OperationsPerInvocation(EXPANSIONS_PER_SEARCH)
  public int neighborQueue() {
    float[] scores = next();
    NeighborQueue candidates = candidateQueue;
    NeighborQueue best = resultQueue;
    candidates.clear();
    best.clear();
    candidates.add(0, 0);
    int sum = 0;
    for (int expansion = 0; expansion < EXPANSIONS_PER_SEARCH; expansion++) {
      sum = 31 * sum + (candidates.size() == 0 ? 0 : candidates.pop());
      for (int i = expansion * NEIGHBORS; i < (expansion + 1) * NEIGHBORS; i++) {
        if (best.size() < results || scores[i] > best.topScore()) {
          candidates.add(i, scores[i]);
          best.insertWithOverflow(i, scores[i]);
        }
      }
    }
    return 31 * sum + best.topNode();
  }

  /** The ternary heap. */
  @Benchmark
  @OperationsPerInvocation(EXPANSIONS_PER_SEARCH)
  public int ternaryLongHeap() {
    float[] scores = next();
    TernaryLongHeap candidates = candidateTernary;
    TernaryLongHeap best = resultTernary;
    candidates.clear();
    best.clear();
    candidates.push(~encode(0, 0));
    int sum = 0;
    for (int expansion = 0; expansion < EXPANSIONS_PER_SEARCH; expansion++) {
      sum = 31 * sum + (candidates.size() == 0 ? 0 : node(~candidates.pop()));
      for (int i = expansion * NEIGHBORS; i < (expansion + 1) * NEIGHBORS; i++) {
        long neighbor = encode(i, scores[i]);
        if (best.size() < results || neighbor > best.top()) {
          candidates.push(~neighbor);
          best.insertWithOverflow(neighbor);
        }
      }
    }
    return 31 * sum + node(best.top());
  }

  /** The binary heap. */
  @Benchmark
  @OperationsPerInvocation(EXPANSIONS_PER_SEARCH)
  public int longHeap() {
    float[] scores = next();
    LongHeap candidates = candidateHeap;
    LongHeap best = resultHeap;
    candidates.clear();
    best.clear();
    candidates.push(~encode(0, 0));
    int sum = 0;
    for (int expansion = 0; expansion < EXPANSIONS_PER_SEARCH; expansion++) {
      sum = 31 * sum + (candidates.size() == 0 ? 0 : node(~candidates.pop()));
      for (int i = expansion * NEIGHBORS; i < (expansion + 1) * NEIGHBORS; i++) {
        long neighbor = encode(i, scores[i]);
        if (best.size() < results || neighbor > best.top()) {
          candidates.push(~neighbor);
          best.insertWithOverflow(neighbor);
        }
      }
    }
    return 31 * sum + node(best.top());
  }

  /**
   * Sorts by score; the complement of the node ranks the smaller node first if scores are equal.
   */
  private static long encode(int node, float score) {
    return (long) NumericUtils.floatToSortableInt(score) << Integer.SIZE | ~node & 0xFFFFFFFFL;
  }

  private static int node(long encoded) {
    return (int) ~encoded;
  }
}
