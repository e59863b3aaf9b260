/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.util.List;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.lucenelmdb.internal.codes.CodeLayout.Kind;
import org.lucenelmdb.internal.vectors.VectorMetric;

public class TestCodeLayout extends LuceneTestCase {

  public void testRecordBytes() {
    for (int i = 0; i < 2000; i++) {
      int dimension = TestUtil.nextInt(random(), 1, i < 1000 ? 70 : 20_000);
      for (int bits : CodeVectors.BITS) {
        for (Kind kind : Kind.values()) {
          CodeLayout layout = new CodeLayout(dimension, bits, kind);
          assertTrue(layout.toString(), layout.recordBytes() <= bits * dimension / 8.0 + 20);
          assertTrue(layout.toString(), layout.recordBytes() >= bits * dimension / 8.0 + 4);
          assertEquals(0, layout.recordBytes() % Float.BYTES);
        }
      }
    }
    for (Kind kind : List.of(Kind.CENTROIDS, Kind.INTERVALS)) {
      assertEquals("a cache line", 64, new CodeLayout(384, 1, kind).recordBytes());
    }
  }

  public void testIsValid() {
    for (int bits = -10; bits < 300; bits++) {
      assertEquals(bits == 1 || bits == 2 || bits == 4 || bits == 8, CodeLayout.isValid(bits));
    }
  }

  public void testKinds() {
    for (VectorMetric metric : CodeVectors.METRICS) {
      Kind expected = metric == VectorMetric.MANHATTAN ? Kind.LEVELS : Kind.CENTROIDS;
      assertEquals(expected, CodeLayout.of(5, 2, metric).kind());
    }
  }
}
