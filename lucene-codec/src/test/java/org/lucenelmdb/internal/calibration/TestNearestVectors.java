/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.calibration;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.IORunnable;
import org.lucenelmdb.internal.graph.Holdout;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.workers.Workers;

public class TestNearestVectors extends LuceneTestCase {

  private static Workers workers(IORunnable abort) {
    return new Workers(null, 1, abort, (phase, done, total) -> {});
  }

  private static List<float[]> vectors(int size, int dimension) {
    List<float[]> vectors = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      float[] vector = new float[dimension];
      for (int j = 0; j < dimension; j++) {
        vector[j] = (float) random().nextGaussian();
      }
      vectors.add(vector);
    }
    return vectors;
  }

  public void testFind() throws IOException {
    int size = TestUtil.nextInt(random(), 2, 500);
    int dimension = TestUtil.nextInt(random(), 2, 40);
    List<float[]> vectors = vectors(size, dimension);
    FloatVectorValues values = FloatVectorValues.fromFloats(vectors, dimension);
    int heldOut = 1 + random().nextInt(Math.min(30, size - 1));
    int[] queries = random().ints(heldOut, 0, size).distinct().toArray();
    Holdout holdout = new Holdout(queries);
    int k = TestUtil.nextInt(random(), 1, size - holdout.size());
    for (VectorMetric metric : new VectorMetric[] {VectorMetric.EUCLIDEAN, VectorMetric.COSINE}) {
      int[][] found = NearestVectors.find(values, metric, holdout, queries, k, workers(() -> {}));
      for (int i = 0; i < queries.length; i++) {
        float[] target = vectors.get(queries[i]);
        List<Integer> expected = new ArrayList<>();
        for (int ord = 0; ord < size; ord++) {
          if (holdout.contains(ord) == false) {
            expected.add(ord);
          }
        }
        expected.sort(
            Comparator.comparing(ord -> -metric.function().compare(target, vectors.get(ord))));
        assertEquals(k, found[i].length);
        for (int j = 0; j < k; j++) { // there may be ties
          float score = metric.function().compare(target, vectors.get(expected.get(j)));
          assertEquals(score, metric.function().compare(target, vectors.get(found[i][j])), 1e-5);
        }
      }
    }
  }

  /** Aborts are checked for each block of vectors. */
  public void testAbort() {
    FloatVectorValues values = FloatVectorValues.fromFloats(vectors(1000, 4), 4);
    int[] queries = {1, 2, 3};
    int[] calls = new int[1];
    IORunnable abort =
        () -> {
          if (++calls[0] == 5) {
            throw new IOException("aborted");
          }
        };
    IOException e =
        expectThrows(
            IOException.class,
            () ->
                NearestVectors.find(
                    values,
                    VectorMetric.EUCLIDEAN,
                    new Holdout(queries),
                    queries,
                    10,
                    workers(abort)));
    assertEquals("aborted", e.getMessage());
  }
}
