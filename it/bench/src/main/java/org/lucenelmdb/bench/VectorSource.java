/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench;

import java.io.Closeable;
import java.io.IOException;

/** Vectors of one dimension, numbered from 0. */
interface VectorSource extends Closeable {

  int count();

  int dimension();

  void read(int index, float[] vector) throws IOException;

  @Override
  default void close() throws IOException {}
}
