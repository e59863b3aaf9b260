/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.codes;

import java.io.IOException;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.kernels.OffHeapBytes;
import org.lucenelmdb.resources.BuildMemory;
import org.lucenelmdb.resources.Workers;
import org.lucenelmdb.vectors.VectorMetric;
import org.lucenelmdb.vectors.VectorPairs;

/**
 * The codes of all vectors of a field, by ordinal, outside the heap: what a graph is built on, and
 * what {@link CodesWriter} copies into the image in the end. Good until the memory that they were
 * allocated from is given back.
 *
 * <p>All vectors of a segment are quantized when it is written, also in a merge: against the mean
 * of just these vectors, so that no code is ever worse than in a segment that was never merged. It
 * takes about 12 us for 384 dimensions, a small part of what it takes to insert a vector into the
 * graph.
 */
public final class BuiltCodes {

  private final CodeLayout layout;
  private final VectorMetric metric;
  private final float[] centroid;
  private final float[] deviations; // null unless with MANHATTAN
  private final int size;
  private final int recordBytes;
  private final OffHeapBytes records;

  private BuiltCodes(
      CodeLayout layout,
      VectorMetric metric,
      float[] centroid,
      float[] deviations,
      int size,
      OffHeapBytes records) {
    this.layout = layout;
    this.metric = metric;
    this.centroid = centroid;
    this.deviations = deviations;
    this.size = size;
    this.recordBytes = layout.recordBytes();
    this.records = records;
  }

  /** The memory that {@link #build} takes. */
  public static long memoryBytes(int size, int dimension, int bits, VectorMetric metric) {
    return BuildMemory.cost(bytes(size, layout(dimension, bits, metric)));
  }

  private static long bytes(int size, CodeLayout layout) {
    return (long) size * layout.recordBytes() + CodeQuery.SLACK_BYTES;
  }

  private static CodeLayout layout(int dimension, int bits, VectorMetric metric) {
    return new CodeLayout(dimension, bits, metric == VectorMetric.MANHATTAN);
  }

  /**
   * Quantizes vectors. The codes are the same whatever the number of threads.
   *
   * @param values all vectors, at least one
   * @param bits 1, 2, 4 or 8
   * @param memory of which {@link #memoryBytes} are taken
   */
  public static BuiltCodes build(
      KnnVectorValues values, VectorMetric metric, int bits, BuildMemory memory, Workers workers)
      throws IOException {
    CodeLayout layout = layout(values.dimension(), bits, metric);
    OffHeapBytes records = memory.allocate(bytes(values.size(), layout));
    float[] centroid = centroid(values, metric, workers);
    float[] deviations = layout.isManhattan() ? deviations(values, centroid, workers) : null;
    BuiltCodes codes = new BuiltCodes(layout, metric, centroid, deviations, values.size(), records);
    workers.forEach("codes", values.size(), () -> codes.quantizer(values.copy()));
    return codes;
  }

  private Workers.Worker quantizer(KnnVectorValues values) {
    CodeQuantizer quantizer = new CodeQuantizer(layout, metric, centroid, deviations);
    float[] vector = new float[layout.dimension()];
    return ord -> {
      VectorPairs.copy(values, ord, vector);
      records.write(address(ord), quantizer.record(vector, ord), 0, recordBytes);
    };
  }

  /** The mean of all vectors; of those of unit length with COSINE. */
  private static float[] centroid(KnnVectorValues values, VectorMetric metric, Workers workers)
      throws IOException {
    double[] sums = new double[values.dimension()]; // no sum of floats is too large for a double
    float[] vector = new float[sums.length];
    int checkInterval = checkInterval(values);
    for (int ord = 0; ord < values.size(); ord++) {
      if (ord % checkInterval == 0) {
        workers.check();
      }
      VectorPairs.copy(values, ord, vector);
      if (metric == VectorMetric.COSINE) {
        VectorUtil.l2normalize(vector, false); // other formats let zero vectors in
      }
      for (int i = 0; i < sums.length; i++) {
        sums[i] += vector[i];
      }
    }
    float[] centroid = new float[sums.length];
    for (int i = 0; i < sums.length; i++) {
      centroid[i] = finite(sums[i] / values.size());
    }
    return centroid;
  }

  /** The standard deviation in each dimension. */
  private static float[] deviations(KnnVectorValues values, float[] centroid, Workers workers)
      throws IOException {
    double[] squares = new double[values.dimension()];
    float[] vector = new float[squares.length];
    int checkInterval = checkInterval(values);
    for (int ord = 0; ord < values.size(); ord++) {
      if (ord % checkInterval == 0) {
        workers.check();
      }
      VectorPairs.copy(values, ord, vector);
      for (int i = 0; i < squares.length; i++) {
        double x = (double) vector[i] - centroid[i];
        squares[i] += x * x;
      }
    }
    float[] deviations = new float[squares.length];
    for (int i = 0; i < squares.length; i++) {
      deviations[i] = finite(Math.sqrt(squares[i] / values.size()));
    }
    return deviations;
  }

  private static int checkInterval(KnnVectorValues values) {
    return Workers.checkInterval(values.dimension() * Float.BYTES);
  }

  /** Damaged vectors of a segment that is merged may not be finite. */
  private static float finite(double x) {
    return Float.isFinite((float) x) ? (float) x : 0;
  }

  /** The number of vectors. */
  public int size() {
    return size;
  }

  /** Opens the codes for one thread. */
  public CodesScorer open() {
    return new CodesScorer(this);
  }

  CodeLayout layout() {
    return layout;
  }

  float[] centroid() {
    return centroid;
  }

  float[] deviations() {
    return deviations;
  }

  OffHeapBytes records() {
    return records;
  }

  CodeQuery query() {
    return CodeQuery.create(layout, metric, centroid, deviations);
  }

  /** Where the record of an ordinal begins. */
  long address(int ord) {
    return (long) ord * recordBytes;
  }

  /** Copies the record of an ordinal. */
  void read(int ord, byte[] record) {
    records.read(address(ord), record, 0, recordBytes);
  }
}
