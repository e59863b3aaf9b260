/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.IOException;
import java.util.Locale;
import org.apache.lucene.codecs.KnnFieldVectorsWriter;
import org.apache.lucene.index.DocsWithFieldSet;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.RamUsageEstimator;
import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.vectors.VectorBlocksWriter;

/**
 * Takes the vectors of a field while documents are added. They go to the image block by block; only
 * the block that is being filled is on the heap.
 *
 * @param <T> float[] or byte[]
 */
abstract class FieldVectorsWriter<T> extends KnnFieldVectorsWriter<T> {

  private static final long SHALLOW_SIZE =
      RamUsageEstimator.shallowSizeOfInstance(FieldVectorsWriter.class);

  final FieldInfo info;
  final VectorBlocksWriter vectors;
  final DocsWithFieldSet docs = new DocsWithFieldSet();
  private int lastDoc = -1;
  private String rejection;

  private FieldVectorsWriter(FieldInfo info, VectorBlocksWriter vectors) {
    this.info = info;
    this.vectors = vectors;
  }

  static FieldVectorsWriter<?> create(FieldInfo info, VectorBlocksWriter vectors) {
    return switch (info.getVectorEncoding()) {
      case FLOAT32 -> new Floats(info, vectors);
      case BYTE -> new Bytes(info, vectors);
    };
  }

  /** Makes every value be rejected, for a reason; null for none. */
  final void reject(String reason) {
    rejection = reason;
  }

  @Override
  public final void addValue(int doc, T vector) throws IOException {
    if (doc == lastDoc) {
      throw new IllegalArgumentException(
          "VectorValuesField \""
              + info.name
              + "\" appears more than once in this document (only one value is allowed per field)");
    }
    if (rejection != null) {
      throw new IllegalArgumentException(rejection);
    }
    check(vector); // before anything changes: Lucene goes on with the next document
    add(vector);
    docs.add(doc);
    lastDoc = doc;
  }

  abstract void check(T vector);

  abstract void add(T vector) throws IOException;

  final void checkDimension(int found) {
    if (found != info.getVectorDimension()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "field=\"%s\" expects vectors of dimension %d; found %d",
              info.name,
              info.getVectorDimension(),
              found));
    }
  }

  final void checkLength(boolean zero) {
    if (zero && info.getVectorSimilarityFunction() == VectorSimilarityFunction.COSINE) {
      throw new IllegalArgumentException(
          "field=\""
              + info.name
              + "\" expects vectors of a length above 0, as COSINE has no angle"
              + " to others; found a zero vector");
    }
  }

  @Override
  public final T copyValue(T vector) {
    throw new UnsupportedOperationException(); // addValue copies
  }

  @Override
  public final long ramBytesUsed() {
    return SHALLOW_SIZE + vectors.ramBytesUsed() + docs.ramBytesUsed();
  }

  private static final class Floats extends FieldVectorsWriter<float[]> {
    Floats(FieldInfo info, VectorBlocksWriter vectors) {
      super(info, vectors);
    }

    @Override
    void check(float[] vector) {
      checkDimension(vector.length);
      checkFinite(info, vector);
      checkLength(isZero(vector));
    }

    @Override
    void add(float[] vector) throws IOException {
      vectors.add(vector);
    }
  }

  private static final class Bytes extends FieldVectorsWriter<byte[]> {
    Bytes(FieldInfo info, VectorBlocksWriter vectors) {
      super(info, vectors);
    }

    @Override
    void check(byte[] vector) {
      checkDimension(vector.length);
      checkLength(isZero(vector));
    }

    @Override
    void add(byte[] vector) throws IOException {
      vectors.add(vector);
    }
  }

  static void checkFinite(FieldInfo info, float[] vector) {
    try {
      VectorUtil.checkFinite(vector);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "field=\"" + info.name + "\" expects finite values; found " + e.getMessage(), e);
    }
  }

  static boolean isZero(float[] vector) {
    for (float x : vector) {
      if (x != 0) {
        return false;
      }
    }
    return true;
  }

  static boolean isZero(byte[] vector) {
    for (byte x : vector) {
      if (x != 0) {
        return false;
      }
    }
    return true;
  }
}
