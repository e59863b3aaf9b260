/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.bench.result.BestStrategy;
import org.lucenelmdb.bench.result.Comparison;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Result;
import org.lucenelmdb.bench.result.Sample;
import org.lucenelmdb.bench.result.SyntheticResult;
import org.lucenelmdb.bench.result.TargetStrategy;

/** The tables for the terminal. */
public class TestTerminalReport extends LuceneTestCase {

  private static final List<String> SECTIONS =
      List.of(
          "Recall and rate",
          "Several threads",
          "Latency",
          "Target recall",
          "Filters",
          "Build",
          "Memory",
          "Size",
          "Churn",
          "Pages",
          "Cold",
          "Abort",
          "Growth");

  private static String print(Result result) {
    StringWriter out = new StringWriter();
    new TerminalReport(new PrintWriter(out)).print(result);
    return out.toString();
  }

  private static void assertContains(String text, String... parts) {
    for (String part : parts) {
      assertTrue(part + " in " + text, text.contains(part));
    }
  }

  private static void assertNotTooWide(String text) {
    text.lines().forEach(line -> assertTrue(line, line.length() <= TextTables.WIDTH));
  }

  /** The first row with a prefix after a title. */
  private static String row(String text, String title, String first) {
    assertContains(text, title);
    return text.substring(text.indexOf(title))
        .lines()
        .filter(l -> l.startsWith("| " + first + " "))
        .findFirst()
        .orElseThrow();
  }

  public void testEverySection() {
    String text = print(SyntheticResult.full());
    for (String section : SECTIONS) {
      assertContains(text, "== " + section + " ==");
    }
    assertContains(text, "Some CPU", "run --preset quick", "! duplicates", "100,000 vectors");
    assertNotTooWide(text);
  }

  public void testFewSections() {
    String text = print(SyntheticResult.small());
    assertContains(text, "== Recall and rate ==", "== Latency ==");
    assertEquals(text, 2, text.lines().filter(l -> l.startsWith("== ")).count());
    assertNotTooWide(text);
  }

  /** Rates that are easy to check: the second engine has half the rate of the first. */
  public void testRatios() {
    SyntheticResult result =
        new SyntheticResult(2, 1000)
            .engine("ours", "Ours", "lucene-lmdb")
            .engine("lucene99", "Lucene99", "lucene");
    for (int round = 0; round < 2; round++) {
      result.sample(search("ours", round, 0.94, 4000));
      result.sample(search("ours", round, 0.96, 1000));
      result.sample(search("lucene99", round, 0.95, 1000 * (1 + round)));
    }
    String text = print(result.build());
    assertTrue(
        text,
        row(text, "Queries/s, 1 thread, 1,000 vectors at a recall\n", "ours").contains(" 2,000 "));
    assertContains(row(text, "at a recall: ratio to lucene99", "ours"), "1.50 (1.00..2.00)");
    assertContains(
        row(text, "at a recall: ratio of ours to each", "lucene99"), "1.50 (1.00..2.00)");
    assertNotTooWide(text);
  }

  private static Sample search(String engine, int round, double recall, double rate) {
    return Sample.of(
        Measure.SEARCH, engine, round, 1000, Map.of(Figures.RECALL, recall, Figures.RATE, rate));
  }

  public void testTargets() {
    String text =
        print(
            new SyntheticResult(1, 1000)
                .engine("ours", "Ours", "lucene-lmdb")
                .engine("lucene99", "Lucene99", "lucene")
                .filter("random 10%", "random", 0.1)
                .targets()
                .sample(
                    target(
                        0.5,
                        Map.of(
                            Figures.RECALL, 0.75, Figures.BAD, 0.02, Figures.EXPANDED_NODES, 30.0)))
                .build());
    String title = "Target recall, 1,000 vectors";
    List<String> rows =
        text.substring(text.indexOf(title), text.indexOf("Target recall with filters"))
            .lines()
            .filter(line -> line.startsWith("| ours "))
            .map(line -> line.replaceAll("\\s+", " "))
            .toList();
    assertEquals(text, 5, rows.size());
    assertEquals("| ours | 0.5 | 0.7500 | - | 2.0% | - | 30.0 | - | - |", rows.getFirst());
    assertContains(rows.get(2), "| 0.95 | 0.9500 | 0.9510 | 5.0% |", "| 200 | 4,000 | 120 |");
    assertContains(
        row(text, "Target recall with filters, 1,000 vectors", "ours"), " random 10% ", " 0.9 ");
    assertNotTooWide(text);
  }

  public void testMemoryLimit() {
    SyntheticResult unlimited = new SyntheticResult(1, 1000).engine("ours", "Ours", "lucene-lmdb");
    Map<String, Double> figures =
        Map.of(
            Figures.RECALL,
            0.95,
            Figures.RATE,
            9.0, //
            Figures.READ_PAGES,
            321.0,
            Figures.MAJOR_FAULTS,
            123.0);
    unlimited.sample(new Sample(Measure.SEARCH, "ours", 0, 1000, 20, 1, null, null, null, figures));
    unlimited.sample(target(0.95, figures));
    String without = print(unlimited.build());
    assertFalse(without, without.contains("321") || without.contains("major faults"));
    assertFalse(without, without.contains("\nmemory     "));
    String with = print(unlimited.limits(2000, 250, true).build());
    assertContains(
        with.replaceAll("\\s+", " "),
        "memory each process is limited to 2,000 MB, including its page cache; heap of each JVM"
            + " 250 MB",
        "| pages read | major faults |",
        "| 321 | 123 |",
        "| pages read | 321 |",
        "| major faults | 123 |");
    assertNotTooWide(with);
    assertContains(
        print(unlimited.limits(null, 250, false).build()),
        "\nmemory     heap of each JVM 250 MB; builds of the searched indexes have no limits\n");
  }

  private static Sample target(double recall, Map<String, Double> values) {
    return new Sample(
        Measure.TARGET, "ours", 0, 1000, 10, 1, null, TargetStrategy.of(recall), null, values);
  }

  public void testPlan() {
    String text =
        print(
            new SyntheticResult(1, 1000)
                .engine("ours", "Ours", "lucene-lmdb")
                .engine("lucene99", "Lucene99", "lucene")
                .filter("f", "near", 0.5)
                .filter("g", "far", 0.1)
                .planned()
                .sample(forced("f", 0.97, 1e6))
                .sample(forced("g", 0.995, 1e6))
                .build());
    String title =
        "Plan of ours, ef 10, 1,000 vectors: at most 1.3 times the best strategy on 1 of 2"
            + " filters";
    assertContains(text.replaceAll("\\s+", " "), title, "recall of at least 0.98 on 2 of 2");
    String near = row(text, title, "f");
    assertContains(near, " 50% ", " 0.9900 ", " 1.10 ", " (1.00) ");
    assertContains(row(text, title, "g"), " 10% ", " 39.81 ");
    assertContains(
        text, "exhaustive, us", "filtered, us", "exhaustive 75%, filtered>exhaustive 25%");
    assertFalse(text, text.contains("Plan of lucene99"));
    assertNotTooWide(text);
  }

  private static Sample forced(String filter, double recall, double rate) {
    return new Sample(
        Measure.FILTER,
        "ours",
        0,
        1000,
        10,
        1,
        filter,
        BestStrategy.forced("POST_FILTERED"),
        null,
        Map.of(Figures.RECALL, recall, Figures.RATE, rate));
  }

  public void testExponent() {
    String text = print(SyntheticResult.full());
    assertTrue(text, row(text, "build, s, over vectors", "lucene99").endsWith(" 1.20 |"));
  }

  /** Without lucene-lmdb and the baseline, only ratios are missing. */
  public void testStrangers() {
    String text = print(new SyntheticResult(2, 10, 100).engine("x", "X", "y").everything().build());
    assertContains(text, "== Filters ==", "== Growth ==");
    assertFalse(text, text.contains("/ it"));
  }

  public void testNothing() {
    assertContains(print(new SyntheticResult(1, 10).engine("x", "X", "y").build()), "Some CPU");
  }

  public void testNamesFromFiles() {
    String name = "\u001b[31m<\u00e4>\n" + "long ".repeat(30);
    String text =
        print(
            new SyntheticResult(1, 10)
                .data(name)
                .engine(name, name, name)
                .filter(name, "near", 0.5)
                .warning(name, name, name)
                .searches(1)
                .filtered()
                .build());
    assertFalse(text, text.contains("\u001b"));
    assertContains(text, "<\u00e4>");
    assertNotTooWide(text);
  }

  public void testComparison() {
    StringWriter out = new StringWriter();
    Result before = new SyntheticResult(3, 1000).families().everything().build();
    Result after =
        new SyntheticResult(3, 1000).data("other").families().better(2).everything().build();
    new ComparisonReport(new PrintWriter(out)).print(Comparison.of(before, after));
    String text = out.toString();
    assertContains(text, "! the data was generated", "lmdb, 1,000 vectors");
    assertContains(
        row(text, "lmdb, 1,000 vectors", "queries/s at 0.95"), "2.00 (1.89..2.12)", "better");
    assertNotTooWide(text);
  }
}
