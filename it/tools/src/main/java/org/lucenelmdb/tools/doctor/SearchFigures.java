/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.lucenelmdb.tools.search.Answer;
import org.lucenelmdb.tools.search.ExactAnswer;

/**
 * Recall and cost of a series of searches, on average over queries.
 *
 * @param k the number of nearest documents
 * @param target the target recall of the queries; 0 if they left it to the field
 * @param recall the share of the nearest that were found
 * @param error the standard error of the recall
 * @param bad the share of the queries with a recall below 0.7
 * @param expandedNodes whose links were read
 * @param visits of codes or vectors
 * @param reranked vectors that were scored after their codes
 * @param limited the share of the queries that ended at a limit in a segment
 */
record SearchFigures(
    int k,
    double target,
    double recall,
    double error,
    double bad,
    double expandedNodes,
    double visits,
    double reranked,
    double limited) {

  private static final double BAD = 0.7;

  static SearchFigures of(int k, double target, List<Answer> answers, List<ExactAnswer> exact) {
    double[] recalls = recalls(answers, exact, k);
    double[] defined = Arrays.stream(recalls).filter(r -> Double.isNaN(r) == false).toArray();
    int n = defined.length;
    double mean = n == 0 ? 1 : Arrays.stream(defined).average().orElseThrow();
    double squares = Arrays.stream(defined).map(r -> (r - mean) * (r - mean)).sum();
    return new SearchFigures(
        k,
        target,
        mean,
        n < 2 ? 0 : Math.sqrt(squares / (n - 1) / n),
        n == 0 ? 0 : Arrays.stream(defined).filter(r -> r < BAD).count() / (double) n,
        mean(answers, a -> a.cost().expandedNodes()),
        mean(answers, a -> a.cost().visits()),
        mean(answers, a -> a.cost().reranked()),
        mean(answers, a -> a.cost().limited() > 0 ? 1 : 0));
  }

  /** Returns the recall of each query; NaN if nothing can be found. */
  static double[] recalls(List<Answer> answers, List<ExactAnswer> exact, int k) {
    double[] recalls = new double[answers.size()];
    for (int i = 0; i < recalls.length; i++) {
      recalls[i] = answers.get(i).recall(exact.get(i), k);
    }
    return recalls;
  }

  private static double mean(List<Answer> answers, ToDoubleFunction<Answer> f) {
    return answers.stream().mapToDouble(f).average().orElse(0);
  }

  /**
   * Whether the recall is lower than expected: by more than chance explains, and by more than users
   * should accept of a mean over queries that are unlike those that were held out.
   */
  boolean isBelow(double expected) {
    return recall < expected - Math.max(TOLERANCE, 3 * error);
  }

  private static final double TOLERANCE = 0.03;
}
