/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.search;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.TopKnnCollector;

/** Knows which collectors need to see what. */
final class Collectors {

  /** Package-private in Lucene; it only watches the time. */
  private static final String TIME_LIMITING =
      "org.apache.lucene.search.TimeLimitingKnnCollectorManager$TimeLimitingKnnCollector";

  /** Of block joins; package-private, too. */
  private static final String DIVERSIFYING =
      "org.apache.lucene.search.join.DiversifyingNearestChildrenKnnCollector";

  /** Of similarity thresholds; package-private, too. */
  private static final String THRESHOLD = "org.apache.lucene.search.VectorSimilarityCollector";

  private static final MethodHandle DECORATED = decorated();
  private static final MethodHandle LEAST = least();

  private Collectors() {}

  private static MethodHandle decorated() {
    try {
      return MethodHandles.privateLookupIn(KnnCollector.Decorator.class, MethodHandles.lookup())
          .findGetter(KnnCollector.Decorator.class, "collector", KnnCollector.class);
    } catch (ReflectiveOperationException e) {
      return null; // Lucene is a module that is not open: then it gets exact scores all the way
    }
  }

  private static MethodHandle least() {
    try {
      Class<?> type = Class.forName(THRESHOLD, false, KnnCollector.class.getClassLoader());
      return MethodHandles.privateLookupIn(type, MethodHandles.lookup())
          .findGetter(type, "resultSimilarity", float.class);
    } catch (ReflectiveOperationException e) {
      return null; // as above
    }
  }

  /**
   * Whether a collector keeps the best k vectors and nothing else, so that it makes no difference
   * to it which others it has seen on the way.
   */
  static boolean keepsBestOnly(KnnCollector collector) {
    return inner(collector).getClass() == TopKnnCollector.class;
  }

  /**
   * Whether a collector keeps the best children of the best k parents: it needs to see no more than
   * each vector whose score exceeds {@link KnnCollector#minCompetitiveSimilarity}, whatever else it
   * has seen. Others, like those that stop when nothing new is found, decide by every vector on the
   * way; so might any that is not known.
   */
  static boolean keepsBestOfParents(KnnCollector collector) {
    return inner(collector).getClass().getName().equals(DIVERSIFYING);
  }

  /**
   * The least score of what a collector keeps, if it keeps all from a score on; not a number if it
   * does not, or if nobody can know. Its {@link KnnCollector#minCompetitiveSimilarity} is another
   * one: it falls with every vector that it does not keep.
   */
  static float threshold(KnnCollector collector) {
    KnnCollector inner = inner(collector);
    if (LEAST == null || inner.getClass().getName().equals(THRESHOLD) == false) {
      return Float.NaN;
    }
    try {
      return (float) LEAST.invoke(inner);
    } catch (Throwable e) {
      throw new AssertionError(e); // a getter
    }
  }

  /** What only watches the time is taken off. */
  private static KnnCollector inner(KnnCollector collector) {
    KnnCollector inner = collector;
    while (inner instanceof KnnCollector.Decorator decorator
        && DECORATED != null
        && inner.getClass().getName().equals(TIME_LIMITING)) {
      try {
        inner = (KnnCollector) DECORATED.invokeExact(decorator);
      } catch (Throwable e) {
        throw new AssertionError(e); // a getter
      }
    }
    return inner;
  }
}
