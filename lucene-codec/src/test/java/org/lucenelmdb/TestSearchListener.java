/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import static org.lucenelmdb.LmdbHnswFilterStrategy.AUTO;
import static org.lucenelmdb.LmdbHnswFilterStrategy.EXHAUSTIVE;
import static org.lucenelmdb.LmdbHnswFilterStrategy.FILTERED;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SegmentReader;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;
import org.lucenelmdb.LmdbHnswSearchListener.Search;

/** Tests the reports of searches. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestSearchListener extends LuceneTestCase {

  private static final VectorSimilarityFunction SIMILARITY = VectorSimilarityFunction.EUCLIDEAN;
  private static final int DIMENSION = 8;
  private static final int K = 10;

  private final List<Search> searches = new ArrayList<>();

  private static LmdbHnswOptions options(int bits) {
    return VectorIndex.options(bits, 3).withMaxConn(8).withBeamWidth(20);
  }

  private static VectorIndex index(LmdbHnswOptions options, int count, int segments)
      throws IOException {
    float[][] vectors = Vectors.clustered(random(), SIMILARITY, count, DIMENSION);
    return new VectorIndex(newDirectory(), vectors, SIMILARITY)
        .add(VectorIndex.config(options), segments);
  }

  private static float[] target() {
    return Vectors.clustered(random(), SIMILARITY, 1, DIMENSION)[0];
  }

  private Search search(LeafReader leaf, LmdbHnswSearchStrategy strategy, Bits accepted)
      throws IOException {
    searches.clear();
    TopKnnCollector collector =
        new TopKnnCollector(K, Integer.MAX_VALUE, strategy.withListener(searches::add));
    leaf.searchNearestVectors(
        VectorIndex.FIELD, target(), collector, AcceptDocs.fromLiveDocs(accepted, leaf.maxDoc()));
    assertEquals("each search once", 1, searches.size());
    Search search = searches.get(0);
    ScoreDoc[] hits = collector.topDocs().scoreDocs;
    assertEquals(segment(leaf), search.segment());
    assertEquals(VectorIndex.FIELD, search.field());
    assertEquals(leaf.getFloatVectorValues(VectorIndex.FIELD).size(), search.vectors());
    assertTrue(search.toString(), search.ef() >= K);
    assertTrue(search.toString(), search.reranked() >= hits.length);
    assertTrue(search.toString(), search.estimatedVisits() > 0);
    assertTrue(search.toString(), search.visits() >= collector.visitedCount());
    assertTrue(search.toString(), search.visits() >= hits.length);
    boolean isFiltered = search.matching() < search.vectors();
    assertEquals(search.toString(), isFiltered, search.strategies().isEmpty() == false);
    assertEquals(Math.max(0, search.strategies().size() - 1), search.switches());
    if (isFiltered) {
      boolean traversed = search.strategies().get(0) != EXHAUSTIVE;
      assertTrue(search.toString(), traversed || search.expandedNodes() == 0);
      assertTrue(
          search.toString(),
          search.expandedNodes() > 0 || (traversed && search.quantized()) == false);
      assertTrue(search.toString(), traversed || search.seeded() == false);
    }
    return search;
  }

  private static String segment(LeafReader leaf) {
    return ((SegmentReader) leaf).getSegmentName();
  }

  private static FixedBitSet random(int maxDoc, int nth) {
    FixedBitSet bits = new FixedBitSet(maxDoc);
    for (int doc = 0; doc < maxDoc; doc++) {
      if (random().nextInt(nth) == 0 || doc % 50 == 0) {
        bits.set(doc);
      }
    }
    return bits;
  }

  /** A search does not rerank all of the vectors that are as near as the last collected one. */
  public void testDuplicates() throws IOException {
    float[][] vectors = new float[3000][];
    float[] vector = target();
    Arrays.setAll(vectors, i -> vector.clone());
    for (int bits : new int[] {1, 4, 8}) {
      try (VectorIndex index =
          new VectorIndex(newDirectory(), vectors, SIMILARITY)
              .add(VectorIndex.config(options(bits)), 1)) {
        LeafReader leaf = getOnlyLeafReader(index.reader);
        for (LmdbHnswFilterStrategy strategy : LmdbHnswFilterStrategy.values()) {
          LmdbHnswSearchStrategy how = LmdbHnswSearchStrategy.DEFAULT.withFilterStrategy(strategy);
          Search search = search(leaf, how, random(vectors.length, 2));
          assertTrue(search.toString(), search.reranked() < 300);
          assertTrue(search.toString(), search.visits() <= 3000);
        }
      }
    }
  }

  public void testFields() throws IOException {
    for (int bits : new int[] {0, 4}) {
      try (VectorIndex index = index(options(bits), 2000, 1)) {
        LeafReader leaf = getOnlyLeafReader(index.reader);
        int size = leaf.maxDoc();
        for (int i = 0; i < 30; i++) {
          FixedBitSet accepted = random(size, 2 + random().nextInt(4)); // enough for codes
          for (LmdbHnswFilterStrategy strategy : LmdbHnswFilterStrategy.values()) {
            Search search =
                search(leaf, LmdbHnswSearchStrategy.DEFAULT.withFilterStrategy(strategy), accepted);
            assertEquals(bits > 0, search.quantized());
            assertEquals(accepted.cardinality(), search.matching());
            if (strategy != AUTO) {
              assertEquals(strategy, search.strategies().get(0));
            }
            if (search.strategies().equals(List.of(EXHAUSTIVE))) {
              assertEquals(accepted.cardinality(), search.visits());
              assertEquals(accepted.cardinality(), search.estimatedVisits());
            }
            assertTrue("" + search, search.visits() <= 2 * size);
            if (bits > 0) {
              assertTrue("" + search, search.reranked() <= accepted.cardinality());
              assertEquals("the field's 3 for each", 3 * K, search.ef());
              if (search.switches() == 0 && search.strategies().get(0) != FILTERED) {
                assertEquals("exactly these", 3 * K, search.reranked());
              }
            }
          }
          // without a filter it makes no difference
          Search any = search(leaf, LmdbHnswSearchStrategy.DEFAULT, null);
          assertEquals(size, any.matching());
          if (bits > 0) {
            assertEquals(3 * K, any.ef());
          }
          for (LmdbHnswFilterStrategy strategy : List.of(EXHAUSTIVE, FILTERED)) {
            Search all =
                search(leaf, LmdbHnswSearchStrategy.DEFAULT.withFilterStrategy(strategy), null);
            assertEquals(List.of(), all.strategies());
            assertEquals(any.matching(), all.matching());
            assertEquals(any.ef(), all.ef());
          }
        }
      }
    }
  }

  /** Deletes are planned as a filter is, but the filter strategy does not apply to them. */
  public void testDeletesAreNoFilter() throws IOException {
    try (VectorIndex index = index(options(random().nextBoolean() ? 0 : 4), 1000, 1)) {
      IndexWriterConfig config = VectorIndex.config(options(4));
      try (IndexWriter writer = new IndexWriter(index.directory, config)) {
        writer.deleteDocuments(IntPoint.newRangeQuery("id", 10, 20));
      }
      index.open();
      LeafReader leaf = getOnlyLeafReader(index.reader);
      assertNotNull(leaf.getLiveDocs());
      Search any = search(leaf, LmdbHnswSearchStrategy.DEFAULT, leaf.getLiveDocs());
      for (LmdbHnswFilterStrategy strategy : LmdbHnswFilterStrategy.values()) {
        LmdbHnswSearchStrategy how = LmdbHnswSearchStrategy.DEFAULT.withFilterStrategy(strategy);
        Search search = search(leaf, how, leaf.getLiveDocs());
        assertEquals(strategy.toString(), any.strategies(), search.strategies());
        assertEquals(any.ef(), search.ef());
      }
    }
  }

  /** The number of matching vectors is exact, also with missing vectors and deletes. */
  public void testAcceptedAreCounted() throws IOException {
    float[][] vectors = Vectors.clustered(random(), SIMILARITY, 1500, DIMENSION);
    for (int i = 1; i < vectors.length; i++) {
      if (random().nextInt(3) > 0) {
        vectors[i] = null;
      }
    }
    try (VectorIndex index =
        new VectorIndex(newDirectory(), vectors, SIMILARITY)
            .add(VectorIndex.config(options(random().nextBoolean() ? 0 : 1)), 1)) {
      IndexWriterConfig config = VectorIndex.config(options(1));
      config.setMergePolicy(NoMergePolicy.INSTANCE);
      int from = 1 + random().nextInt(500);
      int to = from + random().nextInt(900);
      try (IndexWriter writer = new IndexWriter(index.directory, config)) {
        writer.deleteDocuments(IntPoint.newRangeQuery("id", from, to));
      }
      index.open();
      LeafReader leaf = getOnlyLeafReader(index.reader);
      FixedBitSet filter = random(vectors.length, 2);
      FixedBitSet all = new FixedBitSet(vectors.length);
      all.set(0, vectors.length);
      for (FixedBitSet passing : List.of(all, filter)) {
        int expected = 0;
        for (int id = 0; id < vectors.length; id++) {
          boolean isLive = id < from || id > to;
          if (isLive == false) {
            passing.clear(id);
          }
          expected += passing.get(id) && vectors[id] != null ? 1 : 0;
        }
        Bits accepted = passing == all ? leaf.getLiveDocs() : passing;
        Search search = search(leaf, LmdbHnswSearchStrategy.DEFAULT, accepted);
        assertEquals(expected, search.matching());
      }
    }
  }

  /** A query reports each segment. */
  public void testSegments() throws IOException {
    for (int bits : new int[] {0, 2}) {
      try (VectorIndex index = index(options(bits), 1500, 3)) {
        Query filter = IntPoint.newRangeQuery("id", 100, 1400);
        KnnSearchStrategy how = LmdbHnswSearchStrategy.DEFAULT.withListener(searches::add);
        searches.clear();
        index.searcher().search(new KnnFloatVectorQuery("vector", target(), K, filter, how), K);
        Set<String> expected = new HashSet<>();
        for (LeafReaderContext leaf : index.reader.leaves()) {
          expected.add(segment(leaf.reader()));
        }
        Set<String> found = new HashSet<>();
        searches.forEach(search -> found.add(search.segment()));
        assertEquals(expected, found);
        assertEquals(
            "first passes",
            1301,
            searches.subList(0, expected.size()).stream().mapToInt(Search::matching).sum());
      }
    }
  }

  public void testListenerThrows() throws IOException {
    try (VectorIndex index = index(options(random().nextBoolean() ? 0 : 8), 300, 2)) {
      RuntimeException mine = new RuntimeException("mine");
      KnnSearchStrategy how =
          LmdbHnswSearchStrategy.DEFAULT.withListener(
              search -> {
                throw mine;
              });
      Query query = new KnnFloatVectorQuery(VectorIndex.FIELD, target(), K, null, how);
      assertSame(
          mine, expectThrows(RuntimeException.class, () -> index.searcher().search(query, K)));
      // the next search succeeds
      search(index.reader.leaves().get(0).reader(), LmdbHnswSearchStrategy.DEFAULT, null);
    }
  }
}
