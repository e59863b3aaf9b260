/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import static org.lucenelmdb.Rejections.assertRejected;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import com.carrotsearch.randomizedtesting.generators.RandomNumbers;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.codecs.KnnFieldVectorsWriter;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.hnsw.HnswGraphProvider;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Invalid arguments of searches. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestSearchArguments extends LuceneTestCase {

  public void testArgumentsOfReader() throws IOException {
    FieldInfo floats = FormatSegment.floats("the floats", 0, 4, VectorSimilarityFunction.COSINE);
    FieldInfo bytes = FormatSegment.bytes("the bytes", 1, 5, VectorSimilarityFunction.COSINE);
    FieldInfo empty = FormatSegment.floats("none", 2, 6, VectorSimilarityFunction.COSINE);
    FieldInfo notWritten =
        FormatSegment.floats("not written", 3, 4, VectorSimilarityFunction.COSINE);
    int docs = RandomNumbers.randomIntBetween(random(), 1, 200);
    try (Directory directory = newDirectory()) {
      FormatSegment segment = new FormatSegment(directory, docs, floats, bytes, empty, notWritten);
      try (KnnVectorsWriter writer = segment.writer()) {
        KnnFieldVectorsWriter<float[]> floatsWriter = FormatSegment.add(writer, floats);
        KnnFieldVectorsWriter<byte[]> bytesWriter = FormatSegment.add(writer, bytes);
        FormatSegment.add(writer, empty);
        for (int doc = 0; doc < docs; doc++) {
          floatsWriter.addValue(doc, new float[] {1, 2, 3, random().nextFloat()});
          bytesWriter.addValue(doc, new byte[] {1, 2, 3, 4, (byte) random().nextInt()});
        }
        writer.flush(docs, null);
        writer.finish();
      }
      try (KnnVectorsReader reader = segment.reader()) {
        for (FieldInfo info : List.of(floats, empty)) {
          String name = info.name;
          int dimension = info.getVectorDimension();
          assertDimensionRejected(reader, name, new float[0], 0, dimension);
          assertDimensionRejected(reader, name, ones(dimension + 1), dimension + 1, dimension);
          for (float bad : Rejections.NOT_FINITE) {
            float[] target = ones(dimension);
            target[2] = bad;
            assertSearchRejected(reader, name, target, bad, 2);
          }
          assertSearchRejected(reader, name, new byte[dimension], "FLOAT32", "BYTE");
          assertRejected(() -> reader.getByteVectorValues(name), name, "FLOAT32", "BYTE");
        }
        assertDimensionRejected(reader, bytes.name, new byte[4], 4, 5);
        assertDimensionRejected(reader, bytes.name, new byte[6], 6, 5);
        assertSearchRejected(reader, bytes.name, ones(5), "BYTE", "FLOAT32");
        assertRejected(() -> reader.getFloatVectorValues(bytes.name), bytes.name, "FLOAT32");

        HnswGraphProvider graphs = (HnswGraphProvider) reader;
        FieldInfo other = FormatSegment.floats("unheard of", 9, 4, VectorSimilarityFunction.COSINE);
        for (FieldInfo unknown : List.of(other, notWritten)) {
          String name = unknown.name;
          assertSearchRejected(reader, name, ones(4), "not found");
          assertSearchRejected(reader, name, new byte[] {1, 1, 1, 1}, "not found");
          assertRejected(() -> reader.getFloatVectorValues(name), name, "not found");
          assertRejected(() -> reader.getByteVectorValues(name), name, "not found");
          assertRejected(() -> graphs.getGraph(name), name, "not found");
          assertRejected(() -> reader.getOffHeapByteSize(unknown), name, "not found");
        }

        // the reader still works
        TopKnnCollector collector = new TopKnnCollector(3, Integer.MAX_VALUE);
        reader.search(floats.name, ones(4), collector, AcceptDocs.fromLiveDocs(null, docs));
        assertEquals(Math.min(3, docs), collector.topDocs().scoreDocs.length);
      }
    }
  }

  private static float[] ones(int dimension) {
    float[] vector = new float[dimension];
    Arrays.fill(vector, 1f);
    return vector;
  }

  /** The message equals Lucene's, which Lucene's own tests compare. */
  private static void assertDimensionRejected(
      KnnVectorsReader reader, String field, Object target, int found, int expected) {
    IllegalArgumentException e = assertSearchRejected(reader, field, target);
    assertEquals(
        "vector query dimension: " + found + " differs from field dimension: " + expected,
        e.getMessage());
  }

  private static void assertSearchRejected(
      KnnVectorsReader reader, String field, Object target, Object word, Object... words) {
    IllegalArgumentException e = assertSearchRejected(reader, field, target);
    assertRejected(e, field, word);
    assertRejected(e, words);
  }

  private static IllegalArgumentException assertSearchRejected(
      KnnVectorsReader reader, String field, Object target) {
    TopKnnCollector collector = new TopKnnCollector(1 + random().nextInt(10), Integer.MAX_VALUE);
    AcceptDocs acceptDocs = AcceptDocs.fromLiveDocs(null, 1);
    ThrowingRunnable search =
        target instanceof float[] floats
            ? () -> reader.search(field, floats, collector, acceptDocs)
            : () -> reader.search(field, (byte[]) target, collector, acceptDocs);
    IllegalArgumentException e = expectThrows(IllegalArgumentException.class, search);
    assertEquals(0, collector.visitedCount());
    return e;
  }

  /** The same through Lucene's readers and queries. */
  public void testArgumentsOfSearch() throws IOException {
    try (Directory directory = newDirectory()) {
      IndexWriterConfig config = new IndexWriterConfig().setCodec(new LmdbHnswCodec());
      try (IndexWriter writer = new IndexWriter(directory, config)) {
        for (int i = 0; i < 20; i++) {
          Document document = new Document();
          document.add(
              new KnnFloatVectorField("f", new float[] {1, i, 0}, VectorSimilarityFunction.COSINE));
          document.add(
              new KnnByteVectorField(
                  "b", new byte[] {1, (byte) i}, VectorSimilarityFunction.COSINE));
          writer.addDocument(document);
        }
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        AcceptDocs all = AcceptDocs.fromLiveDocs(null, 20);
        LeafReader leaf = reader.leaves().get(0).reader();
        assertRejected(() -> leaf.searchNearestVectors("f", ones(2), 3, all, 100), 2, 3);
        assertRejected(() -> leaf.searchNearestVectors("b", new byte[3], 3, all, 100), 2, 3);
        assertEquals(0, leaf.searchNearestVectors("none", ones(3), 3, all, 100).scoreDocs.length);
        assertNull(leaf.getFloatVectorValues("none"));
        assertNull(leaf.getFloatVectorValues("b"));
        assertNull(leaf.getByteVectorValues("f"));
        IndexSearcher searcher = new IndexSearcher(reader);
        assertRejected(() -> searcher.search(new KnnFloatVectorQuery("f", ones(4), 3), 3), 4, 3);
        assertRejected(
            () -> searcher.search(new KnnByteVectorQuery("b", new byte[] {1}, 3), 3), 1, 2);
        assertEquals(
            3, searcher.search(new KnnFloatVectorQuery("f", ones(3), 3), 3).totalHits.value());
        assertEquals(
            0, searcher.search(new KnnFloatVectorQuery("none", ones(3), 3), 3).totalHits.value());
      }
    }
  }
}
