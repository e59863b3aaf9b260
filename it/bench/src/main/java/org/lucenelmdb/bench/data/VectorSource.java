/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.io.Closeable;
import java.io.IOException;

/** Vectors of the same dimension, numbered from 0. Not thread-safe. */
public interface VectorSource extends Closeable {

  /** A name for reports: the file name without its directory, or a description of the generator. */
  String name();

  /** The number of vectors: at least 1. */
  int count();

  /** The dimension: 1 to {@link VectorFile#MAX_DIMENSION}. */
  int dimension();

  /**
   * Reads a vector.
   *
   * @param index from 0 to count - 1
   * @param vector receives the vector; its length is the dimension
   */
  void read(int index, float[] vector) throws IOException;

  @Override
  default void close() throws IOException {}
}
