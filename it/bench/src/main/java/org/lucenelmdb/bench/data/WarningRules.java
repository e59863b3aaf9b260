/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.lucenelmdb.bench.result.DataWarning;

/** Says what makes figures on the data less worth than they look. */
final class WarningRules {

  private final String subject;
  private final List<DataWarning> warnings = new ArrayList<>();

  /**
   * Begins.
   *
   * @param subject the name of the data
   */
  WarningRules(String subject) {
    this.subject = subject;
  }

  /** Looks at the vectors. */
  void vectors(BaseFindings findings, int base, float[][] queries) {
    if (findings.duplicates() > 0) {
      add(
          "duplicates",
          "%,d of the base's %,d vectors are copies of others, and no answer can tell them apart.",
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
          "%,d of %,d queries are in the base, and so are easier than others.",
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

  /** Looks at the computed neighbors. */
  void truth(Truth truth, int k, int base) {
    int queries = truth.nearest().length;
    if (k > base) {
      add("large k", "k is %,d, but the base has only %,d vectors.", k, base);
    }
    if (truth.flat() > 0) {
      add(
          "equal scores",
          "For %,d of %,d queries all vectors of the base are equally near, so any answer is right.",
          truth.flat(),
          queries);
    }
    // where all are equally near, the last one is tied as well: that is said already
    int tied = truth.tied() - truth.flat();
    if (tied > 0) {
      add(
          "ties",
          "For %,d of %,d queries the neighbor after the %,d nearest is as near as the last of them,"
              + " so recall depends on which was taken.",
          tied,
          queries,
          k);
    }
  }

  /** Looks at neighbors that came with the vectors. */
  void givenTruth(GivenTruth given, int differences, int queries) {
    if (differences > 0) {
      add(
          "given truth",
          "%s gives other neighbors than were computed for %,d of %,d queries; the computed ones"
              + " count.",
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
