/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import static org.lucenelmdb.LmdbHnswFilterStrategy.AUTO;
import static org.lucenelmdb.LmdbHnswFilterStrategy.EXHAUSTIVE;
import static org.lucenelmdb.LmdbHnswFilterStrategy.FILTERED;
import static org.lucenelmdb.LmdbHnswFilterStrategy.POST_FILTERED;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
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
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.InfoStream;
import org.lucenelmdb.LmdbHnswSearchListener.Search;

/** What searches tell about themselves, and by whose strategy they go. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestSearchListener extends LuceneTestCase {

  private static final VectorSimilarityFunction SIMILARITY = VectorSimilarityFunction.EUCLIDEAN;
  private static final String ATTRIBUTE = "LmdbHnswVectorsFormat.filterStrategy";
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
    assertTrue(search.toString(), search.candidates() >= K);
    assertTrue(search.toString(), search.reranked() >= hits.length);
    assertTrue(search.toString(), search.estimatedVisits() > 0);
    assertTrue(search.toString(), search.visits() >= collector.visitedCount());
    assertTrue(search.toString(), search.visits() >= hits.length);
    assertEquals(search.strategies().size() - 1, search.switches());
    boolean walked = search.strategies().get(0) != EXHAUSTIVE;
    assertTrue(search.toString(), walked || search.expandedNodes() == 0);
    assertTrue(
        search.toString(), search.expandedNodes() > 0 || (walked && search.onCodes()) == false);
    assertTrue(search.toString(), walked || search.seeded() == false);
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

  /** What is as similar as the last one that is collected is not looked through to the end. */
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
          LmdbHnswSearchStrategy how = new LmdbHnswSearchStrategy().withFilterStrategy(strategy);
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
                search(leaf, new LmdbHnswSearchStrategy().withFilterStrategy(strategy), accepted);
            assertEquals(bits > 0, search.onCodes());
            assertEquals(accepted.cardinality(), search.accepted());
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
              assertEquals("the field's 3 for each", 3 * K, search.candidates());
              if (search.switches() == 0 && search.strategies().get(0) != FILTERED) {
                assertEquals("exactly these", 3 * K, search.reranked());
              }
            }
          }
          // without a filter it makes no difference
          Search any = search(leaf, new LmdbHnswSearchStrategy(), null);
          assertEquals(size, any.accepted());
          if (bits > 0) {
            assertEquals(3 * K, any.candidates());
          }
          for (LmdbHnswFilterStrategy strategy : List.of(EXHAUSTIVE, FILTERED)) {
            Search all =
                search(leaf, new LmdbHnswSearchStrategy().withFilterStrategy(strategy), null);
            assertEquals(any.strategies(), all.strategies());
            assertEquals(any.accepted(), all.accepted());
            assertEquals(any.candidates(), all.candidates());
          }
        }
      }
    }
  }

  /** Deletes are planned as a filter is, but what is said of filters does not matter to them. */
  public void testDeletesAreNoFilter() throws IOException {
    try (VectorIndex index = index(options(random().nextBoolean() ? 0 : 4), 1000, 1)) {
      IndexWriterConfig config = VectorIndex.config(options(4));
      try (IndexWriter writer = new IndexWriter(index.directory, config)) {
        writer.deleteDocuments(IntPoint.newRangeQuery("id", 10, 20));
      }
      index.open();
      LeafReader leaf = getOnlyLeafReader(index.reader);
      assertNotNull(leaf.getLiveDocs());
      Search any = search(leaf, new LmdbHnswSearchStrategy(), leaf.getLiveDocs());
      for (LmdbHnswFilterStrategy strategy : LmdbHnswFilterStrategy.values()) {
        LmdbHnswSearchStrategy how = new LmdbHnswSearchStrategy().withFilterStrategy(strategy);
        Search search = search(leaf, how, leaf.getLiveDocs());
        assertEquals(strategy.toString(), any.strategies(), search.strategies());
        assertEquals(any.candidates(), search.candidates());
      }
    }
  }

  /** How many are accepted is known exactly, where some have no vector and some are deleted. */
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
        Search search = search(leaf, new LmdbHnswSearchStrategy(), accepted);
        assertEquals(expected, search.accepted());
      }
    }
  }

  /** A query tells of each segment. */
  public void testSegments() throws IOException {
    for (int bits : new int[] {0, 2}) {
      try (VectorIndex index = index(options(bits), 1500, 3)) {
        Query filter = IntPoint.newRangeQuery("id", 100, 1400);
        KnnSearchStrategy how = new LmdbHnswSearchStrategy().withListener(searches::add);
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
            searches.subList(0, expected.size()).stream().mapToInt(Search::accepted).sum());
      }
    }
  }

  public void testInfoStream() throws IOException {
    List<String> messages = new ArrayList<>();
    InfoStream before = InfoStream.getDefault();
    try (VectorIndex index = index(options(4), 300, 1)) {
      LeafReader leaf = getOnlyLeafReader(index.reader);
      InfoStream.setDefault(
          new InfoStream() {
            @Override
            public void message(String component, String message) {
              messages.add(component + ": " + message);
            }

            @Override
            public boolean isEnabled(String component) {
              return component.equals("LMDB");
            }

            @Override
            public void close() {}
          });
      Search search = search(leaf, new LmdbHnswSearchStrategy(), random(leaf.maxDoc(), 2));
      assertEquals(List.of("LMDB: " + search), messages);
      assertTrue(messages.toString(), messages.get(0).contains("field=" + VectorIndex.FIELD));
      messages.clear();
      // also where nobody else listens
      leaf.searchNearestVectors(
          VectorIndex.FIELD, target(), K, AcceptDocs.fromLiveDocs(null, leaf.maxDoc()), 1000);
      assertEquals(messages.toString(), 1, messages.size());
      InfoStream.setDefault(InfoStream.NO_OUTPUT);
      search(leaf, new LmdbHnswSearchStrategy(), null);
      assertEquals(1, messages.size());
    } finally {
      InfoStream.setDefault(before);
    }
  }

  public void testListenerThrows() throws IOException {
    try (VectorIndex index = index(options(random().nextBoolean() ? 0 : 8), 300, 2)) {
      RuntimeException mine = new RuntimeException("mine");
      KnnSearchStrategy how =
          new LmdbHnswSearchStrategy()
              .withListener(
                  search -> {
                    throw mine;
                  });
      Query query = new KnnFloatVectorQuery(VectorIndex.FIELD, target(), K, null, how);
      assertSame(
          mine, expectThrows(RuntimeException.class, () -> index.searcher().search(query, K)));
      // nothing is the worse for it
      search(index.reader.leaves().get(0).reader(), new LmdbHnswSearchStrategy(), null);
    }
  }

  public void testStrategy() {
    LmdbHnswSearchListener listener = search -> {};
    LmdbHnswSearchStrategy plain = new LmdbHnswSearchStrategy(2);
    LmdbHnswSearchStrategy scan = plain.withFilterStrategy(EXHAUSTIVE);
    LmdbHnswSearchStrategy heard = plain.withListener(listener);
    assertEquals(AUTO, plain.filterStrategy());
    assertEquals(EXHAUSTIVE, scan.filterStrategy());
    assertEquals(2, scan.withListener(listener).oversampling(), 0);
    assertEquals(EXHAUSTIVE, scan.withListener(listener).filterStrategy());
    assertSame(listener, heard.withFilterStrategy(POST_FILTERED).listener());
    assertEquals(scan, new LmdbHnswSearchStrategy(2).withFilterStrategy(EXHAUSTIVE));
    assertEquals(
        scan.hashCode(), new LmdbHnswSearchStrategy(2).withFilterStrategy(EXHAUSTIVE).hashCode());
    assertEquals(heard, new LmdbHnswSearchStrategy(2).withListener(listener));
    assertEquals(plain, heard.withListener(null));
    assertEquals(plain, scan.withFilterStrategy(AUTO));
    for (Object other :
        new Object[] {
          scan, heard, plain.withFilterStrategy(FILTERED), new LmdbHnswSearchStrategy()
        }) {
      assertNotEquals(plain, other);
      assertNotEquals(other, plain);
    }
    assertNotEquals(scan, plain.withFilterStrategy(FILTERED));
    assertNotEquals(heard, plain.withListener(search -> {}));
    assertTrue(scan.toString(), scan.toString().contains("filterStrategy=EXHAUSTIVE"));
    assertTrue(scan.toString(), scan.toString().contains("oversampling=2.0"));
    String asIndexed = new LmdbHnswSearchStrategy().toString();
    assertTrue(asIndexed, asIndexed.contains("oversampling=as indexed"));
    expectThrows(NullPointerException.class, () -> plain.withFilterStrategy(null));
    assertEquals(
        KnnSearchStrategy.Hnsw.DEFAULT.filteredSearchThreshold(), plain.filteredSearchThreshold());
  }

  public void testOptions() {
    LmdbHnswOptions options = LmdbHnswOptions.DEFAULT;
    assertEquals(AUTO, options.filterStrategy());
    LmdbHnswOptions changed = options.withFilterStrategy(FILTERED);
    assertEquals(FILTERED, changed.filterStrategy());
    assertEquals(FILTERED, changed.withMaxConn(3).filterStrategy());
    assertEquals(AUTO, options.filterStrategy());
    assertTrue(changed.toString(), changed.toString().contains("filterStrategy=FILTERED"));
    expectThrows(NullPointerException.class, () -> options.withFilterStrategy(null));
  }

  private static FieldInfo info(LeafReader leaf) {
    return leaf.getFieldInfos().fieldInfo(VectorIndex.FIELD);
  }

  private void assertStrategy(LmdbHnswFilterStrategy expected, VectorIndex index)
      throws IOException {
    for (LeafReaderContext context : index.reader.leaves()) {
      LeafReader leaf = context.reader();
      if (expected != AUTO) {
        assertEquals(expected.name(), info(leaf).getAttribute(ATTRIBUTE));
      }
      FixedBitSet half = new FixedBitSet(leaf.maxDoc());
      half.set(0, leaf.maxDoc() / 2);
      Search search = search(leaf, new LmdbHnswSearchStrategy(), half);
      // so few are scanned if there is a choice
      assertEquals(expected == AUTO ? EXHAUSTIVE : expected, search.strategies().get(0));
      LmdbHnswFilterStrategy other = random().nextBoolean() ? POST_FILTERED : FILTERED;
      search = search(leaf, new LmdbHnswSearchStrategy().withFilterStrategy(other), half);
      assertEquals("of the query", other, search.strategies().get(0));
    }
  }

  /** A field's strategy is that of whoever wrote the segment last, also if it is none. */
  public void testStrategyOfField() throws IOException {
    LmdbHnswOptions options = options(4);
    try (VectorIndex index = index(options, 1000, 2)) {
      assertNull(info(index.reader.leaves().get(0).reader()).getAttribute(ATTRIBUTE));
      assertStrategy(AUTO, index);
      for (LmdbHnswFilterStrategy strategy :
          List.of(POST_FILTERED, FILTERED, AUTO, POST_FILTERED, AUTO)) {
        LmdbHnswOptions changed = options.withFilterStrategy(strategy);
        try (IndexWriter writer = new IndexWriter(index.directory, VectorIndex.config(changed))) {
          Document document = new Document(); // a second segment, for something to merge
          document.add(new KnnFloatVectorField(VectorIndex.FIELD, target(), SIMILARITY));
          writer.addDocument(document);
          writer.forceMerge(1);
        }
        index.open();
        getOnlyLeafReader(index.reader);
        assertStrategy(strategy, index);
      }
    }
    for (LmdbHnswFilterStrategy strategy : List.of(POST_FILTERED, FILTERED)) {
      try (VectorIndex index = index(options.withFilterStrategy(strategy), 800, 2)) {
        assertStrategy(strategy, index);
      }
    }
  }

  /** Of exact scores, strategies are Lucene's walks. */
  public void testStrategyOfFieldWithoutCodes() throws IOException {
    LmdbHnswOptions options = options(0);
    for (LmdbHnswFilterStrategy strategy : List.of(EXHAUSTIVE, POST_FILTERED, FILTERED)) {
      try (VectorIndex index = index(options.withFilterStrategy(strategy), 800, 1)) {
        assertStrategy(strategy, index);
      }
    }
  }

  /** What a document's field says of it is overwritten; what is read must be known. */
  public void testUnknownStrategy() throws IOException {
    FieldType type = new FieldType(KnnFloatVectorField.createFieldType(DIMENSION, SIMILARITY));
    type.putAttribute(ATTRIBUTE, "GUESS");
    for (LmdbHnswFilterStrategy strategy : LmdbHnswFilterStrategy.values()) {
      try (Directory directory = newDirectory()) {
        LmdbHnswOptions options = options(4).withFilterStrategy(strategy);
        try (IndexWriter writer = new IndexWriter(directory, VectorIndex.config(options))) {
          Document document = new Document();
          document.add(new KnnFloatVectorField(VectorIndex.FIELD, target(), type));
          writer.addDocument(document);
        }
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          FieldInfo info = info(getOnlyLeafReader(reader));
          assertEquals(strategy.name(), info.getAttribute(ATTRIBUTE));
          assertEquals(strategy, LmdbHnswFilterStrategy.of(info));
          info.putAttribute(ATTRIBUTE, "GUESS");
          CorruptIndexException e =
              expectThrows(CorruptIndexException.class, () -> LmdbHnswFilterStrategy.of(info));
          assertTrue(e.getMessage(), e.getMessage().contains("GUESS"));
          assertTrue(e.getMessage(), e.getMessage().contains(VectorIndex.FIELD));
        }
      }
    }
  }
}
