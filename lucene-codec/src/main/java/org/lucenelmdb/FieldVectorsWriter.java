/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.Closeable;
import java.io.IOException;
import java.util.Locale;
import java.util.function.Function;
import org.apache.lucene.codecs.KnnFieldVectorsWriter;
import org.apache.lucene.index.DocsWithFieldSet;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.RamUsageEstimator;
import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.internal.build.GrowingGraph;
import org.lucenelmdb.internal.build.SourceGraph;
import org.lucenelmdb.internal.vectors.GrowingByteVectorValues;
import org.lucenelmdb.internal.vectors.GrowingFloatVectorValues;
import org.lucenelmdb.internal.vectors.VectorBlocksWriter;
import org.lucenelmdb.internal.vectors.VectorMetric;

/**
 * Takes the vectors of a field while documents are added. They go to the image block by block. As
 * long as a graph grows, they are also kept on the heap, until the segment is written; otherwise
 * only the block that is being filled is there.
 *
 * @param <T> float[] or byte[]
 */
abstract class FieldVectorsWriter<T> extends KnnFieldVectorsWriter<T> implements Closeable {

  private static final long SHALLOW_SIZE =
      RamUsageEstimator.shallowSizeOfInstance(FieldVectorsWriter.class);

  final FieldInfo info;
  final VectorBlocksWriter vectors;
  final DocsWithFieldSet docs = new DocsWithFieldSet();
  private final long bufferedVectorBytes;
  private GrowingGraph graph; // null if it could not grow
  private Exception failure; // why it could not
  private int lastDoc = -1;
  private String rejection;

  private FieldVectorsWriter(FieldInfo info, VectorBlocksWriter vectors) {
    this.info = info;
    this.vectors = vectors;
    this.bufferedVectorBytes =
        RamUsageEstimator.alignObjectSize(
            RamUsageEstimator.NUM_BYTES_ARRAY_HEADER
                + RamUsageEstimator.NUM_BYTES_OBJECT_REF
                + FieldMeta.vectorBytes(info));
  }

  /**
   * @param graphs makes a graph of vectors that are being added
   */
  static FieldVectorsWriter<?> create(
      FieldInfo info,
      VectorMetric metric,
      VectorBlocksWriter vectors,
      Function<KnnVectorValues, GrowingGraph> graphs) {
    FieldVectorsWriter<?> writer =
        switch (info.getVectorEncoding()) {
          case FLOAT32 -> new Floats(info, metric.isOfAngles(VectorEncoding.FLOAT32), vectors);
          case BYTE -> new Bytes(info, vectors);
        };
    writer.graph = graphs.apply(writer.buffered());
    return writer;
  }

  /** The vectors, as long as the graph grows; of unit length if only angles matter. */
  abstract KnnVectorValues buffered();

  abstract void buffer(T vector);

  abstract void clearBuffer();

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
    if (graph != null) {
      grow(vector);
    }
  }

  /** Lets the graph grow. If that fails, the document is there nevertheless. */
  private void grow(T vector) {
    try {
      buffer(vector);
      graph.grow();
    } catch (IOException | RuntimeException e) { // there may be no memory outside the heap
      failure = e;
      close();
    }
  }

  /**
   * The graph, to begin with, before {@link #close}. The vectors are not kept any longer.
   *
   * @param newOrdinals of the vectors; null if they stay as they are
   * @return null if there is none
   */
  final SourceGraph graph(int[] newOrdinals) {
    if (graph == null) {
      return null;
    }
    SourceGraph source = graph.source(newOrdinals);
    clearBuffer();
    return source;
  }

  /** Why the graph could not grow; null if it could. */
  final Exception failure() {
    return failure;
  }

  /** Gives back what the graph takes. */
  @Override
  public final void close() {
    if (graph != null) {
      graph.close();
      graph = null;
    }
    clearBuffer();
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
    long graphBytes =
        graph == null ? 0 : graph.memoryBytes() + buffered().size() * bufferedVectorBytes;
    return SHALLOW_SIZE + vectors.ramBytesUsed() + docs.ramBytesUsed() + graphBytes;
  }

  private static final class Floats extends FieldVectorsWriter<float[]> {
    private final boolean areUnit;
    private GrowingFloatVectorValues buffer;

    Floats(FieldInfo info, boolean areUnit, VectorBlocksWriter vectors) {
      super(info, vectors);
      this.areUnit = areUnit;
      clearBuffer();
    }

    @Override
    KnnVectorValues buffered() {
      return buffer;
    }

    @Override
    void buffer(float[] vector) {
      buffer.add(vector);
    }

    @Override
    void clearBuffer() {
      buffer = new GrowingFloatVectorValues(info.getVectorDimension(), areUnit);
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
    private GrowingByteVectorValues buffer;

    Bytes(FieldInfo info, VectorBlocksWriter vectors) {
      super(info, vectors);
      clearBuffer();
    }

    @Override
    KnnVectorValues buffered() {
      return buffer;
    }

    @Override
    void buffer(byte[] vector) {
      buffer.add(vector);
    }

    @Override
    void clearBuffer() {
      buffer = new GrowingByteVectorValues(info.getVectorDimension());
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
