/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Base class for tests that index vectors by ID and verify whole indexes. */
@ThreadLeakFilters(filters = NativeThreads.class)
abstract class SegmentTestCase extends LuceneTestCase {

  static final String FIELD = "vector";

  /** Options that build graphs in segments of any size. */
  static LmdbHnswOptions graphs() {
    return LmdbHnswOptions.DEFAULT.withTinySegmentsThreshold(0);
  }

  static IndexWriterConfig config() {
    return config(new LmdbHnswCodec(graphs()));
  }

  static IndexWriterConfig config(Codec codec) {
    return new IndexWriterConfig().setCodec(codec);
  }

  static Document document(int id, float[] vector, VectorSimilarityFunction similarity) {
    Document document = new Document();
    document.add(new StoredField("id", id));
    document.add(new StringField("key", Integer.toString(id), Field.Store.NO));
    document.add(new NumericDocValuesField("order", -id));
    if (vector != null) {
      document.add(new KnnFloatVectorField(FIELD, vector, similarity));
    }
    return document;
  }

  static VectorSimilarityFunction randomSimilarity() {
    return VectorSimilarityFunction.values()[
        random().nextInt(VectorSimilarityFunction.values().length)];
  }

  /**
   * Checks that each document has its vector and that searches for the vectors find the documents.
   */
  static void assertVectors(DirectoryReader reader, float[][] vectors) throws IOException {
    IndexSearcher searcher = newSearcher(reader);
    int seen = 0;
    for (LeafReaderContext leaf : reader.leaves()) {
      FloatVectorValues values = leaf.reader().getFloatVectorValues(FIELD);
      if (values == null) {
        continue;
      }
      StoredFields stored = leaf.reader().storedFields();
      KnnVectorValues.DocIndexIterator iterator = values.iterator();
      for (int doc = iterator.nextDoc();
          doc != DocIdSetIterator.NO_MORE_DOCS;
          doc = iterator.nextDoc()) {
        int id = stored.document(doc).getField("id").numericValue().intValue();
        assertArrayEquals(vectors[id], values.vectorValue(iterator.index()), 0);
        assertEquals(doc, values.ordToDoc(iterator.index()));
        seen++;
      }
    }
    assertEquals(Arrays.stream(vectors).filter(v -> v != null).count(), seen);
    int found = 0;
    int searched = 0;
    for (int id = 0; id < vectors.length; id += 7) {
      if (vectors[id] != null) {
        searched++;
        TopDocs hits = searcher.search(new KnnFloatVectorQuery(FIELD, vectors[id], 10), 10);
        for (ScoreDoc hit : hits.scoreDocs) {
          Document document = searcher.storedFields().document(hit.doc);
          if (document.getField("id").numericValue().intValue() == id) {
            found++;
          }
        }
      }
    }
    assertTrue(found + " of " + searched, found >= 0.85 * searched);
  }

  static KnnVectorsReader vectorsReader(LeafReader leaf, String field) {
    KnnVectorsReader reader = ((CodecReader) leaf).getVectorReader();
    return ((PerFieldKnnVectorsFormat.FieldsReader) reader).getFieldReader(field);
  }
}
