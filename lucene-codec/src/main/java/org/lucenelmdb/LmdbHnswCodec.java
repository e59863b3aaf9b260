/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;

/**
 * Lucene's default codec with {@link LmdbHnswVectorsFormat} for the vectors of all fields.
 *
 * <pre class="prettyprint">
 * IndexWriterConfig config = new IndexWriterConfig().setCodec(new LmdbHnswCodec());
 * </pre>
 *
 * <p>To use another format for some fields, override {@link #getKnnVectorsFormatForField}. Segments
 * record the format of each field, so reading needs no subclass.
 */
public class LmdbHnswCodec extends FilterCodec {

  private final KnnVectorsFormat defaultFormat;

  private final KnnVectorsFormat perField =
      new PerFieldKnnVectorsFormat() {
        @Override
        public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
          return LmdbHnswCodec.this.getKnnVectorsFormatForField(field);
        }
      };

  /** Creates a codec with the default options. */
  public LmdbHnswCodec() {
    this(LmdbHnswOptions.DEFAULT);
  }

  /**
   * Creates a codec.
   *
   * @param options the options for new segments
   */
  public LmdbHnswCodec(LmdbHnswOptions options) {
    // not Codec.getDefault(): the codec named LmdbHnsw must not change for existing segments
    super("LmdbHnsw", new Lucene104Codec());
    this.defaultFormat = new LmdbHnswVectorsFormat(options);
  }

  @Override
  public final KnnVectorsFormat knnVectorsFormat() {
    return perField;
  }

  /**
   * Returns the format with which new segments write the vectors of a field: {@link
   * LmdbHnswVectorsFormat}, unless overridden.
   *
   * @param field the name of the field
   * @return the format of the field
   */
  public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
    return defaultFormat;
  }
}
