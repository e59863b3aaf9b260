/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.util.Comparator;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.VectorUtil;

/** Random vectors, and their exact nearest neighbors. */
final class Vectors {

  private Vectors() {}

  /** Vectors of unit length around a few centers, which every similarity function can compare. */
  static float[][] clustered(Random random, int count, int dimension) {
    float[][] centers = new float[1 + count / 50][];
    for (int i = 0; i < centers.length; i++) {
      centers[i] = gaussian(random, dimension);
    }
    float[][] vectors = new float[count][];
    for (int i = 0; i < count; i++) {
      float[] center = centers[random.nextInt(centers.length)];
      vectors[i] = gaussian(random, dimension);
      for (int j = 0; j < dimension; j++) {
        vectors[i][j] = center[j] + 0.5f * vectors[i][j];
      }
      VectorUtil.l2normalize(vectors[i]);
    }
    return vectors;
  }

  /** Clustered vectors with as different lengths as the similarity function allows. */
  static float[][] clustered(
      Random random, VectorSimilarityFunction similarity, int count, int dimension) {
    float[][] vectors = clustered(random, count, dimension);
    for (float[] vector : vectors) {
      float length =
          switch (similarity) {
            case COSINE -> (float) Math.pow(10, 6 * random.nextDouble() - 3);
            case EUCLIDEAN, MAXIMUM_INNER_PRODUCT -> 0.8f + 0.4f * random.nextFloat();
            case DOT_PRODUCT -> 1;
          };
      for (int i = 0; i < dimension; i++) {
        vector[i] *= length;
      }
    }
    return vectors;
  }

  private static float[] gaussian(Random random, int dimension) {
    float[] vector = new float[dimension];
    for (int j = 0; j < dimension; j++) {
      vector[j] = 0.001f + (float) random.nextGaussian();
    }
    return vector;
  }

  /** Vectors with components of 7 bits, none of them zero. */
  static byte[][] bytes(Random random, int count, int dimension) {
    byte[][] vectors = new byte[count][dimension];
    for (byte[] vector : vectors) {
      for (int j = 0; j < dimension; j++) {
        vector[j] = (byte) (random.nextInt(128) - 64);
      }
      vector[0] |= 1;
    }
    return vectors;
  }

  /** The k nearest of the accepted vectors, best first. */
  static int[] nearest(
      float[][] vectors,
      float[] query,
      int k,
      VectorSimilarityFunction similarity,
      IntPredicate accept) {
    float[] scores = new float[vectors.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = vectors[i] == null ? -1 : similarity.compare(query, vectors[i]);
    }
    return IntStream.range(0, vectors.length)
        .filter(i -> vectors[i] != null && accept.test(i))
        .boxed()
        .sorted(Comparator.comparing((Integer i) -> -scores[i]))
        .limit(k)
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
