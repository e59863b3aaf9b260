/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import static org.lucenelmdb.tools.doctor.Rules.text;

import java.util.stream.IntStream;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.lucenelmdb.internal.vectors.VectorMetric;

/** Findings about the distribution of the vectors. */
final class DataRules {

  /** Below this share of the queries, near-duplicates hardly change the mean recall. */
  private static final double MANY_DUPLICATES = 0.1;

  /** Images have up to 9 % of constant dimensions, at their border. */
  private static final double MANY_CONSTANT = 0.1;

  private static final double DOMINANT = 0.5;
  private static final int FEW_DIMENSIONS = 8;
  private static final double UNIT = 0.01;

  private DataRules() {}

  static void add(Rules rules, Measurements m) {
    outlier(rules, m);
    duplicates(rules, m);
    if (m.data() != null) {
      constant(rules, m);
      dominant(rules, m);
      lengths(rules, m);
    }
  }

  private static boolean hasHarm(Measurements m) {
    return m.isRecallLow() || m.isRerankingHigh() || m.isScanning();
  }

  private static void outlier(Rules rules, Measurements m) {
    DataShape data = m.data();
    if (data == null || data.farthestShare() < DataShape.OUTLIER_SHARE) {
      return;
    }
    rules.add(
        hasHarm(m) || (data.codes() != null && data.codes().isWorse()),
        "outlier",
        data.farthest() == 1
            ? "One vector is so far from all others that it moves the mean and the scale of the"
                + " codes."
            : "A few vectors are so far from all others that they move the mean and the scale of"
                + " the codes.",
        text(
            "document %d: %,.0f times the median distance from the center; the farthest %d have"
                + " %.1f %% of the variance; %s; %s",
            data.farthestDocument(),
            data.farthestRatio(),
            data.farthest(),
            100 * data.farthestShare(),
            data.codes() == null ? CodeRules.describe(m) : data.codes().describe(),
            Rules.recall(m) + "; " + Rules.cost(m)),
        "Correct or delete the vector, then force a merge: codes are trained on all vectors of a"
            + " segment. COSINE is not affected by lengths.");
  }

  private static void duplicates(Rules rules, Measurements m) {
    NearDuplicates duplicates = m.duplicates();
    if (duplicates.queries() < MANY_DUPLICATES) {
      return;
    }
    double[] recalls = SearchFigures.recalls(m.bestAnswers(), m.exact(), m.k());
    double with = mean(m, true, recalls);
    double without = mean(m, false, recalls);
    double[] reranked = m.asIsAnswers().stream().mapToDouble(a -> a.cost().reranked()).toArray();
    double rerankedWith = mean(m, true, reranked);
    boolean isMissing = m.isRecallLow() && (Double.isNaN(without) || with < without - 0.02);
    rules.add(
        rules.hasCause("outlier") == false
            && (isMissing || m.isRerankingHigh(rerankedWith) || m.isScanning()),
        "near-duplicates",
        "Many vectors are near-duplicates of each other, which codes and links cannot tell apart.",
        text(
            "%.0f %% of the queries have %d or more documents at less than %.0f %% of the typical"
                + " distance; recall@%d of these queries %.3f%s, with %,.0f reranked; a search scores %,.0f of %,d vectors; %s",
            100 * duplicates.queries(),
            NearDuplicates.MANY,
            100 * NearDuplicates.PART,
            m.k(),
            with,
            Double.isNaN(without) ? "" : text(", of the others %.3f", without),
            rerankedWith,
            m.asIs().visits(),
            m.field().vectors(),
            Rules.recall(m)),
        "Index one document of each group, or collect by group. If all are needed, use more bits"
            + " per dimension (withCodeBits(8)).");
  }

  /** The mean over queries with near-duplicates, or over the others; NaN if there are none. */
  private static double mean(Measurements m, boolean hasDuplicates, double[] values) {
    return IntStream.range(0, values.length)
        .filter(i -> m.duplicates().byQuery()[i] >= NearDuplicates.MANY == hasDuplicates)
        .mapToDouble(i -> values[i])
        .filter(value -> Double.isNaN(value) == false)
        .average()
        .orElse(Double.NaN);
  }

  private static void constant(Rules rules, Measurements m) {
    int constant = m.data().constantDimensions();
    int dimension = m.field().dimension();
    if (constant == 0 || m.field().metric() == VectorMetric.COSINE && constant == dimension) {
      return;
    }
    int bytes = m.field().isBytes() ? 1 : Float.BYTES;
    rules.add(
        constant >= MANY_CONSTANT * dimension,
        "constant-dimensions",
        "Dimensions have the same value in all vectors: they cost memory and time, and say"
            + " nothing.",
        text(
            "%d of %d dimensions; %,.1f MB of the vectors, and the same share of their codes",
            constant, dimension, constant * (double) bytes * m.field().vectors() / (1 << 20)),
        "Leave these dimensions out of the vectors, or look for the fault of the model that makes"
            + " them.");
  }

  private static void dominant(Rules rules, Measurements m) {
    DataShape data = m.data();
    if (data.largestDimensionShare() < DOMINANT
        || data.farthestShare() >= DataShape.OUTLIER_SHARE
        || m.field().dimension() < FEW_DIMENSIONS) {
      return;
    }
    rules.add(
        hasHarm(m),
        "dominant-dimension",
        "One dimension has most of the variance, so that it alone decides which vectors are near.",
        text(
            "dimension %d (from 0) has %.0f %% of the variance; %s; %s",
            data.largestDimension(),
            100 * data.largestDimensionShare(),
            Rules.recall(m),
            Rules.cost(m)),
        "Scale the dimensions to similar variances before indexing.");
  }

  private static void lengths(Rules rules, Measurements m) {
    DataShape data = m.data();
    if (m.field().info().getVectorSimilarityFunction() != VectorSimilarityFunction.DOT_PRODUCT
        || m.field().isBytes()
        || (data.shortest() > 1 - UNIT && data.longest() < 1 + UNIT)) {
      return;
    }
    rules.add(
        m.isRecallLow(),
        "unnormalized",
        "DOT_PRODUCT requires vectors of length 1, and these have others. Scores of negative"
            + " products are all 0.",
        text("lengths from %.3g to %.3g; %s", data.shortest(), data.longest(), Rules.recall(m)),
        "Normalize the vectors, or use COSINE or MAXIMUM_INNER_PRODUCT.");
  }
}
