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
 * The vectors of a field in open files. Creates {@link KnnVectorValues}, each for one thread.
 *
 * @param image the image, a slice of the vectors file
 * @param meta the metadata file, which contains the table of documents; may be null if the
 *     documents are on the heap, or if all documents have a vector
 */
public record VectorsInput(
    VectorBlocks blocks,
    DocsWithVectors docs,
    int dimension,
    VectorMetric metric,
    IndexInput image,
    IndexInput meta) {

  /** Returns the values of a field with encoding {@link VectorEncoding#FLOAT32}. */
  public FloatVectorValues floats() throws IOException {
    return new BlockFloatVectorValues(this, docs.open(meta));
  }

  /** Returns the values of a field with encoding {@link VectorEncoding#BYTE}. */
  public ByteVectorValues bytes() throws IOException {
    return new BlockByteVectorValues(this, docs.open(meta));
  }

  /** Returns the values of a field with the given encoding. */
  public KnnVectorValues values(VectorEncoding encoding) throws IOException {
    return switch (encoding) {
      case FLOAT32 -> floats();
      case BYTE -> bytes();
    };
  }
}
