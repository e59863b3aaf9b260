/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.measure;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.bench.result.Figures;

/** Recall and percentiles. */
public class TestAnswers extends LuceneTestCase {

  public void testRecall() {
    Answers answers = new Answers();
    assertEquals("of nothing", 1, answers.recall(), 0);
    answers.add(new int[] {1, 2}, new int[] {2, 1});
    assertEquals(1, answers.recall(), 0);
    answers.add(new int[] {3, 9}, new int[] {3, 4});
    assertEquals(0.75, answers.recall(), 0);
    assertEquals(0, answers.shortAnswers());
    answers.add(new int[] {5}, new int[] {5, 6});
    assertEquals(4 / 6.0, answers.recall(), 1e-9);
    assertEquals(1, answers.shortAnswers());
    answers.add(new int[] {7, 7}, new int[] {7, 8});
    assertEquals("a duplicate hit", 5 / 8.0, answers.recall(), 1e-9);
  }

  public void testFewerThanK() {
    Answers answers = new Answers();
    answers.add(new int[] {1}, new int[] {1}); // the filter passes one
    assertEquals(1, answers.recall(), 0);
    assertEquals(0, answers.shortAnswers());
  }

  public void testBadAnswers() {
    Answers answers = new Answers();
    assertEquals("of nothing", 0, answers.bad(), 0);
    int[] ten = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    answers.add(new int[] {0, 1, 2, 3, 4, 5, 6, 7, 10, 11}, ten);
    assertEquals("misses two", 0, answers.bad(), 0);
    answers.add(new int[] {0, 1, 2, 3, 4, 5, 6, 6, 6, 6}, ten);
    assertEquals("misses three", 0.5, answers.bad(), 0);
    answers.add(new int[0], new int[0]); // the filter passes none
    answers.add(new int[] {1, 2}, new int[] {1, 3});
    assertEquals(2 / 4.0, answers.bad(), 0);
    Map<String, Double> figures = new HashMap<>();
    answers.addTo(figures);
    assertEquals(0.5, figures.get(Figures.BAD), 0);
    assertEquals(16 / 22.0, figures.get(Figures.RECALL), 1e-9);
    assertEquals(0, figures.get(Figures.SHORT), 0);
  }

  public void testPercentiles() {
    long[] hundred = LongStream.rangeClosed(1, 100).map(micros -> 1000 * micros).toArray();
    assertEquals(50, Timing.percentile(hundred, 50), 0);
    assertEquals(95, Timing.percentile(hundred, 95), 0);
    assertEquals(99, Timing.percentile(hundred, 99), 0);
    assertEquals(3, Timing.percentile(new long[] {3000}, 50), 0);
    assertEquals(3, Timing.percentile(new long[] {3000}, 99), 0);
  }

  public void testRate() throws IOException {
    Map<String, Double> figures = new HashMap<>();
    Timing slow =
        Timing.of(
            4_000_000_000L,
            1_000_000_000L,
            new long[] {9000, 1000, 1000, 1000},
            new DiskReads(5 << 12, 1));
    Timing fast =
        Timing.of(
            2_000_000_000L,
            1_000_000_000L,
            new long[] {5000, 1000, 3000, 2000},
            new DiskReads(3 << 12, 7));
    slow.with(fast).addTo(figures);
    assertEquals(2, figures.get(Figures.RATE), 1e-9);
    assertEquals(4, figures.get(Figures.CPU_RATE), 1e-9);
    assertEquals("of both", 1, figures.get(Figures.P50), 0);
    assertEquals(9, figures.get(Figures.P99), 0);
    if (DiskReads.now().equals(DiskReads.NONE) == false) {
      assertEquals("of both", 1, figures.get(Figures.READ_PAGES), 0);
      assertEquals(1, figures.get(Figures.MAJOR_FAULTS), 0);
    }
  }
}
