/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.demo;

import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field.Store;
import org.apache.lucene.document.KeywordField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.index.VectorSimilarityFunction;

/** Maps an {@link ApiDoc} and its vector to a Lucene document. */
final class DocFields {

  static final String NAME = "name";
  static final String KIND = "kind";
  static final String PACKAGE = "package";
  static final String TEXT = "text";
  static final String VECTOR = "vector";

  private DocFields() {}

  /** The vector must have length 1, so that the dot product is the cosine. */
  static Document toDocument(ApiDoc doc, float[] vector) {
    Document document = new Document();
    document.add(new KeywordField(NAME, doc.name(), Store.YES));
    document.add(new KeywordField(KIND, doc.kind().toString(), Store.YES));
    document.add(new KeywordField(PACKAGE, doc.packageName(), Store.YES));
    document.add(new StoredField(TEXT, doc.text()));
    document.add(new KnnFloatVectorField(VECTOR, vector, VectorSimilarityFunction.DOT_PRODUCT));
    return document;
  }

  static ApiDoc toApiDoc(Document document) {
    return new ApiDoc(
        document.get(NAME), Kind.of(document.get(KIND)), document.get(PACKAGE), document.get(TEXT));
  }
}
