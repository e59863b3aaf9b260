/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.codes;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.store.RandomAccessInput;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.kernels.Kernels;
import org.lucenelmdb.kernels.OffHeapBytes;
import org.lucenelmdb.vectors.VectorMetric;

/** Records and their scores against what they are documented to be, and against the truth. */
public class TestCodes extends LuceneTestCase {

  private static final int[] BITS = {1, 2, 4, 8};

  private static final VectorMetric[] METRICS = {
    VectorMetric.EUCLIDEAN,
    VectorMetric.DOT_PRODUCT,
    VectorMetric.COSINE,
    VectorMetric.MAXIMUM_INNER_PRODUCT,
    VectorMetric.MANHATTAN
  };

  /** Vectors, their codes, and a query. */
  private static final class Sample {
    final CodeLayout layout;
    final VectorMetric metric;
    final float[][] vectors;
    final float[] target;
    final float[] centroid;
    final float[] deviations;
    final byte[][] records;
    final CodeQuery query;

    Sample(VectorMetric metric, int bits, float[][] vectors, float[] target) {
      this.metric = metric;
      this.vectors = vectors;
      this.target = target;
      int dimension = target.length;
      boolean isManhattan = metric == VectorMetric.MANHATTAN;
      this.layout = new CodeLayout(dimension, bits, isManhattan);
      this.centroid = new float[dimension];
      this.deviations = isManhattan ? new float[dimension] : null;
      for (int i = 0; i < dimension; i++) {
        double sum = 0;
        double squares = 0;
        for (float[] vector : vectors) {
          double x = metric == VectorMetric.COSINE ? unit(vector)[i] : vector[i];
          sum += x / vectors.length;
        }
        centroid[i] = (float) sum;
        for (float[] vector : vectors) {
          squares += Math.pow((double) vector[i] - centroid[i], 2) / vectors.length;
        }
        if (isManhattan) {
          deviations[i] = (float) Math.sqrt(squares);
        }
      }
      CodeQuantizer quantizer = new CodeQuantizer(layout, metric, centroid, deviations);
      this.records = new byte[vectors.length][];
      for (int ord = 0; ord < records.length; ord++) {
        records[ord] = quantizer.record(vectors[ord], ord).clone();
      }
      this.query = CodeQuery.create(layout, metric, centroid, deviations);
      query.set(target);
    }

    /** Scores of copied records, behind which is garbage. */
    float[] scores() {
      float[] scores = new float[records.length];
      for (int i = 0; i < scores.length; i++) {
        scores[i] = query.score(withGarbage(records[i]));
      }
      return scores;
    }

    byte[] withGarbage(byte[] record) {
      byte[] garbage = new byte[CodeQuery.SLACK_BYTES];
      random().nextBytes(garbage);
      byte[] all = Arrays.copyOf(record, record.length + garbage.length);
      System.arraycopy(garbage, 0, all, record.length, garbage.length);
      return all;
    }

    /** The bit of a plane of a record, from 0 on in the order of the documentation. */
    int bit(byte[] record, int plane, int i) {
      int planeBytes = (target.length + 7) / 8;
      int begin = metric == VectorMetric.MANHATTAN ? 4 : 16;
      return record[begin + plane * planeBytes + i / 8] >> i % 8 & 1;
    }

    /** What a record says that a dimension of the vector is, less the centroid. */
    double dequantized(byte[] record, int i) {
      int bits = layout.bits();
      if (metric == VectorMetric.MANHATTAN) {
        int level = 0;
        for (int plane = 0; plane < bits; plane++) {
          level += bit(record, plane, i);
        }
        return (double) deviations[i] * CodeQuantizer.levels(bits)[level];
      }
      ByteBuffer buffer = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
      int component = 0;
      if (bits == 8) {
        component = record[16 + i];
      } else {
        for (int plane = 0; plane < bits; plane++) {
          component |= bit(record, plane, i) << plane;
        }
      }
      return buffer.getFloat(4) + (double) buffer.getFloat(8) * component;
    }
  }

  private static float[] unit(float[] vector) {
    return VectorUtil.l2normalize(vector.clone(), false);
  }

  /** The numbers that a query of planes has in place of those that it was given. */
  private static double[] dequantized(PlaneQuery query, int dimension) {
    double[] values = new double[dimension];
    for (int i = 0; i < dimension; i++) {
      int component = 0;
      for (int plane = 0; plane < Kernels.QUERY_PLANES; plane++) {
        int bit = plane * query.shape.words() * Long.SIZE + query.shape.bit(i);
        component |= (int) (query.planes[bit / 64] >>> bit % 64 & 1) << plane;
      }
      values[i] = query.sum(1L << 32 | component);
    }
    return values;
  }

  private static float[] centeredQuery(Sample sample) {
    float[] y = sample.metric == VectorMetric.COSINE ? unit(sample.target) : sample.target.clone();
    for (int i = 0; i < y.length; i++) {
      y[i] -= sample.centroid[i];
    }
    return y;
  }

  private static double[] quantizedQuery(Sample sample) {
    int dimension = sample.target.length;
    float[] y = centeredQuery(sample);
    if (sample.layout.bits() < 8) {
      PlaneQuery query = new PlaneQuery(sample.layout);
      query.set(y);
      return dequantized(query, dimension);
    }
    float max = 0;
    for (float value : y) {
      max = Math.max(max, Math.abs(value));
    }
    float step = max / 127;
    double[] values = new double[dimension];
    for (int i = 0; i < dimension; i++) {
      values[i] = step == 0 ? 0 : (double) step * Math.round(y[i] * (1 / step));
    }
    return values;
  }

  /** Checks each score against the documented formula. */
  private static void checkFormula(String message, Sample sample) {
    if (sample.metric == VectorMetric.MANHATTAN) {
      checkManhattanFormula(message, sample);
      return;
    }
    double[] y = quantizedQuery(sample);
    float[] scores = sample.scores();
    for (int ord = 0; ord < scores.length; ord++) {
      byte[] record = sample.records[ord];
      ByteBuffer buffer = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
      assertEquals(message, ord, buffer.getInt(0));
      double expected = buffer.getFloat(12);
      double size = Math.abs(expected);
      for (int i = 0; i < y.length; i++) {
        expected += sample.dequantized(record, i) * y[i];
        size += (Math.abs(buffer.getFloat(4)) + 255 * buffer.getFloat(8)) * Math.abs(y[i]);
      }
      assertEquals(message, expected, scores[ord], 2e-5 * size);
      checkRest(message, sample, ord, buffer.getFloat(12));
    }
  }

  private static void checkRest(String message, Sample sample, int ord, float rest) {
    float[] vector = sample.vectors[ord];
    float[] x = sample.metric == VectorMetric.COSINE ? unit(vector) : vector;
    double expected = 0;
    double size = 0;
    for (int i = 0; i < x.length; i++) {
      double difference = (double) x[i] - sample.centroid[i];
      double term =
          sample.metric == VectorMetric.EUCLIDEAN
              ? -difference * difference / 2
              : (double) x[i] * sample.centroid[i];
      expected += term;
      size += Math.abs(term);
    }
    assertEquals(message, expected, rest, 1e-4 * size);
  }

  private static void checkManhattanFormula(String message, Sample sample) {
    int bits = sample.layout.bits();
    int dimension = sample.target.length;
    float[] levels = CodeQuantizer.levels(bits);
    double[][] steps = new double[bits][];
    double lowest = 0;
    double size = 0;
    float[] values = new float[dimension];
    for (int plane = 0; plane < bits; plane++) {
      for (int i = 0; i < dimension; i++) {
        float y = sample.target[i] - sample.centroid[i];
        float above = Math.abs(y - sample.deviations[i] * levels[plane + 1]);
        float below = Math.abs(y - sample.deviations[i] * levels[plane]);
        values[i] = above - below;
        lowest += plane == 0 ? below : 0;
        size += above + below;
      }
      PlaneQuery query = new PlaneQuery(sample.layout);
      query.set(values);
      steps[plane] = dequantized(query, dimension);
    }
    float[] scores = sample.scores();
    for (int ord = 0; ord < scores.length; ord++) {
      byte[] record = sample.records[ord];
      assertEquals(message, ord, ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN).getInt(0));
      double distance = lowest;
      for (int i = 0; i < dimension; i++) {
        for (int plane = 0; plane < bits; plane++) {
          distance += sample.bit(record, plane, i) * steps[plane][i];
        }
      }
      assertEquals(message, -distance, scores[ord], 1e-4 * size);
    }
  }

  /** Checks that records score the same where they lie. */
  private static void checkMapped(String message, Sample sample) throws IOException {
    float[] scores = sample.scores();
    if (sample.query.canScoreInPlace() == false) {
      assertEquals(message, 8, sample.layout.bits());
      return;
    }
    float[] mapped = mapped(sample, sample.query::score);
    assertArrayEquals(message, scores, mapped, 0f);
  }

  /** Scores or estimates the scores of records in memory. */
  private interface Scorer {
    void score(OffHeapBytes memory, long[] addresses, int count, float[] scores);
  }

  /** The scores of records in mapped memory, with garbage behind the last one. */
  private static float[] mapped(Sample sample, Scorer scorer) throws IOException {
    int count = sample.records.length;
    try (Directory directory = new MMapDirectory(createTempDir())) {
      long[] addresses = new long[count];
      try (IndexOutput out = directory.createOutput("codes", IOContext.DEFAULT)) {
        for (int i = 0; i < addresses.length; i++) {
          addresses[i] = out.getFilePointer();
          out.writeBytes(sample.records[i], sample.records[i].length);
        }
        byte[] slack = new byte[CodeQuery.SLACK_BYTES];
        random().nextBytes(slack);
        out.writeBytes(slack, slack.length);
      }
      try (IndexInput in = directory.openInput("codes", IOContext.DEFAULT)) {
        OffHeapBytes memory = OffHeapBytes.of(in.randomAccessSlice(0, in.length()), in.length());
        float[] scores = new float[count + 1];
        Arrays.fill(scores, 42); // is overwritten, but for the last one
        scorer.score(memory, addresses, count, scores);
        assertEquals("not asked for", 42, scores[count], 0f);
        return Arrays.copyOf(scores, count);
      }
    }
  }

  /**
   * Checks each estimate against the formula of the score, in which the query's components are all
   * of the mean magnitude, those that are 0 negative, and codes have but their highest bits, the
   * others being what they are on average.
   */
  private static void checkEstimates(String message, Sample sample) throws IOException {
    int highest = sample.layout.bits() - 1;
    double querySum = 0;
    double querySize = 0;
    for (double value : quantizedQuery(sample)) {
      querySum += value;
      querySize += Math.abs(value);
    }
    float[] y = centeredQuery(sample);
    double mean = 0;
    double sum = 0;
    int positives = 0;
    for (float value : y) {
      sum += value;
      mean += Math.abs((double) value) / y.length;
      positives += value > 0 ? 1 : 0;
    }
    float[] estimates = mapped(sample, sample.query::estimate);
    for (int ord = 0; ord < estimates.length; ord++) {
      byte[] record = sample.records[ord];
      ByteBuffer buffer = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
      float lower = buffer.getFloat(4);
      float step = buffer.getFloat(8);
      float rest = buffer.getFloat(12);
      int differences = 0;
      for (int i = 0; i < y.length; i++) {
        differences += sample.bit(record, highest, i) != (y[i] > 0 ? 1 : 0) ? 1 : 0;
      }
      double others = (Math.pow(2, highest) - 1) / 2 * sum;
      double product = mean * Math.pow(2, highest) * (positives - differences) + others;
      double expected = lower * querySum + step * product + rest;
      // a difference more or less is 1 / dimension of the last of these
      double size = Math.abs(lower) * querySize + Math.abs(rest) + step * Math.abs(product);
      assertEquals(message + ", " + ord, expected, estimates[ord], 2e-6 * size);
    }
  }

  private static boolean hasEstimates(VectorMetric metric, int bits) {
    return metric != VectorMetric.MANHATTAN && bits < 8;
  }

  public void testEstimates() throws IOException {
    for (VectorMetric metric : METRICS) {
      for (int bits : BITS) {
        if (hasEstimates(metric, bits) == false) {
          continue;
        }
        for (int dimension : dimensions()) {
          VectorEncoding encoding =
              random().nextBoolean() ? VectorEncoding.BYTE : VectorEncoding.FLOAT32;
          String message = metric + " " + bits + " bits, " + dimension + " x " + encoding;
          float[][] vectors = vectors(metric, 10, dimension, encoding);
          float[] target =
              random().nextInt(4) == 0 ? vectors[3] : vectors(metric, 1, dimension, encoding)[0];
          Sample sample = new Sample(metric, bits, vectors, target);
          checkEstimates(message, sample);
          // another query, by the same objects
          float[] again = vector(dimension, encoding);
          sample.query.set(again);
          float[] estimates = mapped(sample, sample.query::estimate);
          Sample other = new Sample(metric, bits, vectors, again);
          assertArrayEquals(message, mapped(other, other.query::estimate), estimates, 0f);
        }
      }
    }
  }

  /** Components that are 0 belong to those below 0, of all vectors or of some. */
  public void testEstimatesOfConstantDimensions() throws IOException {
    for (VectorMetric metric : METRICS) {
      for (int bits : BITS) {
        if (hasEstimates(metric, bits) == false) {
          continue;
        }
        for (int dimension : new int[] {1, 2, 9, 64, 100}) {
          float[][] vectors = vectors(metric, 20, dimension, VectorEncoding.FLOAT32);
          float[] constant = vectors[0].clone();
          int constants = random().nextInt(dimension + 1);
          for (float[] vector : vectors) {
            System.arraycopy(constant, 0, vector, 0, constants);
          }
          String message = metric + " " + bits + " bits, " + constants + " of " + dimension;
          checkEstimates(message, new Sample(metric, bits, vectors, vectors[1]));
        }
      }
    }
  }

  /**
   * Estimates are of records in memory, and with those metrics whose codes have one bit a plane.
   */
  public void testCanEstimate() throws IOException {
    try (Directory directory = new MMapDirectory(createTempDir())) {
      try (IndexOutput out = directory.createOutput("codes", IOContext.DEFAULT)) {
        out.writeBytes(new byte[1000], 1000);
      }
      try (IndexInput in = directory.openInput("codes", IOContext.DEFAULT)) {
        RandomAccessInput input = in.randomAccessSlice(0, in.length());
        OffHeapBytes memory = OffHeapBytes.of(input, in.length());
        for (VectorMetric metric : METRICS) {
          for (int bits : BITS) {
            String message = metric + " " + bits + " bits";
            float[][] vectors = vectors(metric, 3, 10, VectorEncoding.FLOAT32);
            CodeQuery query = new Sample(metric, bits, vectors, vectors[0]).query;
            boolean expected = hasEstimates(metric, bits);
            assertEquals(message, expected, query.canEstimate());
            assertEquals(message, expected, new RecordScorer(query, memory, input).canEstimate());
            assertFalse(message, new RecordScorer(query, null, input).canEstimate());
            if (expected == false) {
              expectThrows(
                  UnsupportedOperationException.class,
                  () -> query.estimate(memory, new long[1], 1, new float[1]));
            }
          }
        }
      }
    }
  }

  /** How estimates go with scores, of vectors whose components are independent. */
  private static double estimateCorrelation(
      VectorMetric metric, int bits, int dimension, Random random) throws IOException {
    float[][] vectors = new float[301][dimension];
    for (float[] vector : vectors) {
      for (int i = 0; i < dimension; i++) {
        vector[i] = 0.3f + (float) random.nextGaussian();
      }
      if (metric == VectorMetric.DOT_PRODUCT) {
        VectorUtil.l2normalize(vector);
      }
    }
    Sample sample = new Sample(metric, bits, Arrays.copyOf(vectors, 300), vectors[300]);
    float[] scores = sample.scores();
    double[] truth = new double[scores.length];
    Arrays.setAll(truth, i -> scores[i]);
    return correlation(truth, mapped(sample, sample.query::estimate));
  }

  public void testEstimatesAreLikeScores() throws IOException {
    Random random = new Random(17); // always the same vectors
    for (VectorMetric metric : METRICS) {
      for (int bits : BITS) {
        if (hasEstimates(metric, bits) == false) {
          continue;
        }
        for (int dimension : new int[] {64, 100, 384, 768}) {
          double correlation = estimateCorrelation(metric, bits, dimension, random);
          String message = metric + " " + bits + " bits, " + dimension + ": " + correlation;
          assertTrue(message, correlation >= (bits == 1 ? 0.75 : 0.6));
        }
      }
    }
  }

  private static float[] vector(int dimension, VectorEncoding encoding) {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] =
          encoding == VectorEncoding.BYTE
              ? random().nextInt(256) - 128
              : 0.3f + (float) random().nextGaussian();
    }
    if (encoding == VectorEncoding.BYTE) {
      vector[0] = vector[0] == 0 ? 1 : vector[0];
    }
    return vector;
  }

  private static float[][] vectors(
      VectorMetric metric, int count, int dimension, VectorEncoding encoding) {
    float[][] vectors = new float[count][];
    for (int v = 0; v < count; v++) {
      vectors[v] = vector(dimension, encoding);
      if (metric == VectorMetric.DOT_PRODUCT && encoding == VectorEncoding.FLOAT32) {
        VectorUtil.l2normalize(vectors[v]);
      } else if (metric == VectorMetric.COSINE && encoding == VectorEncoding.FLOAT32) {
        float length = (float) Math.pow(10, random().nextInt(7) - 3);
        for (int i = 0; i < dimension; i++) {
          vectors[v][i] *= length;
        }
      }
    }
    return vectors;
  }

  private static int[] dimensions() {
    return random().nextInt(5) == 0
        ? new int[] {1, 2, 7, 8, 63, 64, 65, 384, 4096}
        : new int[] {1, 2, 7, 8, 63, 64, 65, 384, 1000, 1 + random().nextInt(300)};
  }

  public void testScores() throws IOException {
    for (VectorMetric metric : METRICS) {
      for (int bits : BITS) {
        for (int dimension : dimensions()) {
          for (VectorEncoding encoding : VectorEncoding.values()) {
            String message = metric + " " + bits + " bits, " + dimension + " x " + encoding;
            float[][] vectors = vectors(metric, 10, dimension, encoding);
            float[] target =
                random().nextInt(4) == 0 ? vectors[3] : vectors(metric, 1, dimension, encoding)[0];
            Sample sample = new Sample(metric, bits, vectors, target);
            checkFormula(message, sample);
            checkMapped(message, sample);
            // another query, by the same objects
            float[] again = vector(dimension, encoding);
            sample.query.set(again);
            float[] scores = sample.scores();
            assertArrayEquals(
                message, new Sample(metric, bits, vectors, again).scores(), scores, 0f);
          }
        }
      }
    }
  }

  private static double similarity(VectorMetric metric, float[] a, float[] b) {
    double product = 0;
    double squares = 0;
    double differences = 0;
    double lengthA = 0;
    double lengthB = 0;
    for (int i = 0; i < a.length; i++) {
      product += (double) a[i] * b[i];
      lengthA += (double) a[i] * a[i];
      lengthB += (double) b[i] * b[i];
      squares += Math.pow((double) a[i] - b[i], 2);
      differences += Math.abs((double) a[i] - b[i]);
    }
    return switch (metric) {
      case EUCLIDEAN -> -squares / 2;
      case COSINE -> product / Math.sqrt(lengthA * lengthB);
      case MANHATTAN -> -differences;
      default -> product;
    };
  }

  private static double correlation(double[] x, float[] y) {
    double meanX = 0;
    double meanY = 0;
    for (int i = 0; i < x.length; i++) {
      meanX += x[i] / x.length;
      meanY += y[i] / (double) x.length;
    }
    double xy = 0;
    double xx = 0;
    double yy = 0;
    for (int i = 0; i < x.length; i++) {
      xy += (x[i] - meanX) * (y[i] - meanY);
      xx += (x[i] - meanX) * (x[i] - meanX);
      yy += (y[i] - meanY) * (y[i] - meanY);
    }
    return xy / Math.sqrt(xx * yy);
  }

  /** Components that are independent are the hardest: nothing but these is there to compare. */
  private static double expectedCorrelation(VectorMetric metric, int bits) {
    if (metric == VectorMetric.MANHATTAN) { // its codes have fewer levels
      return switch (bits) {
        case 1 -> 0.45;
        case 2 -> 0.7;
        case 4 -> 0.85;
        default -> 0.92;
      };
    }
    return switch (bits) {
      case 1 -> 0.6;
      case 2 -> 0.8;
      case 4 -> 0.93;
      default -> 0.999;
    };
  }

  public void testScoresAreLikeSimilarities() {
    for (VectorMetric metric : METRICS) {
      for (int bits : BITS) {
        for (int dimension : new int[] {16, 64, 100, 384}) {
          for (VectorEncoding encoding : VectorEncoding.values()) {
            float[][] vectors = vectors(metric, 300, dimension, encoding);
            float[] target = vectors(metric, 1, dimension, encoding)[0];
            Sample sample = new Sample(metric, bits, vectors, target);
            double[] truth = new double[vectors.length];
            for (int i = 0; i < truth.length; i++) {
              truth[i] = similarity(metric, target, vectors[i]);
            }
            double correlation = correlation(truth, sample.scores());
            String message = metric + " " + bits + " bits, " + dimension + " x " + encoding;
            assertTrue(
                message + ": " + correlation, correlation >= expectedCorrelation(metric, bits));
          }
        }
      }
    }
  }

  public void testLength() {
    for (int i = 0; i < 2000; i++) {
      int dimension = TestUtil.nextInt(random(), 1, i < 1000 ? 70 : 20_000);
      for (int bits : BITS) {
        for (boolean isManhattan : new boolean[] {false, true}) {
          CodeLayout layout = new CodeLayout(dimension, bits, isManhattan);
          assertTrue(layout.toString(), layout.recordBytes() <= bits * dimension / 8.0 + 20);
          assertTrue(layout.toString(), layout.recordBytes() >= bits * dimension / 8.0 + 4);
          assertEquals(0, layout.recordBytes() % Float.BYTES);
        }
      }
    }
    for (int bits = -10; bits < 300; bits++) {
      assertEquals(bits == 1 || bits == 2 || bits == 4 || bits == 8, CodeLayout.isValid(bits));
    }
  }

  public void testEqualVectors() throws IOException {
    for (VectorMetric metric : METRICS) {
      for (int bits : BITS) {
        for (int dimension : new int[] {1, 2, 9, 64, 100}) {
          float[] vector = vectors(metric, 1, dimension, VectorEncoding.FLOAT32)[0];
          if (random().nextBoolean()) {
            Arrays.fill(vector, 0.5f); // a constant
          }
          float[][] vectors = new float[5][];
          Arrays.fill(vectors, vector);
          // nothing is left of the query after centring, or something is
          for (float[] target : new float[][] {vector, vector(dimension, VectorEncoding.FLOAT32)}) {
            Sample sample = new Sample(metric, bits, vectors, target);
            checkFormula(metric + " " + bits, sample);
            checkMapped(metric + " " + bits, sample);
            float[] scores = sample.scores();
            for (float score : scores) {
              assertTrue("" + score, Float.isFinite(score));
              assertEquals(scores[0], score, 0f);
            }
          }
        }
      }
    }
  }

  public void testConstantDimension() throws IOException {
    for (VectorMetric metric : METRICS) {
      for (int bits : BITS) {
        float[][] vectors = vectors(metric, 20, 10, VectorEncoding.FLOAT32);
        for (float[] vector : vectors) {
          vector[3] = 1;
        }
        Sample sample = new Sample(metric, bits, vectors, vectors[0]);
        checkFormula(metric + " " + bits, sample);
        checkMapped(metric + " " + bits, sample);
      }
    }
  }

  /** A query far from all vectors in every dimension alike keeps what is between dimensions. */
  public void testQueryWithLargeMean() {
    PlaneQuery query = new PlaneQuery(new CodeLayout(100, 1, false));
    float[] values = new float[100];
    for (int i = 0; i < values.length; i++) {
      values[i] = 1000 + (i % 10) * 0.02f;
    }
    query.set(values);
    double[] found = dequantized(query, 100);
    for (int i = 0; i < values.length; i++) {
      assertEquals(values[i], found[i], 0.01);
    }
  }

  public void testExtremeMagnitudes() throws IOException {
    float[] magnitudes = {
      Float.MIN_VALUE, 1e-38f, 1e-25f, 1e-20f, 1e15f, 1e19f, 1e25f, Float.MAX_VALUE / 10
    };
    for (VectorMetric metric : METRICS) {
      for (int bits : BITS) {
        for (int dimension : new int[] {1, 2, 65, 384}) {
          float magnitude = magnitudes[random().nextInt(magnitudes.length)];
          float[][] vectors = new float[10][];
          for (int v = 0; v < vectors.length; v++) {
            vectors[v] = extreme(dimension, magnitude);
          }
          vectors[9] = random().nextBoolean() ? new float[dimension] : vectors[9];
          float[] target = extreme(dimension, magnitudes[random().nextInt(magnitudes.length)]);
          Sample sample = new Sample(metric, bits, vectors, target);
          checkMapped(metric + " " + bits, sample);
          for (int i = 0; i < vectors.length; i++) {
            assertEquals(
                i, ByteBuffer.wrap(sample.records[i]).order(ByteOrder.LITTLE_ENDIAN).getInt());
          }
        }
      }
    }
  }

  private static float[] extreme(int dimension, float magnitude) {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      int sign = random().nextBoolean() ? 1 : -1;
      vector[i] = random().nextInt(4) == 0 ? sign * Float.MAX_VALUE : sign * magnitude;
      if (random().nextInt(4) > 0 || magnitude < 1) {
        vector[i] = sign * magnitude * (1 + random().nextInt(9));
      }
    }
    return vector;
  }

  /** Magnitudes that floats can multiply: codes are as good as at any other. */
  public void testLargeAndSmallMagnitudes() {
    for (float magnitude : new float[] {1e-15f, 1e-5f, 1e5f, 1e15f}) {
      for (VectorMetric metric : METRICS) {
        float[][] vectors = vectors(VectorMetric.EUCLIDEAN, 200, 64, VectorEncoding.FLOAT32);
        for (float[] vector : vectors) {
          for (int i = 0; i < vector.length; i++) {
            vector[i] *= magnitude;
          }
        }
        float[] target = vectors[0].clone();
        vectors[0] = vectors[1];
        int bits = BITS[random().nextInt(BITS.length)];
        Sample sample = new Sample(metric, bits, vectors, target);
        double[] truth = new double[vectors.length];
        for (int i = 0; i < truth.length; i++) {
          truth[i] = similarity(metric, target, vectors[i]);
        }
        double correlation = correlation(truth, sample.scores());
        String message = metric + " " + bits + " bits, " + magnitude + ": " + correlation;
        assertTrue(message, correlation >= expectedCorrelation(metric, bits) - 0.06);
      }
    }
  }
}
