/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.codes;

import org.apache.lucene.util.BitUtil;
import org.lucenelmdb.kernels.Kernels;
import org.lucenelmdb.kernels.OffHeapBytes;
import org.lucenelmdb.vectors.VectorMetric;

/**
 * A query, quantized, to be compared with records; {@link CodeQuantizer} says what a record's score
 * is. For one thread, and one query after the other.
 */
abstract class CodeQuery {

  /** The number of bytes behind a record that may be read, whatever they are. */
  static final int SLACK_BYTES = Kernels.PLANE_SLACK_BYTES;

  final CodeLayout layout;

  CodeQuery(CodeLayout layout) {
    this.layout = layout;
  }

  /** A query for codes; what they are made with is as {@link CodeQuantizer} takes it. */
  static CodeQuery create(
      CodeLayout layout, VectorMetric metric, float[] centroid, float[] deviations) {
    if (layout.isManhattan()) {
      return new ManhattanQuery(layout, centroid, deviations);
    }
    return layout.hasPlanes()
        ? new PlanesQuery(layout, metric, centroid)
        : new BytesQuery(layout, metric, centroid);
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

  /** Whether there are quicker, less exact scores of records in memory outside the heap. */
  boolean canEstimate() {
    return false;
  }

  /** Less exact scores of records in memory outside the heap, but quickly. */
  void estimate(OffHeapBytes memory, long[] addresses, int count, float[] scores) {
    throw new UnsupportedOperationException();
  }

  /** Of a record with corrections. */
  static float score(byte[] record, float querySum, float product) {
    float lower = (float) BitUtil.VH_LE_FLOAT.get(record, CodeLayout.LOWER);
    float step = (float) BitUtil.VH_LE_FLOAT.get(record, CodeLayout.STEP);
    float rest = (float) BitUtil.VH_LE_FLOAT.get(record, CodeLayout.REST);
    return lower * querySum + step * product + rest;
  }

  /** Of a record with corrections. */
  static float score(OffHeapBytes memory, long address, float querySum, float product) {
    return memory.getFloat(address + CodeLayout.LOWER) * querySum
        + memory.getFloat(address + CodeLayout.STEP) * product
        + memory.getFloat(address + CodeLayout.REST);
  }
}
