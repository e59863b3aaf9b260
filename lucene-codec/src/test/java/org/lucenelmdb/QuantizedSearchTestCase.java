/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.Bits;

/** Base class for tests of fields with codes, with a random similarity function and dimension. */
@ThreadLeakFilters(filters = NativeThreads.class)
public abstract class QuantizedSearchTestCase extends LuceneTestCase {

  private static final int[] BITS = {1, 2, 4, 8};

  VectorSimilarityFunction similarity;
  int dimension;
  private boolean mapped;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    VectorSimilarityFunction[] all = VectorSimilarityFunction.values();
    similarity = all[random().nextInt(all.length)];
    mapped = random().nextBoolean();
    dimension = 8 + random().nextInt(40);
  }

  static int randomBits() {
    return BITS[random().nextInt(BITS.length)];
  }

  final VectorIndex index(float[][] vectors, int bits, float oversampling, int segments)
      throws IOException {
    return new VectorIndex(directory(), vectors, similarity)
        .add(VectorIndex.config(VectorIndex.options(bits, oversampling)), segments);
  }

  /**
   * The same kind in all of a test, because Lucene's kernels for mapped memory add in another
   * order.
   */
  final Directory directory() throws IOException {
    return mapped ? new MMapDirectory(createTempDir()) : new ByteBuffersDirectory();
  }

  final float[][] vectors(int count) {
    return Vectors.clustered(random(), similarity, count, dimension);
  }

  final float[] target() {
    return vectors(1)[0];
  }

  static void assertSame(TopDocs expected, TopDocs found) {
    assertEquals(expected.totalHits, found.totalHits);
    assertEquals(expected.scoreDocs.length, found.scoreDocs.length);
    for (int i = 0; i < expected.scoreDocs.length; i++) {
      assertEquals(expected.scoreDocs[i].doc, found.scoreDocs[i].doc);
      // kernels may add in another order, depending on the number of vectors and on compilation
      float score = expected.scoreDocs[i].score;
      assertEquals(score, found.scoreDocs[i].score, 2 * Math.ulp(score));
    }
  }

  static AcceptDocs accept(Bits bits, int maxDoc) {
    return AcceptDocs.fromLiveDocs(bits, maxDoc);
  }

  final void checkHits(TopDocs hits, float[][] vectors, float[] target, Bits accepted) {
    Set<Integer> docs = new HashSet<>();
    for (ScoreDoc hit : hits.scoreDocs) {
      assertTrue(docs.add(hit.doc));
      assertTrue(accepted == null || accepted.get(hit.doc));
      float expected = similarity.compare(target, vectors[hit.doc]);
      assertEquals(expected, hit.score, 1e-5f * Math.max(1, expected));
    }
  }
}
