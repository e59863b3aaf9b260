/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.LmdbHnswSearchListener.Search;

/**
 * How many candidates get exact scores: as many as the errors of codes make necessary, or as many
 * as are asked for. Each vector is collected once, however often it was found.
 */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestRescoring extends LuceneTestCase {

  private static final VectorSimilarityFunction SIMILARITY = VectorSimilarityFunction.EUCLIDEAN;
  private static final int K = 10;
  private static final int FIRST = 2 * 20; // candidates for so many at least

  private static final LmdbHnswFilterStrategy[] FORCED = {
    LmdbHnswFilterStrategy.SCAN, LmdbHnswFilterStrategy.SWEEP, LmdbHnswFilterStrategy.TWO_HOP
  };

  private Search search;

  private static float[] gaussian(int dimension) {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = (float) random().nextGaussian();
    }
    return vector;
  }

  /**
   * Vectors on a sphere around 0.
   *
   * @param thickness its parts of the radius
   */
  private static float[][] sphere(int size, int dimension, float thickness) {
    float[][] vectors = new float[size][];
    for (int i = 0; i < size; i++) {
      vectors[i] = VectorUtil.l2normalize(gaussian(dimension));
      float length = 1 + thickness * random().nextFloat();
      for (int j = 0; j < dimension; j++) {
        vectors[i][j] *= length;
      }
    }
    return vectors;
  }

  /** Mapped, as codes have estimates there. */
  private static CodesIndex index(float[][] vectors, int bits) throws IOException {
    LmdbHnswOptions options = CodesIndex.options(bits, 2).withMaxConn(6).withBeamWidth(15);
    return new CodesIndex(new MMapDirectory(createTempDir()), vectors, SIMILARITY)
        .add(CodesIndex.config(options), 1);
  }

  private static FixedBitSet some(int maxDoc, double part) {
    FixedBitSet bits = new FixedBitSet(maxDoc);
    for (int doc = 0; doc < maxDoc; doc++) {
      if (random().nextDouble() < part) {
        bits.set(doc);
      }
    }
    return bits;
  }

  /** Searches; every hit is there once, with its exact score. Returns the recall. */
  private double search(
      LeafReader leaf,
      float[] target,
      LmdbHnswSearchStrategy strategy,
      LmdbHnswFilterStrategy filterStrategy,
      FixedBitSet accepted)
      throws IOException {
    List<Search> searches = new ArrayList<>();
    TopKnnCollector collector =
        new TopKnnCollector(
            K,
            Integer.MAX_VALUE,
            strategy.withFilterStrategy(filterStrategy).withListener(searches::add));
    leaf.searchNearestVectors(
        CodesIndex.FIELD, target, collector, AcceptDocs.fromLiveDocs(accepted, leaf.maxDoc()));
    assertEquals(1, searches.size());
    search = searches.get(0);
    ScoreDoc[] hits = collector.topDocs().scoreDocs;
    float[] scores = FilteredIndex.scores(leaf, target);
    assertEquals(search.toString(), Math.min(K, accepted.cardinality()), hits.length);
    FilteredIndex.check(hits, scores, accepted);
    assertTrue(search.toString(), search.onCodes());
    assertTrue(search.toString(), search.rescored() >= hits.length);
    assertTrue(search.toString(), search.rescored() <= accepted.cardinality());
    float[] best = new float[accepted.cardinality()];
    int count = 0;
    for (int doc = 0; doc < scores.length; doc++) {
      if (accepted.get(doc)) {
        best[count++] = scores[doc];
      }
    }
    Arrays.sort(best);
    float worst = best[count - hits.length];
    return Arrays.stream(hits).filter(hit -> hit.score >= worst).count() / (double) hits.length;
  }

  /** Near 0. */
  private static float[] target(int dimension) {
    float[] target = gaussian(dimension);
    for (int i = 0; i < dimension; i++) {
      target[i] *= 0.02f;
    }
    return target;
  }

  /**
   * Where codes tell much, few candidates are scored; where all is about as far, many are: both are
   * enough.
   */
  public void testAsManyAsNecessary() throws IOException {
    int size = 2000;
    int dimension = 48;
    int queries = 50;
    float[][] far = sphere(size, dimension, 0.1f);
    float[][] near = new float[size][]; // the nearer to 0, the fewer
    for (int i = 0; i < size; i++) {
      near[i] = gaussian(dimension);
      float length = (float) Math.sqrt(random().nextFloat());
      for (int j = 0; j < dimension; j++) {
        near[i][j] *= length;
      }
    }
    double[][] rescored = new double[2][3];
    for (int i = 0; i < 2; i++) {
      try (CodesIndex index = index(i == 0 ? near : far, 1)) {
        LeafReader leaf = getOnlyLeafReader(index.reader);
        double recall = 0;
        for (int j = 0; j < queries; j++) {
          float[] target = target(dimension);
          FixedBitSet accepted = some(size, 0.5);
          for (LmdbHnswFilterStrategy strategy : FORCED) {
            double found = search(leaf, target, new LmdbHnswSearchStrategy(), strategy, accepted);
            recall += strategy == LmdbHnswFilterStrategy.SCAN ? found / queries : 0;
            rescored[i][Arrays.asList(FORCED).indexOf(strategy)] += search.rescored();
            assertTrue(search.toString(), search.rescored() >= FIRST);
          }
        }
        assertTrue((i == 0 ? "near: " : "far: ") + recall, recall >= 0.95);
      }
    }
    String message = Arrays.deepToString(rescored);
    assertTrue(message, rescored[0][0] <= 1.5 * FIRST * queries);
    assertTrue(message, rescored[1][0] >= 2 * rescored[0][0]);
    for (int j = 1; j < FORCED.length; j++) { // walks, which do not find more than so many
      assertTrue(message, rescored[1][j] >= 1.3 * rescored[0][j]);
    }
  }

  /** Scans keep more, again and again, where codes tell nothing. */
  public void testRepeatedScans() throws IOException {
    int size = 3000;
    int dimension = 48;
    try (CodesIndex index = index(sphere(size, dimension, 0.005f), 1)) {
      LeafReader leaf = getOnlyLeafReader(index.reader);
      double recall = 0;
      int queries = 30;
      int repeated = 0;
      for (int i = 0; i < queries; i++) {
        FixedBitSet accepted = some(size, i % 5 == 0 ? 0.04 : 0.5);
        recall +=
            search(
                    leaf,
                    target(dimension),
                    new LmdbHnswSearchStrategy(),
                    LmdbHnswFilterStrategy.SCAN,
                    accepted)
                / queries;
        int scans = (int) (search.visits() / accepted.cardinality());
        assertEquals(search.toString(), (long) scans * accepted.cardinality(), search.visits());
        assertEquals(List.of(LmdbHnswFilterStrategy.SCAN), search.strategies());
        repeated += scans > 1 ? 1 : 0;
      }
      assertTrue("" + recall, recall >= 0.95);
      assertTrue("" + repeated, repeated > 0);
    }
  }

  /** Who says how many candidates there are to be gets as many, however little codes tell. */
  public void testFixedNumber() throws IOException {
    int size = 2000;
    try (CodesIndex index = index(sphere(size, 16, 0.1f), 1)) {
      LeafReader leaf = getOnlyLeafReader(index.reader);
      for (int i = 0; i < 20; i++) {
        FixedBitSet accepted = some(size, 0.3 + 0.6 * random().nextDouble());
        double selectivity = (double) accepted.cardinality() / size;
        for (LmdbHnswFilterStrategy strategy : FORCED) {
          search(leaf, target(16), new LmdbHnswSearchStrategy(3), strategy, accepted);
          int expected = 3 * K; // in two hops it does not see all that is near, so it takes more
          if (strategy == LmdbHnswFilterStrategy.TWO_HOP) {
            expected = (int) Math.ceil(expected / Math.sqrt(selectivity));
          }
          assertEquals(search.toString(), expected, search.rescored());
          assertEquals(search.toString(), List.of(strategy), search.strategies());
        }
      }
    }
  }

  /**
   * A walk in two hops comes to few of many clusters: it has scored candidates, does not find as
   * many as it looks for, and all is scanned.
   */
  public void testWalksThatFindTooFew() throws IOException {
    int clusters = 600;
    int size = 6;
    int nth = 4;
    int accepts = clusters / nth * size;
    float[][] vectors = new float[clusters * size][];
    int rejected = 0;
    int last = vectors.length - accepts; // what is accepted comes last
    for (int i = 0; i < vectors.length; i++) {
      float[] vector = gaussian(8);
      vector[0] += 20 * (i / size);
      vectors[i / size % nth == 0 ? last++ : rejected++] = vector;
    }
    for (int bits : new int[] {1, 8}) {
      try (CodesIndex index = index(vectors, bits)) {
        LeafReader leaf = getOnlyLeafReader(index.reader);
        FixedBitSet accepted = new FixedBitSet(leaf.maxDoc());
        accepted.set(leaf.maxDoc() - accepts, leaf.maxDoc());
        int scanned = 0;
        for (int i = 0; i < 30; i++) {
          float[] target = gaussian(8);
          target[0] += 20 * random().nextInt(clusters);
          LmdbHnswFilterStrategy strategy = LmdbHnswFilterStrategy.TWO_HOP;
          search(leaf, target, new LmdbHnswSearchStrategy(), strategy, accepted);
          scanned += search.switches();
        }
        assertTrue(bits + " bits: " + scanned, scanned > 0);
      }
    }
  }

  /**
   * A walk finds a few near vectors that are accepted, and scores them; then it goes on where
   * hardly any is, until a scan of the many that are far away looks cheaper, which finds these few
   * again.
   */
  public void testWalksThatGiveUp() throws IOException {
    int clusters = 4;
    int size = 5000;
    int accepts = FIRST;
    float[][] vectors = new float[clusters * size][];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = gaussian(4);
      if (i < size) { // the first ones are nearest, and all as near
        float length = i < accepts ? 1 : 4 + 4 * random().nextFloat();
        VectorUtil.l2normalize(vectors[i]);
        for (int j = 0; j < 4; j++) {
          vectors[i][j] *= length;
        }
      }
      vectors[i][0] += 20 * (i / size);
    }
    try (CodesIndex index = index(vectors, 8)) {
      LeafReader leaf = getOnlyLeafReader(index.reader);
      int gaveUp = 0;
      for (int i = 0; i < 5; i++) {
        float[] target = target(4);
        FixedBitSet accepted = new FixedBitSet(leaf.maxDoc());
        accepted.set(0, accepts);
        accepted.set(vectors.length / 2, vectors.length);
        LmdbHnswFilterStrategy strategy = LmdbHnswFilterStrategy.AUTO;
        search(leaf, target, new LmdbHnswSearchStrategy(), strategy, accepted);
        gaveUp += search.hops() > 2 * accepts && search.switches() > 0 ? 1 : 0;
      }
      assertTrue("" + gaveUp, gaveUp > 0);
    }
  }
}
