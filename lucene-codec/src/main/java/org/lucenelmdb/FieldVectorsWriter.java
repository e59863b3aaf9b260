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
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.RamUsageEstimator;
import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.internal.build.GrowingGraph;
import org.lucenelmdb.internal.build.SourceGraph;
import org.lucenelmdb.internal.store.ImageWriter;
import org.lucenelmdb.internal.vectors.GrowingByteVectorValues;
import org.lucenelmdb.internal.vectors.GrowingFloatVectorValues;

/**
 * Checks the vectors of indexed documents, adds them to a {@link FieldWriter}, and inserts them
 * into a growing graph. While the graph grows, the vectors are also on the heap.
 *
 * @param <T> float[] or byte[]
 */
abstract class FieldVectorsWriter<T> extends KnnFieldVectorsWriter<T> implements Closeable {

  private static final long SHALLOW_SIZE =
      RamUsageEstimator.shallowSizeOfInstance(FieldVectorsWriter.class)
          + RamUsageEstimator.shallowSizeOfInstance(FieldWriter.class);

  private final FieldWriter field;
  private final String rejection;
  private final long buildBytesPerVector;
  private final long bufferedVectorBytes;
  private GrowingGraph graph; // null if there is none, or it was closed
  private Exception failure;
  private int lastDoc = -1;

  private FieldVectorsWriter(FieldWriter field, String rejection, long buildBytesPerVector) {
    this.field = field;
    this.rejection = rejection;
    this.buildBytesPerVector = buildBytesPerVector;
    this.bufferedVectorBytes =
        RamUsageEstimator.alignObjectSize(
            RamUsageEstimator.NUM_BYTES_ARRAY_HEADER
                + RamUsageEstimator.NUM_BYTES_OBJECT_REF
                + FieldMeta.vectorBytes(field.info()));
  }

  /**
   * Creates a writer.
   *
   * @param rejection the message of the exception that rejects every vector; null to accept vectors
   * @param buildBytesPerVector the estimated memory outside the heap that the flush needs for each
   *     vector, in bytes
   * @param graphs creates an empty graph of the buffered vectors, or returns null
   */
  static FieldVectorsWriter<?> create(
      FieldWriter field,
      String rejection,
      long buildBytesPerVector,
      Function<KnnVectorValues, GrowingGraph> graphs) {
    FieldVectorsWriter<?> writer =
        switch (field.info().getVectorEncoding()) {
          case FLOAT32 -> new Floats(field, rejection, buildBytesPerVector);
          case BYTE -> new Bytes(field, rejection, buildBytesPerVector);
        };
    writer.graph = graphs.apply(writer.buffered());
    return writer;
  }

  /** The buffered vectors, normalized if the metric ignores length. */
  abstract KnnVectorValues buffered();

  abstract void buffer(T vector);

  abstract void clearBuffer();

  abstract void check(T vector);

  abstract void add(int doc, T vector) throws IOException;

  final FieldWriter field() {
    return field;
  }

  @Override
  public final void addValue(int doc, T vector) throws IOException {
    if (doc == lastDoc) {
      throw new IllegalArgumentException(
          "VectorValuesField \""
              + field.info().name
              + "\" appears more than once in this document (only one value is allowed per field)");
    }
    if (rejection != null) {
      throw new IllegalArgumentException(rejection);
    }
    check(vector); // before any change, because Lucene continues with the next document
    add(doc, vector);
    lastDoc = doc;
    if (graph != null) {
      grow(vector);
    }
  }

  /**
   * Inserts a vector into the graph. If this fails, for example because memory outside the heap is
   * exhausted, the document is indexed nevertheless, and the graph is built when the segment is
   * written.
   */
  private void grow(T vector) {
    try {
      ImageWriter.ensureAvailable(); // the graph allocates outside the heap
      buffer(vector);
      graph.grow();
    } catch (IOException | RuntimeException e) {
      failure = e;
      close();
    }
  }

  /**
   * Returns the grown graph, from which the build of the segment's graph starts. It is valid until
   * {@link #close}. Drops the buffered vectors.
   *
   * @param newOrdinals the new ordinals of the vectors; null if these did not change
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

  /** Returns the exception that stopped the graph; null if there was none. */
  final Exception failure() {
    return failure;
  }

  /** Frees the memory of the graph. */
  @Override
  public final void close() {
    if (graph != null) {
      graph.close();
      graph = null;
    }
    clearBuffer();
  }

  final void checkDimension(int found) {
    if (found != field.info().getVectorDimension()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "field=\"%s\" expects vectors of dimension %d; found %d",
              field.info().name,
              field.info().getVectorDimension(),
              found));
    }
  }

  final void checkLength(boolean isZero) {
    if (isZero && field.info().getVectorSimilarityFunction() == VectorSimilarityFunction.COSINE) {
      throw new IllegalArgumentException(
          "field=\""
              + field.info().name
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
    return SHALLOW_SIZE + field.ramBytesUsed() + graphBytes;
  }

  /** Estimates the memory outside the heap that the flush needs, in bytes. */
  final long buildBytes() {
    return field.size() * buildBytesPerVector;
  }

  private static final class Floats extends FieldVectorsWriter<float[]> {
    private final boolean areUnit;
    private GrowingFloatVectorValues buffer;

    Floats(FieldWriter field, String rejection, long buildBytesPerVector) {
      super(field, rejection, buildBytesPerVector);
      this.areUnit = field.metric().isOfAngles(VectorEncoding.FLOAT32);
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
      buffer = new GrowingFloatVectorValues(field().info().getVectorDimension(), areUnit);
    }

    @Override
    void check(float[] vector) {
      checkDimension(vector.length);
      checkFinite(field().info(), vector);
      checkLength(isZero(vector));
    }

    @Override
    void add(int doc, float[] vector) throws IOException {
      field().add(doc, vector);
    }
  }

  private static final class Bytes extends FieldVectorsWriter<byte[]> {
    private GrowingByteVectorValues buffer;

    Bytes(FieldWriter field, String rejection, long buildBytesPerVector) {
      super(field, rejection, buildBytesPerVector);
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
      buffer = new GrowingByteVectorValues(field().info().getVectorDimension());
    }

    @Override
    void check(byte[] vector) {
      checkDimension(vector.length);
      checkLength(isZero(vector));
    }

    @Override
    void add(int doc, byte[] vector) throws IOException {
      field().add(doc, vector);
    }
  }

  /** Throws an IllegalArgumentException that names the field if a value is not finite. */
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
