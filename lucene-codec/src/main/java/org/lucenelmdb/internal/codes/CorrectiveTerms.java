/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import org.apache.lucene.util.BitUtil;
import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.internal.offheap.OffHeapBytes;

/**
 * Turns the products of a query and the components of codes into scores, by the constants of
 * records of kind CENTROIDS or INTERVALS. For one thread, and one query after the other.
 */
final class CorrectiveTerms {

  private final boolean hasCentroids;
  private final float middle;
  private final float[][] centroids;
  private final float[] halfSquares;
  private final float[] products; // of the query and each centroid
  private float querySquare;
  private float querySum;

  CorrectiveTerms(CodeModel model, float middle) {
    this.hasCentroids = model.layout().kind() == CodeLayout.Kind.CENTROIDS;
    this.middle = middle;
    this.centroids = model.centroids();
    this.halfSquares = model.halfSquares();
    this.products = new float[Math.max(1, centroids.length)];
  }

  /**
   * Changes the query.
   *
   * @param prepared the query
   * @param sum of its components as they were quantized
   */
  void set(float[] prepared, float sum) {
    for (int i = 0; i < centroids.length; i++) {
      products[i] = VectorUtil.dotProduct(prepared, centroids[i]);
    }
    querySquare = VectorUtil.dotProduct(prepared, prepared);
    querySum = sum;
  }

  private float product(int centroid) {
    // whatever a damaged record says
    return products[Integer.remainderUnsigned(centroid, products.length)];
  }

  float score(byte[] record, float product) {
    if (hasCentroids) {
      float scale = (float) BitUtil.VH_LE_FLOAT.get(record, CodeLayout.SCALE);
      float offset = (float) BitUtil.VH_LE_FLOAT.get(record, CodeLayout.OFFSET);
      int centroid = (int) BitUtil.VH_LE_INT.get(record, CodeLayout.CENTROID);
      return scale * (product - middle * querySum) + offset + product(centroid);
    }
    float lower = (float) BitUtil.VH_LE_FLOAT.get(record, CodeLayout.LOWER);
    float step = (float) BitUtil.VH_LE_FLOAT.get(record, CodeLayout.STEP);
    float rest = (float) BitUtil.VH_LE_FLOAT.get(record, CodeLayout.REST);
    return lower * querySum + step * product + rest;
  }

  /** Turns products into scores, in place. */
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
                + memory.getFloat(address + CodeLayout.OFFSET)
                + shared;
      }
      return;
    }
    for (int i = 0; i < count; i++) {
      long address = addresses[i];
      scores[i] =
          memory.getFloat(address + CodeLayout.LOWER) * querySum
              + memory.getFloat(address + CodeLayout.STEP) * scores[i]
              + memory.getFloat(address + CodeLayout.REST);
    }
  }

  /** As {@link QuantizedQuery#errorScale}: the record's scale times the query's distance. */
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
    float step = (float) BitUtil.VH_LE_FLOAT.get(record, CodeLayout.STEP);
    return Math.abs(step) * Math.sqrt(Math.max(0, querySquare));
  }
}
