/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import org.apache.lucene.util.BitUtil;
import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.internal.offheap.OffHeapBytes;

/**
 * The corrective terms of records of kind CENTROIDS or INTERVALS, and those of a query. They
 * convert the dot product of the query and a code's components into a score. Not thread-safe;
 * reusable for one query after another.
 */
final class CorrectiveTerms {

  private final boolean hasCentroids;
  private final float middle;
  private final float[][] centroids;
  private final float[] halfSquares;
  private final float[] products; // the dot products of the query and each centroid
  private float querySquare;
  private float querySum;

  /**
   * @param middle with CENTROIDS, the component that represents 0
   */
  CorrectiveTerms(CodeModel model, float middle) {
    this.hasCentroids = model.layout().kind() == CodeLayout.Kind.CENTROIDS;
    this.middle = middle;
    this.centroids = model.centroids();
    this.halfSquares = model.halfSquares();
    this.products = new float[Math.max(1, centroids.length)];
  }

  /**
   * Changes the query vector.
   *
   * @param prepared the query, prepared by {@link CodeModel.Preparation}
   * @param sum the sum of the values of the quantized query
   */
  void setTarget(float[] prepared, float sum) {
    for (int i = 0; i < centroids.length; i++) {
      products[i] = VectorUtil.dotProduct(prepared, centroids[i]);
    }
    querySquare = VectorUtil.dotProduct(prepared, prepared);
    querySum = sum;
  }

  /**
   * Returns the dot product with a centroid. Numbers out of range, which only a corrupt record can
   * have, are wrapped.
   */
  private float product(int centroid) {
    return products[Integer.remainderUnsigned(centroid, products.length)];
  }

  /**
   * Converts a dot product into a score.
   *
   * @param product the dot product of the quantized query and the record's components
   */
  float score(byte[] record, float product) {
    if (hasCentroids) {
      float scale = (float) BitUtil.VH_LE_FLOAT.get(record, CodeLayout.SCALE);
      float correction = (float) BitUtil.VH_LE_FLOAT.get(record, CodeLayout.ADDITIONAL_CORRECTION);
      int centroid = (int) BitUtil.VH_LE_INT.get(record, CodeLayout.CENTROID);
      return scale * (product - middle * querySum) + correction + product(centroid);
    }
    float lowerBound = (float) BitUtil.VH_LE_FLOAT.get(record, CodeLayout.INTERVAL_LOWER_BOUND);
    float scale = (float) BitUtil.VH_LE_FLOAT.get(record, CodeLayout.INTERVAL_SCALE);
    float correction =
        (float) BitUtil.VH_LE_FLOAT.get(record, CodeLayout.INTERVAL_ADDITIONAL_CORRECTION);
    return lowerBound * querySum + scale * product + correction;
  }

  /**
   * Converts dot products into scores.
   *
   * @param scores contains the dot products and receives the scores
   */
  void score(OffHeapBytes memory, long[] addresses, int count, float[] scores) {
    float zero = middle * querySum;
    if (hasCentroids) {
      int mask = products.length - 1;
      boolean isPower = (products.length & mask) == 0;
      for (int i = 0; i < count; i++) {
        long address = addresses[i];
        int centroid = memory.getInt(address + CodeLayout.CENTROID);
        float shared = isPower ? products[centroid & mask] : product(centroid);
        scores[i] =
            memory.getFloat(address + CodeLayout.SCALE) * (scores[i] - zero)
                + memory.getFloat(address + CodeLayout.ADDITIONAL_CORRECTION)
                + shared;
      }
      return;
    }
    for (int i = 0; i < count; i++) {
      long address = addresses[i];
      scores[i] =
          memory.getFloat(address + CodeLayout.INTERVAL_LOWER_BOUND) * querySum
              + memory.getFloat(address + CodeLayout.INTERVAL_SCALE) * scores[i]
              + memory.getFloat(address + CodeLayout.INTERVAL_ADDITIONAL_CORRECTION);
    }
  }

  /**
   * Returns {@link QuantizedQuery#errorScale}: the record's scale times the distance of the query
   * from the record's centroid.
   */
  double errorScale(byte[] record) {
    if (hasCentroids) {
      float scale = (float) BitUtil.VH_LE_FLOAT.get(record, CodeLayout.SCALE);
      int centroid = (int) BitUtil.VH_LE_INT.get(record, CodeLayout.CENTROID);
      double square = querySquare;
      if (centroids.length > 0) {
        int c = Integer.remainderUnsigned(centroid, centroids.length);
        square += 2 * (halfSquares[c] - (double) products[c]);
      }
      return Math.abs(scale) * Math.sqrt(Math.max(0, square));
    }
    float scale = (float) BitUtil.VH_LE_FLOAT.get(record, CodeLayout.INTERVAL_SCALE);
    return Math.abs(scale) * Math.sqrt(Math.max(0, querySquare));
  }
}
