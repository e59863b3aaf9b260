/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench;

import java.util.Comparator;
import java.util.stream.IntStream;
import org.apache.lucene.tests.util.LuceneTestCase;

/** The exact neighbours. */
public class TestTruth extends LuceneTestCase {

  public void testLikeSorting() throws Exception {
    Workspace work = new Workspace(createTempDir());
    Split.of(320, 7, 300).write(new ClusteredVectors(320, 4), work);
    float[][] queries = VectorFile.readAll(work.queries());
    float[][] base = VectorFile.readAll(work.base());
    Truth.write(work, done -> {});
    int[][] truth = Truth.read(work, queries.length);
    assertEquals(7, truth.length);
    assertEquals(300, base.length);
    for (int q = 0; q < queries.length; q++) {
      assertArrayEquals(sorted(base, queries[q]), truth[q]);
    }
  }

  private static int[] sorted(float[][] base, float[] query) {
    double[] scores = new double[base.length];
    for (int i = 0; i < scores.length; i++) {
      for (int j = 0; j < query.length; j++) {
        scores[i] += (double) base[i][j] * query[j];
      }
    }
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -scores[i]))
        .mapToInt(Integer::intValue)
        .limit(Truth.K)
        .toArray();
  }
}
