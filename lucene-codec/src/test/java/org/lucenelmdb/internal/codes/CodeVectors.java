/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.workers.Workers;

/** Vectors for tests of codes, and their exact similarities. */
final class CodeVectors {

  static final int[] BITS = {1, 2, 4, 8};

  static final VectorMetric[] METRICS = {
    VectorMetric.EUCLIDEAN,
    VectorMetric.DOT_PRODUCT,
    VectorMetric.COSINE,
    VectorMetric.MAXIMUM_INNER_PRODUCT,
    VectorMetric.MANHATTAN
  };

  private CodeVectors() {}

  static Workers oneThread() {
    return new Workers(null, 1, () -> {}, (phase, done, total) -> {});
  }

  /** A vector of independent components, the hardest to quantize, because it has no structure. */
  static float[] vector(Random random, int dimension, VectorEncoding encoding) {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] =
          encoding == VectorEncoding.BYTE
              ? random.nextInt(256) - 128
              : 0.3f + (float) random.nextGaussian();
    }
    if (encoding == VectorEncoding.BYTE) {
      vector[0] = vector[0] == 0 ? 1 : vector[0];
    }
    return vector;
  }

  /** Vectors for a metric: of unit length, or of very different lengths with COSINE. */
  static float[][] vectors(
      Random random, VectorMetric metric, int count, int dimension, VectorEncoding encoding) {
    float[][] vectors = new float[count][];
    for (int v = 0; v < count; v++) {
      vectors[v] = vector(random, dimension, encoding);
      if (metric == VectorMetric.DOT_PRODUCT && encoding == VectorEncoding.FLOAT32) {
        VectorUtil.l2normalize(vectors[v]);
      } else if (metric == VectorMetric.COSINE && encoding == VectorEncoding.FLOAT32) {
        scale(vectors[v], Math.pow(10, random.nextInt(7) - 3));
      }
    }
    return vectors;
  }

  /** The costs with the Vector API, so that training does not depend on the JVM. */
  static CodeCosts costs(KnnVectorValues values) {
    int vectorBytes = values.dimension() * values.getEncoding().byteSize;
    return new CodeCosts(values.size(), vectorBytes, true);
  }

  static KnnVectorValues values(float[][] vectors, VectorEncoding encoding) {
    int dimension = vectors[0].length;
    if (encoding == VectorEncoding.FLOAT32) {
      return FloatVectorValues.fromFloats(List.of(vectors), dimension);
    }
    List<byte[]> all = new ArrayList<>();
    for (float[] vector : vectors) {
      byte[] bytes = new byte[dimension];
      for (int i = 0; i < dimension; i++) {
        bytes[i] = (byte) vector[i];
      }
      all.add(bytes);
    }
    return ByteVectorValues.fromBytes(all, dimension);
  }

  static float[] unit(float[] vector) {
    return VectorUtil.l2normalize(vector.clone(), false);
  }

  static void scale(float[] vector, double by) {
    for (int i = 0; i < vector.length; i++) {
      vector[i] *= (float) by;
    }
  }

  static void add(float[] vector, float[] other, double weight) {
    for (int i = 0; i < vector.length; i++) {
      vector[i] += (float) (weight * other[i]);
    }
  }

  static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  /** The similarity as defined by {@link VectorMetric#similarity}. */
  static double similarity(VectorMetric metric, float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double x = a[i];
      double y = b[i];
      sum +=
          switch (metric) {
            case EUCLIDEAN -> -(x - y) * (x - y) / 2;
            case MANHATTAN -> -Math.abs(x - y);
            default -> x * y;
          };
    }
    return metric == VectorMetric.COSINE && sum != 0 ? sum / Math.sqrt(dot(a, a) * dot(b, b)) : sum;
  }

  static double correlation(double[] x, double[] y) {
    double meanX = 0;
    double meanY = 0;
    for (int i = 0; i < x.length; i++) {
      meanX += x[i] / x.length;
      meanY += y[i] / x.length;
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

  // data that resembles that of applications

  static float[][] gaussian(Random random, int count, int dimension, double deviation) {
    float[][] vectors = new float[count][dimension];
    for (float[] vector : vectors) {
      for (int i = 0; i < dimension; i++) {
        vector[i] = (float) (deviation * random.nextGaussian());
      }
    }
    return vectors;
  }

  /** Spheres of noise around centers of about unit length. */
  static float[][] blobs(Random random, int count, int dimension, int centers, double noise) {
    float[][] center = gaussian(random, centers, dimension, 1 / Math.sqrt(dimension));
    float[][] vectors = gaussian(random, count, dimension, noise / Math.sqrt(dimension));
    for (float[] vector : vectors) {
      add(vector, center[random.nextInt(centers)], 1);
    }
    return vectors;
  }

  /** Like text embeddings: few directions of decreasing importance, and noise. */
  static float[][] lowRank(Random random, int count, int dimension, int rank) {
    float[][] directions = gaussian(random, rank, dimension, 1);
    float[][] vectors = gaussian(random, count, dimension, 0.3);
    for (float[] vector : vectors) {
      for (int i = 0; i < rank; i++) {
        add(vector, directions[i], random.nextGaussian() / Math.sqrt(1 + 0.1 * i));
      }
    }
    return vectors;
  }

  /** Sparse and non-negative, like term weights. */
  static float[][] nonNegative(Random random, int count, int dimension, double density) {
    float[][] vectors = new float[count][dimension];
    for (float[] vector : vectors) {
      for (int i = 0; i < dimension; i++) {
        if (random.nextDouble() < density) {
          vector[i] = (float) -Math.log(1 - random.nextDouble());
        }
      }
      vector[random.nextInt(dimension)] += 0.1f;
    }
    return vectors;
  }

  /** Random directions whose lengths have a lognormal distribution. */
  static float[][] norms(Random random, int count, int dimension, double sigma) {
    float[][] vectors = gaussian(random, count, dimension, 1 / Math.sqrt(dimension));
    for (float[] vector : vectors) {
      scale(vector, Math.exp(sigma * random.nextGaussian()));
    }
    return vectors;
  }

  /** Histograms with a few peaks; the components add up to 1. */
  static float[][] histograms(Random random, int count, int dimension) {
    float[][] vectors = new float[count][dimension];
    for (float[] vector : vectors) {
      float sum = 0;
      for (int peak = 0; peak < 4; peak++) {
        int at = random.nextInt(dimension);
        double height = -Math.log(1 - random.nextDouble());
        for (int j = -3; j <= 3; j++) {
          vector[Math.floorMod(at + j, dimension)] += (float) (height * Math.exp(-j * j / 4.0));
        }
      }
      for (float x : vector) {
        sum += x;
      }
      scale(vector, 1 / sum);
    }
    return vectors;
  }

  /** Clustered rows of a table whose columns differ by orders of magnitude. */
  static float[][] tables(Random random, int count, int dimension, double orders) {
    float[][] centers = gaussian(random, 50, dimension, 1);
    float[][] vectors = new float[count][dimension];
    for (float[] vector : vectors) {
      float[] center = centers[random.nextInt(50)];
      for (int i = 0; i < dimension; i++) {
        double x = 10 * (center[i] + 0.5 * random.nextGaussian());
        vector[i] = (float) Math.rint(x * Math.pow(10, orders * i / (dimension - 1)));
      }
    }
    return vectors;
  }

  /** Time series: the components of a vector are a random walk. */
  static float[][] series(Random random, int count, int dimension) {
    float[][] vectors = new float[count][dimension];
    for (float[] vector : vectors) {
      double x = 0;
      for (int i = 0; i < dimension; i++) {
        x += random.nextGaussian();
        vector[i] = (float) x;
      }
    }
    return vectors;
  }

  /** Small groups of nearly equal vectors. */
  static float[][] variants(Random random, int count, int dimension, int group, double noise) {
    float[][] centers = gaussian(random, Math.max(1, count / group), dimension, 1);
    float[][] vectors = gaussian(random, count, dimension, noise);
    for (float[] vector : vectors) {
      add(vector, centers[random.nextInt(centers.length)], 1);
    }
    return vectors;
  }
}
