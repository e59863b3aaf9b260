/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.util.ArrayUtil;

/** Float vectors on the heap, to which vectors can be added. Not thread-safe. */
public final class GrowingFloatVectorValues extends FloatVectorValues
    implements PrefetchableValues {

  private final int dimension;
  private final boolean areUnit;
  private float[][] vectors = new float[16][];
  private int size;

  /**
   * Creates an empty list.
   *
   * @param areUnit whether to normalize vectors
   */
  public GrowingFloatVectorValues(int dimension, boolean areUnit) {
    this.dimension = dimension;
    this.areUnit = areUnit;
  }

  /** Adds a copy of a vector. */
  public void add(float[] vector) {
    vectors = ArrayUtil.grow(vectors, size + 1);
    vectors[size++] = areUnit ? unit(vector) : vector.clone();
  }

  /**
   * Normalizes a vector. Lucene's l2normalize is not used: its sum of floats overflows for very
   * long vectors, and becomes 0 for very short ones.
   */
  private static float[] unit(float[] vector) {
    double sum = 0;
    for (float component : vector) {
      sum += (double) component * component;
    }
    double length = sum == 0 ? 1 : Math.sqrt(sum);
    float[] unit = new float[vector.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = (float) (vector[i] / length);
    }
    return unit;
  }

  @Override
  public float[] vectorValue(int ord) {
    return vectors[ord];
  }

  /** The vectors by their ordinals. The array may be longer than the number of vectors. */
  float[][] vectors() {
    return vectors;
  }

  @Override
  public int prefetchIntoCache(int[] ords, int count) {
    float sum = 0;
    for (int i = 0; i < count; i++) {
      sum += vectors[ords[i]][0];
    }
    return Float.floatToRawIntBits(sum);
  }

  /** Returns this object, as each vector has an array of its own. */
  @Override
  public GrowingFloatVectorValues copy() {
    return this;
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public DocIndexIterator iterator() {
    return createDenseIterator();
  }
}
