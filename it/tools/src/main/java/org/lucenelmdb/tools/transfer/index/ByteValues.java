/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.index;

import java.io.IOException;
import org.apache.lucene.index.ByteVectorValues;
import org.lucenelmdb.tools.transfer.model.VectorTable;

/** Lucene's view of a table of bytes. */
final class ByteValues extends ByteVectorValues {

  private final VectorTable table;
  private final byte[] vector;

  ByteValues(VectorTable table) {
    this.table = table;
    this.vector = new byte[table.dimension()];
  }

  @Override
  public byte[] vectorValue(int ord) throws IOException {
    table.read(ord, vector);
    return vector;
  }

  @Override
  public int dimension() {
    return vector.length;
  }

  @Override
  public int size() {
    return table.size();
  }

  @Override
  public ByteVectorValues copy() {
    return new ByteValues(table);
  }

  @Override
  public DocIndexIterator iterator() {
    return createDenseIterator();
  }
}
