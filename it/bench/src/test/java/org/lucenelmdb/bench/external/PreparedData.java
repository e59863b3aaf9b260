/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.external;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;

/** Writes a small directory of prepared data. */
final class PreparedData {

  static final int K = 10;

  private PreparedData() {}

  static void write(
      Path directory, String metric, int count, int queries, int dimension, Random random)
      throws IOException {
    float[][] base = vectors(metric, count, dimension, random);
    float[][] asked = vectors(metric, queries, dimension, random);
    writeVectors(directory.resolve("base.fvecs"), base);
    writeVectors(directory.resolve("queries.fvecs"), asked);
    ByteBuffer truth = littleEndian(queries * (K + 1));
    for (float[] query : asked) {
      truth.putInt(K);
      nearest(metric, base, query).forEach(truth::putInt);
    }
    Files.write(directory.resolve("truth.ivecs"), truth.array());
    Files.writeString(
        directory.resolve("dataset.json"),
        "{\"metric\":\"" + metric + "\",\"k\":10,\"dimension\":" + dimension + ",\"more\":[]}");
  }

  private static float[][] vectors(String metric, int count, int dimension, Random random) {
    float[][] vectors = new float[count][dimension];
    for (float[] vector : vectors) {
      double squares = 0;
      for (int i = 0; i < dimension; i++) {
        vector[i] = (float) random.nextGaussian();
        squares += vector[i] * vector[i];
      }
      for (int i = 0; i < dimension && metric.equals("cosine"); i++) {
        vector[i] /= (float) Math.sqrt(squares);
      }
    }
    return vectors;
  }

  private static IntStream nearest(String metric, float[][] base, float[] query) {
    double[] scores = new double[base.length];
    for (int i = 0; i < base.length; i++) {
      for (int j = 0; j < query.length; j++) {
        double difference = base[i][j] - query[j];
        scores[i] += metric.equals("euclidean") ? -difference * difference : base[i][j] * query[j];
      }
    }
    Integer[] order = IntStream.range(0, base.length).boxed().toArray(Integer[]::new);
    Arrays.sort(order, Comparator.comparingDouble(i -> -scores[i]));
    return Arrays.stream(order).limit(K).mapToInt(i -> i);
  }

  private static void writeVectors(Path path, float[][] vectors) throws IOException {
    ByteBuffer buffer = littleEndian(vectors.length * (vectors[0].length + 1));
    for (float[] vector : vectors) {
      buffer.putInt(vector.length);
      for (float component : vector) {
        buffer.putFloat(component);
      }
    }
    Files.write(path, buffer.array());
  }

  private static ByteBuffer littleEndian(int words) {
    return ByteBuffer.allocate(words * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }
}
