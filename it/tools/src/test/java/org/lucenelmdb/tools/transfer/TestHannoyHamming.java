/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer;

import org.apache.lucene.index.VectorEncoding;
import org.lucenelmdb.LmdbHnswOptions;
import org.lucenelmdb.internal.vectors.VectorMetric;

/** Hamming distance in hannoy. */
public class TestHannoyHamming extends HannoySearchTestCase {

  public void testHamming() throws Exception {
    LmdbHnswOptions options = LmdbHnswOptions.DEFAULT.withBeamWidth(32);
    searches(VectorMetric.HAMMING, VectorEncoding.BYTE, 6, options); // not a whole word
  }
}
