/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import static org.junit.Assert.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.MMapDirectory;
import org.lucenelmdb.internal.codes.CodeLayout.Kind;
import org.lucenelmdb.internal.offheap.OffHeapBytes;
import org.lucenelmdb.internal.vectors.VectorMetric;

/** Vectors with their records, and a query. */
final class CodeSample {

  /**
   * A way to quantize vectors.
   *
   * @param centroids the number of centroids
   */
  record Variant(VectorMetric metric, Kind kind, int bits, int queryBits, int centroids) {}

  final Random random;
  final CodeModel model;
  final float[][] vectors;
  final byte[][] records;
  final QuantizedQuery query;
  float[] target;

  CodeSample(Random random, Variant variant, float[][] vectors, float[] target) {
    this(random, model(random, variant, vectors), vectors, target);
  }

  CodeSample(Random random, CodeModel model, float[][] vectors, float[] target) {
    this.random = random;
    this.model = model;
    this.vectors = vectors;
    this.records = new byte[vectors.length][];
    boolean isOld = model.layout().kind() == Kind.INTERVALS;
    CodeQuantizer quantizer = isOld ? null : new CodeQuantizer(model);
    for (int ord = 0; ord < records.length; ord++) {
      records[ord] =
          isOld
              ? Version1Quantizer.record(model, vectors[ord], ord)
              : quantizer.record(vectors[ord], ord).clone();
    }
    this.query = QuantizedQuery.create(model);
    setTarget(target);
  }

  void setTarget(float[] newTarget) {
    target = newTarget;
    query.setTarget(newTarget);
  }

  /** All kinds of records: current ones, and those of version 1 of the file format. */
  static List<Variant> variants(Random random) {
    List<Variant> variants = new ArrayList<>();
    for (int bits : CodeVectors.BITS) {
      for (VectorMetric metric : CodeVectors.METRICS) {
        if (metric == VectorMetric.MANHATTAN) {
          variants.add(new Variant(metric, Kind.LEVELS, bits, 4, 0));
          variants.add(new Variant(metric, Kind.LEVELS, bits, 8, 0));
          continue;
        }
        variants.add(new Variant(metric, Kind.INTERVALS, bits, 4, 0));
        int centroids = 1 + random.nextInt(9);
        for (int queryBits = 4; queryBits <= (bits == 8 ? 4 : 8); queryBits += 4) {
          variants.add(new Variant(metric, Kind.CENTROIDS, bits, queryBits, 0));
          variants.add(new Variant(metric, Kind.CENTROIDS, bits, queryBits, centroids));
        }
      }
    }
    return variants;
  }

  /** A model with the mean and the deviations of vectors, and with centroids near some of them. */
  static CodeModel model(Random random, Variant variant, float[][] vectors) {
    int dimension = vectors[0].length;
    float[] mean = new float[dimension];
    float[] deviations = new float[dimension];
    boolean isCosine = variant.metric == VectorMetric.COSINE;
    for (int i = 0; i < dimension; i++) {
      double sum = 0;
      double squares = 0;
      for (float[] vector : vectors) {
        double x = isCosine ? CodeVectors.unit(vector)[i] : vector[i];
        sum += x / vectors.length;
      }
      mean[i] = (float) sum;
      for (float[] vector : vectors) {
        squares += Math.pow((double) vector[i] - mean[i], 2) / vectors.length;
      }
      deviations[i] = (float) Math.sqrt(squares);
    }
    CodeLayout layout = new CodeLayout(dimension, variant.bits, variant.kind);
    if (variant.kind == Kind.INTERVALS) {
      return CodeModel.ofIntervals(layout, variant.metric, mean);
    }
    boolean isLevels = variant.kind == Kind.LEVELS;
    long seed = isLevels ? 0 : random.nextLong();
    CodeModel model =
        new CodeModel(
            layout,
            variant.metric,
            variant.queryBits,
            0,
            0,
            mean,
            isLevels ? deviations : null,
            seed,
            new float[0][]);
    float[][] centroids = new float[variant.centroids][];
    CodeModel.Preparation preparation = model.preparation();
    for (int c = 0; c < centroids.length; c++) {
      centroids[c] = preparation.apply(vectors[random.nextInt(vectors.length)]).clone();
      CodeVectors.scale(centroids[c], 0.8);
    }
    return new CodeModel(
        layout, variant.metric, variant.queryBits, 0, 0, mean, model.deviations(), seed, centroids);
  }

  /** The scores of copied records, each followed by random bytes. */
  float[] scores() {
    float[] scores = new float[records.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = query.score(withSlack(records[i]));
    }
    return scores;
  }

  byte[] withSlack(byte[] record) {
    byte[] garbage = new byte[QuantizedQuery.SLACK_BYTES];
    random.nextBytes(garbage);
    byte[] all = Arrays.copyOf(record, record.length + garbage.length);
    System.arraycopy(garbage, 0, all, record.length, garbage.length);
    return all;
  }

  /** The scores of records in mapped memory. The last one is followed by random bytes. */
  float[] mappedScores(Path path) throws IOException {
    int count = records.length;
    try (Directory directory = new MMapDirectory(path)) {
      long[] addresses = new long[count];
      try (IndexOutput out = directory.createOutput("codes", IOContext.DEFAULT)) {
        for (int i = 0; i < addresses.length; i++) {
          addresses[i] = out.getFilePointer();
          out.writeBytes(records[i], records[i].length);
        }
        byte[] slack = new byte[QuantizedQuery.SLACK_BYTES];
        random.nextBytes(slack);
        out.writeBytes(slack, slack.length);
      }
      try (IndexInput in = directory.openInput("codes", IOContext.DEFAULT)) {
        OffHeapBytes memory = OffHeapBytes.of(in.randomAccessSlice(0, in.length()), in.length());
        float[] scores = new float[count + 1];
        Arrays.fill(scores, 42); // all but the last one are overwritten
        query.score(memory, addresses, count, scores);
        assertEquals("beyond the count", 42, scores[count], 0f);
        return Arrays.copyOf(scores, count);
      } finally {
        directory.deleteFile("codes");
      }
    }
  }

  /** The similarity of the query to each vector, in double precision. */
  double[] similarities() {
    double[] truth = new double[vectors.length];
    Arrays.setAll(truth, i -> CodeVectors.similarity(model.metric(), target, vectors[i]));
    return truth;
  }

  // reads records as CodeLayout documents them

  static ByteBuffer view(byte[] record) {
    return ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
  }

  int ordinal(int ord) {
    return view(records[ord]).getInt(0);
  }

  /**
   * A corrective term. With CENTROIDS: 0 scale, 1 additional correction. With INTERVALS: 0 lower
   * bound, 1 scale, 2 additional correction.
   */
  float correctiveTerm(int ord, int number) {
    return view(records[ord]).getFloat(4 + 4 * number);
  }

  int centroid(int ord) {
    return view(records[ord]).getInt(12);
  }

  /** The bit of a dimension in a bit plane. */
  int bit(int ord, int plane, int i) {
    int bitPlaneBytes = (target.length + 7) / 8;
    int begin = model.layout().kind() == Kind.LEVELS ? 4 : 16;
    return records[ord][begin + plane * bitPlaneBytes + i / 8] >> i % 8 & 1;
  }

  /** A component, from 0 on; with INTERVALS and 8 bits, a signed byte. */
  int component(int ord, int i) {
    int bits = model.layout().bits();
    if (bits == 8 && model.layout().kind() != Kind.LEVELS) {
      int signed = records[ord][16 + i];
      return model.layout().kind() == Kind.CENTROIDS ? signed + 128 : signed;
    }
    int component = 0;
    for (int plane = 0; plane < bits; plane++) {
      component |= bit(ord, plane, i) << plane;
    }
    return component;
  }

  /** The value for which a component of kind CENTROIDS stands. */
  double value(int ord, int i) {
    return component(ord, i) - ((1 << model.layout().bits()) - 1) / 2.0;
  }

  /** The values of the query after preparation and quantization. */
  double[] quantizedQuery() {
    float[] y = model.preparation().apply(target);
    if (model.layout().hasBitPlanes()) {
      QuantizedWeights weights = new QuantizedWeights(model.layout(), model.queryBits());
      weights.set(y);
      return values(weights, model.layout());
    }
    float max = 0;
    for (float value : y) {
      max = Math.max(max, Math.abs(value));
    }
    float scale = max / 127;
    double[] values = new double[y.length];
    for (int i = 0; i < y.length; i++) {
      values[i] = scale == 0 ? 0 : (double) scale * Math.round(y[i] * (1 / scale));
    }
    return values;
  }

  /** The value of each weight after quantization. */
  static double[] values(QuantizedWeights weights, CodeLayout layout) {
    double[] values = new double[layout.dimension()];
    int at = layout.codeOffset();
    byte[] record = new byte[at + layout.bitPlaneBytes() + QuantizedQuery.SLACK_BYTES];
    for (int i = 0; i < values.length; i++) {
      record[at + i / 8] = (byte) (1 << i % 8);
      values[i] = weights.sum(record, at);
      record[at + i / 8] = 0;
    }
    return values;
  }
}
