/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import java.io.IOException;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.apache.lucene.util.hnsw.RandomVectorScorerSupplier;
import org.apache.lucene.util.hnsw.UpdateableRandomVectorScorer;

/** Scores vectors by a distance: the score is 1 / (1 + distance). */
abstract class DistanceScorer extends RandomVectorScorer.AbstractRandomVectorScorer
    implements UpdateableRandomVectorScorer {

  /** A distance of float vectors. */
  @FunctionalInterface
  interface FloatDistance {
    float of(float[] a, float[] b);
  }

  /** A distance of byte vectors. */
  @FunctionalInterface
  interface ByteDistance {
    int of(byte[] a, byte[] b);
  }

  private int prefetched; // only written, so that the JIT keeps the reads

  private DistanceScorer(KnnVectorValues values) {
    super(values);
  }

  /** Returns a scorer of vectors against a target, which is not copied. */
  static RandomVectorScorer of(FloatVectorValues values, float[] target, FloatDistance distance) {
    checkDimension(values, target.length);
    return new Floats(values, target, distance);
  }

  /** Returns a scorer of vectors against a target, which is not copied. */
  static RandomVectorScorer of(ByteVectorValues values, byte[] target, ByteDistance distance) {
    checkDimension(values, target.length);
    return new Bytes(values, target, distance);
  }

  /** Returns a supplier of scorers of vectors against each other; each reads a copy of them. */
  static RandomVectorScorerSupplier supplier(FloatVectorValues values, FloatDistance distance) {
    return new FloatSupplier(values, distance);
  }

  /** Returns a supplier of scorers of vectors against each other; each reads a copy of them. */
  static RandomVectorScorerSupplier supplier(ByteVectorValues values, ByteDistance distance) {
    return new ByteSupplier(values, distance);
  }

  private static void checkDimension(KnnVectorValues values, int dimension) {
    if (dimension != values.dimension()) {
      throw new IllegalArgumentException(
          "vector query dimension: "
              + dimension
              + " differs from field dimension: "
              + values.dimension());
    }
  }

  /**
   * Returns the score of a distance. Differences of finite floats can add up to infinity, which
   * scores as {@link Float#MAX_VALUE} does. Only NaN scores 0.
   */
  static float scoreOf(float distance) {
    return Float.isNaN(distance) ? 0 : 1 / (1 + Math.min(distance, Float.MAX_VALUE));
  }

  @Override
  public final float bulkScore(int[] ords, float[] scores, int count) throws IOException {
    if (values() instanceof BlockValues blocks) {
      prefetched = blocks.prefetchIntoCache(ords, count);
    }
    return UpdateableRandomVectorScorer.super.bulkScore(ords, scores, count);
  }

  private static final class Floats extends DistanceScorer {
    private final FloatVectorValues values;
    private final float[] target;
    private final FloatDistance distance;

    Floats(FloatVectorValues values, float[] target, FloatDistance distance) {
      super(values);
      this.values = values;
      this.target = target;
      this.distance = distance;
    }

    @Override
    public void setScoringOrdinal(int ord) throws IOException {
      System.arraycopy(values.vectorValue(ord), 0, target, 0, target.length);
    }

    @Override
    public float score(int ord) throws IOException {
      return scoreOf(distance.of(target, values.vectorValue(ord)));
    }
  }

  private static final class Bytes extends DistanceScorer {
    private final ByteVectorValues values;
    private final byte[] target;
    private final ByteDistance distance;

    Bytes(ByteVectorValues values, byte[] target, ByteDistance distance) {
      super(values);
      this.values = values;
      this.target = target;
      this.distance = distance;
    }

    @Override
    public void setScoringOrdinal(int ord) throws IOException {
      System.arraycopy(values.vectorValue(ord), 0, target, 0, target.length);
    }

    @Override
    public float score(int ord) throws IOException {
      return scoreOf(distance.of(target, values.vectorValue(ord)));
    }
  }

  private record FloatSupplier(FloatVectorValues values, FloatDistance distance)
      implements RandomVectorScorerSupplier {

    @Override
    public UpdateableRandomVectorScorer scorer() throws IOException {
      return new Floats(values.copy(), new float[values.dimension()], distance);
    }

    @Override
    public RandomVectorScorerSupplier copy() throws IOException {
      return new FloatSupplier(values.copy(), distance);
    }
  }

  private record ByteSupplier(ByteVectorValues values, ByteDistance distance)
      implements RandomVectorScorerSupplier {

    @Override
    public UpdateableRandomVectorScorer scorer() throws IOException {
      return new Bytes(values.copy(), new byte[values.dimension()], distance);
    }

    @Override
    public RandomVectorScorerSupplier copy() throws IOException {
      return new ByteSupplier(values.copy(), distance);
    }
  }
}
