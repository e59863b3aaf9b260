/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FilterDirectoryReader;
import org.apache.lucene.index.FilterLeafReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.LogDocMergePolicy;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.ConstantScoreScorerSupplier;
import org.apache.lucene.search.ConstantScoreWeight;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.ScorerSupplier;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.search.Weight;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.BitSetIterator;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;

/**
 * Vectors in a field of this format, and in one of Lucene's to compare with it. Documents are in
 * the order of the vectors.
 */
final class RecallIndex implements Closeable {

  static final String OURS = "ours";
  static final String LUCENES = "lucenes";

  final float[][] vectors;
  final VectorSimilarityFunction similarity;
  final DirectoryReader reader;
  private final Directory directory;

  /** How segments come about. */
  enum Form {
    ONE_SEGMENT,
    SEGMENTS,
    MERGED
  }

  /** How a search is told which documents are accepted. */
  enum By {
    /** As deletes and document-level security hide documents. */
    LIVE_DOCS,
    FILTER
  }

  /** Indexes in both formats. */
  static RecallIndex besideLucenes(
      Directory directory,
      float[][] vectors,
      VectorSimilarityFunction similarity,
      Form form,
      LmdbHnswOptions options)
      throws IOException {
    return new RecallIndex(directory, vectors, similarity, form, options, true);
  }

  /** Indexes in this format only. */
  RecallIndex(
      Directory directory,
      float[][] vectors,
      VectorSimilarityFunction similarity,
      Form form,
      LmdbHnswOptions options)
      throws IOException {
    this(directory, vectors, similarity, form, options, false);
  }

  private RecallIndex(
      Directory directory,
      float[][] vectors,
      VectorSimilarityFunction similarity,
      Form form,
      LmdbHnswOptions options,
      boolean comparesWithLucenes)
      throws IOException {
    this.directory = directory;
    this.vectors = vectors;
    this.similarity = similarity;
    KnnVectorsFormat lucenes = new Lucene99HnswVectorsFormat();
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(
                new LmdbHnswCodec(options) {
                  @Override
                  public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                    return field.equals(LUCENES)
                        ? lucenes
                        : super.getKnnVectorsFormatForField(field);
                  }
                })
            .setMaxBufferedDocs(1_000_000)
            .setRAMBufferSizeMB(1000)
            .setMergePolicy(form == Form.MERGED ? new LogDocMergePolicy() : NoMergePolicy.INSTANCE);
    int segments = form == Form.ONE_SEGMENT ? 1 : 3;
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (int i = 0; i < vectors.length; i++) {
        Document document = new Document();
        document.add(new KnnFloatVectorField(OURS, vectors[i], similarity));
        if (comparesWithLucenes) {
          document.add(new KnnFloatVectorField(LUCENES, vectors[i], similarity));
        }
        writer.addDocument(document);
        if ((i + 1) % ((vectors.length + segments - 1) / segments) == 0) {
          writer.flush();
        }
      }
      if (form == Form.MERGED) {
        writer.forceMerge(1);
      }
    }
    this.reader = DirectoryReader.open(directory);
  }

  /** The score of each document. */
  float[] scores(float[] target) {
    float[] scores = new float[vectors.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = similarity.compare(target, vectors[i]);
    }
    return scores;
  }

  /**
   * Searches as an application does.
   *
   * @param accepted null for all
   */
  ScoreDoc[] search(String field, float[] target, int k, FixedBitSet accepted, By by)
      throws IOException {
    return search(field, target, k, accepted, by, KnnSearchStrategy.Hnsw.DEFAULT);
  }

  /** The same with a strategy. */
  ScoreDoc[] search(
      String field, float[] target, int k, FixedBitSet accepted, By by, KnnSearchStrategy how)
      throws IOException {
    boolean hides = accepted != null && by == By.LIVE_DOCS;
    IndexSearcher searcher = new IndexSearcher(hides ? new LiveReader(reader, accepted) : reader);
    searcher.setQueryCache(null);
    Query filter = accepted == null || hides ? null : new AcceptedQuery(accepted);
    return searcher.search(new KnnFloatVectorQuery(field, target, k, filter, how), k).scoreDocs;
  }

  /** Searches graphs where a scan would cost less: a limit of visits does not allow it. */
  ScoreDoc[] traverse(String field, float[] target, int k, FixedBitSet accepted, By by)
      throws IOException {
    List<TopDocs> found = new ArrayList<>();
    for (LeafReaderContext context : reader.leaves()) {
      LeafReader leaf = context.reader();
      FixedBitSet docs = of(accepted, context.docBase, leaf.maxDoc());
      int limit = (docs == null ? leaf.maxDoc() : docs.cardinality()) - 1;
      TopKnnCollector collector = new TopKnnCollector(k, limit);
      AcceptDocs accept =
          by == By.FILTER && docs != null
              ? AcceptDocs.fromIteratorSupplier(
                  () -> new BitSetIterator(docs, docs.cardinality()), null, leaf.maxDoc())
              : AcceptDocs.fromLiveDocs(docs, leaf.maxDoc());
      leaf.searchNearestVectors(field, target, collector, accept);
      TopDocs hits = collector.topDocs();
      for (ScoreDoc hit : hits.scoreDocs) {
        hit.doc += context.docBase;
      }
      found.add(hits);
    }
    return TopDocs.merge(k, found.toArray(new TopDocs[0])).scoreDocs;
  }

  /** A part of a set of documents; null if there is no set. */
  private static FixedBitSet of(FixedBitSet accepted, int from, int count) {
    if (accepted == null) {
      return null;
    }
    FixedBitSet part = new FixedBitSet(count);
    for (int i = 0; i < count; i++) {
      if (accepted.get(from + i)) {
        part.set(i);
      }
    }
    return part;
  }

  /** Hides documents. */
  private static final class LiveReader extends FilterDirectoryReader {
    private final FixedBitSet accepted;

    LiveReader(DirectoryReader in, FixedBitSet accepted) throws IOException {
      super(in, new Hider(in, accepted));
      this.accepted = accepted;
    }

    private static final class Hider extends SubReaderWrapper {
      private final DirectoryReader in;
      private final FixedBitSet accepted;

      Hider(DirectoryReader in, FixedBitSet accepted) {
        this.in = in;
        this.accepted = accepted;
      }

      @Override
      public LeafReader wrap(LeafReader leaf) {
        int base = 0;
        for (LeafReaderContext context : in.leaves()) {
          base = context.reader() == leaf ? context.docBase : base;
        }
        FixedBitSet live = of(accepted, base, leaf.maxDoc());
        int count = live.cardinality();
        return new FilterLeafReader(leaf) {
          @Override
          public Bits getLiveDocs() {
            return live.asReadOnlyBits();
          }

          @Override
          public int numDocs() {
            return count;
          }

          @Override
          public CacheHelper getCoreCacheHelper() {
            return null;
          }

          @Override
          public CacheHelper getReaderCacheHelper() {
            return null;
          }
        };
      }
    }

    @Override
    protected DirectoryReader doWrapDirectoryReader(DirectoryReader other) throws IOException {
      return new LiveReader(other, accepted);
    }

    @Override
    public CacheHelper getReaderCacheHelper() {
      return null;
    }
  }

  /** Documents of a set. */
  private static final class AcceptedQuery extends Query {
    private final FixedBitSet accepted;

    AcceptedQuery(FixedBitSet accepted) {
      this.accepted = accepted;
    }

    @Override
    public Weight createWeight(IndexSearcher searcher, ScoreMode mode, float boost) {
      return new ConstantScoreWeight(this, boost) {
        @Override
        public ScorerSupplier scorerSupplier(LeafReaderContext context) {
          int maxDoc = context.reader().maxDoc();
          FixedBitSet docs = of(accepted, context.docBase, maxDoc);
          return ConstantScoreScorerSupplier.fromIterator(
              new BitSetIterator(docs, docs.cardinality()), 1, mode, maxDoc);
        }

        @Override
        public boolean isCacheable(LeafReaderContext context) {
          return false;
        }
      };
    }

    @Override
    public void visit(QueryVisitor visitor) {}

    @Override
    public boolean equals(Object other) {
      return sameClassAs(other) && accepted == ((AcceptedQuery) other).accepted;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(accepted);
    }

    @Override
    public String toString(String field) {
      return accepted.cardinality() + " documents";
    }
  }

  @Override
  public void close() throws IOException {
    reader.close();
    directory.close();
  }
}
