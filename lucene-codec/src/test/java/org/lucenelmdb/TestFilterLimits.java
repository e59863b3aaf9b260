/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.search.TotalHits;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.FixedBitSet;

/** Filtered searches that must stop early, change their strategy, or search again. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestFilterLimits extends LuceneTestCase {

  private static final VectorSimilarityFunction SIMILARITY = VectorSimilarityFunction.EUCLIDEAN;
  private static final int MAX_CONN = 4;
  private static final int K = 10;

  private final List<LmdbHnswSearchListener.Search> searches = new ArrayList<>();

  /** Vectors in distant clusters, in the order of the clusters. */
  private static float[][] clusters(int clusters, int size, int dimension) {
    float[][] vectors = new float[clusters * size][dimension];
    for (int i = 0; i < vectors.length; i++) {
      for (int j = 0; j < dimension; j++) {
        vectors[i][j] = (float) random().nextGaussian();
      }
      vectors[i][0] += 20 * (i / size);
    }
    return vectors;
  }

  private static VectorIndex index(float[][] vectors, int bits, int segments) throws IOException {
    LmdbHnswOptions options = VectorIndex.options(bits, 2).withMaxConn(MAX_CONN).withBeamWidth(10);
    return new VectorIndex(newDirectory(), vectors, SIMILARITY)
        .add(VectorIndex.config(options), segments);
  }

  private static int randomBits() {
    return new int[] {0, 1, 2, 4, 8}[random().nextInt(5)];
  }

  private LmdbHnswSearchStrategy listening(LmdbHnswFilterStrategy strategy) {
    return LmdbHnswSearchStrategy.DEFAULT
        .withFilterStrategy(strategy)
        .withListener(
            search -> {
              synchronized (searches) {
                searches.add(search);
              }
            });
  }

  private static FixedBitSet every(int maxDoc, int nth) {
    FixedBitSet bits = new FixedBitSet(maxDoc);
    for (int doc = random().nextInt(nth); doc < maxDoc; doc += nth) {
      bits.set(doc);
    }
    return bits;
  }

  private static float[] target(float[][] vectors) {
    float[] target = vectors[random().nextInt(vectors.length)].clone();
    for (int j = 0; j < target.length; j++) {
      target[j] += 0.3f * (float) random().nextGaussian();
    }
    return target;
  }

  private static TopDocs search(
      LeafReader leaf, float[] target, KnnCollector collector, FixedBitSet accepted)
      throws IOException {
    leaf.searchNearestVectors(
        VectorIndex.FIELD, target, collector, AcceptDocs.fromLiveDocs(accepted, leaf.maxDoc()));
    TopDocs hits = collector.topDocs();
    Hits.check(hits.scoreDocs, Hits.scores(leaf, target), accepted);
    return hits;
  }

  /**
   * The visits by which a traversal may exceed its limit: the neighbors of one node, and in
   * Lucene's filtered traversal also their neighbors.
   */
  private static int excess(int bits, LmdbHnswFilterStrategy strategy) {
    boolean isLucenes = bits == 0 && strategy == LmdbHnswFilterStrategy.FILTERED;
    return 2 * MAX_CONN * (isLucenes ? 2 * MAX_CONN : 1);
  }

  /** A search exceeds its visit limit by one expansion at most, and reports that it stopped. */
  public void testVisitLimits() throws IOException {
    float[][] vectors = clusters(3, 500, 12);
    int bits = randomBits();
    try (VectorIndex index = index(vectors, bits, 1)) {
      LeafReader leaf = getOnlyLeafReader(index.reader);
      for (LmdbHnswFilterStrategy strategy : LmdbHnswFilterStrategy.values()) {
        boolean someStopped = false;
        boolean someEnded = false;
        for (int i = 0; i < 100; i++) {
          int limit = 1 + random().nextInt(random().nextBoolean() ? 50 : vectors.length);
          FixedBitSet accepted = every(leaf.maxDoc(), 2 + random().nextInt(30));
          TopKnnCollector collector = new TopKnnCollector(K, limit, listening(strategy));
          TopDocs hits = search(leaf, target(vectors), collector, accepted);
          String message = bits + " bits, " + strategy + ", limit " + limit + ": " + searches;
          searches.clear();
          long visited = hits.totalHits.value();
          boolean exhaustive = strategy == LmdbHnswFilterStrategy.EXHAUSTIVE;
          assertTrue(message, visited <= limit + (exhaustive ? 0 : excess(bits, strategy)));
          boolean stopped = visited >= limit;
          assertEquals(message, stopped, collector.earlyTerminated());
          assertEquals(
              message,
              stopped ? TotalHits.Relation.GREATER_THAN_OR_EQUAL_TO : TotalHits.Relation.EQUAL_TO,
              hits.totalHits.relation());
          if (stopped == false) {
            assertEquals(message, K, hits.scoreDocs.length);
          }
          someStopped |= stopped;
          someEnded |= stopped == false;
        }
        assertTrue(strategy + ", " + bits + " bits", someStopped && someEnded);
      }
    }
  }

  /** Lucene's queries allow one visit more than vectors match: enough for an exhaustive search. */
  public void testLimitOfLucenesQueries() throws IOException {
    float[][] vectors = clusters(4, 300, 8);
    for (int bits : new int[] {0, 8}) {
      try (VectorIndex index = index(vectors, bits, 1)) {
        LeafReader leaf = getOnlyLeafReader(index.reader);
        for (int i = 0; i < 30; i++) {
          FixedBitSet accepted = every(leaf.maxDoc(), 2 + random().nextInt(20));
          int limit = accepted.cardinality() + 1;
          KnnSearchStrategy how = listening(LmdbHnswFilterStrategy.EXHAUSTIVE);
          TopDocs hits =
              search(leaf, target(vectors), new TopKnnCollector(K, limit, how), accepted);
          assertEquals(TotalHits.Relation.EQUAL_TO, hits.totalHits.relation());
          assertEquals(limit - 1, hits.totalHits.value());
          assertEquals(K, hits.scoreDocs.length);
        }
      }
    }
  }

  /**
   * Few of many clusters match, so a filtered traversal reaches few of them, and most of its seeds
   * are in the same ones. If it finds fewer than k nodes before its visit limit, and the limit
   * forbids an exhaustive search, it must continue up to the limit.
   */
  public void testTraversalsThatFindTooFewContinue() throws IOException {
    int clusters = 600;
    int size = 12;
    int nth = 4;
    int accepts = clusters / nth * size;
    float[][] vectors = clusters(clusters, size, 4);
    float[][] ordered = new float[vectors.length][]; // accepted vectors come last
    int rejected = 0;
    int last = vectors.length - accepts;
    for (int i = 0; i < vectors.length; i++) {
      ordered[i / size % nth == 0 ? last++ : rejected++] = vectors[i];
    }
    for (int bits : new int[] {0, 1, 8}) {
      LmdbHnswOptions options =
          VectorIndex.options(bits, 1).withMaxConn(MAX_CONN).withBeamWidth(10);
      try (VectorIndex index =
          new VectorIndex(newDirectory(), ordered, SIMILARITY)
              .add(VectorIndex.config(options), 1)) {
        LeafReader leaf = getOnlyLeafReader(index.reader);
        FixedBitSet accepted = new FixedBitSet(leaf.maxDoc());
        accepted.set(leaf.maxDoc() - accepts, leaf.maxDoc());
        for (LmdbHnswFilterStrategy strategy : LmdbHnswFilterStrategy.values()) {
          int completed = 0;
          for (int i = 0; i < 30; i++) {
            int k = i % 3 == 0 ? K : 300;
            int limit =
                i % 5 == 0
                    ? 1 + random().nextInt(50)
                    : accepts * (1 + i) / 31 + random().nextInt(accepts / 31);
            TopKnnCollector collector = new TopKnnCollector(k, limit, listening(strategy));
            TopDocs hits = search(leaf, target(vectors), collector, accepted);
            String message = bits + " bits, " + strategy + ", limit " + limit + ": " + searches;
            LmdbHnswSearchListener.Search search = searches.get(0);
            searches.clear();
            if (hits.scoreDocs.length < k) {
              assertTrue(message, collector.earlyTerminated());
              assertTrue(message, collector.visitedCount() >= limit);
            }
            assertTrue(message, collector.visitedCount() <= limit + 2 * MAX_CONN);
            if (limit < accepts
                && (strategy == LmdbHnswFilterStrategy.POST_FILTERED
                    || strategy == LmdbHnswFilterStrategy.FILTERED)) { // the results are kept
              assertTrue(message, search.visits() <= limit + 2 * MAX_CONN);
            }
            completed += strategy == search.strategies().get(0) ? search.switches() : 0;
          }
          if (strategy == LmdbHnswFilterStrategy.FILTERED) {
            assertTrue(bits + " bits: " + completed, completed > 0);
          }
        }
      }
    }
  }

  /** With every strategy, a search checks the timeout, stops, and returns its hits so far. */
  public void testTimeouts() throws IOException {
    float[][] vectors = clusters(2, 2000, 8);
    for (int bits : new int[] {0, 1, 8}) {
      try (VectorIndex index = index(vectors, bits, 1)) {
        LeafReader leaf = getOnlyLeafReader(index.reader);
        for (LmdbHnswFilterStrategy strategy : LmdbHnswFilterStrategy.values()) {
          for (int allowed = 0; allowed < 8; allowed++) {
            FixedBitSet accepted = every(leaf.maxDoc(), 2);
            int[] asked = new int[1];
            int patience = allowed;
            KnnCollector limited =
                TimeLimited.of(
                    new TopKnnCollector(K, Integer.MAX_VALUE, listening(strategy)),
                    () -> ++asked[0] > patience);
            TopDocs hits = search(leaf, target(vectors), limited, accepted);
            String message = bits + " bits, " + strategy + ", " + allowed + ": " + searches;
            assertTrue(message, searches.get(0).expandedNodes() <= allowed);
            searches.clear();
            assertEquals(
                message, TotalHits.Relation.GREATER_THAN_OR_EQUAL_TO, hits.totalHits.relation());
            assertTrue(message, hits.scoreDocs.length <= K);
            assertTrue(message, hits.totalHits.value() < accepted.cardinality());
            // checked again where the search stops, after it, and by Lucene
            assertTrue(message + " asked " + asked[0], asked[0] <= allowed + 5);
            if (allowed == 0
                && strategy != LmdbHnswFilterStrategy.FILTERED) { // which scores seeds first
              assertEquals(message, 0, hits.scoreDocs.length);
            }
          }
        }
      }
    }
  }

  /** The matching vectors are in two clusters, with a third one between them. */
  public void testClustersFarFromEachOther() throws IOException {
    int size = 200;
    float[][] vectors = clusters(3, size, 6);
    for (int bits : new int[] {0, 2, 8}) {
      try (VectorIndex index = index(vectors, bits, 1)) {
        LeafReader leaf = getOnlyLeafReader(index.reader);
        FixedBitSet accepted = new FixedBitSet(leaf.maxDoc());
        accepted.set(0, size);
        accepted.set(2 * size, 3 * size);
        for (LmdbHnswFilterStrategy strategy : LmdbHnswFilterStrategy.values()) {
          for (int k : new int[] {1, size - 1, size, size + 1, 2 * size - 1, 2 * size, 3 * size}) {
            TopKnnCollector collector =
                new TopKnnCollector(k, Integer.MAX_VALUE, listening(strategy));
            TopDocs hits = search(leaf, target(vectors), collector, accepted);
            String message = bits + " bits, " + strategy + ", k " + k + ": " + searches;
            searches.clear();
            assertEquals(message, Math.min(k, 2 * size), hits.scoreDocs.length);
          }
        }
      }
    }
  }

  /**
   * Without codes, a filtered traversal may find too few of few matching nodes; then all are
   * scored.
   */
  public void testExactTraversalFindsTooFew() throws IOException {
    float[][] vectors = clusters(4, 400, 8);
    try (VectorIndex index = index(vectors, 0, 1)) {
      LeafReader leaf = getOnlyLeafReader(index.reader);
      int exhaustive = 0;
      for (int i = 0; i < 50; i++) {
        FixedBitSet accepted = every(leaf.maxDoc(), 100);
        KnnSearchStrategy how = listening(LmdbHnswFilterStrategy.FILTERED);
        TopKnnCollector collector = new TopKnnCollector(K, Integer.MAX_VALUE, how);
        float[] target = target(vectors);
        TopDocs hits = search(leaf, target, collector, accepted);
        assertEquals(K, hits.scoreDocs.length);
        LmdbHnswSearchListener.Search search = searches.get(i);
        assertFalse(search.quantized());
        assertEquals(LmdbHnswFilterStrategy.FILTERED, search.strategies().get(0));
        if (search.switches() > 0) {
          exhaustive++;
          assertEquals(
              List.of(LmdbHnswFilterStrategy.FILTERED, LmdbHnswFilterStrategy.EXHAUSTIVE),
              search.strategies());
          Hits.checkBest(hits.scoreDocs, Hits.scores(leaf, target), accepted);
        }
      }
      assertTrue("some traversals find too few", exhaustive > 0);
    }
  }

  /** Lucene's queries search a segment again if all of its hits are competitive. */
  public void testSecondPass() throws IOException {
    int segments = 8;
    int size = 400;
    int k = 50;
    float[][] vectors = clusters(segments, size, 8);
    for (int bits : new int[] {0, 4, 8}) {
      try (VectorIndex index = index(vectors, bits, segments)) {
        assertTrue(index.reader.leaves().size() >= segments - 1);
        for (LmdbHnswFilterStrategy strategy : LmdbHnswFilterStrategy.values()) {
          double recall = 0;
          int queries = 5;
          for (int i = 0; i < queries; i++) {
            int from = random().nextInt(size / 4);
            int to = vectors.length - random().nextInt(size / 4);
            float[] target = target(vectors);
            recall +=
                index.recall(
                    new KnnFloatVectorQuery(
                        VectorIndex.FIELD,
                        target,
                        k,
                        IntPoint.newRangeQuery("id", from, to - 1),
                        listening(strategy)),
                    target,
                    k,
                    id -> id >= from && id < to);
            Map<String, Integer> seen = new HashMap<>();
            searches.forEach(search -> seen.merge(search.segment(), 1, Integer::sum));
            String message = bits + " bits, " + strategy + ": " + searches;
            searches.clear();
            assertEquals(message, index.reader.leaves().size(), seen.size());
            assertTrue(message, seen.values().stream().allMatch(count -> count <= 2));
            assertTrue(message, seen.containsValue(2));
          }
          recall /= queries;
          assertTrue(bits + " bits, " + strategy + ": " + recall, recall >= 0.9);
        }
      }
    }
  }

  /**
   * A traversal that switches to an exhaustive search, because few nodes match near the target,
   * finds results at least as good as an exhaustive search. Visits of the traversal do not count
   * toward Lucene's limit.
   */
  public void testTraversalsThatEndExhaustively() throws IOException {
    float[][] vectors = clusters(10, 2500, 4);
    try (VectorIndex index = index(vectors, random().nextBoolean() ? 4 : 8, 1)) {
      LeafReader leaf = getOnlyLeafReader(index.reader);
      int traversed = 0;
      int switched = 0;
      for (int i = 0; i < 60; i++) {
        FixedBitSet accepted = new FixedBitSet(leaf.maxDoc());
        if (i % 3 == 0) {
          accepted.or(every(leaf.maxDoc(), 2));
        } else { // whole clusters, often without the target's
          int from = random().nextInt(vectors.length / 3);
          accepted.set(from, from + vectors.length / 2);
        }
        float[] target = target(vectors);
        List<ScoreDoc[]> found = new ArrayList<>();
        TotalHits.Relation relation = null;
        for (LmdbHnswFilterStrategy strategy :
            new LmdbHnswFilterStrategy[] {
              LmdbHnswFilterStrategy.EXHAUSTIVE, LmdbHnswFilterStrategy.AUTO
            }) {
          KnnSearchStrategy how =
              LmdbHnswSearchStrategy.DEFAULT
                  .withOversampling(3)
                  .withFilterStrategy(strategy)
                  .withListener(searches::add);
          TopKnnCollector collector = new TopKnnCollector(K, accepted.cardinality() + 1, how);
          TopDocs hits = search(leaf, target, collector, accepted);
          relation = hits.totalHits.relation();
          found.add(hits.scoreDocs);
          assertEquals(K, found.get(found.size() - 1).length);
        }
        LmdbHnswSearchListener.Search search = searches.get(1);
        searches.clear();
        traversed += search.expandedNodes() > 0 ? 1 : 0;
        if (search.expandedNodes() > 0 && search.switches() > 0) {
          List<LmdbHnswFilterStrategy> strategies = search.strategies();
          if (strategies.get(strategies.size() - 1) == LmdbHnswFilterStrategy.EXHAUSTIVE) {
            // some switch before they have expanded all of the target's cluster
            switched += search.expandedNodes() < 2000 ? 1 : 0;
            // otherwise, Lucene's queries would search exhaustively again
            assertEquals(TotalHits.Relation.EQUAL_TO, relation);
            for (int j = 0; j < K; j++) {
              float expected = found.get(0)[j].score;
              assertTrue(search.toString(), found.get(1)[j].score >= expected);
            }
          }
        }
      }
      assertTrue("traversed " + traversed, traversed > 0);
      assertTrue("switched " + switched, switched > 0);
    }
  }
}
