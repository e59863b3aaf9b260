/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import java.io.IOException;
import java.util.List;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.lucenelmdb.LmdbHnswFieldTypes;
import org.lucenelmdb.tools.search.TestIndex;

/** Random data of many kinds. Nothing is wrong with these indexes. */
public class TestHealthyVectors extends DiagnosisTestCase {

  private void assertHealthy(TestIndex index) throws IOException {
    assertEquals(List.of(), causes(write(index)));
  }

  public void testGaussian() throws IOException {
    int dimension = new int[] {2, 8, 24, 96, 192}[random().nextInt(5)];
    assertHealthy(TestIndex.of(1_200, EUCLIDEAN, id -> vectors.gaussian(dimension)));
  }

  public void testClustersWithDeletes() throws IOException {
    assertHealthy(TestIndex.of(2_000, EUCLIDEAN, id -> clustered()).delete(0.1));
  }

  public void testProducts() throws IOException {
    assertHealthy(
        TestIndex.of(1_200, VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT, id -> clustered()));
  }

  public void testBytes() throws IOException {
    VectorSimilarityFunction function =
        random().nextBoolean()
            ? VectorSimilarityFunction.COSINE
            : VectorSimilarityFunction.DOT_PRODUCT;
    assertHealthy(TestIndex.of(1_200, function, id -> vectors.bytes(clustered(), 30)));
  }

  /** Four of five documents have no vector. */
  public void testSparseFieldInSegments() throws IOException {
    assertHealthy(
        TestIndex.of(
                4_000,
                LmdbHnswFieldTypes.floatManhattan(32),
                id -> id % 5 == 0 ? clustered() : null)
            .segments(1_500));
  }

  public void testFewVectors() throws IOException {
    assertHealthy(TestIndex.of(1 + random().nextInt(20), EUCLIDEAN, id -> clustered()));
  }
}
