/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.io.Closeable;
import java.io.IOException;

/** Vectors of one dimension, numbered from 0. One thread may use it at a time. */
public interface VectorSource extends Closeable {

  /** What to call it: a file's name without its directory, or how the vectors are made. */
  String name();

  /** How many vectors there are: at least 1. */
  int count();

  /** How many components each vector has: 1 to {@link VectorFile#MAX_DIMENSION}. */
  int dimension();

  /**
   * Gets a vector.
   *
   * @param index from 0 to count - 1
   * @param vector receives it; as long as the dimension
   */
  void read(int index, float[] vector) throws IOException;

  @Override
  default void close() throws IOException {}
}
