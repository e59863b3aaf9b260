/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Synthetic results cover all measures. */
public class TestSyntheticResult extends LuceneTestCase {

  public void testEveryMeasureAndFigure() throws Exception {
    Result full = SyntheticResult.full();
    Set<Measure> measures = EnumSet.noneOf(Measure.class);
    full.samples().forEach(s -> measures.add(s.measure()));
    assertEquals(EnumSet.allOf(Measure.class), measures);

    Set<String> missing = new TreeSet<>();
    for (var field :
        Arrays.stream(Figures.class.getFields())
            .filter(f -> f.getType() == String.class)
            .toList()) {
      missing.add((String) field.get(null));
    }
    missing.removeAll(Samples.of(full.samples()).figures());
    assertEquals(
        Set.of(
            Figures.FILE_PREFIX,
            Figures.BUILT_RECALL_PREFIX,
            Figures.ROLLBACK_PREFIX,
            Figures.PLAN_PREFIX,
            Figures.READ_PAGES, // with a limit of memory only
            Figures.MAJOR_FAULTS),
        missing);
  }
}
