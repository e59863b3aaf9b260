/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FilterDirectoryReader;
import org.apache.lucene.index.FilterLeafReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.join.DiversifyingNearestChildrenKnnCollectorManager;
import org.apache.lucene.search.join.QueryBitSetProducer;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.SimilarityQueries;

/** The collectors of Lucene's queries, whose classes are package-private. */
final class LuceneCollectors {

  private static final float[] TARGET = {1, 2};

  private LuceneCollectors() {}

  /** The new collector of a query, of an index with one segment. */
  private static KnnCollector only(Query query) throws IOException {
    List<KnnCollector> seen = new ArrayList<>();
    try (Directory directory = new ByteBuffersDirectory()) {
      try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig())) {
        for (int i = 0; i < 20; i++) {
          Document child = new Document();
          child.add(new KnnFloatVectorField("vector", new float[] {i, 1}));
          Document parent = new Document();
          parent.add(new StringField("type", "parent", Field.Store.NO));
          writer.addDocuments(List.of(child, parent));
        }
      }
      try (DirectoryReader reader = new Spy(DirectoryReader.open(directory), seen)) {
        new IndexSearcher(reader).search(query, 5);
      }
    }
    LuceneTestCase.assertEquals(1, seen.size());
    return seen.get(0);
  }

  /** The new collector of a query with a threshold. */
  static KnnCollector ofThreshold(float threshold) throws IOException {
    return only(SimilarityQueries.floats("vector", TARGET, threshold));
  }

  /** The new collector of a query with two thresholds. */
  static KnnCollector ofThresholds(float traversed, float threshold) throws IOException {
    return only(SimilarityQueries.explicit("vector", TARGET, traversed, threshold, null));
  }

  /** The new collector of a block join. The documents 3i and 3i + 1 have the parent 3i + 2. */
  static KnnCollector ofBlockJoin(int k) throws IOException {
    QueryBitSetProducer parents =
        new QueryBitSetProducer(new TermQuery(new Term("type", "parent")));
    try (Directory directory = new ByteBuffersDirectory()) {
      try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig())) {
        for (int i = 0; i < 20; i++) {
          Document parent = new Document();
          parent.add(new StringField("type", "parent", Field.Store.NO));
          writer.addDocuments(List.of(new Document(), new Document(), parent));
        }
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        return new DiversifyingNearestChildrenKnnCollectorManager(
                k, parents, new IndexSearcher(reader))
            .newCollector(Integer.MAX_VALUE, null, reader.leaves().get(0));
      }
    }
  }

  private static final class Spy extends FilterDirectoryReader {
    private final List<KnnCollector> seen;

    Spy(DirectoryReader in, List<KnnCollector> seen) throws IOException {
      super(
          in,
          new SubReaderWrapper() {
            @Override
            public LeafReader wrap(LeafReader leaf) {
              return new FilterLeafReader(leaf) {
                @Override
                public void searchNearestVectors(
                    String field, float[] target, KnnCollector collector, AcceptDocs acceptDocs) {
                  seen.add(collector); // and it collects nothing
                }

                @Override
                public CacheHelper getCoreCacheHelper() {
                  return in.getCoreCacheHelper();
                }

                @Override
                public CacheHelper getReaderCacheHelper() {
                  return in.getReaderCacheHelper();
                }
              };
            }
          });
      this.seen = seen;
    }

    @Override
    protected DirectoryReader doWrapDirectoryReader(DirectoryReader other) throws IOException {
      return new Spy(other, seen);
    }

    @Override
    public CacheHelper getReaderCacheHelper() {
      return in.getReaderCacheHelper();
    }
  }
}
