/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.tests.store.BaseDirectoryWrapper;

/** Field types: their validation, and segments whose documents have different types. */
public class TestLmdbHnswFieldTypes extends MetricTestCase {

  public void testFieldTypes() {
    for (MetricKind kind : MetricKind.values()) {
      for (int dimension : new int[] {1, 2 + random().nextInt(5000), 16_384}) {
        FieldType type = kind.type(dimension);
        assertEquals(dimension, type.vectorDimension());
        assertEquals(VectorSimilarityFunction.EUCLIDEAN, type.vectorSimilarityFunction());
        assertEquals(
            kind == MetricKind.FLOAT_MANHATTAN ? VectorEncoding.FLOAT32 : VectorEncoding.BYTE,
            type.vectorEncoding());
        assertEquals(
            kind == MetricKind.BYTE_HAMMING ? "HAMMING" : "MANHATTAN",
            type.getAttributes().get(LmdbHnswFieldTypes.METRIC_ATTRIBUTE));
        expectThrows(IllegalStateException.class, () -> type.putAttribute("a", "b"));
      }
      for (int dimension : new int[] {0, -1, 16_385}) {
        IllegalArgumentException e =
            expectThrows(IllegalArgumentException.class, () -> kind.type(dimension));
        assertTrue(e.getMessage(), e.getMessage().contains("dimension=" + dimension));
      }
    }
  }

  /** A document with an invalid metric is rejected; all other documents are kept. */
  public void testWrongMetrics() throws IOException {
    Map<String, String[]> wrong = new LinkedHashMap<>();
    wrong.put("taxicab", new String[] {"taxicab", "MANHATTAN", "HAMMING"});
    wrong.put("manhattan", new String[] {"manhattan", "MANHATTAN"});
    wrong.put("HAMMING", new String[] {"HAMMING", "BYTE", "FLOAT32"});
    wrong.put("COSINE", new String[] {"COSINE", "EUCLIDEAN"});
    for (Map.Entry<String, String[]> entry : wrong.entrySet()) {
      FieldType type =
          type(VectorEncoding.FLOAT32, VectorSimilarityFunction.EUCLIDEAN, entry.getKey());
      try (Directory directory = newDirectory()) {
        try (IndexWriter writer = new IndexWriter(directory, config())) {
          writer.addDocument(document(0, null));
          IllegalArgumentException e =
              expectThrows(
                  IllegalArgumentException.class,
                  () -> writer.addDocument(document(1, floats(type))));
          assertMessage(e, "\"" + FIELD + "\"");
          assertMessage(e, entry.getValue());
          // Lucene has adopted that document's type for the whole segment
          expectThrows(
              IllegalArgumentException.class, () -> writer.addDocument(document(2, manhattan())));
          writer.addDocument(document(3, null));
          writer.flush();
          writer.addDocument(document(4, manhattan()));
          writer.forceMerge(1);
        }
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          assertEquals(3, reader.numDocs());
          TopDocs hits =
              newSearcher(reader).search(new KnnFloatVectorQuery(FIELD, new float[4], 10), 10);
          assertEquals(1, hits.scoreDocs.length);
          assertEquals("MANHATTAN", attribute(getOnlyLeafReader(reader)));
        }
      }
    }
  }

  public void testWrongSimilarityFunction() throws IOException {
    try (Directory directory = newDirectory();
        IndexWriter writer = new IndexWriter(directory, config())) {
      FieldType type =
          type(VectorEncoding.FLOAT32, VectorSimilarityFunction.DOT_PRODUCT, "MANHATTAN");
      IllegalArgumentException e =
          expectThrows(
              IllegalArgumentException.class, () -> writer.addDocument(document(0, floats(type))));
      assertMessage(e, "\"" + FIELD + "\"", "MANHATTAN", "EUCLIDEAN", "DOT_PRODUCT");
    }
  }

  /** Lucene passes a format the attributes of a segment's first document only. */
  public void testTheFirstDocumentOfASegmentDecides() throws IOException {
    try (Directory directory = newDirectory();
        IndexWriter writer = new IndexWriter(directory, config())) {
      boolean manhattanFirst = random().nextBoolean();
      writer.addDocument(document(0, manhattanFirst ? manhattan() : euclidean()));
      writer.addDocument(document(1, manhattanFirst ? euclidean() : manhattan()));
      try (DirectoryReader reader = DirectoryReader.open(writer)) {
        LeafReader leaf = getOnlyLeafReader(reader);
        assertEquals(manhattanFirst ? "MANHATTAN" : null, attribute(leaf));
        float[] vector = leaf.getFloatVectorValues(FIELD).vectorValue(1);
        double expected =
            manhattanFirst
                ? MetricKind.FLOAT_MANHATTAN.score(new float[4], vector)
                : VectorSimilarityFunction.EUCLIDEAN.compare(new float[4], vector);
        TopDocs hits =
            newSearcher(reader).search(new KnnFloatVectorQuery(FIELD, new float[4], 2), 2);
        ScoreDoc hit = Arrays.stream(hits.scoreDocs).filter(h -> h.doc == 1).findAny().get();
        assertScore((float) expected, hit.score);
      }
    }
  }

  public void testFileAndFieldMustAgree() throws IOException {
    try (BaseDirectoryWrapper directory = newDirectory()) {
      IndexWriterConfig config = config().setUseCompoundFile(false);
      config.getMergePolicy().setNoCFSRatio(0);
      try (IndexWriter writer = new IndexWriter(directory, config)) {
        writer.addDocument(document(0, manhattan()));
      }
      SegmentCommitInfo segment = SegmentInfos.readLatestCommit(directory).info(0);
      FieldInfos right =
          segment
              .info
              .getCodec()
              .fieldInfosFormat()
              .read(directory, segment.info, "", IOContext.DEFAULT);
      open(directory, segment, right).close();
      for (String metric : new String[] {null, "HAMMING", "EUCLIDEAN", "taxicab"}) {
        List<FieldInfo> infos = new ArrayList<>();
        for (FieldInfo info : right) {
          infos.add(info.name.equals(FIELD) ? withMetric(info, metric) : info);
        }
        FieldInfos wrong = new FieldInfos(infos.toArray(FieldInfo[]::new));
        CorruptIndexException e =
            expectThrows(CorruptIndexException.class, () -> open(directory, segment, wrong));
        assertMessage(e, "\"" + FIELD + "\"", "similarity", metric == null ? "0" : metric);
      }
    }
  }

  private static KnnVectorsReader open(
      Directory directory, SegmentCommitInfo segment, FieldInfos infos) throws IOException {
    return segment
        .info
        .getCodec()
        .knnVectorsFormat()
        .fieldsReader(new SegmentReadState(directory, segment.info, infos, IOContext.DEFAULT));
  }

  private static FieldInfo withMetric(FieldInfo info, String metric) {
    Map<String, String> attributes = new HashMap<>(info.attributes());
    attributes.remove(LmdbHnswFieldTypes.METRIC_ATTRIBUTE);
    if (metric != null) {
      attributes.put(LmdbHnswFieldTypes.METRIC_ATTRIBUTE, metric);
    }
    return new FieldInfo(
        info.name,
        info.number,
        false,
        false,
        false,
        info.getIndexOptions(),
        info.getDocValuesType(),
        info.docValuesSkipIndexType(),
        -1,
        attributes,
        0,
        0,
        0,
        info.getVectorDimension(),
        info.getVectorEncoding(),
        info.getVectorSimilarityFunction(),
        false,
        false);
  }
}
