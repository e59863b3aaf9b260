/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.util.Map;
import org.apache.lucene.index.DocValuesSkipIndexType;
import org.apache.lucene.index.DocValuesType;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.SegmentInfo;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.StringHelper;
import org.apache.lucene.util.Version;

/** Field and segment infos for tests that use a vectors writer without an IndexWriter. */
public final class WriterStates {

  private WriterStates() {}

  static FieldInfo field(int dimension, String name) {
    return field(name, 0, dimension, VectorEncoding.FLOAT32, VectorSimilarityFunction.EUCLIDEAN);
  }

  /** A field that has vectors and nothing else. */
  public static FieldInfo field(
      String name,
      int number,
      int dimension,
      VectorEncoding encoding,
      VectorSimilarityFunction similarity) {
    return new FieldInfo(
        name,
        number,
        false,
        false,
        false,
        IndexOptions.NONE,
        DocValuesType.NONE,
        DocValuesSkipIndexType.NONE,
        -1,
        Map.of(),
        0,
        0,
        0,
        dimension,
        encoding,
        similarity,
        false,
        false);
  }

  static SegmentInfo segment(Directory directory, int maxDoc) {
    return new SegmentInfo(
        directory,
        Version.LATEST,
        Version.LATEST,
        "_0",
        maxDoc,
        false,
        false,
        new LmdbHnswCodec(),
        Map.of(),
        StringHelper.randomId(),
        Map.of(),
        null);
  }
}
