/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.lucenelmdb.LmdbHnswFilterStrategy;
import org.lucenelmdb.tools.search.TestIndex;

/** Indexes with unsuitable options. */
public class TestOptionCauses extends DiagnosisTestCase {

  public void testCoarseCodes() throws IOException {
    Path index =
        write(
            TestIndex.of(4_000, EUCLIDEAN, id -> vectors.gaussian(24))
                .options(OPTIONS.withCodeBits(1)));
    assertEquals(List.of("coarse-codes"), causes(index));
  }

  public void testLowTarget() throws IOException {
    Path index =
        write(
            TestIndex.of(6_000, EUCLIDEAN, id -> vectors.gaussian(96))
                .options(OPTIONS.withTargetRecall(0.5f).withCodeBits(0)));
    assertEquals(List.of("target-recall"), causes(index));
  }

  public void testFilterStrategy() throws IOException {
    Path index =
        write(
            TestIndex.of(5_000, EUCLIDEAN, id -> clustered())
                .options(OPTIONS.withFilterStrategy(LmdbHnswFilterStrategy.EXHAUSTIVE)));
    assertEquals(List.of("filter-strategy"), causes(index, "--filter", "int:[0 TO 4500]"));
  }
}
