/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.jmh;

import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;
import org.lucenelmdb.LmdbHnswCodec;
import org.lucenelmdb.LmdbHnswOptions;

/** Formats of vectors and graphs. */
public enum Store {
  /** lucene-lmdb. */
  LMDB {
    @Override
    Codec codec(boolean graph) {
      return new LmdbHnswCodec(
          LmdbHnswOptions.DEFAULT
              .withMaxConn(MAX_CONN)
              .withBeamWidth(BEAM_WIDTH)
              .withTinySegmentsThreshold(threshold(graph))
              .withCodeBits(0)); // with full vectors, as the others
    }
  },

  /** Lucene's format with full vectors. */
  LUCENE99 {
    @Override
    Codec codec(boolean graph) {
      return perField(
          new Lucene99HnswVectorsFormat(MAX_CONN, BEAM_WIDTH, 1, null, threshold(graph)));
    }
  },

  /** Lucene's format with codes of one bit per dimension, besides the full vectors. */
  LUCENE104_BITS {
    @Override
    Codec codec(boolean graph) {
      return perField(
          new Lucene104HnswScalarQuantizedVectorsFormat(
              ScalarEncoding.SINGLE_BIT_QUERY_NIBBLE,
              MAX_CONN,
              BEAM_WIDTH,
              1,
              null,
              threshold(graph)));
    }
  };

  static final int MAX_CONN = Expansion.NEIGHBORS / 2;

  /** Small, because only the layout of graphs matters here, not their recall. */
  static final int BEAM_WIDTH = 32;

  /**
   * Returns the codec of an index.
   *
   * @param graph whether to build a graph
   */
  abstract Codec codec(boolean graph);

  private static int threshold(boolean graph) {
    return graph ? 0 : Integer.MAX_VALUE;
  }

  private static Codec perField(KnnVectorsFormat format) {
    return new Lucene104Codec() {
      @Override
      public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
        return format;
      }
    };
  }
}
