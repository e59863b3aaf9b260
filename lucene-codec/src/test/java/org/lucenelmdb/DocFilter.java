/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.IOException;
import java.util.Random;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FilterDirectoryReader;
import org.apache.lucene.index.FilterLeafReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.ConstantScoreScorerSupplier;
import org.apache.lucene.search.ConstantScoreWeight;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.ScorerSupplier;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.BitSetIterator;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;

/** A set of accepted documents, which a search is given as a filter or as live documents. */
final class DocFilter {

  /** How a search learns which documents are accepted. */
  enum By {
    /** As deletes and document-level security hide documents. */
    LIVE_DOCS,
    FILTER
  }

  private final FixedBitSet accepted;
  private final By by;

  /**
   * @param accepted the documents of the index that are accepted, null for all
   */
  DocFilter(FixedBitSet accepted, By by) {
    this.accepted = accepted;
    this.by = by;
  }

  /** Chooses documents at random. */
  static FixedBitSet randomDocs(Random random, int maxDoc, double share) {
    FixedBitSet docs = new FixedBitSet(maxDoc);
    for (int doc = 0; doc < maxDoc; doc++) {
      if (random.nextDouble() < share) {
        docs.set(doc);
      }
    }
    return docs;
  }

  /** A searcher that sees the live documents, and has no query cache. */
  IndexSearcher searcher(DirectoryReader reader) throws IOException {
    boolean hides = accepted != null && by == By.LIVE_DOCS;
    IndexSearcher searcher = new IndexSearcher(hides ? new LiveReader(reader, accepted) : reader);
    searcher.setQueryCache(null);
    return searcher;
  }

  /** The filter of a query, null for none. */
  Query query() {
    return accepted == null || by == By.LIVE_DOCS ? null : new AcceptedQuery(accepted);
  }

  /** The number of accepted documents of a segment. */
  int count(LeafReaderContext context) {
    int maxDoc = context.reader().maxDoc();
    return accepted == null ? maxDoc : part(accepted, context.docBase, maxDoc).cardinality();
  }

  /** The accepted documents of a segment. */
  AcceptDocs acceptDocs(LeafReaderContext context) {
    int maxDoc = context.reader().maxDoc();
    FixedBitSet docs = part(accepted, context.docBase, maxDoc);
    return by == By.FILTER && docs != null
        ? AcceptDocs.fromIteratorSupplier(
            () -> new BitSetIterator(docs, docs.cardinality()), null, maxDoc)
        : AcceptDocs.fromLiveDocs(docs, maxDoc);
  }

  /** The bits of one segment, null if there is no set. */
  private static FixedBitSet part(FixedBitSet accepted, int from, int count) {
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

  /** A reader in which documents that are not accepted are deleted. */
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
        FixedBitSet live = part(accepted, base, leaf.maxDoc());
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

  /** Matches the documents of a set. */
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
          FixedBitSet docs = part(accepted, context.docBase, maxDoc);
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
}
