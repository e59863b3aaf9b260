/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer;

import org.apache.lucene.index.VectorEncoding;
import org.lucenelmdb.LmdbHnswOptions;
import org.lucenelmdb.internal.vectors.VectorMetric;

/** Cosine in hannoy. */
public class TestHannoyCosine extends HannoySearchTestCase {

  public void testCosine() throws Exception {
    LmdbHnswOptions options = LmdbHnswOptions.DEFAULT.withMaxConn(8).withBeamWidth(32);
    searches(VectorMetric.COSINE, VectorEncoding.FLOAT32, 8, options);
  }
}
