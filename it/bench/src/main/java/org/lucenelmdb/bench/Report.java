/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench;

import static org.lucenelmdb.bench.Contestant.LUCENE99;
import static org.lucenelmdb.bench.Contestant.OURS;

import java.io.PrintWriter;
import java.util.Locale;

/** Prints medians, ratios and which bars they pass. */
record Report(Rounds builds, Rounds searches, PrintWriter out) {

  private static final double MAX_RECALL_LOSS = 0.005;
  private static final double MIN_RATE_RATIO = 0.85;
  private static final double MAX_BUILD_RATIO = 1.25;
  private static final double MAX_SIZE_RATIO = 1.10;

  void print() {
    printSearches();
    printBuilds();
    printBars();
    out.flush();
  }

  private double recallDifference(int ef) {
    double ours = searches.median(OURS, Searching.recall(ef));
    double theirs = searches.median(LUCENE99, Searching.recall(ef));
    return Math.round((ours - theirs) * 1e6) / 1e6; // so that 0.005 is not 0.005000000000000004
  }

  private static String ratios(double[] sorted) {
    return String.format(
        Locale.ROOT,
        "%5.2f (%.2f..%.2f)",
        Rounds.median(sorted),
        sorted[0],
        sorted[sorted.length - 1]);
  }

  private void printSearches() {
    line("");
    line("%4s%28s%23s", "", "recall@10         ", "queries/s     ");
    line(
        "%4s%9s%10s%9s%12s%11s   %-19s%s",
        "ef", OURS, LUCENE99, "diff", OURS, LUCENE99, "ratio (min..max)", "of CPU time");
    for (int ef : Searching.EFS) {
      line(
          "%4d%9.4f%10.4f%+9.4f%,12.0f%,11.0f  %-20s%s",
          ef,
          searches.median(OURS, Searching.recall(ef)),
          searches.median(LUCENE99, Searching.recall(ef)),
          recallDifference(ef),
          searches.median(OURS, Searching.rate(ef)),
          searches.median(LUCENE99, Searching.rate(ef)),
          ratios(searches.ratios(Searching.rate(ef))),
          ratios(searches.ratios(Searching.cpuRate(ef))));
    }
  }

  private void printBuilds() {
    line("");
    line("%-20s%14s%14s   ratio (min..max)", "", OURS, LUCENE99);
    for (String name : builds.names()) {
      double ours = builds.median(OURS, name);
      double theirs = builds.median(LUCENE99, name);
      boolean tellingRatio = ours >= 0.05 && theirs >= 0.05; // not 0.0 in the table
      String number = name.endsWith("bytes") ? "%,14.0f" : "%,14.1f";
      line(
          "%-20s" + number + number + "  %s",
          name,
          ours,
          theirs,
          tellingRatio ? ratios(builds.ratios(name)) : "");
    }
  }

  private void printBars() {
    double recall = Searching.EFS.stream().mapToDouble(this::recallDifference).min().orElseThrow();
    double rate =
        Searching.EFS.stream()
            .mapToDouble(ef -> Rounds.median(searches.ratios(Searching.rate(ef))))
            .min()
            .orElseThrow();
    double build = Rounds.median(builds.ratios(Building.SECONDS));
    double size = Rounds.median(builds.ratios(Building.BYTES));
    line("");
    bar(
        recall >= -MAX_RECALL_LOSS,
        "recall at most %.3f lower at every ef",
        MAX_RECALL_LOSS,
        recall);
    bar(rate >= MIN_RATE_RATIO, "queries/s ratio at least %.2f at every ef", MIN_RATE_RATIO, rate);
    bar(build <= MAX_BUILD_RATIO, "build time ratio at most %.2f", MAX_BUILD_RATIO, build);
    bar(size <= MAX_SIZE_RATIO, "index size ratio at most %.2f", MAX_SIZE_RATIO, size);
  }

  private void bar(boolean pass, String text, double bar, double found) {
    line("%s  " + text + ": %.3f", pass ? "pass" : "MISS", bar, found);
  }

  private void line(String format, Object... arguments) {
    out.println(String.format(Locale.ROOT, format, arguments).stripTrailing());
  }
}
