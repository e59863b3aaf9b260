/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import com.carrotsearch.randomizedtesting.annotations.TimeoutSuite;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.BitSetIterator;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.SparseFixedBitSet;

/**
 * Invariants of filtered searches with any strategy: k hits if as many documents match, each once,
 * with exact scores. Small graphs with few links have parts that a traversal does not reach, and
 * most filters split the rest.
 *
 * <p>{@code -Dtests.filterCases=1000000} sets the number of searches. The default is 8,000, and
 * 20,000 in nightly runs.
 */
@ThreadLeakFilters(filters = NativeThreads.class)
@TimeoutSuite(millis = 4 * 3600 * 1000)
public class TestFilteredSearch extends LuceneTestCase {

  private static final int CASES =
      Integer.getInteger("tests.filterCases", TEST_NIGHTLY ? 20_000 : 8_000);
  private static final int KINDS = 8;
  private static final int TARGETS = 5;
  private static final int CASES_OF_TARGET = 40;

  private static final LmdbHnswFilterStrategy[] STRATEGIES = LmdbHnswFilterStrategy.values();

  private static Directory directory(Random random) throws IOException {
    return random.nextInt(8) == 0 ? new MMapDirectory(createTempDir()) : new ByteBuffersDirectory();
  }

  public void testManyCases() throws IOException {
    Random random = random();
    for (int done = 0; done < CASES; ) {
      try (RandomIndex index = new RandomIndex(random, directory(random))) {
        for (int i = 0; i < TARGETS; i++) {
          Object target = index.vector(random);
          for (LeafReaderContext leaf : index.reader.leaves()) {
            float[] scores = Hits.scores(leaf.reader(), target);
            for (int j = 0; j < CASES_OF_TARGET && done < CASES; j++) {
              assertCase(random, index, leaf.reader(), target, scores);
              done++;
            }
          }
        }
      }
    }
  }

  private static void assertCase(
      Random random, RandomIndex index, LeafReader leaf, Object target, float[] scores)
      throws IOException {
    FixedBitSet filter = filter(random, scores);
    FixedBitSet expected = Hits.expected(scores, filter, leaf.getLiveDocs());
    int passing = expected.cardinality();
    int k = random.nextInt(4) == 0 ? passing + random.nextInt(10) : random.nextInt(20);
    k = Math.max(1, random.nextInt(4) == 0 ? Math.min(passing, k) : k);
    KnnSearchStrategy strategy = strategy(random);
    int kind = random.nextInt(KINDS);
    try {
      TopKnnCollector collector =
          new TopKnnCollector(k, Integer.MAX_VALUE, seeded(random, strategy, scores));
      RandomIndex.search(leaf, target, collector, accept(kind, leaf, filter, expected));
      ScoreDoc[] hits = collector.topDocs().scoreDocs;
      assertEquals("hits", Math.min(k, passing), hits.length);
      if (hits.length == passing) {
        Hits.checkBest(hits, scores, expected);
      } else {
        Hits.check(hits, scores, expected);
      }
    } catch (Throwable e) {
      throw new AssertionError(
          (index + "; " + strategy + ", k " + k + ", " + passing)
              + (" of " + scores.length + " pass, kind " + kind),
          e);
    }
  }

  /** Accepts no, one, some or all documents: any, or those near the target or far from it. */
  private static FixedBitSet filter(Random random, float[] scores) {
    int size = scores.length;
    FixedBitSet filter = new FixedBitSet(size);
    int from = random.nextInt(size);
    switch (random.nextInt(8)) {
      case 0 -> {
        if (random.nextBoolean()) {
          filter.set(from);
        }
      }
      case 1 -> filter.set(from, from + 1 + random.nextInt(size - from));
      case 2 -> filter.set(0, size);
      case 3 -> { // near the target, or far from it
        boolean near = random.nextBoolean();
        for (int doc = 0; doc < size; doc++) {
          if (scores[doc] >= scores[from] == near) {
            filter.set(doc);
          }
        }
      }
      default -> {
        double part = new double[] {0.01, 0.03, 0.1, 0.5, 0.99}[random.nextInt(5)];
        for (int doc = 0; doc < size; doc++) {
          if (random.nextDouble() < part) {
            filter.set(doc);
          }
        }
      }
    }
    return filter;
  }

  private static KnnSearchStrategy strategy(Random random) {
    LmdbHnswSearchStrategy ours =
        random.nextBoolean()
            ? LmdbHnswSearchStrategy.DEFAULT
            : LmdbHnswSearchStrategy.DEFAULT
                .withOversampling(1 + 3 * random.nextFloat())
                .withFilteredSearchThreshold(random.nextInt(101));
    int which = random.nextInt(8);
    return switch (which) {
      case 0 -> null;
      case 1 -> new KnnSearchStrategy.Hnsw(0);
      case 2 -> new KnnSearchStrategy.Hnsw(60);
      case 3 -> new KnnSearchStrategy.Hnsw(100);
      default -> ours.withFilterStrategy(STRATEGIES[which - 4]);
    };
  }

  /** Adds random seeds to some strategies. */
  private static KnnSearchStrategy seeded(
      Random random, KnnSearchStrategy strategy, float[] scores) {
    int vectors = 0;
    for (float score : scores) {
      vectors += Float.isNaN(score) ? 0 : 1;
    }
    if (strategy == null || vectors == 0 || random.nextInt(8) > 0) {
      return strategy;
    }
    FixedBitSet seeds = new FixedBitSet(vectors);
    for (int i = random.nextInt(5); i >= 0; i--) {
      seeds.set(random.nextInt(vectors));
    }
    return new KnnSearchStrategy.Seeded(
        new BitSetIterator(seeds, seeds.cardinality()), seeds.cardinality(), strategy);
  }

  private static SparseFixedBitSet sparse(FixedBitSet bits) {
    SparseFixedBitSet sparse = new SparseFixedBitSet(bits.length());
    for (int doc = 0; doc < bits.length(); doc++) {
      if (bits.get(doc)) {
        sparse.set(doc);
      }
    }
    return sparse;
  }

  /** Creates AcceptDocs of any kind. */
  private static AcceptDocs accept(
      int kind, LeafReader leaf, FixedBitSet filter, FixedBitSet accepted) {
    Bits live = leaf.getLiveDocs();
    int maxDoc = leaf.maxDoc();
    return switch (kind) {
      case 0 ->
          AcceptDocs.fromIteratorSupplier(
              () -> new BitSetIterator(filter, filter.cardinality()), live, maxDoc);
      case 1 ->
          AcceptDocs.fromIteratorSupplier(
              () -> new BitSetIterator(sparse(filter), filter.cardinality()), live, maxDoc);
      case 2 -> // an iterator of no bits
          AcceptDocs.fromIteratorSupplier(() -> docs(filter), live, maxDoc);
      case 3 -> AcceptDocs.fromIteratorSupplier(() -> docs(accepted), null, maxDoc);
      case 4 -> AcceptDocs.fromLiveDocs(accepted, maxDoc);
      case 5 -> AcceptDocs.fromLiveDocs(sparse(accepted), maxDoc);
      case 6 -> AcceptDocs.fromLiveDocs(accepted.asReadOnlyBits(), maxDoc);
      default -> { // a bit set that is longer than the segment
        FixedBitSet longer = new FixedBitSet(maxDoc + 100);
        longer.or(accepted);
        yield AcceptDocs.fromIteratorSupplier(
            () -> new BitSetIterator(longer, longer.cardinality()), null, maxDoc);
      }
    };
  }

  private static DocIdSetIterator docs(FixedBitSet bits) {
    return new DocIdSetIterator() {
      private final DocIdSetIterator in = new BitSetIterator(bits, bits.cardinality());

      @Override
      public int docID() {
        return in.docID();
      }

      @Override
      public int nextDoc() throws IOException {
        return in.nextDoc();
      }

      @Override
      public int advance(int target) throws IOException {
        return in.advance(target);
      }

      @Override
      public long cost() {
        return in.cost();
      }
    };
  }

  /** Queries search segments with visit limits, and some of them twice. */
  public void testQueries() throws IOException {
    Random random = random();
    int queries = 0;
    while (queries < Math.max(500, CASES / 10)) {
      try (RandomIndex index = new RandomIndex(random, directory(random))) {
        IndexSearcher searcher = new IndexSearcher(index.reader);
        for (int i = 0; i < TARGETS; i++) {
          Object target = index.vector(random);
          float[] scores = new float[index.reader.maxDoc()];
          FixedBitSet live = new FixedBitSet(scores.length);
          for (LeafReaderContext leaf : index.reader.leaves()) {
            float[] part = Hits.scores(leaf.reader(), target);
            System.arraycopy(part, 0, scores, leaf.docBase, part.length);
            Bits bits = leaf.reader().getLiveDocs();
            for (int doc = 0; doc < part.length; doc++) {
              if (bits == null || bits.get(doc)) {
                live.set(leaf.docBase + doc);
              }
            }
          }
          for (int j = 0; j < 10; j++) {
            Query filter = query(random, index.count);
            FixedBitSet accepted = new FixedBitSet(scores.length);
            for (ScoreDoc hit : searcher.search(filter, scores.length).scoreDocs) {
              accepted.set(hit.doc);
            }
            FixedBitSet expected = Hits.expected(scores, accepted, live);
            int k = 1 + random.nextInt(random.nextBoolean() ? 10 : index.count + 5);
            KnnSearchStrategy strategy = strategy(random);
            strategy = strategy == null ? KnnSearchStrategy.Hnsw.DEFAULT : strategy;
            String message = index + "; " + filter + ", k " + k + ", " + strategy;
            Query query = RandomIndex.query(target, k, filter, strategy);
            ScoreDoc[] hits = searcher.search(query, k).scoreDocs;
            assertEquals(message, Math.min(k, expected.cardinality()), hits.length);
            Hits.check(hits, scores, expected);
            queries++;
          }
        }
      }
    }
  }

  private static Query query(Random random, int count) {
    int from = random.nextInt(count);
    return switch (random.nextInt(3)) {
      case 0 -> IntPoint.newRangeQuery("id", from, from + random.nextInt(count));
      case 1 -> IntPoint.newExactQuery("id", from);
      default -> {
        int[] ids = new int[1 + random.nextInt(count)];
        Arrays.setAll(ids, i -> random.nextInt(count));
        yield IntPoint.newSetQuery("id", ids);
      }
    };
  }
}
