/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Asks all rules, and says so if none of them explains what was measured. */
final class Rules {

  private final Measurements measured;
  private final List<Finding> findings = new ArrayList<>();

  private Rules(Measurements measured) {
    this.measured = measured;
  }

  /** Returns the findings, causes first. */
  static List<Finding> findings(Measurements measured) {
    Rules rules = new Rules(measured);
    DataRules.add(rules, measured);
    GraphRules.add(rules, measured);
    CodeRules.add(rules, measured);
    SegmentRules.add(rules, measured);
    OptionRules.add(rules, measured);
    rules.addUnexplained();
    rules.findings.sort(Comparator.comparing(Finding::severity));
    return List.copyOf(rules.findings);
  }

  /** Adds a cause if there is harm, otherwise a note. */
  void add(boolean isHarmful, String name, String text, String figure, String advice) {
    Finding.Severity severity = isHarmful ? Finding.Severity.CAUSE : Finding.Severity.NOTE;
    findings.add(new Finding(name, severity, text, figure, advice));
  }

  /** Whether a cause was found. */
  boolean hasCause(String name) {
    return findings.stream().anyMatch(f -> f.isCause() && f.name().equals(name));
  }

  private void addUnexplained() {
    if (measured.isRecallLow() && findings.stream().noneMatch(Finding::isCause)) {
      add(
          true,
          "unexplained",
          "Searches miss more than they should, and none of the known causes explains it.",
          recall(measured),
          "Use a higher target recall. If the queries are similar to the indexed vectors, please"
              + " report it, with the output of --json.");
    }
    for (FilterFigures filter : measured.filters()) {
      if (filter.strategy() == null
          && filter.figures().isBelow(Math.max(measured.goal(), Measurements.LOW))
          && measured.isRecallLow() == false
          && hasCause("filter-strategy") == false
          && hasCause("target-recall") == false) {
        add(
            true,
            "filter",
            "Searches with the filter " + filter.filter() + " miss more than others.",
            text(
                "recall@%d %.3f with the filter, %.3f without; strategies: %s",
                measured.k(),
                filter.figures().recall(),
                measured.asIs().recall(),
                filter.strategies()),
            "Use the strategy EXHAUSTIVE for queries with this filter, or a higher target recall.");
      }
    }
  }

  /** The figures that show a low recall. */
  static String recall(Measurements m) {
    return text(
        "recall@%d %.3f with the field's settings, %.3f with target %.2f",
        m.k(), m.asIs().recall(), m.best().recall(), m.best().target());
  }

  /** The figures that show a high cost. */
  static String cost(Measurements m) {
    return text(
        "a search scores %,.0f codes or vectors, and reranks %,.0f",
        m.asIs().visits(), m.asIs().reranked());
  }

  static String text(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
