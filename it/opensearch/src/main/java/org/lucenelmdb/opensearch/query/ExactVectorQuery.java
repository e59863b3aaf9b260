/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch.query;

import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.Explanation;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.ScorerSupplier;
import org.apache.lucene.search.VectorScorer;
import org.apache.lucene.search.Weight;
import org.lucenelmdb.opensearch.mapper.VectorParser;

/**
 * Scores every document that has a vector. The inner hits of a nested query are the children of one
 * document, so there is nothing to search: each child gets its score.
 */
final class ExactVectorQuery extends Query {

  private final String field;
  private final float[] target;
  private final VectorEncoding encoding;

  ExactVectorQuery(String field, float[] target, VectorEncoding encoding) {
    this.field = field;
    this.target = target;
    this.encoding = encoding;
  }

  private VectorScorer vectors(LeafReader reader) throws IOException {
    if (encoding == VectorEncoding.BYTE) {
      ByteVectorValues values = reader.getByteVectorValues(field);
      return values == null ? null : values.scorer(VectorParser.toBytes(target));
    }
    FloatVectorValues values = reader.getFloatVectorValues(field);
    return values == null ? null : values.scorer(target);
  }

  @Override
  public Weight createWeight(IndexSearcher searcher, ScoreMode scoreMode, float boost) {
    return new Weight(this) {
      @Override
      public ScorerSupplier scorerSupplier(LeafReaderContext context) throws IOException {
        VectorScorer vectors = vectors(context.reader());
        return vectors == null
            ? null
            : new DefaultScorerSupplier(new VectorsScorer(vectors, boost));
      }

      @Override
      public Explanation explain(LeafReaderContext context, int doc) throws IOException {
        VectorScorer vectors = vectors(context.reader());
        return vectors == null || vectors.iterator().advance(doc) != doc
            ? Explanation.noMatch("field [" + field + "] has no vector in this document")
            : Explanation.match(boost * vectors.score(), "score of the vector of [" + field + "]");
      }

      @Override
      public boolean isCacheable(LeafReaderContext context) {
        return true;
      }
    };
  }

  private static final class VectorsScorer extends Scorer {
    private final VectorScorer vectors;
    private final DocIdSetIterator iterator;
    private final float boost;

    VectorsScorer(VectorScorer vectors, float boost) {
      this.vectors = vectors;
      this.iterator = vectors.iterator();
      this.boost = boost;
    }

    @Override
    public int docID() {
      return iterator.docID();
    }

    @Override
    public DocIdSetIterator iterator() {
      return iterator;
    }

    @Override
    public float getMaxScore(int upTo) {
      return Float.POSITIVE_INFINITY;
    }

    @Override
    public float score() throws IOException {
      return boost * vectors.score();
    }
  }

  @Override
  public void visit(QueryVisitor visitor) {
    if (visitor.acceptField(field)) {
      visitor.visitLeaf(this);
    }
  }

  @Override
  public String toString(String defaultField) {
    return "vectors of " + field;
  }

  @Override
  public boolean equals(Object other) {
    return sameClassAs(other)
        && field.equals(((ExactVectorQuery) other).field)
        && encoding == ((ExactVectorQuery) other).encoding
        && Arrays.equals(target, ((ExactVectorQuery) other).target);
  }

  @Override
  public int hashCode() {
    return Objects.hash(classHash(), field, encoding, Arrays.hashCode(target));
  }
}
