/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import org.lucenelmdb.internal.kernels.Kernels;
import org.lucenelmdb.internal.offheap.OffHeapBytes;

/**
 * A query, quantized, to be compared with records. The score of a record is about the metric's
 * similarity in terms of {@code VectorMetric.similarity}, plus what is the same for all records.
 * For one thread, and one query after the other.
 */
abstract class QuantizedQuery {

  /** The number of bytes behind a record that may be read, whatever they are. */
  static final int SLACK_BYTES = Kernels.PLANE_SLACK_BYTES;

  final CodeLayout layout;

  QuantizedQuery(CodeLayout layout) {
    this.layout = layout;
  }

  /** A query for codes of a model. */
  static QuantizedQuery create(CodeModel model) {
    if (model.layout().kind() == CodeLayout.Kind.LEVELS) {
      return new ManhattanCodeQuery(model);
    }
    return model.layout().hasPlanes() ? new BitPlaneCodeQuery(model) : new ByteCodeQuery(model);
  }

  /** Changes the query. */
  abstract void set(float[] target);

  /**
   * The score of a record: grows with the similarity.
   *
   * @param record with {@link #SLACK_BYTES} behind it
   */
  abstract float score(byte[] record);

  /** Whether records can be scored in memory outside the heap. */
  abstract boolean canScoreInPlace();

  /** The scores of records in memory outside the heap. */
  abstract void score(OffHeapBytes memory, long[] addresses, int count, float[] scores);

  /**
   * What the error of a record's score grows with: {@link CodeModel#error} times this is its
   * standard deviation.
   *
   * @param constants the first 16 bytes of the record
   * @param score of the record
   */
  abstract double errorScale(byte[] constants, float score);
}
