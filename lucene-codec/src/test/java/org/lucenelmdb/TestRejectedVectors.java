/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import static org.lucenelmdb.Rejections.assertRejected;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import com.carrotsearch.randomizedtesting.generators.RandomNumbers;
import com.carrotsearch.randomizedtesting.generators.RandomPicks;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.codecs.KnnFieldVectorsWriter;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Vectors, documents and fields that are rejected. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestRejectedVectors extends LuceneTestCase {

  private static VectorSimilarityFunction anySimilarity() {
    return RandomPicks.randomFrom(random(), VectorSimilarityFunction.values());
  }

  public void testFloatsOfField() throws IOException {
    VectorSimilarityFunction similarity = anySimilarity();
    int dimension = RandomNumbers.randomIntBetween(random(), 2, 600);
    FieldInfo info = FormatSegment.floats("a float field", 0, dimension, similarity);
    int docs = RandomNumbers.randomIntBetween(random(), 1, 500);
    List<float[]> accepted = new ArrayList<>();
    try (Directory directory = newDirectory()) {
      FormatSegment segment = new FormatSegment(directory, docs, info);
      try (KnnVectorsWriter writer = segment.writer()) {
        KnnFieldVectorsWriter<float[]> field = FormatSegment.add(writer, info);
        for (int doc = 0; doc < docs; doc++) {
          for (int i = random().nextInt(3); i > 0; i--) {
            addBad(field, info, doc);
          }
          if (random().nextInt(4) > 0) {
            float[] vector = new float[dimension];
            for (int i = 0; i < dimension; i++) {
              vector[i] = 0.1f + random().nextFloat();
            }
            field.addValue(doc, vector);
            accepted.add(vector);
            if (random().nextBoolean()) {
              int d = doc;
              assertRejected(() -> field.addValue(d, vector), info.name, "more than once");
            }
          }
        }
        writer.flush(docs, null);
        writer.finish();
      }
      try (KnnVectorsReader reader = segment.reader()) {
        FloatVectorValues values = reader.getFloatVectorValues(info.name);
        assertEquals(accepted.size(), values.size());
        for (int ord = 0; ord < accepted.size(); ord++) {
          assertArrayEquals(accepted.get(ord), values.vectorValue(ord), 0f);
        }
      }
    }
  }

  private static void addBad(KnnFieldVectorsWriter<float[]> field, FieldInfo info, int doc)
      throws IOException {
    int dimension = info.getVectorDimension();
    float[] vector = new float[dimension];
    switch (random().nextInt(3)) {
      case 0 -> {
        Arrays.fill(vector, 1f);
        float bad = Rejections.NOT_FINITE[random().nextInt(3)];
        int at = random().nextInt(dimension);
        vector[at] = bad;
        assertRejected(() -> field.addValue(doc, vector), info.name, bad, at);
      }
      case 1 -> {
        int wrong = random().nextBoolean() ? dimension - 1 : dimension + 1;
        float[] other = new float[random().nextInt(4) == 0 ? 0 : wrong];
        Arrays.fill(other, 1f);
        assertRejected(
            () -> field.addValue(doc, other), info.name, "" + dimension, "" + other.length);
      }
      default -> {
        if (info.getVectorSimilarityFunction() == VectorSimilarityFunction.COSINE) {
          Arrays.fill(vector, random().nextBoolean() ? 0f : -0f);
          assertRejected(() -> field.addValue(doc, vector), info.name, "COSINE", "zero");
        }
      }
    }
  }

  public void testBytesOfField() throws IOException {
    VectorSimilarityFunction similarity = anySimilarity();
    int dimension = RandomNumbers.randomIntBetween(random(), 1, 600);
    FieldInfo info = FormatSegment.bytes("a byte field", 0, dimension, similarity);
    int docs = RandomNumbers.randomIntBetween(random(), 1, 500);
    List<byte[]> accepted = new ArrayList<>();
    try (Directory directory = newDirectory()) {
      FormatSegment segment = new FormatSegment(directory, docs, info);
      try (KnnVectorsWriter writer = segment.writer()) {
        KnnFieldVectorsWriter<byte[]> field = FormatSegment.add(writer, info);
        for (int doc = 0; doc < docs; doc++) {
          int d = doc;
          if (random().nextBoolean()) {
            byte[] other = new byte[random().nextBoolean() ? dimension - 1 : dimension + 1];
            Arrays.fill(other, (byte) 1);
            assertRejected(
                () -> field.addValue(d, other), info.name, "" + dimension, "" + other.length);
          }
          byte[] vector = new byte[dimension];
          if (similarity == VectorSimilarityFunction.COSINE) {
            if (random().nextBoolean()) {
              assertRejected(() -> field.addValue(d, new byte[dimension]), info.name, "zero");
            }
            vector[random().nextInt(dimension)] = -128;
          }
          if (random().nextInt(4) > 0) {
            field.addValue(doc, vector);
            accepted.add(vector);
            if (random().nextBoolean()) {
              assertRejected(() -> field.addValue(d, vector), info.name, "more than once");
            }
          }
        }
        writer.flush(docs, null);
        writer.finish();
      }
      try (KnnVectorsReader reader = segment.reader()) {
        ByteVectorValues values = reader.getByteVectorValues(info.name);
        assertEquals(accepted.size(), values.size());
        for (int ord = 0; ord < accepted.size(); ord++) {
          assertArrayEquals(accepted.get(ord), values.vectorValue(ord));
        }
      }
    }
  }

  /** Only COSINE, which needs an angle, rejects zero vectors. */
  public void testZeroVectors() throws IOException {
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      if (similarity == VectorSimilarityFunction.COSINE) {
        continue;
      }
      FieldInfo info = FormatSegment.floats("f", 0, 3, similarity);
      FieldInfo bytes = FormatSegment.bytes("b", 1, 3, similarity);
      try (Directory directory = newDirectory()) {
        FormatSegment segment = new FormatSegment(directory, 1, info, bytes);
        try (KnnVectorsWriter writer = segment.writer()) {
          FormatSegment.<float[]>add(writer, info).addValue(0, new float[3]);
          FormatSegment.<byte[]>add(writer, bytes).addValue(0, new byte[3]);
          writer.flush(1, null);
          writer.finish();
        }
        try (KnnVectorsReader reader = segment.reader()) {
          TopKnnCollector collector = new TopKnnCollector(1, Integer.MAX_VALUE);
          reader.search("f", new float[3], collector, AcceptDocs.fromLiveDocs(null, 1));
          assertEquals(1, collector.topDocs().scoreDocs.length);
          collector = new TopKnnCollector(1, Integer.MAX_VALUE);
          reader.search("b", new byte[3], collector, AcceptDocs.fromLiveDocs(null, 1));
          assertEquals(1, collector.topDocs().scoreDocs.length);
        }
      }
    }
  }

  /** A document with an invalid vector is rejected; all other documents are indexed. */
  public void testRejectedDocuments() throws IOException {
    int dimension = 8;
    List<String> ids = new ArrayList<>();
    List<float[]> vectors = new ArrayList<>();
    try (Directory directory = newDirectory()) {
      IndexWriterConfig config =
          new IndexWriterConfig()
              .setCodec(
                  new LmdbHnswCodec(
                      LmdbHnswOptions.DEFAULT.withTinySegmentsThreshold(random().nextInt(50))));
      if (random().nextBoolean()) {
        config.setMaxBufferedDocs(RandomNumbers.randomIntBetween(random(), 2, 50));
      }
      try (IndexWriter writer = new IndexWriter(directory, config)) {
        int docs = atLeast(200);
        for (int i = 0; i < docs; i++) {
          Document document = new Document();
          document.add(new StringField("id", "" + i, Field.Store.YES));
          float[] vector = new float[dimension];
          for (int j = 0; j < dimension; j++) {
            vector[j] = (float) random().nextGaussian();
          }
          byte[] bytes = new byte[dimension];
          bytes[random().nextInt(dimension)] = 1;
          // Lucene checks a vector when its field is created, and keeps a reference to the array
          document.add(new KnnFloatVectorField("f", vector, VectorSimilarityFunction.COSINE));
          document.add(new KnnByteVectorField("b", bytes, VectorSimilarityFunction.COSINE));
          switch (random().nextInt(8)) {
            case 0 -> {
              Arrays.fill(vector, 0f);
              assertRejected(() -> writer.addDocument(document), "\"f\"", "zero vector");
            }
            case 1 -> {
              Arrays.fill(bytes, (byte) 0);
              assertRejected(() -> writer.addDocument(document), "\"b\"", "zero vector");
            }
            case 2 -> {
              vector[3] = Rejections.NOT_FINITE[random().nextInt(3)];
              assertRejected(() -> writer.addDocument(document), "\"f\"", vector[3]);
            }
            case 3 -> {
              document.add(
                  new KnnFloatVectorField("f", vector.clone(), VectorSimilarityFunction.COSINE));
              assertRejected(() -> writer.addDocument(document), "\"f\"", "more than once");
            }
            case 4 -> {
              document.removeField("b");
              document.add(
                  new KnnByteVectorField(
                      "b", new byte[] {1, 2, 3}, VectorSimilarityFunction.COSINE));
              if (ids.isEmpty()) { // the first document sets the dimension
                continue;
              }
              assertRejected(() -> writer.addDocument(document), "b", "vector", "3", "8");
            }
            default -> {
              writer.addDocument(document);
              ids.add("" + i);
              vectors.add(vector);
            }
          }
        }
        if (random().nextBoolean()) {
          writer.forceMerge(1);
        }
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        assertEquals(ids.size(), reader.numDocs());
        IndexSearcher searcher = new IndexSearcher(reader);
        for (int i = 0; i < ids.size(); i++) {
          int doc = searcher.search(new TermQuery(new Term("id", ids.get(i))), 1).scoreDocs[0].doc;
          int k = ids.size();
          TopDocs top = searcher.search(new KnnFloatVectorQuery("f", vectors.get(i), k), k);
          assertEquals(k, top.scoreDocs.length);
          for (ScoreDoc hit : top.scoreDocs) {
            if (hit.doc == doc) {
              assertEquals(1f, hit.score, 1e-4f);
            }
          }
        }
      }
    }
  }

  public void testDimensionOfField() throws IOException {
    int max = LmdbHnswVectorsFormat.MAX_DIMENSIONS;
    try (Directory directory = newDirectory();
        IndexWriter writer =
            new IndexWriter(directory, new IndexWriterConfig().setCodec(new LmdbHnswCodec()))) {
      Document document = new Document();
      document.add(
          new KnnByteVectorField(
              "too long", new byte[max + 1], VectorSimilarityFunction.EUCLIDEAN));
      assertRejected(() -> writer.addDocument(document), "too long", max, max + 1);
      Document longest = new Document();
      longest.add(
          new KnnByteVectorField("longest", new byte[max], VectorSimilarityFunction.EUCLIDEAN));
      longest.add(
          new KnnFloatVectorField("floats", new float[max], VectorSimilarityFunction.EUCLIDEAN));
      writer.addDocument(longest);
      writer.commit();
      try (DirectoryReader reader = DirectoryReader.open(writer)) {
        assertEquals(1, reader.numDocs());
      }
    }
  }

  public void testTooManyFields() throws IOException {
    try (Directory directory = newDirectory()) {
      FormatSegment segment = new FormatSegment(directory, 1);
      try (KnnVectorsWriter writer = segment.writer()) {
        for (int i = 0; i < 1 << 16; i++) {
          writer.addField(FormatSegment.bytes("f" + i, i, 1, VectorSimilarityFunction.EUCLIDEAN));
        }
        assertRejected(
            () ->
                writer.addField(
                    FormatSegment.bytes(
                        "one more", 1 << 16, 1, VectorSimilarityFunction.EUCLIDEAN)),
            "one more",
            1 << 16);
      }
      assertEquals(List.of(), files(directory));
    }
  }

  private static List<String> files(Directory directory) throws IOException {
    return Arrays.stream(directory.listAll()).filter(f -> f.startsWith("extra") == false).toList();
  }
}
