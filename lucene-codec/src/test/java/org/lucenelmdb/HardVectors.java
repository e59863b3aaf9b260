/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.util.Random;

/** Distributions of vectors for which approximate searches are known to lose recall. */
enum HardVectors {
  /** Wide clusters. */
  BLOBS {
    @Override
    Source open(Random random, int dimension) {
      return clusters(random, 90, 0.6, dimension);
    }
  },
  /** Tight clusters. */
  TIGHT_BLOBS {
    @Override
    Source open(Random random, int dimension) {
      return clusters(random, 20, 0.3, dimension);
    }
  },
  /** Vectors near a subspace, like embeddings. */
  SUBSPACE {
    @Override
    Source open(Random random, int dimension) {
      return subspace(random, 12, 0.3, dimension);
    }
  },
  /** Independent Gaussian components. */
  GAUSSIAN {
    @Override
    Source open(Random random, int dimension) {
      return vector -> addNoise(vector, random, 1);
    }
  },
  /** Components with few distinct values. */
  INTEGERS {
    @Override
    Source open(Random random, int dimension) {
      int max = random.nextBoolean() ? 1 : 10;
      return vector -> {
        for (int i = 0; i < dimension; i++) {
          vector[i] = random.nextInt(max + 1);
        }
        vector[0] += 1;
      };
    }
  },
  /** Sparse, non-negative components. */
  SPARSE {
    @Override
    Source open(Random random, int dimension) {
      return vector -> {
        for (int i = 0; i < dimension; i++) {
          if (random.nextDouble() < 0.05) {
            vector[i] = exponential(random);
          }
        }
        vector[random.nextInt(dimension)] += 0.1f;
      };
    }
  },
  /** Columns whose scales differ by three orders of magnitude. */
  TABLE {
    @Override
    Source open(Random random, int dimension) {
      float[][] centers = gaussian(random, 50, dimension, 1);
      return vector -> {
        float[] center = centers[random.nextInt(centers.length)];
        for (int i = 0; i < dimension; i++) {
          double scale = 10 * Math.pow(1000, i / (dimension - 1.0));
          vector[i] = (float) Math.rint((center[i] + 0.5 * random.nextGaussian()) * scale);
        }
        vector[0] += vector[0] == 0 ? 1 : 0;
      };
    }
  },
  /** Random walks, like time series. */
  SERIES {
    @Override
    Source open(Random random, int dimension) {
      return vector -> {
        double value = 0;
        for (int i = 0; i < dimension; i++) {
          value += random.nextGaussian();
          vector[i] = (float) value;
        }
      };
    }
  },
  /** A few peaks, normalized to a sum of 1. */
  HISTOGRAMS {
    @Override
    Source open(Random random, int dimension) {
      return vector -> {
        for (int peak = 0; peak < 4; peak++) {
          int at = random.nextInt(dimension);
          float height = exponential(random);
          for (int j = -3; j <= 3; j++) {
            vector[(at + j + dimension) % dimension] += (float) (height * Math.exp(-j * j / 4.0));
          }
        }
        double sum = 0;
        for (float x : vector) {
          sum += x;
        }
        for (int i = 0; i < dimension; i++) {
          vector[i] /= (float) sum;
        }
      };
    }
  },
  /** Groups of similar vectors. */
  VARIANTS {
    @Override
    Source open(Random random, int dimension) {
      float[][] originals = gaussian(random, 30, dimension, 1);
      return vector -> {
        addNoise(vector, random, 0.05);
        add(vector, originals[random.nextInt(originals.length)], 1);
      };
    }
  },
  /** Zeros in two thirds of the dimensions. */
  PADDED {
    @Override
    Source open(Random random, int dimension) {
      int used = dimension / 3;
      Source embeddings = subspace(random, 12, 0.3, used);
      return vector -> {
        float[] front = new float[used];
        embeddings.fill(front);
        System.arraycopy(front, 0, vector, 0, used);
      };
    }
  },
  /** Two components are much larger than the others. */
  ROGUE {
    @Override
    Source open(Random random, int dimension) {
      Source embeddings = subspace(random, 12, 0.3, dimension);
      return vector -> {
        embeddings.fill(vector);
        vector[13 % dimension] *= 10;
        vector[110 % dimension] *= 10;
      };
    }
  },
  /** Log-normally distributed lengths. */
  NORMS {
    @Override
    Source open(Random random, int dimension) {
      return vector ->
          addNoise(vector, random, Math.exp(random.nextGaussian()) / Math.sqrt(dimension));
    }
  },
  /** A third of the vectors are copies of 50 vectors. */
  COPIES {
    @Override
    Source open(Random random, int dimension) {
      float[][] originals = gaussian(random, 50, dimension, 1);
      return vector -> {
        if (random.nextInt(3) == 0) {
          add(vector, originals[random.nextInt(originals.length)], 1);
        } else {
          addNoise(vector, random, 1);
        }
      };
    }
  };

  /** Generates vectors. The argument is filled with zeros. */
  @FunctionalInterface
  interface Source {
    void fill(float[] vector);
  }

  /** Creates a source of vectors. All randomness comes from {@code random}. */
  abstract Source open(Random random, int dimension);

  /** Creates vectors from one source. */
  float[][] create(Random random, int count, int dimension) {
    Source source = open(random, dimension);
    float[][] vectors = new float[count][dimension];
    for (float[] vector : vectors) {
      source.fill(vector);
    }
    return vectors;
  }

  private static Source clusters(Random random, int clusters, double noise, int dimension) {
    double scale = 1 / Math.sqrt(dimension);
    float[][] centers = gaussian(random, clusters, dimension, scale);
    return vector -> {
      addNoise(vector, random, noise * scale);
      add(vector, centers[random.nextInt(clusters)], 1);
    };
  }

  private static Source subspace(Random random, int rank, double noise, int dimension) {
    float[][] basis = gaussian(random, rank, dimension, 1);
    return vector -> {
      addNoise(vector, random, noise);
      for (float[] direction : basis) {
        add(vector, direction, (float) random.nextGaussian());
      }
    };
  }

  static float[][] gaussian(Random random, int count, int dimension, double scale) {
    float[][] vectors = new float[count][dimension];
    for (float[] vector : vectors) {
      addNoise(vector, random, scale);
    }
    return vectors;
  }

  private static float exponential(Random random) {
    return (float) -Math.log(1 - random.nextDouble());
  }

  private static void addNoise(float[] vector, Random random, double scale) {
    for (int i = 0; i < vector.length; i++) {
      vector[i] += (float) (scale * random.nextGaussian());
    }
  }

  private static void add(float[] vector, float[] other, float factor) {
    for (int i = 0; i < vector.length; i++) {
      vector[i] += factor * other[i];
    }
  }
}
