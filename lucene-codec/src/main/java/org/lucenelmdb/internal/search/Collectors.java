/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  /**
   * Of similarity thresholds; package-private, too. The second one is new in Lucene 10.6. Both have
   * the least score that they keep in the same field.
   */
  private static final List<String> WITH_THRESHOLD =
      List.of(
          "org.apache.lucene.search.VectorSimilarityCollector",
          "org.apache.lucene.search.ExplicitVectorSimilarityCollector");

  private static final MethodHandle DECORATED =
      getter(KnnCollector.Decorator.class.getName(), "collector", KnnCollector.class);

  /** By class; without those that this version of Lucene does not have. */
  private static final Map<Class<?>, MethodHandle> THRESHOLDS = thresholds();

  private Collectors() {}

  private static Map<Class<?>, MethodHandle> thresholds() {
    Map<Class<?>, MethodHandle> thresholds = new HashMap<>();
    for (String name : WITH_THRESHOLD) {
      MethodHandle getter = getter(name, "resultSimilarity", float.class);
      if (getter != null) {
        thresholds.put(
            getter.type().parameterType(0),
            getter.asType(getter.type().changeParameterType(0, KnnCollector.class)));
      }
    }
    return Map.copyOf(thresholds);
  }

  /**
   * Reads a field that Lucene keeps to itself.
   *
   * @return null if this version of Lucene has no such class or field, or is a module that is not
   *     open. Collectors are then not recognized, and get exact scores all the way.
   */
  static MethodHandle getter(String className, String field, Class<?> fieldType) {
    try {
      Class<?> type = Class.forName(className, false, KnnCollector.class.getClassLoader());
      return MethodHandles.privateLookupIn(type, MethodHandles.lookup())
          .findGetter(type, field, fieldType);
    } catch (ReflectiveOperationException e) {
      return null;
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
   * does not, or if its class is not known. Its {@link KnnCollector#minCompetitiveSimilarity} is
   * another one: it falls with vectors that are not kept, or is that of a wider traversal.
   */
  static float threshold(KnnCollector collector) {
    if (collector instanceof ThresholdCollector known) {
      return known.threshold();
    }
    KnnCollector inner = inner(collector);
    MethodHandle getter = THRESHOLDS.get(inner.getClass());
    if (getter == null) {
      return Float.NaN;
    }
    try {
      return (float) getter.invokeExact(inner);
    } catch (Throwable e) {
      throw new AssertionError(e); // a getter
    }
  }

  /** A collector that is also given the vectors that just reach its threshold, if it has one. */
  static KnnCollector withThreshold(KnnCollector collector) {
    float threshold = threshold(collector);
    return Float.isNaN(threshold) ? collector : new ThresholdCollector(collector, threshold);
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
