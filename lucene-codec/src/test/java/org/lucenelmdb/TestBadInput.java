/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import com.carrotsearch.randomizedtesting.generators.RandomNumbers;
import com.carrotsearch.randomizedtesting.generators.RandomPicks;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.codecs.KnnFieldVectorsWriter;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.hnsw.HnswGraphProvider;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SegmentInfo;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.tests.store.BaseDirectoryWrapper;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.InfoStream;
import org.apache.lucene.util.StringHelper;
import org.apache.lucene.util.Version;

/** Arguments, documents and files that are not as they should be. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestBadInput extends LuceneTestCase {

  private static final float[] NOT_FINITE = {
    Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY
  };

  // ---- the format without an IndexWriter, which checks some arguments itself ----

  /** A segment that is written and read through the format. */
  private static final class Segment {
    final Directory directory;
    final FieldInfos infos;
    final SegmentInfo info;
    final LmdbHnswVectorsFormat format =
        new LmdbHnswVectorsFormat(LmdbHnswOptions.DEFAULT.withTinySegmentsThreshold(0));

    Segment(Directory directory, int maxDoc, FieldInfo... infos) {
      this.directory = directory;
      this.infos = new FieldInfos(infos);
      this.info =
          new SegmentInfo(
              directory,
              Version.LATEST,
              Version.LATEST,
              "_0",
              maxDoc,
              false,
              false,
              new LmdbHnswCodec(),
              Map.of(),
              StringHelper.randomId(),
              Map.of(),
              null);
    }

    KnnVectorsWriter writer() throws IOException {
      return format.fieldsWriter(
          new SegmentWriteState(
              InfoStream.NO_OUTPUT, directory, info, infos, null, IOContext.DEFAULT));
    }

    KnnVectorsReader reader() throws IOException {
      return format.fieldsReader(new SegmentReadState(directory, info, infos, IOContext.DEFAULT));
    }

    String file(String extension) {
      return IndexFileNames.segmentFileName(info.name, "", extension);
    }
  }

  private static FieldInfo floats(
      String name, int number, int dimension, VectorSimilarityFunction similarity) {
    return WriterStates.field(name, number, dimension, VectorEncoding.FLOAT32, similarity);
  }

  private static FieldInfo bytes(
      String name, int number, int dimension, VectorSimilarityFunction similarity) {
    return WriterStates.field(name, number, dimension, VectorEncoding.BYTE, similarity);
  }

  @SuppressWarnings("unchecked")
  private static <T> KnnFieldVectorsWriter<T> add(KnnVectorsWriter writer, FieldInfo info)
      throws IOException {
    return (KnnFieldVectorsWriter<T>) writer.addField(info);
  }

  private static VectorSimilarityFunction anySimilarity() {
    return RandomPicks.randomFrom(random(), VectorSimilarityFunction.values());
  }

  /** Runs something that must be rejected, with the given words in the message. */
  private static void assertRejected(ThrowingRunnable runnable, Object... words) {
    assertRejected(expectThrows(IllegalArgumentException.class, runnable), words);
  }

  private static void assertRejected(IllegalArgumentException e, Object... words) {
    for (Object word : words) {
      assertTrue(word + " should be in: " + e.getMessage(), e.getMessage().contains("" + word));
    }
  }

  // ---- vectors ----

  public void testFloatsOfField() throws IOException {
    VectorSimilarityFunction similarity = anySimilarity();
    int dimension = RandomNumbers.randomIntBetween(random(), 2, 600);
    FieldInfo info = floats("a float field", 0, dimension, similarity);
    int docs = RandomNumbers.randomIntBetween(random(), 1, 500);
    List<float[]> accepted = new ArrayList<>();
    try (Directory directory = newDirectory()) {
      Segment segment = new Segment(directory, docs, info);
      try (KnnVectorsWriter writer = segment.writer()) {
        KnnFieldVectorsWriter<float[]> field = add(writer, info);
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
        float bad = NOT_FINITE[random().nextInt(3)];
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
    FieldInfo info = bytes("a byte field", 0, dimension, similarity);
    int docs = RandomNumbers.randomIntBetween(random(), 1, 500);
    List<byte[]> accepted = new ArrayList<>();
    try (Directory directory = newDirectory()) {
      Segment segment = new Segment(directory, docs, info);
      try (KnnVectorsWriter writer = segment.writer()) {
        KnnFieldVectorsWriter<byte[]> field = add(writer, info);
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

  /** A zero vector has an angle to nothing, but a place. */
  public void testZeroVectors() throws IOException {
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      if (similarity == VectorSimilarityFunction.COSINE) {
        continue;
      }
      FieldInfo info = floats("f", 0, 3, similarity);
      FieldInfo bytes = bytes("b", 1, 3, similarity);
      try (Directory directory = newDirectory()) {
        Segment segment = new Segment(directory, 1, info, bytes);
        try (KnnVectorsWriter writer = segment.writer()) {
          TestBadInput.<float[]>add(writer, info).addValue(0, new float[3]);
          TestBadInput.<byte[]>add(writer, bytes).addValue(0, new byte[3]);
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

  // ---- documents ----

  /** A document with a bad vector is rejected; the index goes on, and has all others. */
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
          // Lucene looks at a vector when its field is made, and keeps the array
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
              vector[3] = NOT_FINITE[random().nextInt(3)];
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
              if (ids.isEmpty()) { // the first document decides
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
      Segment segment = new Segment(directory, 1);
      try (KnnVectorsWriter writer = segment.writer()) {
        for (int i = 0; i < 1 << 16; i++) {
          writer.addField(bytes("f" + i, i, 1, VectorSimilarityFunction.EUCLIDEAN));
        }
        assertRejected(
            () ->
                writer.addField(bytes("one more", 1 << 16, 1, VectorSimilarityFunction.EUCLIDEAN)),
            "one more",
            1 << 16);
      }
      assertEquals(List.of(), files(directory));
    }
  }

  private static List<String> files(Directory directory) throws IOException {
    return Arrays.stream(directory.listAll()).filter(f -> f.startsWith("extra") == false).toList();
  }

  // ---- searches ----

  public void testArgumentsOfReader() throws IOException {
    FieldInfo floats = floats("the floats", 0, 4, VectorSimilarityFunction.COSINE);
    FieldInfo bytes = bytes("the bytes", 1, 5, VectorSimilarityFunction.COSINE);
    FieldInfo empty = floats("none", 2, 6, VectorSimilarityFunction.COSINE);
    FieldInfo notWritten = floats("not written", 3, 4, VectorSimilarityFunction.COSINE);
    int docs = RandomNumbers.randomIntBetween(random(), 1, 200);
    try (Directory directory = newDirectory()) {
      Segment segment = new Segment(directory, docs, floats, bytes, empty, notWritten);
      try (KnnVectorsWriter writer = segment.writer()) {
        KnnFieldVectorsWriter<float[]> floatsWriter = add(writer, floats);
        KnnFieldVectorsWriter<byte[]> bytesWriter = add(writer, bytes);
        add(writer, empty);
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
          for (float bad : NOT_FINITE) {
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
        FieldInfo other = floats("unheard of", 9, 4, VectorSimilarityFunction.COSINE);
        for (FieldInfo unknown : List.of(other, notWritten)) {
          String name = unknown.name;
          assertSearchRejected(reader, name, ones(4), "not found");
          assertSearchRejected(reader, name, new byte[] {1, 1, 1, 1}, "not found");
          assertRejected(() -> reader.getFloatVectorValues(name), name, "not found");
          assertRejected(() -> reader.getByteVectorValues(name), name, "not found");
          assertRejected(() -> graphs.getGraph(name), name, "not found");
          assertRejected(() -> reader.getOffHeapByteSize(unknown), name, "not found");
        }

        // after all that it still answers
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

  /** With exactly Lucene's message, which Lucene's own tests compare. */
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

  // ---- options ----

  public void testOptions() {
    LmdbHnswOptions options = LmdbHnswOptions.DEFAULT;
    assertEquals(512, LmdbHnswOptions.MAX_MAX_CONN);
    assertEquals(3200, LmdbHnswOptions.MAX_BEAM_WIDTH);
    for (int wrong : new int[] {1, 0, -1, Integer.MIN_VALUE, 513, Integer.MAX_VALUE}) {
      assertRejected(() -> options.withMaxConn(wrong), "maxConn", wrong, "2 to 512");
    }
    for (int wrong : new int[] {1, 0, -1, Integer.MIN_VALUE, 3201, Integer.MAX_VALUE}) {
      assertRejected(() -> options.withBeamWidth(wrong), "beamWidth", wrong, "2 to 3200");
    }
    ExecutorService executor = new NoExecutor();
    for (int wrong : new int[] {0, -1, Integer.MIN_VALUE}) {
      assertRejected(() -> options.withBuildThreads(wrong), "buildThreads", wrong);
      assertRejected(() -> options.withBuildThreads(wrong, executor), "buildThreads", wrong);
      int threshold = Math.min(wrong, -1);
      assertRejected(
          () -> options.withTinySegmentsThreshold(threshold), "tinySegmentsThreshold", threshold);
    }
    assertRejected(() -> options.withBuildThreads(1, executor), "buildExecutor", "buildThreads");
    expectThrows(NullPointerException.class, () -> options.withBuildThreads(2, null));
    float above = Math.nextUp(LmdbHnswOptions.MAX_ALPHA);
    for (float wrong :
        new float[] {0, Math.nextDown(1f), -1, above, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertRejected(() -> options.withAlpha(wrong), "alpha", wrong, "1 to 2");
    }
    for (long wrong : new long[] {0, -1, Long.MIN_VALUE}) {
      assertRejected(() -> options.withBuildMemory(wrong), "buildMemory", wrong);
    }

    for (int right : new int[] {2, 3, 512}) {
      assertEquals(right, options.withMaxConn(right).maxConn());
    }
    for (int right : new int[] {2, 3, 3200}) {
      assertEquals(right, options.withBeamWidth(right).beamWidth());
    }
    for (int right : new int[] {1, 2, Integer.MAX_VALUE}) {
      assertEquals(right, options.withBuildThreads(right).buildThreads());
      assertEquals(right, options.withTinySegmentsThreshold(right).tinySegmentsThreshold());
    }
    assertEquals(0, options.withTinySegmentsThreshold(0).tinySegmentsThreshold());
    for (float right : new float[] {1, 1.2f, 2}) {
      assertEquals(right, options.withAlpha(right).withMaxConn(3).alpha(), 0f);
    }
    for (long right : new long[] {1, 2L << 30, Long.MAX_VALUE}) {
      assertEquals(right, options.withBuildMemory(right).withAlpha(2).buildMemory());
    }
    LmdbHnswBuildListener listener = progress -> {};
    assertSame(listener, options.withBuildListener(listener).withBuildMemory(1).buildListener());
    assertNull(options.withBuildListener(listener).withBuildListener(null).buildListener());
    LmdbHnswOptions two = options.withBuildThreads(2, executor);
    assertEquals(2, two.buildThreads());
    assertSame(executor, two.buildExecutor());
    assertSame(executor, two.withMaxConn(3).withBeamWidth(4).buildExecutor());
    // the executor goes with the number
    assertNull(two.withBuildThreads(1).buildExecutor());
    assertNull(two.withBuildThreads(3).buildExecutor());
    // none of that changed the original
    assertEquals(16, options.maxConn());
    assertEquals(100, options.beamWidth());
    assertEquals(1, options.buildThreads());
    assertNull(options.buildExecutor());
    assertEquals(1, options.alpha(), 0f);
    assertEquals(2L << 30, options.buildMemory());
    assertNull(options.buildListener());
    assertEquals(100, options.tinySegmentsThreshold());
  }

  /** Never asked to run anything. */
  private static final class NoExecutor extends AbstractExecutorService {
    @Override
    public void execute(Runnable command) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void shutdown() {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<Runnable> shutdownNow() {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public boolean isTerminated() {
      return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return false;
    }
  }

  /** A writer with another M merges segments of writers before it. */
  public void testChangedMaxConn() throws IOException {
    int dimension = 32;
    List<Integer> values = new ArrayList<>(List.of(4, 8, 16, 40));
    try (Directory directory = newDirectory()) {
      int total = 0;
      for (int round = 0; round < 3; round++) {
        int maxConn = values.remove(random().nextInt(values.size()));
        IndexWriterConfig config =
            new IndexWriterConfig()
                .setCodec(
                    new LmdbHnswCodec(
                        LmdbHnswOptions.DEFAULT.withMaxConn(maxConn).withTinySegmentsThreshold(0)));
        if (round == 0) {
          config.setMergePolicy(NoMergePolicy.INSTANCE);
        }
        try (IndexWriter writer = new IndexWriter(directory, config)) {
          for (int segment = 0; segment < 2; segment++) {
            int docs = RandomNumbers.randomIntBetween(random(), 1, 500);
            for (int i = 0; i < docs; i++) {
              float[] vector = new float[dimension];
              for (int j = 0; j < dimension; j++) {
                vector[j] = (float) random().nextGaussian();
              }
              Document document = new Document();
              document.add(
                  new KnnFloatVectorField("f", vector, VectorSimilarityFunction.EUCLIDEAN));
              writer.addDocument(document);
            }
            total += docs;
            writer.flush();
          }
          if (round > 0) {
            writer.forceMerge(1);
          }
        }
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          assertEquals(total, reader.numDocs());
          for (LeafReaderContext leaf : reader.leaves()) {
            for (int i = 0; i < 20; i++) {
              float[] target = new float[dimension];
              for (int j = 0; j < dimension; j++) {
                target[j] = (float) random().nextGaussian();
              }
              int maxDoc = leaf.reader().maxDoc();
              TopDocs top =
                  leaf.reader()
                      .searchNearestVectors(
                          "f",
                          target,
                          10,
                          AcceptDocs.fromLiveDocs(null, maxDoc),
                          Integer.MAX_VALUE);
              assertEquals(Math.min(10, maxDoc), top.scoreDocs.length);
            }
          }
        }
      }
    }
  }

  // ---- files ----

  /** A segment with one vector. */
  private static Segment written(BaseDirectoryWrapper directory) throws IOException {
    directory.setCheckIndexOnClose(false);
    FieldInfo info = floats("f", 0, 2, VectorSimilarityFunction.EUCLIDEAN);
    Segment segment = new Segment(directory, 1, info);
    try (KnnVectorsWriter writer = segment.writer()) {
      TestBadInput.<float[]>add(writer, info).addValue(0, ones(2));
      writer.flush(1, null);
      writer.finish();
    }
    segment.reader().close();
    return segment;
  }

  public void testVersions() throws IOException {
    int newest = LmdbHnswVectorsFormat.VERSION_CURRENT;
    for (int version : new int[] {newest + 1, Integer.MAX_VALUE, -1, Integer.MIN_VALUE}) {
      for (String newer : List.of("vec", "vem", "both")) {
        try (BaseDirectoryWrapper directory = newDirectory()) {
          Segment segment = written(directory);
          for (String extension : List.of("vec", "vem")) {
            if (newer.equals("both") || newer.equals(extension)) {
              String codec =
                  extension.equals("vec")
                      ? LmdbHnswVectorsFormat.VECTORS_CODEC_NAME
                      : LmdbHnswVectorsFormat.META_CODEC_NAME;
              directory.deleteFile(segment.file(extension));
              try (IndexOutput out =
                  directory.createOutput(segment.file(extension), IOContext.DEFAULT)) {
                CodecUtil.writeIndexHeader(out, codec, version, segment.info.getId(), "");
                out.writeString("what a newer version has here");
                CodecUtil.writeFooter(out);
              }
            }
          }
          Class<? extends IOException> expected =
              version < 0 ? IndexFormatTooOldException.class : IndexFormatTooNewException.class;
          IOException e = expectThrows(expected, segment::reader);
          String file = newer.equals("vem") ? ".vem" : ".vec";
          assertTrue(e.getMessage(), e.getMessage().contains(file));
          assertTrue(e.getMessage(), e.getMessage().contains("" + version));
        }
      }
    }
  }

  /** Each of the files has a version that is known, but not the same. */
  public void testVersionsThatDiffer() throws IOException {
    for (String older : List.of("vec", "vem")) {
      try (BaseDirectoryWrapper directory = newDirectory()) {
        Segment segment = written(directory);
        byte[] bytes;
        try (IndexInput in = directory.openInput(segment.file(older), IOContext.READONCE)) {
          bytes = new byte[(int) in.length() - CodecUtil.footerLength()];
          in.readBytes(bytes, 0, bytes.length);
        }
        int header =
            CodecUtil.headerLength(
                older.equals("vec")
                    ? LmdbHnswVectorsFormat.VECTORS_CODEC_NAME
                    : LmdbHnswVectorsFormat.META_CODEC_NAME);
        assertEquals(LmdbHnswVectorsFormat.VERSION_CURRENT, bytes[header - 1]);
        bytes[header - 1] = LmdbHnswVectorsFormat.VERSION_START;
        directory.deleteFile(segment.file(older));
        try (IndexOutput out = directory.createOutput(segment.file(older), IOContext.DEFAULT)) {
          out.writeBytes(bytes, bytes.length);
          CodecUtil.writeFooter(out);
        }
        CorruptIndexException e = expectThrows(CorruptIndexException.class, segment::reader);
        assertTrue(e.getMessage(), e.getMessage().contains("both files should have version"));
      }
    }
  }

  public void testFilesThatAreNone() throws IOException {
    byte[] noise = new byte[RandomNumbers.randomIntBetween(random(), 1, 20_000)];
    random().nextBytes(noise);
    for (byte[] content : List.of(new byte[0], new byte[1], new byte[16], noise)) {
      for (String extension : List.of("vec", "vem")) {
        try (BaseDirectoryWrapper directory = newDirectory()) {
          Segment segment = written(directory);
          String name = segment.file(extension);
          directory.deleteFile(name);
          try (IndexOutput out = directory.createOutput(name, IOContext.DEFAULT)) {
            out.writeBytes(content, content.length);
          }
          CorruptIndexException e = expectThrows(CorruptIndexException.class, segment::reader);
          assertTrue(e.getMessage(), e.getMessage().contains(name));
        }
      }
    }
  }

  public void testMissingFiles() throws IOException {
    for (String extension : List.of("vec", "vem")) {
      try (BaseDirectoryWrapper directory = newDirectory()) {
        Segment segment = written(directory);
        directory.deleteFile(segment.file(extension));
        IOException e = expectThrows(IOException.class, segment::reader);
        assertTrue(e.getMessage(), e.getMessage().contains(segment.file(extension)));
      }
    }
  }
}
