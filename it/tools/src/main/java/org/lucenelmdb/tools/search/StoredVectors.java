/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.search;

import java.io.IOException;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReader;

/** The vectors of a field in a segment, as floats whatever their encoding. For one thread. */
public final class StoredVectors {

  private final FloatVectorValues floats;
  private final ByteVectorValues bytes;
  private final float[] buffer;

  private StoredVectors(FloatVectorValues floats, ByteVectorValues bytes, int dimension) {
    this.floats = floats;
    this.bytes = bytes;
    this.buffer = new float[dimension];
  }

  /** Opens the vectors; null if the segment has none. */
  public static StoredVectors open(LeafReader leaf, String field) throws IOException {
    FloatVectorValues floats = leaf.getFloatVectorValues(field);
    ByteVectorValues bytes = floats == null ? leaf.getByteVectorValues(field) : null;
    KnnVectorValues values = floats == null ? bytes : floats;
    return values == null ? null : new StoredVectors(floats, bytes, values.dimension());
  }

  private KnnVectorValues values() {
    return floats == null ? bytes : floats;
  }

  /** The number of vectors, with those of deleted documents. */
  public int size() {
    return values().size();
  }

  /** The number of components. */
  public int dimension() {
    return buffer.length;
  }

  /** Returns an iterator of documents and ordinals. */
  public KnnVectorValues.DocIndexIterator iterator() {
    return values().iterator();
  }

  /** Returns a vector, which the next call overwrites. */
  public float[] read(int ordinal) throws IOException {
    if (floats != null) {
      return floats.vectorValue(ordinal);
    }
    byte[] vector = bytes.vectorValue(ordinal);
    for (int i = 0; i < buffer.length; i++) {
      buffer[i] = vector[i];
    }
    return buffer;
  }
}
