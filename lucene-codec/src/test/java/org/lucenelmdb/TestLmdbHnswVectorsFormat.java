/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.tests.index.BaseKnnVectorsFormatTestCase;
import org.junit.AfterClass;
import org.junit.BeforeClass;

/** Lucene's conformance tests for vectors formats, with the codec. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestLmdbHnswVectorsFormat extends BaseKnnVectorsFormatTestCase {

  private static final int[] CODE_BITS = {LmdbHnswOptions.AUTO, 0, 1, 2, 4, 8};

  /** The number of bits of all tests: -Dtests.codeBits=2. */
  private static final Integer CHOSEN_BITS = Integer.getInteger("tests.codeBits");

  private static int codeBits() {
    return CHOSEN_BITS == null
        ? CODE_BITS[random().nextInt(CODE_BITS.length)]
        : CHOSEN_BITS.intValue();
  }

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
    return new LmdbHnswCodec(
        threads
            .with(LmdbHnswOptions.DEFAULT)
            .withMaxConn(LmdbHnswOptions.MIN_MAX_CONN + random().nextInt(32))
            .withTinySegmentsThreshold(random().nextInt(100))
            .withCodeBits(codeBits()));
  }

  @Override
  protected boolean supportsFloatVectorFallback() {
    return false;
  }
}
