/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.QueryTimeout;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.search.TotalHits;
import org.apache.lucene.search.Weight;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.BitSetIterator;
import org.apache.lucene.util.FixedBitSet;

/** A search that times out returns the results so far. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestTimeouts extends LuceneTestCase {

  private static final VectorSimilarityFunction SIMILARITY = VectorSimilarityFunction.EUCLIDEAN;

  private Directory directory;
  private DirectoryReader reader;
  private LeafReader leaf;
  private float[][] vectors;
  private byte[][] bytes;
  private FixedBitSet accepted; // documents with the filter's term

  /** Times out after a number of calls. */
  private static final class Questions implements QueryTimeout {
    private int left;

    Questions(int count) {
      this.left = count;
    }

    @Override
    public boolean shouldExit() {
      return left-- <= 0;
    }
  }

  @Override
  public void tearDown() throws Exception {
    if (reader != null) {
      reader.close();
    }
    if (directory != null) {
      directory.close();
    }
    super.tearDown();
  }

  /** Indexes documents into one segment. Each has a vector, so that documents are ordinals. */
  private void index(LmdbHnswOptions options, int count) throws IOException {
    tearDownIndex();
    directory = newDirectory();
    vectors = Vectors.clustered(random(), count, 8);
    bytes = new byte[count][8];
    accepted = new FixedBitSet(count);
    IndexWriterConfig config = new IndexWriterConfig().setCodec(new LmdbHnswCodec(options));
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (int i = 0; i < count; i++) {
        Document document = new Document();
        document.add(new KnnFloatVectorField("f", vectors[i], SIMILARITY));
        random().nextBytes(bytes[i]);
        document.add(new KnnByteVectorField("b", bytes[i], SIMILARITY));
        if (random().nextBoolean()) {
          document.add(new StringField("filter", "yes", Field.Store.NO));
          accepted.set(i);
        }
        writer.addDocument(document);
      }
      writer.forceMerge(1);
    }
    reader = DirectoryReader.open(directory);
    leaf = getOnlyLeafReader(reader);
  }

  private void tearDownIndex() throws IOException {
    if (reader != null) {
      reader.close();
      directory.close();
    }
  }

  private IndexSearcher searcher(QueryTimeout timeout) {
    IndexSearcher searcher = new IndexSearcher(reader);
    searcher.setQueryCache(null);
    searcher.setTimeout(timeout);
    return searcher;
  }

  private static Query filter() {
    return new TermQuery(new Term("filter", "yes"));
  }

  private TopDocs search(KnnCollector collector, boolean filtered) throws IOException {
    AcceptDocs acceptDocs =
        filtered
            ? AcceptDocs.fromIteratorSupplier(
                () -> new BitSetIterator(accepted, accepted.cardinality()), null, leaf.maxDoc())
            : AcceptDocs.fromLiveDocs(null, leaf.maxDoc());
    if (random().nextBoolean()) {
      leaf.searchNearestVectors("f", Vectors.clustered(random(), 1, 8)[0], collector, acceptDocs);
    } else {
      leaf.searchNearestVectors("b", new byte[8], collector, acceptDocs);
    }
    return collector.topDocs();
  }

  /** A scan ends between any two vectors, after those before are collected. */
  public void testScanEndsAtAnyVector() throws IOException {
    for (int round = 0; round < 10; round++) {
      index(LmdbHnswOptions.DEFAULT, 3 + random().nextInt(300)); // too few for a graph
      for (int i = 0; i < 20; i++) {
        boolean filtered = random().nextBoolean();
        int count = filtered ? accepted.cardinality() : vectors.length;
        int time = random().nextInt(count + 1);
        int k = 1 + random().nextInt(random().nextBoolean() ? 10 : 400);
        KnnCollector top = new TopKnnCollector(k, Integer.MAX_VALUE);
        TopDocs hits = search(TimeLimited.of(top, new Questions(time)), filtered);
        assertEquals(time, hits.totalHits.value());
        assertEquals(time, top.visitedCount());
        assertEquals(Math.min(k, time), hits.scoreDocs.length);
        assertEquals(TotalHits.Relation.GREATER_THAN_OR_EQUAL_TO, hits.totalHits.relation());
        for (ScoreDoc hit : hits.scoreDocs) {
          assertTrue(filtered == false || accepted.get(hit.doc));
        }
      }
    }
  }

  /** The collector is asked once for each vector. */
  public void testScanAsksOnceForEachVector() throws IOException {
    index(LmdbHnswOptions.DEFAULT, 3 + random().nextInt(300));
    for (boolean filtered : new boolean[] {false, true}) {
      int count = filtered ? accepted.cardinality() : vectors.length;
      KnnCollector top = new TopKnnCollector(count + 1, Integer.MAX_VALUE);
      TopDocs hits = search(TimeLimited.of(top, new Questions(count)), filtered);
      assertEquals(count, hits.scoreDocs.length);
    }
  }

  /** A scan never exceeds the visit limit. */
  public void testVisitLimit() throws IOException {
    index(LmdbHnswOptions.DEFAULT, 3 + random().nextInt(300));
    for (int i = 0; i < 50; i++) {
      boolean filtered = random().nextBoolean();
      int count = filtered ? accepted.cardinality() : vectors.length;
      int limit = random().nextInt(2 * count);
      TopKnnCollector collector = new TopKnnCollector(10, limit);
      TopDocs hits = search(collector, filtered);
      assertEquals(Math.min(limit, count), hits.totalHits.value());
      assertEquals(limit <= count, collector.earlyTerminated());
      assertEquals(Math.min(10, Math.min(limit, count)), hits.scoreDocs.length);
    }
  }

  /** Queries return as many documents as were scored before the timeout, as in Lucene's tests. */
  public void testQueriesForK() throws IOException {
    index(LmdbHnswOptions.DEFAULT, 3 + random().nextInt(20));
    int k = vectors.length + 10;
    Query[] queries = {
      new KnnFloatVectorQuery("f", vectors[1], k), new KnnByteVectorQuery("b", bytes[1], k),
    };
    for (Query query : queries) {
      assertEquals(vectors.length, searcher(null).count(query));
      assertEquals(0, searcher(() -> true).count(query));
      for (int time = 0; time < vectors.length; time++) {
        assertEquals(time, searcher(new Questions(time)).count(query));
      }
    }
  }

  /** Similarity queries have partial results, with a filter and without. */
  public void testQueriesForSimilarity() throws IOException {
    int threshold = random().nextBoolean() ? 0 : Integer.MAX_VALUE; // a graph or none
    index(
        LmdbHnswOptions.DEFAULT.withTinySegmentsThreshold(threshold), 150 + random().nextInt(100));
    for (boolean filtered : new boolean[] {false, true}) {
      int count = filtered ? accepted.cardinality() : vectors.length;
      Query query =
          SimilarityQueries.floats(
              "f", vectors[0], Float.NEGATIVE_INFINITY, filtered ? filter() : null, null);
      assertEquals(count, matches(searcher(() -> false), query));
      assertEquals(0, matches(searcher(() -> true), query));
      int found = matches(searcher(new Questions(count - 1)), query);
      assertTrue(found + " of " + count, found > 0 && found < count);
    }
  }

  /** The number of documents of a scorer. Lucene's collectors would drop partial results. */
  private int matches(IndexSearcher searcher, Query query) throws IOException {
    Weight weight = searcher.createWeight(searcher.rewrite(query), ScoreMode.COMPLETE_NO_SCORES, 1);
    Scorer scorer = weight.scorer(reader.leaves().get(0));
    int count = 0;
    if (scorer != null) {
      DocIdSetIterator iterator = scorer.iterator();
      while (iterator.nextDoc() != DocIdSetIterator.NO_MORE_DOCS) {
        count++;
      }
    }
    return count;
  }

  /** An exact traversal that times out returns the vectors that it has buffered. */
  public void testExactTraversal() throws IOException {
    LmdbHnswOptions options =
        LmdbHnswOptions.DEFAULT.withTinySegmentsThreshold(0).withCodeBits(0).withMaxConn(8);
    index(options, 1500);
    for (boolean filtered : new boolean[] {false, true}) {
      for (int i = 0; i < 30; i++) {
        int time = random().nextInt(200);
        KnnCollector top = new TopKnnCollector(20, Integer.MAX_VALUE);
        TopDocs hits = search(TimeLimited.of(top, new Questions(time)), filtered);
        int found = hits.scoreDocs.length;
        assertTrue(found <= Math.min(20, time + 1));
        assertTrue(top.visitedCount() <= time + 32); // the neighbors of a node are scored together
        if (found < 20) {
          assertEquals(TotalHits.Relation.GREATER_THAN_OR_EQUAL_TO, hits.totalHits.relation());
        }
        if (time >= 150) {
          assertTrue(found + " with " + time, found > 0);
        }
      }
    }
  }
}
