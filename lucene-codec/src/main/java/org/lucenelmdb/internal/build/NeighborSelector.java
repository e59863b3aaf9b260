/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.util.ArrayUtil;
import org.lucenelmdb.internal.graph.Beam;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.vectors.VectorPairs;
import org.lucenelmdb.internal.workers.Workers;

/**
 * Chooses a node's neighbors among candidates: the best one first, and each that is nearer to the
 * node than to all that were chosen before it (Malkov and Yashunin, 2018, algorithm 4). With alpha,
 * one also passes that is up to alpha times as far from the node (Subramanya et al., DiskANN, 2019,
 * algorithm 2). For one thread.
 */
final class NeighborSelector {

  /** How many pairs are scored at once: a candidate is most often refused by one of the first. */
  private static final int BATCH = 4;

  private static final int ABORT_CHECK_CANDIDATES = 16;

  private final VectorPairs pairs;
  private final VectorMetric metric;
  private final float alpha;
  private final Workers workers;
  private final int[] batch = new int[BATCH];
  private final float[] batchScores = new float[BATCH];
  private int[] refused = new int[0];

  private int[] nodes = new int[0];
  private float[] scores = new float[0];

  NeighborSelector(VectorPairs pairs, VectorMetric metric, float alpha, Workers workers) {
    this.pairs = pairs;
    this.metric = metric;
    this.alpha = alpha;
    this.workers = workers;
  }

  /**
   * Chooses, for {@link #nodes} and {@link #scores}.
   *
   * @param candidates entries with their exact scores, each once; are sorted
   * @return how many were chosen
   */
  int select(long[] candidates, int count, LinkLimits limits) throws IOException {
    Arrays.sort(candidates, 0, count);
    nodes = ArrayUtil.growNoCopy(nodes, limits.max());
    scores = ArrayUtil.grow(scores, limits.max());
    refused = ArrayUtil.growNoCopy(refused, count);
    int chosen = 0;
    int refusedCount = 0;
    for (int i = count - 1; i >= 0 && chosen < limits.max(); i--) {
      if (i % ABORT_CHECK_CANDIDATES == 0) {
        workers.check();
      }
      if (chosen < limits.maxDiverse() && isDiverse(candidates[i], chosen)) {
        choose(chosen++, candidates[i]);
      } else {
        refused[refusedCount++] = i;
      }
    }
    for (int i = 0; i < refusedCount && chosen < limits.min(); i++) {
      choose(chosen++, candidates[refused[i]]);
    }
    return chosen;
  }

  private void choose(int i, long candidate) {
    nodes[i] = Beam.node(candidate);
    scores[i] = Beam.score(candidate);
  }

  private boolean isDiverse(long candidate, int chosen) throws IOException {
    if (chosen == 0) {
      return true;
    }
    float bound = metric.divideDistance(Beam.score(candidate), alpha);
    pairs.setTarget(Beam.node(candidate));
    for (int i = 0; i < chosen; i += BATCH) {
      int length = Math.min(BATCH, chosen - i);
      System.arraycopy(nodes, i, batch, 0, length);
      pairs.score(batch, length, batchScores);
      for (int j = 0; j < length; j++) {
        if (batchScores[j] >= bound) {
          return false;
        }
      }
    }
    return true;
  }

  /** The nodes that were chosen last, the best first unless more were needed than were diverse. */
  int[] nodes() {
    return nodes;
  }

  /** Their scores. */
  float[] scores() {
    return scores;
  }
}
