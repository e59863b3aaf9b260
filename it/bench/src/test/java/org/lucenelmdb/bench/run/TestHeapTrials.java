/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.run;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.bench.result.Figures;

/** Tries given heaps. */
public class TestHeapTrials extends LuceneTestCase {

  private final List<Integer> tried = new ArrayList<>();

  private Map<String, Double> run(int enough, Integer... heaps) throws IOException {
    tried.clear();
    return HeapTrials.run(
        List.of(heaps),
        Duration.ofMinutes(3),
        (heap, limit) -> {
          assertEquals(Duration.ofMinutes(3), limit);
          tried.add(heap);
          return heap >= enough ? Optional.of(Map.of(Figures.BUILD, 1.0 * heap)) : Optional.empty();
        });
  }

  public void testStopsAtTheFirstThatIsTooSmall() throws IOException {
    assertEquals(
        Map.of(Figures.MIN_HEAP, 96.0, Figures.BUILD, 96.0, Figures.FAILED_HEAP, 48.0),
        run(50, 24, 96, 48, 200));
    assertEquals(List.of(200, 96, 48), tried);
  }

  public void testAllOrNone() throws IOException {
    assertEquals(Map.of(Figures.MIN_HEAP, 40.0, Figures.BUILD, 40.0), run(40, 40));
    assertEquals(Map.of(Figures.FAILED_HEAP, 40.0), run(41, 40));
  }
}
