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
import java.util.List;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;
import org.lucenelmdb.LmdbHnswSearchListener.Search;

/** Tests the strategies that fields store, and those of queries that override them. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestLmdbHnswFilterStrategy extends LuceneTestCase {

  private static final VectorSimilarityFunction SIMILARITY = VectorSimilarityFunction.EUCLIDEAN;
  private static final String ATTRIBUTE = "LmdbHnswVectorsFormat.filterStrategy";
  private static final int DIMENSION = 8;

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

  /** Returns the first strategy of a search. */
  private static LmdbHnswFilterStrategy firstStrategy(
      LeafReader leaf, LmdbHnswSearchStrategy strategy, Bits accepted) throws IOException {
    List<Search> searches = new ArrayList<>();
    TopKnnCollector collector =
        new TopKnnCollector(10, Integer.MAX_VALUE, strategy.withListener(searches::add));
    leaf.searchNearestVectors(
        VectorIndex.FIELD, target(), collector, AcceptDocs.fromLiveDocs(accepted, leaf.maxDoc()));
    return searches.get(0).strategies().get(0);
  }

  private static FieldInfo info(LeafReader leaf) {
    return leaf.getFieldInfos().fieldInfo(VectorIndex.FIELD);
  }

  /** The value in files, which older versions wrote as well. */
  private static String attributeValue(LmdbHnswFilterStrategy strategy) {
    return switch (strategy) {
      case AUTO -> "AUTO";
      case EXHAUSTIVE -> "SCAN";
      case POST_FILTERED -> "SWEEP";
      case FILTERED -> "TWO_HOP";
    };
  }

  private static void assertStrategy(LmdbHnswFilterStrategy expected, VectorIndex index)
      throws IOException {
    for (LeafReaderContext context : index.reader.leaves()) {
      LeafReader leaf = context.reader();
      if (expected != AUTO) {
        assertEquals(attributeValue(expected), info(leaf).getAttribute(ATTRIBUTE));
      }
      FixedBitSet half = new FixedBitSet(leaf.maxDoc());
      half.set(0, leaf.maxDoc() / 2);
      // AUTO scores so few vectors exhaustively
      assertEquals(
          expected == AUTO ? EXHAUSTIVE : expected,
          firstStrategy(leaf, LmdbHnswSearchStrategy.DEFAULT, half));
      LmdbHnswFilterStrategy other = random().nextBoolean() ? POST_FILTERED : FILTERED;
      LmdbHnswSearchStrategy query = LmdbHnswSearchStrategy.DEFAULT.withFilterStrategy(other);
      assertEquals("of the query", other, firstStrategy(leaf, query, half));
    }
  }

  /** Attributes are read by the values that segments have always had, not by constant names. */
  public void testStoredStrategies() throws IOException {
    FieldInfo info = WriterStates.field(DIMENSION, VectorIndex.FIELD);
    assertEquals(AUTO, LmdbHnswFilterStrategy.of(info));
    for (LmdbHnswFilterStrategy strategy : LmdbHnswFilterStrategy.values()) {
      info.putAttribute(ATTRIBUTE, attributeValue(strategy));
      assertEquals(strategy, LmdbHnswFilterStrategy.of(info));
    }
    for (LmdbHnswFilterStrategy strategy : List.of(EXHAUSTIVE, POST_FILTERED, FILTERED)) {
      info.putAttribute(ATTRIBUTE, strategy.name());
      expectThrows(CorruptIndexException.class, () -> LmdbHnswFilterStrategy.of(info));
    }
  }

  /** A merge overwrites the strategy of a field, also with AUTO. */
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

  /** A field without codes uses Lucene's own traversals. */
  public void testStrategyOfFieldWithoutCodes() throws IOException {
    LmdbHnswOptions options = options(0);
    for (LmdbHnswFilterStrategy strategy : List.of(EXHAUSTIVE, POST_FILTERED, FILTERED)) {
      try (VectorIndex index = index(options.withFilterStrategy(strategy), 800, 1)) {
        assertStrategy(strategy, index);
      }
    }
  }

  /** An attribute of a document's field is overwritten. A reader rejects an unknown value. */
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
          assertEquals(attributeValue(strategy), info.getAttribute(ATTRIBUTE));
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
