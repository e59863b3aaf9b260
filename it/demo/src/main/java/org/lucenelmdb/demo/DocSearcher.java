/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.demo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;

/** Finds the documents whose vectors are nearest to a question's vector. */
final class DocSearcher {

  private final IndexSearcher searcher;

  DocSearcher(IndexReader reader) {
    searcher = new IndexSearcher(reader);
  }

  /** Returns the {@code k} best hits among the documents that pass the filter. */
  List<Hit> search(float[] vector, DocFilter filter, int k) throws IOException {
    KnnFloatVectorQuery query =
        new KnnFloatVectorQuery(DocFields.VECTOR, vector, k, filter.toQuery());
    StoredFields stored = searcher.storedFields();
    List<Hit> hits = new ArrayList<>();
    for (ScoreDoc found : searcher.search(query, k).scoreDocs) {
      ApiDoc doc = DocFields.toApiDoc(stored.document(found.doc));
      hits.add(new Hit(hits.size() + 1, found.score, doc));
    }
    return hits;
  }
}
