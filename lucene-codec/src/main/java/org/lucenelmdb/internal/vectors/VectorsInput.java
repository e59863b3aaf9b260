/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import java.io.IOException;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.store.IndexInput;

/**
 * The vectors of a field in open files; makes the values that Lucene asks for, each for one thread.
 *
 * @param image the image as a slice of its file
 * @param meta the metadata file, which has the tables; not read if all documents have a vector
 */
public record VectorsInput(
    VectorBlocks blocks,
    DocsWithVectors docs,
    int dimension,
    VectorMetric metric,
    IndexInput image,
    IndexInput meta) {

  /** The values of a field of {@link VectorEncoding#FLOAT32}. */
  public FloatVectorValues floats() throws IOException {
    return new BlockFloatVectorValues(this, docs.open(meta));
  }

  /** The values of a field of {@link VectorEncoding#BYTE}. */
  public ByteVectorValues bytes() throws IOException {
    return new BlockByteVectorValues(this, docs.open(meta));
  }

  /** The values of a field of an encoding. */
  public KnnVectorValues values(VectorEncoding encoding) throws IOException {
    return switch (encoding) {
      case FLOAT32 -> floats();
      case BYTE -> bytes();
    };
  }
}
