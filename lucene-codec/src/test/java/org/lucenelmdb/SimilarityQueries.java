/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.apache.lucene.search.ByteVectorSimilarityQuery;
import org.apache.lucene.search.FloatVectorSimilarityQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.knn.KnnSearchStrategy;

/**
 * Creates Lucene's queries for all vectors with at least a given score, in each version of Lucene
 * that the tests run with. In Lucene 10.5 the classes are {@code FloatVectorSimilarityQuery} and
 * {@code ByteVectorSimilarityQuery}. Since 10.6 these are abstract, and their nested classes {@code
 * Adaptive} replace them. {@code Explicit}, new in 10.6, collects in another way.
 */
public final class SimilarityQueries {

  private static final float DEFAULT_DECAY = 0.5f; // package-private in Lucene

  private static final MethodHandle FLOATS =
      adaptive(FloatVectorSimilarityQuery.class, float[].class);
  private static final MethodHandle BYTES = adaptive(ByteVectorSimilarityQuery.class, byte[].class);
  private static final MethodHandle EXPLICIT = explicit();

  private SimilarityQueries() {}

  private static MethodHandle adaptive(Class<?> query, Class<?> target) {
    Class<?> type;
    try {
      type = Class.forName(query.getName() + "$Adaptive");
    } catch (ClassNotFoundException e) {
      type = query; // Lucene 10.5
    }
    Class<?>[] parameters = {
      String.class, target, float.class, float.class, Query.class, KnnSearchStrategy.class
    };
    try {
      return constructor(type, parameters);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static MethodHandle explicit() {
    try {
      return constructor(
          Class.forName(FloatVectorSimilarityQuery.class.getName() + "$Explicit"),
          String.class,
          float[].class,
          float.class,
          float.class,
          Query.class);
    } catch (ReflectiveOperationException e) {
      return null; // Lucene 10.5
    }
  }

  private static MethodHandle constructor(Class<?> query, Class<?>... parameters)
      throws ReflectiveOperationException {
    MethodType type = MethodType.methodType(void.class, parameters);
    MethodHandle constructor = MethodHandles.publicLookup().findConstructor(query, type);
    return constructor.asType(constructor.type().changeReturnType(Query.class));
  }

  public static Query floats(String field, float[] target, float score) {
    return floats(field, target, score, null, null);
  }

  /**
   * @param filter null for all documents
   * @param strategy null for Lucene's default
   */
  public static Query floats(
      String field, float[] target, float score, Query filter, KnnSearchStrategy strategy) {
    try {
      return (Query) FLOATS.invokeExact(field, target, score, DEFAULT_DECAY, filter, strategy);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  public static Query bytes(String field, byte[] target, float score) {
    Query noFilter = null;
    KnnSearchStrategy defaultStrategy = null;
    try {
      return (Query)
          BYTES.invokeExact(field, target, score, DEFAULT_DECAY, noFilter, defaultStrategy);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** Whether this version of Lucene has queries with two thresholds. */
  public static boolean hasExplicit() {
    return EXPLICIT != null;
  }

  /**
   * A query with two thresholds.
   *
   * @param traversed the lowest score of nodes that a traversal expands
   * @param score the lowest score of a result
   * @param filter null for all documents
   */
  public static Query explicit(
      String field, float[] target, float traversed, float score, Query filter) {
    try {
      return (Query) EXPLICIT.invokeExact(field, target, traversed, score, filter);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
