/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.lucenelmdb.bench.result.DataWarning;

/** Finds properties of the data that make its figures untypical. */
final class WarningRules {

  private final String subject;
  private final List<DataWarning> warnings = new ArrayList<>();

  /**
   * Creates an empty list of warnings.
   *
   * @param subject the name of the data
   */
  WarningRules(String subject) {
    this.subject = subject;
  }

  /** Checks the vectors. */
  void vectors(BaseFindings findings, int base, float[][] queries) {
    if (findings.duplicates() > 0) {
      add(
          "duplicates",
          "%,d of the base's %,d vectors are duplicates of others, which no answer can"
              + " tell apart.",
          findings.duplicates(),
          base);
    }
    int known = 0;
    for (float[] query : queries) {
      known += findings.contains(query) ? 1 : 0;
    }
    if (known > 0) {
      add(
          "known queries",
          "%,d of %,d queries are in the base, which makes them easier.",
          known,
          queries.length);
    }
    int constant = findings.constantDimensions();
    if (base > 1 && constant > 0) {
      add(
          "constant dimensions",
          "%,d of %,d dimensions have the same value in all vectors of the base.",
          constant,
          queries[0].length);
    }
  }

  /** Checks the computed neighbors. */
  void truth(Truth truth, int k, int base) {
    int queries = truth.nearest().length;
    if (k > base) {
      add("large k", "k is %,d, but the base has only %,d vectors.", k, base);
    }
    if (truth.flat() > 0) {
      add(
          "equal scores",
          "For %,d of %,d queries all vectors of the base are equally near, so any answer"
              + " is correct.",
          truth.flat(),
          queries);
    }
    // queries to which all vectors are equally near are tied as well, and already reported
    int tied = truth.tied() - truth.flat();
    if (tied > 0) {
      add(
          "ties",
          "For %,d of %,d queries the neighbor after the %,d nearest is as near as the"
              + " last of them, so recall depends on which one is returned.",
          tied,
          queries,
          k);
    }
  }

  /** Checks the neighbors that came with the vectors. */
  void givenTruth(GivenTruth given, int differences, int queries) {
    if (differences > 0) {
      add(
          "given truth",
          "%s has other neighbors than the computed ones for %,d of %,d queries; the"
              + " computed ones are used.",
          given.name(),
          differences,
          queries);
    }
  }

  private void add(String what, String format, Object... numbers) {
    warnings.add(new DataWarning(what, subject, String.format(Locale.ROOT, format, numbers)));
  }

  List<DataWarning> warnings() {
    return warnings;
  }
}
