/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.lucenelmdb.LmdbHnswFieldTypes;
import org.lucenelmdb.tools.search.TestIndex;

/** Indexes with vectors that are hard to search. */
public class TestDataCauses extends DiagnosisTestCase {

  public void testNearDuplicates() throws IOException {
    float[][] few = vectors.gaussians(4, 32);
    Path index =
        write(
            TestIndex.of(4_000, EUCLIDEAN, id -> vectors.near(few, 0.002f))
                .options(OPTIONS.withCodeBits(1)));
    assertEquals(List.of("near-duplicates"), causes(index));
  }

  /** The outlier makes the deviations so large that all codes are equal. */
  public void testOutlier() throws IOException {
    float[] outlier = new float[32];
    Arrays.fill(outlier, 1e6f);
    Path index =
        write(
            TestIndex.of(
                    5_000,
                    LmdbHnswFieldTypes.floatManhattan(32),
                    id -> id == 1_234 ? outlier : clustered())
                .options(OPTIONS.withCodeBits(2)));
    assertEquals(List.of("outlier"), causes(index));
  }

  /** Without codes, an outlier does no harm. */
  public void testHarmlessOutlier() throws IOException {
    float[] outlier = clustered();
    outlier[3] = 1e6f;
    Path index =
        write(
            TestIndex.of(2_000, EUCLIDEAN, id -> id == 1_234 ? outlier : clustered())
                .options(OPTIONS.withCodeBits(0)));
    assertEquals(List.of(), causes(index));
    assertTrue(run(index).out().contains("\"outlier\""));
  }

  public void testConstantDimensions() throws IOException {
    Path index =
        write(
            TestIndex.of(
                3_000,
                EUCLIDEAN,
                id -> {
                  float[] vector = clustered();
                  for (int i = 20; i < vector.length; i++) {
                    vector[i] = 7;
                  }
                  return vector;
                }));
    assertEquals(List.of("constant-dimensions"), causes(index));
  }
}
