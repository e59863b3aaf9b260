/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench;

import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.lucenelmdb.LmdbHnswCodec;
import org.lucenelmdb.LmdbHnswOptions;

/** The formats under test, which build their graphs with the same parameters. */
enum Contestant {
  OURS("ours") {
    @Override
    Codec codec() {
      return new LmdbHnswCodec(
          LmdbHnswOptions.DEFAULT.withMaxConn(MAX_CONN).withBeamWidth(BEAM_WIDTH));
    }
  },

  LUCENE99("Lucene99") {
    @Override
    Codec codec() {
      KnnVectorsFormat format = new Lucene99HnswVectorsFormat(MAX_CONN, BEAM_WIDTH);
      return new Lucene104Codec() {
        @Override
        public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
          return format;
        }
      };
    }
  };

  static final int MAX_CONN = 16;
  static final int BEAM_WIDTH = 100;

  private final String label;

  Contestant(String label) {
    this.label = label;
  }

  abstract Codec codec();

  @Override
  public String toString() {
    return label;
  }
}
