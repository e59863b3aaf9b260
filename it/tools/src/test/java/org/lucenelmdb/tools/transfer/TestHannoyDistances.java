/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer;

import org.apache.lucene.index.VectorEncoding;
import org.lucenelmdb.LmdbHnswOptions;
import org.lucenelmdb.internal.vectors.VectorMetric;

/** Euclidean and Manhattan distance in hannoy. */
public class TestHannoyDistances extends HannoySearchTestCase {

  public void testEuclidean() throws Exception {
    LmdbHnswOptions options = LmdbHnswOptions.DEFAULT.withMaxConn(8).withBeamWidth(32);
    searches(VectorMetric.EUCLIDEAN, VectorEncoding.FLOAT32, 8, options);
  }

  public void testManhattan() throws Exception {
    LmdbHnswOptions options = LmdbHnswOptions.DEFAULT.withMaxConn(8).withBeamWidth(32);
    searches(VectorMetric.MANHATTAN, VectorEncoding.FLOAT32, 8, options);
  }
}
