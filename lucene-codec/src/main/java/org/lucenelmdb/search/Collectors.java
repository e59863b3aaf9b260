/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.search;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.TopKnnCollector;

/** Knows which collectors need no more than the best vectors. */
final class Collectors {

  /** Package-private in Lucene; it only watches the time. */
  private static final String TIME_LIMITING =
      "org.apache.lucene.search.TimeLimitingKnnCollectorManager$TimeLimitingKnnCollector";

  private static final MethodHandle DECORATED = decorated();

  private Collectors() {}

  private static MethodHandle decorated() {
    try {
      return MethodHandles.privateLookupIn(KnnCollector.Decorator.class, MethodHandles.lookup())
          .findGetter(KnnCollector.Decorator.class, "collector", KnnCollector.class);
    } catch (ReflectiveOperationException e) {
      return null; // Lucene is a module that is not open: then it gets exact scores all the way
    }
  }

  /**
   * Whether a collector keeps the best k vectors and nothing else, so that it makes no difference
   * to it which others it has seen on the way. Others, like those of block joins, similarity
   * thresholds and saturation, decide by every vector that they are given; so might any that is not
   * known.
   */
  static boolean keepsBestOnly(KnnCollector collector) {
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
    return inner.getClass() == TopKnnCollector.class;
  }
}
