/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.tests.index.BaseKnnVectorsFormatTestCase;

/** Lucene's conformance tests, through the codec. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestLmdbHnswVectorsFormat extends BaseKnnVectorsFormatTestCase {

  @Override
  protected Codec getCodec() {
    return new LmdbHnswCodec(
        LmdbHnswOptions.DEFAULT
            .withMaxConn(LmdbHnswOptions.MIN_MAX_CONN + random().nextInt(32))
            .withTinySegmentsThreshold(random().nextInt(100)));
  }

  @Override
  protected boolean supportsFloatVectorFallback() {
    return false;
  }
}
