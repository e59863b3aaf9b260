/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.lucene.search.ScoreDoc;
import org.lucenelmdb.LmdbHnswSearchStrategy;
import org.lucenelmdb.internal.vectors.VectorMetric;

/**
 * Queries from stored vectors.
 *
 * <p>A stored vector itself is too easy a query: the links of its node lead to its neighbors. So
 * each component of a query is that of a stored vector or, with the same probability, that of one
 * of its ten nearest. The query is as far from stored vectors as these are from each other, and
 * keeps what is typical of components, such as zeros or integers. Neither of the two documents is
 * an answer to the query.
 */
public final class QuerySample {

  /** Says how the queries were made, for reports. */
  public static final String DESCRIPTION =
      "each component is that of a stored vector or of one of its 10 nearest; these two documents"
          + " do not count as answers";

  private static final int NEIGHBORS = 10;

  private QuerySample() {}

  /** Returns queries of live documents that are spread evenly over the index. */
  public static List<QueryVector> of(SearchedField field, int count, long seed, Parallel parallel)
      throws IOException {
    int[] live = field.live();
    int size = Math.min(count, live.length);
    return new ArrayList<>(
        parallel.map(
            "queries",
            size,
            i -> {
              SplittableRandom random = new SplittableRandom(seed + i);
              long from = (long) i * live.length / size;
              long to = (long) (i + 1) * live.length / size;
              return query(field, i, live[(int) random.nextLong(from, to)], random);
            }));
  }

  private static QueryVector query(
      SearchedField field, int number, int doc, SplittableRandom random) throws IOException {
    float[] vector = field.vector(doc);
    int neighbor = neighbor(field, vector, doc, random);
    if (neighbor >= 0) {
      float[] mixed = mix(vector, field.vector(neighbor), field.metric(), random);
      vector = isZero(mixed) ? vector : mixed;
    }
    return field.isBytes()
        ? new QueryVector(number, null, bytes(vector), doc, neighbor)
        : new QueryVector(number, vector, null, doc, neighbor);
  }

  private static int neighbor(SearchedField field, float[] vector, int doc, SplittableRandom random)
      throws IOException {
    QueryVector self =
        field.isBytes()
            ? new QueryVector(0, null, bytes(vector), doc, -1)
            : new QueryVector(0, vector, null, doc, -1);
    int k = NEIGHBORS + 1;
    ScoreDoc[] hits =
        field
            .searcher()
            .search(self.toQuery(field.name(), k, null, LmdbHnswSearchStrategy.DEFAULT), k)
            .scoreDocs;
    List<Integer> neighbors = new ArrayList<>();
    for (ScoreDoc hit : hits) {
      if (hit.doc != doc) {
        neighbors.add(hit.doc);
      }
    }
    return neighbors.isEmpty() ? -1 : neighbors.get(random.nextInt(neighbors.size()));
  }

  private static float[] mix(float[] a, float[] b, VectorMetric metric, SplittableRandom random) {
    float[] mixed = new float[a.length];
    for (int i = 0; i < mixed.length; i++) {
      if (metric == VectorMetric.HAMMING) {
        int mask = random.nextInt(1 << Byte.SIZE);
        mixed[i] = (byte) (((int) a[i] & mask) | ((int) b[i] & ~mask));
      } else {
        mixed[i] = random.nextBoolean() ? a[i] : b[i];
      }
    }
    if (metric == VectorMetric.DOT_PRODUCT) {
      double factor = Math.sqrt(squares(a) / squares(mixed)); // keeps unit length
      for (int i = 0; Double.isFinite(factor) && i < mixed.length; i++) {
        mixed[i] = (float) (mixed[i] * factor);
      }
    }
    return mixed;
  }

  private static double squares(float[] vector) {
    double sum = 0;
    for (float x : vector) {
      sum += (double) x * x;
    }
    return sum;
  }

  private static boolean isZero(float[] vector) {
    return squares(vector) == 0;
  }

  private static byte[] bytes(float[] vector) {
    byte[] bytes = new byte[vector.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Math.max(Byte.MIN_VALUE, Math.min(Byte.MAX_VALUE, Math.round(vector[i])));
    }
    return bytes;
  }
}
