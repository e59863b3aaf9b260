/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.codes;

import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.vectors.VectorMetric;

/** A query less the centroid, of unit length before with COSINE. For one thread. */
final class CenteredQuery {

  private final VectorMetric metric;
  private final float[] centroid;
  private final float[] centered;

  CenteredQuery(VectorMetric metric, float[] centroid) {
    this.metric = metric;
    this.centroid = centroid;
    this.centered = new float[centroid.length];
  }

  /** Centres a query, in an array that the next call overwrites. */
  float[] set(float[] target) {
    System.arraycopy(target, 0, centered, 0, centered.length);
    if (metric == VectorMetric.COSINE) {
      VectorUtil.l2normalize(centered, false); // squares of what is tiny are 0
    }
    for (int i = 0; i < centered.length; i++) {
      centered[i] -= centroid[i];
    }
    return centered;
  }
}
