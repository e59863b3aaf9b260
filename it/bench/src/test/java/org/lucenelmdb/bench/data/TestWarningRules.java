/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.lucenelmdb.bench.result.DataWarning;

/** Warnings about the data. */
public class TestWarningRules extends DatasetTestCase {

  public void testDuplicates() throws IOException {
    float[][] copies = new float[100][];
    for (int i = 0; i < 100; i++) {
      copies[i] = new float[] {1 + i % 40, 1, 1};
    }
    vectors = new ArraySource(copies);
    metric = Metric.DOT;
    queries = 10; // 0, 10, 20 ... 90: with the values 0, 10, 20, 30, 0, 10, 20, 30, 0, 10
    Dataset dataset = prepare();
    Map<String, String> texts =
        dataset.warnings().stream().collect(Collectors.toMap(DataWarning::what, DataWarning::text));
    // 90 vectors have the values 0 to 39, of which 0 to 19 occur three times; the values 0 and 10
    // are only in queries, and 20 and 30 have no vectors besides queries
    int distinct = 36;
    assertTrue(texts.toString(), texts.get("duplicates").startsWith((90 - distinct) + " of"));
    assertTrue(texts.toString(), texts.get("constant dimensions").startsWith("2 of 3 "));
    assertFalse(texts.toString(), texts.containsKey("known queries"));
    assertEquals("array", dataset.warnings().get(0).subject());

    copies[1] = copies[0];
    dataset = prepare();
    texts =
        dataset.warnings().stream().collect(Collectors.toMap(DataWarning::what, DataWarning::text));
    assertTrue(texts.toString(), texts.get("known queries").startsWith("3 of 10 "));
  }

  public void testTies() throws IOException {
    float[][] like = new float[50][];
    for (int i = 0; i < 50; i++) {
      like[i] = new float[] {i + 1, i % 10 == 0 ? 1 : -2};
    }
    vectors = new ArraySource(like);
    metric = Metric.DOT;
    queries = 5; // those with 1
    k = 3;
    assertEquals(List.of("constant dimensions"), warnings(prepare()));
    for (int i = 0; i < 50; i++) {
      like[i][0] = i % 10 == 0 ? 1 : i / 2;
    }
    List<DataWarning> warnings = prepare().warnings();
    // 49 and 48, 47 and 46: the third and the fourth have the same score for all queries
    assertEquals("ties", warnings.get(2).what());
    assertTrue(warnings.get(2).text(), warnings.get(2).text().startsWith("For 5 of 5 queries"));
    k = 2;
    assertEquals(List.of("duplicates", "constant dimensions"), warnings(prepare()));
    for (int i = 0; i < 50; i++) {
      like[i][0] = i % 10 == 0 ? 0 : i;
    }
    warnings = prepare().warnings();
    assertEquals(
        List.of("constant dimensions", "equal scores"),
        warnings.stream().map(DataWarning::what).toList());
    assertTrue(warnings.get(1).text(), warnings.get(1).text().startsWith("For 5 of 5 queries"));
  }

  public void testLargeK() throws IOException {
    maxBase = 9;
    Dataset dataset = prepare();
    assertEquals(List.of("large k"), warnings(dataset));
    assertEquals("k is 10, but the base has only 9 vectors.", dataset.warnings().get(0).text());
    assertEquals(10, dataset.k());
    assertEquals(9, dataset.truth()[0].length);
    maxBase = 10;
    assertEquals(List.of(), warnings(prepare()));
  }
}
