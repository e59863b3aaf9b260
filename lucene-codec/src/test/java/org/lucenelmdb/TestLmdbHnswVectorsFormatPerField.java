/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.tests.index.BaseKnnVectorsFormatTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.junit.AfterClass;
import org.junit.BeforeClass;

/** Lucene's conformance tests for vectors formats, with the format in another codec. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestLmdbHnswVectorsFormatPerField extends BaseKnnVectorsFormatTestCase {

  private static BuildThreads threads;

  @BeforeClass
  public static void startThreads() {
    threads = new BuildThreads();
  }

  @AfterClass
  public static void stopThreads() {
    threads.close();
    threads = null;
  }

  @Override
  protected Codec getCodec() {
    return TestUtil.alwaysKnnVectorsFormat(
        new LmdbHnswVectorsFormat(
            threads
                .with(LmdbHnswOptions.DEFAULT)
                .withMaxConn(LmdbHnswOptions.MIN_MAX_CONN + random().nextInt(64))
                .withBeamWidth(LmdbHnswOptions.MIN_BEAM_WIDTH + random().nextInt(200))
                .withTinySegmentsThreshold(random().nextInt(100))));
  }

  @Override
  protected boolean supportsFloatVectorFallback() {
    return false;
  }
}
