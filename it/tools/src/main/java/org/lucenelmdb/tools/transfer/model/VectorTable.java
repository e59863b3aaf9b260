/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.model;

import java.io.Closeable;
import java.io.IOException;
import org.apache.lucene.index.VectorEncoding;

/** Vectors of the same dimension and encoding in foreign files, by ordinal. For one thread. */
public interface VectorTable extends Closeable {

  /** The number of vectors. */
  int size();

  /** The number of components of each vector. */
  int dimension();

  /** The encoding of the vectors. */
  VectorEncoding encoding();

  /**
   * Reads a vector of floats.
   *
   * @param vector receives the components
   */
  void read(int ordinal, float[] vector) throws IOException;

  /**
   * Reads a vector of bytes.
   *
   * @param vector receives the components
   */
  void read(int ordinal, byte[] vector) throws IOException;
}
