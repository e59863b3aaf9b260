/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.index;

import java.io.IOException;
import org.apache.lucene.index.FloatVectorValues;
import org.lucenelmdb.tools.transfer.model.VectorTable;

/** Lucene's view of a table of floats. */
final class FloatValues extends FloatVectorValues {

  private final VectorTable table;
  private final float[] vector;

  FloatValues(VectorTable table) {
    this.table = table;
    this.vector = new float[table.dimension()];
  }

  @Override
  public float[] vectorValue(int ord) throws IOException {
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
  public FloatVectorValues copy() {
    return new FloatValues(table);
  }

  @Override
  public DocIndexIterator iterator() {
    return createDenseIterator();
  }
}
