/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.util.ArrayUtil;

/** Byte vectors on the heap, to which vectors can be added. Not thread-safe. */
public final class GrowingByteVectorValues extends ByteVectorValues implements PrefetchableValues {

  private final int dimension;
  private byte[][] vectors = new byte[16][];
  private int size;

  /** Creates an empty list. */
  public GrowingByteVectorValues(int dimension) {
    this.dimension = dimension;
  }

  /** Adds a copy of a vector. */
  public void add(byte[] vector) {
    vectors = ArrayUtil.grow(vectors, size + 1);
    vectors[size++] = vector.clone();
  }

  @Override
  public byte[] vectorValue(int ord) {
    return vectors[ord];
  }

  @Override
  public int prefetchIntoCache(int[] ords, int count) {
    int sum = 0;
    for (int i = 0; i < count; i++) {
      sum += vectors[ords[i]][0];
    }
    return sum;
  }

  /** Returns this object, as each vector has an array of its own. */
  @Override
  public GrowingByteVectorValues copy() {
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
