/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.model;

import org.apache.lucene.index.VectorEncoding;

/** A table of vectors of floats. */
public interface FloatTable extends VectorTable {

  @Override
  default VectorEncoding encoding() {
    return VectorEncoding.FLOAT32;
  }

  @Override
  default void read(int ordinal, byte[] vector) {
    throw new UnsupportedOperationException("the vectors are floats");
  }
}
