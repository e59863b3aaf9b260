/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

/** Vectors in memory. */
record ArraySource(float[][] vectors) implements VectorSource {

  @Override
  public String name() {
    return "array";
  }

  @Override
  public int count() {
    return vectors.length;
  }

  @Override
  public int dimension() {
    return vectors[0].length;
  }

  @Override
  public void read(int index, float[] vector) {
    System.arraycopy(vectors[index], 0, vector, 0, vector.length);
  }
}
