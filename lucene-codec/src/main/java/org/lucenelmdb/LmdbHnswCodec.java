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
 * Lucene's codec, with the vectors of all fields in {@link LmdbHnswVectorsFormat}.
 *
 * <pre class="prettyprint">
 * IndexWriterConfig config = new IndexWriterConfig().setCodec(new LmdbHnswCodec());
 * </pre>
 *
 * <p>To keep some fields in another format, override {@link #getKnnVectorsFormatForField}. Segments
 * record the format of each field, so a reader needs no such subclass.
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
   * @param options how graphs are built
   */
  public LmdbHnswCodec(LmdbHnswOptions options) {
    // Not Codec.getDefault(): what is behind the name LmdbHnsw in old segments must not change.
    super("LmdbHnsw", new Lucene104Codec());
    this.defaultFormat = new LmdbHnswVectorsFormat(options);
  }

  @Override
  public final KnnVectorsFormat knnVectorsFormat() {
    return perField;
  }

  /**
   * The format for the vectors of a field when new segments are written: this project's.
   *
   * @param field the name of the field
   * @return the format to write it with
   */
  public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
    return defaultFormat;
  }
}
