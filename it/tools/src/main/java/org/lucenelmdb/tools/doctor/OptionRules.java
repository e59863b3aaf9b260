/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import static org.lucenelmdb.tools.doctor.Rules.text;

import org.lucenelmdb.tools.index.SegmentField;
import org.lucenelmdb.tools.search.SearchedField;

/** Findings about settings of the field that segments record. */
final class OptionRules {

  private static final String FILTER_STRATEGY = "LmdbHnswVectorsFormat.filterStrategy";
  private static final String AUTO = "AUTO";
  private static final double BETTER_RECALL = 0.03;
  private static final double COSTLY = 3;

  private OptionRules() {}

  /** The strategy that the field fixes; null if searches choose. */
  static String filterStrategy(SearchedField field) {
    String value = field.info().getAttribute(FILTER_STRATEGY);
    return switch (value) {
      case null -> null;
      case AUTO -> null;
      case "SCAN" -> "EXHAUSTIVE"; // names in files are older
      case "SWEEP" -> "POST_FILTERED";
      case "TWO_HOP" -> "FILTERED";
      default -> value;
    };
  }

  /** The oversampling that the field fixes; 0 if searches choose. */
  static double oversampling(SearchedField field) {
    return field.segments().stream()
        .map(SegmentField::field)
        .filter(f -> f.codes() != null)
        .mapToDouble(f -> f.codes().oversampling().factor().orElse(0))
        .max()
        .orElse(0);
  }

  static void add(Rules rules, Measurements m) {
    target(rules, m);
    filters(rules, m);
  }

  private static void target(Rules rules, Measurements m) {
    double oversampling = oversampling(m.field());
    if (oversampling == 0 && m.goal() >= Measurements.LOW) {
      return;
    }
    rules.add(
        m.asIs().isBelow(Measurements.LOW) && m.best().recall() > m.asIs().recall() + BETTER_RECALL,
        "target-recall",
        oversampling > 0
            ? "The field fixes the number of candidates that are reranked, instead of a recall."
            : "The field aims at a low recall.",
        (oversampling > 0
                ? text("oversampling %.1f", oversampling)
                : text("target recall %.2f", m.goal()))
            + "; "
            + Rules.recall(m),
        "Set a higher target recall, in the query's strategy or when the index is written"
            + " (withTargetRecall), and no oversampling.");
  }

  private static void filters(Rules rules, Measurements m) {
    String fixed = filterStrategy(m.field());
    if (fixed == null) {
      return;
    }
    String figure = "";
    boolean isHarmful = false;
    for (FilterFigures asIs : m.filters()) {
      for (FilterFigures other : m.filters()) {
        boolean isPair =
            asIs.strategy() == null
                && other.strategy() != null
                && other.strategy().equals(fixed) == false
                && other.filter().equals(asIs.filter());
        if (isPair && isHarmful == false) {
          isHarmful = isBetter(other.figures(), asIs.figures());
          figure =
              text(
                  "; filter %s: recall %.3f and %,.0f visits, with %s recall %.3f and %,.0f visits",
                  asIs.filter(),
                  asIs.figures().recall(),
                  asIs.figures().visits(),
                  other.strategy(),
                  other.figures().recall(),
                  other.figures().visits());
        }
      }
    }
    rules.add(
        isHarmful,
        "filter-strategy",
        "The field fixes the strategy of searches with a filter, instead of the cheapest for each.",
        "strategy " + fixed + figure,
        "Write the index with the filter strategy AUTO.");
  }

  private static boolean isBetter(SearchFigures other, SearchFigures asIs) {
    return other.recall() > asIs.recall() + BETTER_RECALL
        || (other.recall() >= asIs.recall() - BETTER_RECALL
            && other.visits() * COSTLY < asIs.visits());
  }
}
