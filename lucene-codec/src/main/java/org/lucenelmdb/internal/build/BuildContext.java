/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.util.Queue;
import org.apache.lucene.index.KnnVectorValues;
import org.lucenelmdb.internal.codes.BuiltCodes;
import org.lucenelmdb.internal.offheap.OffHeapBits;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.workers.Workers;

/**
 * The inputs and the state that all threads of a build share.
 *
 * @param codes the codes by which searches score nodes; null for scores by vectors
 * @param visited empty sets of nodes, of which every search takes one
 */
record BuildContext(
    GraphParameters parameters,
    KnnVectorValues values,
    VectorMetric metric,
    BuiltCodes codes,
    GraphMemory graph,
    Queue<OffHeapBits> visited,
    Workers workers) {

  /**
   * Returns the alpha of neighbor selections, which is 1 for scores that are not functions of
   * distances.
   */
  float alpha() {
    return metric.hasDistances(values.getEncoding()) ? parameters.alpha() : 1;
  }
}
