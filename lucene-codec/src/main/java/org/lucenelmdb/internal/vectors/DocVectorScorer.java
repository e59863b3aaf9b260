/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import java.io.IOException;
import org.apache.lucene.index.KnnVectorValues.DocIndexIterator;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.VectorScorer;
import org.apache.lucene.util.hnsw.RandomVectorScorer;

/**
 * Scores the vectors of a field in document order.
 *
 * @param dense whether all documents have a vector
 */
record DocVectorScorer(RandomVectorScorer scorer, DocIndexIterator iterator, boolean dense)
    implements VectorScorer {

  @Override
  public float score() throws IOException {
    return scorer.score(iterator.index());
  }

  @Override
  public Bulk bulk(DocIdSetIterator matchingDocs) throws IOException {
    return dense
        ? Bulk.fromRandomScorerDense(scorer, iterator, matchingDocs)
        : Bulk.fromRandomScorerSparse(scorer, iterator, matchingDocs);
  }
}
