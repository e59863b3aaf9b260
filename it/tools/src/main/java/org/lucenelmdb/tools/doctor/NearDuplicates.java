/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.tools.search.ExactAnswer;
import org.lucenelmdb.tools.search.Parallel;
import org.lucenelmdb.tools.search.QueryVector;
import org.lucenelmdb.tools.search.SearchedField;

/**
 * How many queries have near-duplicates as their nearest documents: documents whose distance is a
 * small part of that of unrelated ones.
 *
 * @param typicalDistance the median distance of unrelated queries
 * @param byQuery the number of near-duplicates of each query, up to the depth of the answers
 * @param queries the share of the queries with at least ten near-duplicates
 */
record NearDuplicates(double typicalDistance, int[] byQuery, double queries) {

  /** A near-duplicate has at most this part of the typical distance. */
  static final double PART = 0.02;

  /** So many near-duplicates fill the result of a usual query. */
  static final int MANY = 10;

  static NearDuplicates of(
      SearchedField field, List<QueryVector> queries, List<ExactAnswer> answers, Parallel parallel)
      throws IOException {
    double[] unrelated = new double[queries.size()];
    for (int i = 0; i < unrelated.length; i++) {
      // not the next one: neighboring documents are often related
      int other = (i + Math.max(1, unrelated.length / 2)) % unrelated.length;
      unrelated[i] = distance(field, queries.get(i).components(), queries.get(other).components());
    }
    Arrays.sort(unrelated);
    double typical = unrelated[unrelated.length / 2];
    int[] byQuery =
        parallel
            .map(
                "near-duplicates",
                queries.size(),
                i -> count(field, queries.get(i), answers.get(i), PART * typical))
            .stream()
            .mapToInt(Integer::intValue)
            .toArray();
    long many = Arrays.stream(byQuery).filter(count -> count >= MANY).count();
    return new NearDuplicates(typical, byQuery, many / (double) queries.size());
  }

  private static int count(SearchedField field, QueryVector query, ExactAnswer answer, double limit)
      throws IOException {
    float[] vector = query.components();
    int count = 0;
    // the nearest by the metric are not always the nearest by distance
    while (count < answer.docs().length
        && distance(field, vector, field.vector(answer.docs()[count])) <= limit) {
      count++;
    }
    return count;
  }

  /** The distance of vectors; with COSINE, of their directions. */
  private static double distance(SearchedField field, float[] a, float[] b) {
    double sum = 0;
    double scaleA = 1;
    double scaleB = 1;
    if (field.metric() == VectorMetric.COSINE) {
      scaleA = 1 / Math.max(Float.MIN_NORMAL, norm(a));
      scaleB = 1 / Math.max(Float.MIN_NORMAL, norm(b));
    }
    for (int i = 0; i < a.length; i++) {
      if (field.metric() == VectorMetric.HAMMING) {
        sum += Integer.bitCount(((int) a[i] ^ (int) b[i]) & 0xff);
      } else {
        double x = a[i] * scaleA - b[i] * scaleB;
        sum += field.metric() == VectorMetric.MANHATTAN ? Math.abs(x) : x * x;
      }
    }
    return field.metric() == VectorMetric.HAMMING || field.metric() == VectorMetric.MANHATTAN
        ? sum
        : Math.sqrt(sum);
  }

  private static double norm(float[] vector) {
    double sum = 0;
    for (float x : vector) {
      sum += (double) x * x;
    }
    return Math.sqrt(sum);
  }
}
