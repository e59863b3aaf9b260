/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

import java.util.List;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Comparisons of two runs. */
public class TestComparison extends LuceneTestCase {

  private static Comparison.Row row(Comparison comparison, String engine, String figure) {
    return comparison.rows().stream()
        .filter(r -> r.engine().equals(engine) && r.figure().equals(figure))
        .findFirst()
        .orElseThrow();
  }

  public void testWithItself() {
    Comparison comparison = Comparison.of(SyntheticResult.full(), SyntheticResult.full());
    assertEquals(List.of(), comparison.differences());
    assertEquals(6, comparison.rows().stream().map(Comparison.Row::engine).distinct().count());
    for (Comparison.Row row : comparison.rows()) {
      assertEquals(100_000, row.vectors());
      assertEquals(1, row.ratio().median(), 0);
      assertFalse(row.improved());
      assertFalse(row.worsened());
    }
  }

  public void testTwiceAsFast() {
    Result before = new SyntheticResult(3, 1000, 5000).families().everything().build();
    Result after = new SyntheticResult(3, 1000).families().better(2).everything().build();
    Comparison comparison = Comparison.of(before, after);
    Comparison.Row rate = row(comparison, "lmdb", "queries/s at 0.95");
    assertEquals("the largest that both have", 1000, rate.vectors());
    assertEquals(2, rate.ratio().median(), 1e-9);
    assertEquals(2 / 1.06, rate.ratio().min(), 1e-9);
    assertEquals(2 * 1.06, rate.ratio().max(), 1e-9);
    assertTrue(rate.improved());
    assertFalse(rate.worsened());
    Comparison.Row build = row(comparison, "lmdb", "build, s");
    assertEquals(0.5, build.ratio().median(), 1e-9);
    assertTrue(build.improved());
    assertTrue(row(Comparison.of(after, before), "lmdb", "build, s").worsened());
  }

  public void testOneRoundProvesNothing() {
    Result before = SyntheticResult.small();
    Result after = new SyntheticResult(1, 1_000).families().better(2).searches(1).build();
    Comparison.Row rate = row(Comparison.of(before, after), "lmdb", "queries/s at 0.95");
    assertEquals(2, rate.ratio().median(), 1e-9);
    assertFalse(rate.improved());
  }

  public void testTargets() {
    Result before = new SyntheticResult(2, 1_000).families().searches(1).targets().build();
    Result after = new SyntheticResult(2, 1_000).families().better(2).targets().build();
    Comparison comparison = Comparison.of(before, after);
    assertEquals(2 * 2 * 4, comparison.rows().size()); // lmdb, recall and rate of targets
    assertEquals(2, row(comparison, "lmdb", "queries/s, target 0.95").ratio().median(), 1e-9);
    assertEquals(1, row(comparison, "lmdb", "recall, target 0.95").ratio().median(), 1e-9);
  }

  /** A run without targets has nothing to compare them with. */
  public void testTargetsOfOneRun() {
    Result before = SyntheticResult.small();
    Result after = new SyntheticResult(1, 1_000).families().searches(1).targets().build();
    List<String> figures =
        Comparison.of(before, after).rows().stream().map(Comparison.Row::figure).toList();
    assertTrue(figures.toString(), figures.contains("queries/s at 0.95"));
    assertFalse(figures.toString(), figures.stream().anyMatch(f -> f.contains("target")));
  }

  public void testLimits() {
    SyntheticResult result = new SyntheticResult(1, 1_000).engine("a", "A", "f").searches(1);
    Result before = result.build();
    Result after = result.limits(300, 60, true).build();
    assertEquals(
        List.of(
            "the memory limit was not given and is 300 MB",
            "the heap was not given and is 60 MB",
            "a limit of builds was false and is true"),
        Comparison.of(before, after).differences());
    assertEquals(List.of(), Comparison.of(after, after).differences());
  }

  public void testDifferences() {
    Result before = new SyntheticResult(1, 1_000).engine("a", "A", "f").searches(1).build();
    Result after =
        new SyntheticResult(1, 2_000).data("other").engine("b", "B", "f").searches(1).build();
    Comparison comparison = Comparison.of(before, after);
    assertEquals(List.of(), comparison.rows());
    assertEquals(
        List.of(
            "the data was generated: clustered and is other",
            "the sizes was [1000] and is [2000]",
            "a is only in the first run",
            "b is only in the second run"),
        comparison.differences());
  }
}
