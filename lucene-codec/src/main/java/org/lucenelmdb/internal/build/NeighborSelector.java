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
 * Selects diverse neighbors for a node. Candidates are considered best first. A candidate is
 * diverse if it is nearer to the node than to every neighbor selected before it (<a
 * href="https://arxiv.org/abs/1603.09320">Malkov and Yashunin</a>, algorithm 4). With an alpha
 * above 1, it may be up to alpha times as far from the node as from such a neighbor, which adds
 * long links: DiskANN's <a
 * href="https://suhasjs.github.io/files/diskann_neurips19.pdf">RobustPrune</a>. For one thread.
 */
final class NeighborSelector {

  /**
   * The number of pairs scored at once. Most rejected candidates are rejected because of one of the
   * first neighbors.
   */
  private static final int BATCH = 4;

  private static final int ABORT_CHECK_CANDIDATES = 16;

  private final VectorPairs pairs;
  private final VectorMetric metric;
  private final float alpha;
  private final Workers workers;
  private final int[] batch = new int[BATCH];
  private final float[] batchScores = new float[BATCH];
  private int[] rejected = new int[0];

  private int[] nodes = new int[0];
  private float[] scores = new float[0];

  NeighborSelector(VectorPairs pairs, VectorMetric metric, float alpha, Workers workers) {
    this.pairs = pairs;
    this.metric = metric;
    this.alpha = alpha;
    this.workers = workers;
  }

  /**
   * Selects neighbors; {@link #nodes} and {@link #scores} return them.
   *
   * @param candidates entries of distinct nodes with their exact scores; sorted by this method
   * @return the number of selected neighbors
   */
  int select(long[] candidates, int count, LinkLimits limits) throws IOException {
    Arrays.sort(candidates, 0, count);
    nodes = ArrayUtil.growNoCopy(nodes, limits.max());
    scores = ArrayUtil.grow(scores, limits.max());
    rejected = ArrayUtil.growNoCopy(rejected, count);
    int selected = 0;
    int rejectedCount = 0;
    for (int i = count - 1; i >= 0 && selected < limits.max(); i--) {
      if (i % ABORT_CHECK_CANDIDATES == 0) {
        workers.check();
      }
      if (selected < limits.maxDiverse() && isDiverse(candidates[i], selected)) {
        select(selected++, candidates[i]);
      } else {
        rejected[rejectedCount++] = i;
      }
    }
    for (int i = 0; i < rejectedCount && selected < limits.min(); i++) {
      select(selected++, candidates[rejected[i]]);
    }
    return selected;
  }

  private void select(int i, long candidate) {
    nodes[i] = Beam.node(candidate);
    scores[i] = Beam.score(candidate);
  }

  private boolean isDiverse(long candidate, int selected) throws IOException {
    if (selected == 0) {
      return true;
    }
    float bound = metric.divideDistance(Beam.score(candidate), alpha);
    pairs.setTarget(Beam.node(candidate));
    for (int i = 0; i < selected; i += BATCH) {
      int length = Math.min(BATCH, selected - i);
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

  /**
   * Returns the last selected neighbors: first the diverse ones, then the others, each group best
   * first.
   */
  int[] nodes() {
    return nodes;
  }

  /** Returns the scores of {@link #nodes}. */
  float[] scores() {
    return scores;
  }
}
