/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import org.lucenelmdb.internal.kernels.Kernels;
import org.lucenelmdb.internal.offheap.OffHeapBytes;

/**
 * A quantized query, which scores records. A score estimates {@code VectorMetric.similarity} of the
 * query and the record's vector, up to a term that is the same for all records. Not thread-safe;
 * reusable for one query after another.
 */
interface QuantizedQuery {

  /** The number of readable bytes that must follow a record; their values do not matter. */
  int SLACK_BYTES = Kernels.BIT_PLANE_SLACK_BYTES;

  /** Creates a query for the codes of a model. */
  static QuantizedQuery create(CodeModel model) {
    if (model.layout().kind() == CodeLayout.Kind.LEVELS) {
      return new ManhattanCodeQuery(model);
    }
    return model.layout().hasBitPlanes() ? new BitPlaneCodeQuery(model) : new ByteCodeQuery(model);
  }

  /** Changes the query vector. */
  void setTarget(float[] target);

  /**
   * Scores a record. The score increases with the similarity.
   *
   * @param record a record, followed by {@link #SLACK_BYTES}
   */
  float score(byte[] record);

  /** Whether {@link #score(OffHeapBytes, long[], int, float[])} is supported. */
  boolean canScoreInPlace();

  /** Scores records in memory outside the heap. */
  void score(OffHeapBytes memory, long[] addresses, int count, float[] scores);

  /**
   * Returns the scale of the error of a record's score. Its product with {@link CodeModel#error} is
   * the standard deviation of the error.
   *
   * @param record a record, of which only the first {@link CodeLayout#HEADER_BYTES} are read
   * @param score the score of the record
   */
  double errorScale(byte[] record, float score);
}
