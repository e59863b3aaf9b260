/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import com.carrotsearch.randomizedtesting.annotations.TimeoutSuite;
import com.carrotsearch.randomizedtesting.generators.RandomNumbers;
import com.carrotsearch.randomizedtesting.generators.RandomPicks;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.CRC32;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.hnsw.HnswGraphProvider;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SegmentReader;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.VectorScorer;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.tests.store.MockDirectoryWrapper;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TimeUnits;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.SuppressForbidden;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.apache.lucene.util.packed.DirectWriter;

/**
 * Damages the files of a segment and does everything with it that a reader can do. Each operation
 * must end with a result or a {@link CorruptIndexException} that names the file, and soon, and
 * without much memory. Most of the time the checksums are made right again, so that it is not those
 * which find the damage.
 */
@ThreadLeakFilters(filters = NativeThreads.class)
@TimeoutSuite(millis = TimeUnits.HOUR)
public class TestCorruptSegments extends LuceneTestCase {

  private static final String VEC = LmdbHnswVectorsFormat.VECTORS_EXTENSION;
  private static final String VEM = LmdbHnswVectorsFormat.META_EXTENSION;

  private static final int FOOTER_BYTES = CodecUtil.footerLength();

  /** An upper bound of what the operations on one index of this test allocate, by a wide margin. */
  private static final long MAX_ALLOCATED_BYTES = 128L << 20;

  // ---- the indexes ----

  /** The files of an index. */
  private record Index(
      LmdbHnswOptions options, Map<String, byte[]> files, List<Segment> segments) {}

  private record Segment(String vec, String vem, int maxDoc, String suffix) {}

  private record Field(String name, FieldType type) {}

  private static Field randomField(String name) {
    int dimension = RandomNumbers.randomIntBetween(random(), 1, 40);
    boolean isFloat = name.endsWith("loats");
    if (random().nextInt(4) == 0) {
      return new Field(
          name,
          isFloat
              ? LmdbHnswFieldTypes.floatManhattan(dimension)
              : LmdbHnswFieldTypes.byteManhattan(dimension));
    }
    VectorSimilarityFunction similarity =
        RandomPicks.randomFrom(random(), VectorSimilarityFunction.values());
    return new Field(
        name,
        isFloat
            ? KnnFloatVectorField.createFieldType(dimension, similarity)
            : KnnByteVectorField.createFieldType(dimension, similarity));
  }

  private Index randomIndex() throws IOException {
    Random random = random();
    List<Field> fields = new ArrayList<>();
    for (String name : List.of("denseFloats", "floats", "denseBytes", "bytes")) {
      fields.add(randomField(name));
    }
    LmdbHnswOptions options =
        LmdbHnswOptions.DEFAULT
            .withMaxConn(RandomNumbers.randomIntBetween(random, 2, 4))
            .withTinySegmentsThreshold(random.nextInt(5) == 0 ? 10 : 0)
            .withCodeBits(new int[] {LmdbHnswOptions.AUTO, 0, 1, 2, 4, 8}[random.nextInt(6)]);
    return randomIndex(options, fields);
  }

  /** Fields of all kinds, with codes of so many bits. */
  private Index indexWithCodes(int bits) throws IOException {
    LmdbHnswOptions options =
        LmdbHnswOptions.DEFAULT.withMaxConn(3).withTinySegmentsThreshold(0).withCodeBits(bits);
    List<Field> fields =
        List.of(
            randomField("denseFloats"),
            new Field("floats", LmdbHnswFieldTypes.floatManhattan(9)),
            randomField("denseBytes"),
            new Field("bytes", LmdbHnswFieldTypes.byteHamming(5)));
    return randomIndex(options, fields);
  }

  private Index randomIndex(LmdbHnswOptions options, List<Field> fields) throws IOException {
    Random random = random();
    IndexWriterConfig config = config(options);
    if (random.nextInt(4) == 0) {
      config.setIndexSort(new Sort(new SortField("sort", SortField.Type.INT)));
    }
    try (Directory directory = new ByteBuffersDirectory()) {
      try (IndexWriter writer = new IndexWriter(directory, config)) {
        for (int segment = 0; segment < 2; segment++) {
          int docs = RandomNumbers.randomIntBetween(random, 1, rarely() ? 600 : 120);
          for (int doc = 0; doc < docs; doc++) {
            Document document = new Document();
            document.add(new NumericDocValuesField("sort", random.nextInt(100)));
            for (Field field : fields) {
              if (field.name.startsWith("dense") || random.nextBoolean()) {
                add(document, field);
              }
            }
            writer.addDocument(document);
          }
          // a field without a single vector
          byte[] zeros = {1};
          Document rejected = new Document();
          rejected.add(new KnnByteVectorField("none", zeros, VectorSimilarityFunction.COSINE));
          zeros[0] = 0; // too late for Lucene to see it
          expectThrows(IllegalArgumentException.class, () -> writer.addDocument(rejected));
          writer.commit();
        }
      }
      return index(options, directory);
    }
  }

  /** One node has so many neighbors that its links are on pages of their own. */
  private Index hubIndex() throws IOException {
    int dimension = 1100;
    LmdbHnswOptions options =
        LmdbHnswOptions.DEFAULT
            .withMaxConn(LmdbHnswOptions.MAX_MAX_CONN)
            .withBeamWidth(LmdbHnswOptions.MAX_BEAM_WIDTH)
            .withTinySegmentsThreshold(0);
    try (Directory directory = new ByteBuffersDirectory()) {
      try (IndexWriter writer = new IndexWriter(directory, config(options))) {
        for (int axis = -1; axis < dimension; axis++) {
          byte[] vector = new byte[dimension];
          if (axis >= 0) {
            vector[axis] = 100;
          }
          Document document = new Document();
          document.add(new KnnByteVectorField("hub", vector, VectorSimilarityFunction.EUCLIDEAN));
          writer.addDocument(document);
        }
        writer.commit();
      }
      return index(options, directory);
    }
  }

  private static IndexWriterConfig config(LmdbHnswOptions options) {
    return new IndexWriterConfig()
        .setCodec(new LmdbHnswCodec(options))
        .setUseCompoundFile(false)
        .setMaxBufferedDocs(10_000)
        .setMergePolicy(NoMergePolicy.INSTANCE)
        .setMergeScheduler(new SerialMergeScheduler())
        .setRAMBufferSizeMB(64);
  }

  private void add(Document document, Field field) {
    int dimension = field.type.vectorDimension();
    if (field.type.vectorEncoding() == VectorEncoding.FLOAT32) {
      document.add(new KnnFloatVectorField(field.name, floats(dimension), field.type));
    } else {
      document.add(new KnnByteVectorField(field.name, bytes(dimension), field.type));
    }
  }

  private static float[] floats(int dimension) {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = 0.01f + random().nextFloat();
    }
    return vector;
  }

  private static byte[] bytes(int dimension) {
    byte[] vector = new byte[dimension];
    random().nextBytes(vector);
    vector[0] |= 1;
    return vector;
  }

  private static Index index(LmdbHnswOptions options, Directory directory) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    for (String name : directory.listAll()) {
      try (IndexInput in = directory.openInput(name, IOContext.READONCE)) {
        byte[] bytes = new byte[(int) in.length()];
        in.readBytes(bytes, 0, bytes.length);
        files.put(name, bytes);
      }
    }
    List<Segment> segments = new ArrayList<>();
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      for (LeafReaderContext leaf : reader.leaves()) {
        SegmentReader segment = (SegmentReader) leaf.reader();
        String prefix = segment.getSegmentName() + "_" + LmdbHnswVectorsFormat.NAME + "_0";
        segments.add(
            new Segment(
                prefix + "." + VEC,
                prefix + "." + VEM,
                segment.maxDoc(),
                LmdbHnswVectorsFormat.NAME + "_0"));
      }
    }
    return new Index(options, files, segments);
  }

  // ---- what is done with an index ----

  private enum Outcome {
    RESULTS,
    REJECTED
  }

  /** Opens an index of which some files are damaged, and reads all of it. */
  private Outcome read(Index index, String what, Map<String, byte[]> damaged) throws IOException {
    try (Directory directory = directory(index, damaged)) {
      long allocated = allocatedBytes();
      Attempts attempts = new Attempts();
      attempts.run(
          () -> {
            try (DirectoryReader reader = DirectoryReader.open(directory)) {
              for (int i = 0; i < index.segments.size(); i++) {
                Segment segment = index.segments.get(i);
                if (damaged.containsKey(segment.vec)
                    || damaged.containsKey(segment.vem)
                    || damaged.isEmpty()) {
                  readAll((CodecReader) reader.leaves().get(i).reader(), attempts);
                }
              }
            }
          });
      allocated = allocatedBytes() - allocated;
      assertTrue(allocated + " bytes allocated", allocated < MAX_ALLOCATED_BYTES);
      return attempts.rejected == 0 ? Outcome.RESULTS : Outcome.REJECTED;
    } catch (Throwable t) { // the directory, too, complains when something was left open
      throw new AssertionError("after: " + what, t);
    }
  }

  /** One that complains when something is left open, or one that maps files. */
  private Directory directory(Index index, Map<String, byte[]> damaged) throws IOException {
    Directory directory;
    if (random().nextInt(12) == 0) {
      directory = new MMapDirectory(createTempDir());
    } else {
      MockDirectoryWrapper mock =
          random().nextInt(20) == 0
              ? newMockFSDirectory(createTempDir())
              : new MockDirectoryWrapper(random(), new ByteBuffersDirectory());
      mock.setCheckIndexOnClose(false);
      directory = mock;
    }
    for (Map.Entry<String, byte[]> file : index.files.entrySet()) {
      byte[] bytes = damaged.getOrDefault(file.getKey(), file.getValue());
      try (IndexOutput out = directory.createOutput(file.getKey(), IOContext.DEFAULT)) {
        out.writeBytes(bytes, 0, bytes.length);
      }
    }
    return directory;
  }

  @FunctionalInterface
  private interface Operation {
    void run() throws IOException;
  }

  /** Runs operations that may find damage. */
  private static final class Attempts {
    int rejected;

    void run(Operation operation) throws IOException {
      try {
        operation.run();
      } catch (CorruptIndexException e) {
        rejected++;
        String message = e.getMessage();
        assertTrue(
            "names no file: " + e, message.contains("." + VEC) || message.contains("." + VEM));
        if (e.getStackTrace()[0].getClassName().startsWith("org.lucenelmdb.")) {
          assertTrue("says not what was found: " + e, message.contains("found"));
        }
      } catch (IndexFormatTooNewException | IndexFormatTooOldException e) {
        rejected++; // damage of a version
      } catch (AssertionError e) {
        // Lucene asserts that vectors are finite, which a flipped bit of a float may change
        boolean similarity =
            e.getStackTrace()[0].getClassName().equals("org.apache.lucene.util.VectorUtil");
        if (similarity == false && String.valueOf(e.getMessage()).contains("NaN") == false) {
          throw e;
        }
      }
    }
  }

  private static void readAll(CodecReader leaf, Attempts attempts) throws IOException {
    Random random = random();
    int maxDoc = leaf.maxDoc();
    FixedBitSet filter = new FixedBitSet(maxDoc);
    int percent = random.nextInt(100);
    for (int doc = 0; doc < maxDoc; doc++) {
      if (random.nextInt(100) < percent) {
        filter.set(doc);
      }
    }
    for (FieldInfo info : leaf.getFieldInfos()) {
      if (info.hasVectorValues() == false) {
        continue;
      }
      KnnVectorsReader reader =
          ((PerFieldKnnVectorsFormat.FieldsReader) leaf.getVectorReader())
              .getFieldReader(info.name);
      attempts.run(reader::checkIntegrity);
      attempts.run(
          () -> {
            for (long bytes : reader.getOffHeapByteSize(info).values()) {
              assertTrue("" + bytes, bytes >= 0);
            }
          });
      Query query = query(leaf, info);
      attempts.run(() -> readValues(query.values(), maxDoc));
      attempts.run(() -> score(query, null));
      attempts.run(() -> score(query, filter));
      attempts.run(() -> walk(((HnswGraphProvider) reader).getGraph(info.name), attempts));
      for (int k : new int[] {1, 5, maxDoc + 1}) {
        for (Bits accepted : new Bits[] {null, filter}) {
          attempts.run(
              () -> {
                TopDocs top = query.search(k, AcceptDocs.fromLiveDocs(accepted, maxDoc));
                Set<Integer> docs = new HashSet<>();
                for (ScoreDoc hit : top.scoreDocs) {
                  assertTrue("document " + hit.doc, hit.doc >= 0 && hit.doc < maxDoc);
                  assertTrue("twice: " + hit.doc, docs.add(hit.doc));
                  assertTrue("filtered: " + hit.doc, accepted == null || accepted.get(hit.doc));
                }
                assertTrue(top.scoreDocs.length <= k);
              });
        }
      }
    }
  }

  /** A field with a target that fits. */
  private interface Query {
    KnnVectorValues values() throws IOException;

    VectorScorer scorer() throws IOException;

    TopDocs search(int k, AcceptDocs acceptDocs) throws IOException;
  }

  private static Query query(CodecReader leaf, FieldInfo info) {
    boolean isFloat = info.getVectorEncoding() == VectorEncoding.FLOAT32;
    float[] floats = floats(info.getVectorDimension());
    byte[] bytes = bytes(info.getVectorDimension());
    return new Query() {
      @Override
      public KnnVectorValues values() throws IOException {
        return isFloat ? leaf.getFloatVectorValues(info.name) : leaf.getByteVectorValues(info.name);
      }

      @Override
      public VectorScorer scorer() throws IOException {
        return isFloat
            ? leaf.getFloatVectorValues(info.name).scorer(floats)
            : leaf.getByteVectorValues(info.name).scorer(bytes);
      }

      @Override
      public TopDocs search(int k, AcceptDocs acceptDocs) throws IOException {
        return isFloat
            ? leaf.searchNearestVectors(info.name, floats, k, acceptDocs, Integer.MAX_VALUE)
            : leaf.searchNearestVectors(info.name, bytes, k, acceptDocs, Integer.MAX_VALUE);
      }
    };
  }

  private static void readValues(KnnVectorValues values, int maxDoc) throws IOException {
    KnnVectorValues.DocIndexIterator iterator = values.iterator();
    int ord = 0;
    for (int doc = iterator.nextDoc();
        doc != DocIdSetIterator.NO_MORE_DOCS;
        doc = iterator.nextDoc()) {
      assertTrue(doc < maxDoc);
      assertEquals(ord, iterator.index());
      assertEquals(doc, values.ordToDoc(ord));
      readValue(values, ord);
      ord++;
    }
    assertEquals(values.size(), ord);
    KnnVectorValues copy = values.copy();
    for (int i = 0; i < 10 && ord > 0; i++) {
      readValue(copy, random().nextInt(ord));
    }
    iterator = copy.iterator();
    int target = random().nextInt(maxDoc);
    int doc = iterator.advance(target);
    assertTrue(doc >= target);
  }

  private static void readValue(KnnVectorValues values, int ord) throws IOException {
    if (values instanceof FloatVectorValues floats) {
      assertEquals(values.dimension(), floats.vectorValue(ord).length);
    } else {
      assertEquals(values.dimension(), ((ByteVectorValues) values).vectorValue(ord).length);
    }
  }

  private static void score(Query query, FixedBitSet filter) throws IOException {
    VectorScorer scorer = query.scorer();
    if (scorer == null) {
      return;
    }
    DocIdSetIterator iterator = scorer.iterator();
    for (int doc = iterator.nextDoc();
        doc != DocIdSetIterator.NO_MORE_DOCS;
        doc = iterator.nextDoc()) {
      if (filter == null || filter.get(doc)) {
        scorer.score();
      }
    }
  }

  private static void walk(HnswGraph graph, Attempts attempts) throws IOException {
    for (int level = 0; level < graph.numLevels(); level++) {
      HnswGraph.NodesIterator nodes = graph.getNodesOnLevel(level);
      int last = -1;
      while (nodes.hasNext()) {
        int node = nodes.nextInt();
        assertTrue("node " + node + " after " + last, node > last && node < graph.size());
        last = node;
        int l = level;
        attempts.run(
            () -> {
              graph.seek(l, node);
              int previous = -1;
              int count = 0;
              for (int neighbor = graph.nextNeighbor();
                  neighbor != DocIdSetIterator.NO_MORE_DOCS;
                  neighbor = graph.nextNeighbor()) {
                assertTrue(
                    neighbor + " after " + previous,
                    neighbor > previous && neighbor < graph.size());
                previous = neighbor;
                count++;
              }
              assertEquals(graph.neighborCount(), count);
            });
      }
    }
    assertTrue(graph.numLevels() == 0 || graph.entryNode() < graph.size());
  }

  @SuppressForbidden(reason = "to see that damaged counts are not believed; no portable API does")
  private static long allocatedBytes() {
    return ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean threads
        ? threads.getThreadAllocatedBytes(Thread.currentThread().threadId())
        : 0;
  }

  // ---- damage ----

  /** A file without its footer. */
  private static byte[] body(byte[] file) {
    return Arrays.copyOf(file, file.length - FOOTER_BYTES);
  }

  /** A file with a new footer. */
  private static byte[] withFooter(byte[] body) {
    ByteBuffer file = ByteBuffer.allocate(body.length + FOOTER_BYTES);
    file.put(body).putInt(CodecUtil.FOOTER_MAGIC).putInt(0);
    CRC32 crc = new CRC32();
    crc.update(file.array(), 0, file.position());
    file.putLong(crc.getValue());
    return file.array();
  }

  /** Changes a file, or its length, somewhere. */
  private static byte[] damage(byte[] bytes, StringBuilder what) {
    Random random = random();
    int at = position(bytes);
    int left = bytes.length - at;
    int run = Math.min(left, random.nextBoolean() ? 1 + random.nextInt(16) : random.nextInt(5000));
    byte[] damaged = bytes.clone();
    switch (random.nextInt(9)) {
      case 0, 1, 2 -> {
        int flips = 1 + random.nextInt(4);
        for (int i = 0; i < flips; i++) {
          int bit = random.nextInt(8);
          damaged[at] ^= (byte) (1 << bit);
          what.append(" flip bit ").append(bit).append(" of byte ").append(at).append(';');
          at = position(bytes);
        }
      }
      case 3 -> {
        byte[] noise = new byte[run];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, damaged, at, run);
        what.append(" noise from ").append(at).append(", ").append(run).append(" bytes;");
      }
      case 4 -> {
        byte value = (byte) (random.nextBoolean() ? 0 : 0xFF);
        Arrays.fill(damaged, at, at + run, value);
        what.append(" fill ").append(value).append(" from ").append(at).append(", ");
        what.append(run).append(" bytes;");
      }
      case 5 -> {
        int from = random.nextInt(bytes.length - run + 1);
        System.arraycopy(bytes, from, damaged, at, run);
        what.append(" copy ").append(from).append(" to ").append(at).append(", ");
        what.append(run).append(" bytes;");
      }
      case 6 -> {
        damaged = Arrays.copyOf(bytes, at);
        what.append(" truncate to ").append(at).append(';');
      }
      case 7 -> {
        byte[] noise = new byte[run];
        random.nextBytes(noise);
        damaged = Arrays.copyOf(bytes, bytes.length + run);
        System.arraycopy(noise, 0, damaged, bytes.length, run);
        what.append(" extend by ").append(run).append(';');
      }
      case 8 -> {
        damaged = new byte[bytes.length - run];
        System.arraycopy(bytes, 0, damaged, 0, at);
        System.arraycopy(bytes, at + run, damaged, at, left - run);
        what.append(" remove from ").append(at).append(", ").append(run).append(" bytes;");
      }
      default -> throw new AssertionError();
    }
    return damaged;
  }

  /** A position, rather at an interesting one than among zeros or vectors. */
  private static int position(byte[] bytes) {
    Random random = random();
    int at =
        switch (random.nextInt(5)) {
          case 0 -> random.nextInt(128); // headers
          case 1 -> (random.nextInt(bytes.length) & ~0xFFF) + random.nextInt(160); // of pages
          case 2 -> (random.nextInt(bytes.length) | 0xFFF) - random.nextInt(160); // nodes
          default -> random.nextInt(bytes.length);
        };
    at = Math.min(at, bytes.length - 1);
    if (random.nextBoolean()) {
      int end = Math.min(bytes.length - 1, at + 4096);
      while (bytes[at] == 0 && at < end) {
        at++;
      }
    }
    return at;
  }

  private static ByteBuffer view(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  // ---- tests ----

  /** The other tests are worth nothing if this one fails. */
  public void testUndamaged() throws IOException {
    Index index = randomIndex();
    assertEquals(Outcome.RESULTS, read(index, "nothing", Map.of()));
    Map<String, byte[]> rewritten = new HashMap<>();
    for (Segment segment : index.segments) {
      for (String name : List.of(segment.vec, segment.vem)) {
        byte[] file = withFooter(body(index.files.get(name)));
        assertArrayEquals(index.files.get(name), file);
        rewritten.put(name, file);
      }
    }
    assertEquals(Outcome.RESULTS, read(index, "nothing", rewritten));
  }

  public void testRandomDamage() throws IOException {
    for (int indexes = 0; indexes < 3; indexes++) {
      Index index = randomIndex();
      int rejected = 0;
      int rounds = atLeast(150);
      for (int i = 0; i < rounds; i++) {
        Segment segment = RandomPicks.randomFrom(random(), index.segments);
        String name = random().nextBoolean() ? segment.vec : segment.vem;
        StringBuilder what = new StringBuilder(name + ":");
        byte[] body = body(index.files.get(name));
        do {
          body = damage(body, what);
        } while (body.length > 0 && random().nextInt(4) == 0);
        Outcome outcome = read(index, what.toString(), Map.of(name, withFooter(body)));
        rejected += outcome == Outcome.REJECTED ? 1 : 0;
      }
      assertTrue(rejected + " of " + rounds, rejected > rounds / 10);
    }
  }

  /** The checksum of the metadata is read on opening, that of the image by checkIntegrity. */
  public void testChecksums() throws IOException {
    Index index = randomIndex();
    for (int i = atLeast(100); i > 0; i--) {
      Segment segment = RandomPicks.randomFrom(random(), index.segments);
      String name = random().nextBoolean() ? segment.vec : segment.vem;
      byte[] file = index.files.get(name);
      StringBuilder what = new StringBuilder(name + " without a new checksum:");
      byte[] damaged = damage(file, what);
      Outcome outcome = read(index, what.toString(), Map.of(name, damaged));
      assertEquals(
          what.toString(),
          Arrays.equals(file, damaged) ? Outcome.RESULTS : Outcome.REJECTED,
          outcome);
    }
  }

  /** Whole files of the wrong kind. */
  public void testForeignFiles() throws IOException {
    Index index = randomIndex();
    Segment one = index.segments.get(0);
    Segment two = index.segments.get(1);
    for (String name : List.of(one.vec, one.vem, two.vec, two.vem)) {
      byte[] file = index.files.get(name);
      Map<String, byte[]> foreign = new HashMap<>();
      foreign.put("an empty file", new byte[0]);
      foreign.put("a footer", withFooter(new byte[0]));
      foreign.put("one byte", new byte[] {1});
      foreign.put("half", Arrays.copyOf(file, file.length / 2));
      foreign.put("half and a footer", withFooter(Arrays.copyOf(file, file.length / 2)));
      byte[] noise = new byte[random().nextInt(10_000)];
      random().nextBytes(noise);
      foreign.put("noise", noise);
      foreign.put("noise and a footer", withFooter(noise));
      foreign.put("text", "#!/bin/sh\n".getBytes(StandardCharsets.UTF_8));
      foreign.put("one byte more", Arrays.copyOf(file, file.length + 1));
      foreign.put("twice", concat(file, file));
      for (Map.Entry<String, byte[]> other : index.files.entrySet()) {
        if (other.getKey().equals(name) == false) {
          foreign.put(other.getKey(), other.getValue());
        }
      }
      for (Map.Entry<String, byte[]> f : foreign.entrySet()) {
        String what = name + " is " + f.getKey();
        assertEquals(what, Outcome.REJECTED, read(index, what, Map.of(name, f.getValue())));
      }
    }
    assertEquals(
        Outcome.REJECTED,
        read(
            index,
            "both files of another segment",
            Map.of(
                one.vec, index.files.get(two.vec),
                one.vem, index.files.get(two.vem),
                two.vec, index.files.get(one.vec),
                two.vem, index.files.get(one.vem))));
  }

  private static byte[] concat(byte[] a, byte[] b) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  /** The header: magic, name with its length, version, segment's id, suffix with its length. */
  public void testHeaders() throws IOException {
    Index index = randomIndex();
    for (Segment segment : index.segments) {
      for (String name : List.of(segment.vec, segment.vem)) {
        String codec =
            name.equals(segment.vec)
                ? LmdbHnswVectorsFormat.VECTORS_CODEC_NAME
                : LmdbHnswVectorsFormat.META_CODEC_NAME;
        int header = CodecUtil.indexHeaderLength(codec, segment.suffix);
        for (int at = 0; at < header; at++) {
          byte[] body = body(index.files.get(name));
          byte old = body[at];
          int[] values = {0, -1, 127, -128, old ^ 1 << random().nextInt(8)};
          for (int value : values) {
            if ((byte) value != old && random().nextInt(3) == 0) {
              body[at] = (byte) value;
              String what = name + ": byte " + at + " of the header set to " + value;
              assertEquals(
                  what, Outcome.REJECTED, read(index, what, Map.of(name, withFooter(body))));
            }
          }
        }
      }
    }
  }

  /**
   * A number of the metadata file.
   *
   * @param wrong values that must be found to be wrong
   */
  private record Number(String name, int at, int bytes, long... wrong) {}

  /** Reads the metadata file as the format's documentation has it. */
  private static List<Number> numbers(Segment segment, byte[] file) {
    List<Number> numbers = new ArrayList<>();
    ByteBuffer in = view(file);
    in.position(CodecUtil.indexHeaderLength(LmdbHnswVectorsFormat.META_CODEC_NAME, segment.suffix));
    int max = Integer.MAX_VALUE;
    int min = Integer.MIN_VALUE;
    long offset = in.getLong(in.position());
    number(numbers, in, "offset", 8, 0, -1, Long.MAX_VALUE, Long.MIN_VALUE, offset + 1, max);
    long length = in.getLong(in.position() + Long.BYTES);
    number(numbers, in, "length", 8, 0, -1, Long.MAX_VALUE, Long.MIN_VALUE, max, 4096);
    int fields = 0;
    while (in.getInt(in.position()) != -1) {
      fields++;
      number(numbers, in, "field", 4, max, min, -2, 1 << 20);
      long encoding = in.get(in.position());
      number(numbers, in, "encoding", 1, -1, 1 - encoding, 2, 127);
      long similarity = in.get(in.position());
      number(numbers, in, "similarity", 1, -1, (similarity + 1) % 4, 4, 5, 6, 127);
      int dimension = (int) number(numbers, in, "dimension", 4, 0, -1, max, min);
      int vectorBytes = encoding == 0 ? dimension : dimension * Float.BYTES;
      int maxDoc = segment.maxDoc;
      int size = (int) number(numbers, in, "size", 4, -1, max, min, maxDoc + 1);
      int shift = (int) number(numbers, in, "shift", 4, -1, max, min, 19, 32, 64);
      int blocks = (int) (((long) size + (1L << shift) - 1) >>> shift);
      for (int block = 0; block < blocks; block++) {
        long address = in.getLong(in.position());
        number(numbers, in, "address", 8, -1, Long.MAX_VALUE, Long.MIN_VALUE);
        if (vectorBytes > 1) {
          numbers.add(new Number("address", in.position() - 8, 8, address + 1));
        }
      }
      byte kind = in.get(in.position());
      if (size > 0) {
        number(numbers, in, "kind", 1, 1 - kind, 2, -1);
      } else {
        number(numbers, in, "kind", 1, 1, 2, -1);
      }
      if (kind == 1) {
        table(numbers, in, "documents' bits", size);
      }
      int levels = (int) number(numbers, in, "levels", 4, -1, max, min, 65);
      if (levels > 0) {
        number(numbers, in, "M", 4, 0, -1, max, min, 1 << 16);
        int maxDegree = in.getInt(in.position());
        if (maxDegree > 0) {
          number(numbers, in, "degree", 4, -1, max, min, size + 1, maxDegree - 1, 0);
        } else {
          number(numbers, in, "degree", 4, -1, max, min, size + 1);
        }
        number(numbers, in, "entry node", 4, -1, max, min, size);
        number(numbers, in, "bytes of links", 8, -1, Long.MAX_VALUE, Long.MIN_VALUE);
        int records = size;
        for (int level = 1; level < levels; level++) {
          int nodes = in.getInt(in.position());
          number(numbers, in, "nodes", 4, 0, -1, max, min, size + 1, nodes + 1, nodes - 1);
          records += nodes;
        }
        table(numbers, in, "addresses' bits", records);
      }
      int metric = (int) similarity;
      codes(numbers, in, dimension, size, metric, length);
    }
    number(numbers, in, "end", 4, 0, -2, max, min);
    for (int field = 0; field < fields; field++) {
      float[] notRecall = {Float.NaN, -1, 0.01f, 0.4999f, 0.9991f, 1, 1f / 0, -1f / 0};
      number(numbers, in, "target recall", 4, floatBits(notRecall));
      assertEquals("too few vectors for a curve", 0, in.get(in.position()));
      number(numbers, in, "points", 1, -1, 33, 127, -128);
    }
    assertEquals(FOOTER_BYTES, in.remaining());
    return numbers;
  }

  /** The part of a field that says where its codes are. */
  private static void codes(
      List<Number> numbers, ByteBuffer in, int dimension, int size, int metric, long length) {
    int max = Integer.MAX_VALUE;
    int min = Integer.MIN_VALUE;
    int bits = in.get(in.position());
    if (bits == 0) {
      number(numbers, in, "bits", 1, -1, 1, 2, 3, 4, 5, 6, 7, 8, 16, 127, -128);
      return;
    }
    number(numbers, in, "bits", 1, 0, -1, 3, 5, 6, 7, 9, 16, 127, -128);
    float[] notOversampling = {Float.NaN, 0.5f, 0.999f, -1, 1000.1f, 1e9f, 1f / 0, -1f / 0};
    number(numbers, in, "oversampling", 4, floatBits(notOversampling));
    number(numbers, in, "query bits", 1, 0, -1, 1, 2, 3, 5, 7, 9, 16, 127, -128);
    number(numbers, in, "error", 4, floatBits(Float.NaN, -1, 1f / 0, -1f / 0));
    number(numbers, in, "depth", 4, floatBits(Float.NaN, -1, 1000.1f, 1f / 0, -1f / 0));
    floats(numbers, in, "mean", dimension, Float.NaN, 1f / 0, -1f / 0);
    boolean isManhattan = metric == 4;
    if (isManhattan) {
      floats(numbers, in, "deviation", dimension, Float.NaN, 1f / 0, -1f / 0);
    } else {
      number(numbers, in, "seed", 8); // any is one
      int count = (int) number(numbers, in, "centroids", 4, -1, max, min, 1 << 16, (1 << 16) + 1);
      // the last ones' squares are no floats
      floats(numbers, in, "centroid", count * dimension, Float.NaN, 1f / 0, -1f / 0, 4e18f, -3e38f);
    }
    int recordBytes = recordBytes(dimension, bits, isManhattan);
    int shift = (int) number(numbers, in, "codes' shift", 4, -1, max, min, 19, 32, 64);
    int blocks = (int) (((long) size + (1L << shift) - 1) >>> shift);
    for (int block = 0; block < blocks; block++) {
      long address = in.getLong(in.position());
      long bytes = Math.min(1L << shift, size - ((long) block << shift)) * recordBytes;
      long tooFar = (length - bytes - 64) / recordBytes * recordBytes + recordBytes;
      number(
          numbers,
          in,
          "codes' address",
          8,
          -1,
          Long.MAX_VALUE,
          Long.MIN_VALUE,
          address + 1,
          address + 2,
          -recordBytes,
          tooFar,
          tooFar + recordBytes,
          length / recordBytes * recordBytes,
          Long.MAX_VALUE / recordBytes * recordBytes);
    }
    table(numbers, in, "nodes' bits", size);
  }

  private static void floats(
      List<Number> numbers, ByteBuffer in, String name, int count, float... wrong) {
    for (int i = 0; i < count; i++) {
      number(numbers, in, name, 4, floatBits(wrong));
    }
  }

  private static long[] floatBits(float... values) {
    long[] bits = new long[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToIntBits(values[i]);
    }
    return bits;
  }

  /** The length of a record of codes. */
  private static int recordBytes(int dimension, int bits, boolean isManhattan) {
    int code = bits == 8 && isManhattan == false ? dimension : bits * ((dimension + 7) / 8);
    return (4 + (isManhattan ? 0 : 12) + code + 3) / 4 * 4;
  }

  private static long number(
      List<Number> numbers, ByteBuffer in, String name, int bytes, long... wrong) {
    numbers.add(new Number(name, in.position(), bytes, wrong));
    return switch (bytes) {
      case 1 -> in.get();
      case 4 -> in.getInt();
      default -> in.getLong();
    };
  }

  private static void table(List<Number> numbers, ByteBuffer in, String name, int size) {
    int bits = (int) number(numbers, in, name, 1, 0, -1, 3, 64, 65, 127, -128);
    int bytes = (int) DirectWriter.bytesRequired(size, bits);
    // all of it, so that a value of it is wrong whatever the width
    Number table = new Number(name + ": table", in.position(), Math.min(bytes, 8), -1);
    if (size > 1 || name.equals("documents' bits") == false) { // one document may be any
      numbers.add(table);
    }
    in.position(in.position() + bytes);
  }

  private static void set(byte[] bytes, Number number, long value) {
    ByteBuffer view = view(bytes);
    for (int i = 0; i < number.bytes; i++) {
      view.put(number.at + i, (byte) (value >> Math.min(63, Byte.SIZE * i)));
    }
  }

  /** Every number of the metadata file. */
  public void testNumbers() throws IOException {
    Index index = randomIndex();
    for (Segment segment : index.segments) {
      byte[] file = index.files.get(segment.vem);
      List<Number> numbers = numbers(segment, file);
      long fields = numbers.stream().filter(n -> n.name.equals("field")).count();
      assertTrue(fields + " of 5", fields >= 3); // a small segment may have no sparse ones
      for (Number number : numbers) {
        for (long wrong : number.wrong) {
          byte[] body = body(file);
          set(body, number, wrong);
          String what = segment.vem + ": " + number.name + " at " + number.at + " is " + wrong;
          if (Arrays.equals(body(file), body) == false) {
            assertEquals(
                what, Outcome.REJECTED, read(index, what, Map.of(segment.vem, withFooter(body))));
          }
        }
        // what these do is not said; two at a time now and then
        byte[] body = body(file);
        StringBuilder what = new StringBuilder(segment.vem + ":");
        do {
          long value =
              switch (random().nextInt(4)) {
                case 0 -> random().nextInt(8);
                case 1 -> random().nextLong();
                case 2 -> random().nextInt(300);
                default -> body[number.at] + (random().nextBoolean() ? 1 : -1);
              };
          set(body, number, value);
          what.append(' ').append(number.name).append(" at ").append(number.at);
          what.append(" is ").append(value).append(';');
          number = RandomPicks.randomFrom(random(), numbers);
        } while (random().nextInt(3) == 0);
        read(index, what.toString(), Map.of(segment.vem, withFooter(body)));
      }
    }
  }

  /** The part of a field's metadata that is about its codes. */
  private record CodesPart(
      boolean isFloat, int metric, int size, int recordBytes, List<Number> numbers) {

    Number number(String name) {
      return numbers.stream().filter(n -> n.name.equals(name)).findFirst().orElse(null);
    }
  }

  /** The fields that have codes. */
  private static List<CodesPart> codesParts(Segment segment, byte[] file) {
    List<CodesPart> parts = new ArrayList<>();
    List<Number> numbers = numbers(segment, file);
    ByteBuffer view = view(file);
    for (int from = 0, to; from < numbers.size(); from = to) {
      to = from + 1;
      while (to < numbers.size() && numbers.get(to).name.equals("field") == false) {
        to++;
      }
      Map<String, Integer> at = new HashMap<>();
      List<Number> field = numbers.subList(from, to);
      field.forEach(number -> at.putIfAbsent(number.name, number.at));
      if (at.containsKey("oversampling")) {
        int metric = view.get(at.get("similarity"));
        int bits = view.get(at.get("bits"));
        int dimension = view.getInt(at.get("dimension"));
        parts.add(
            new CodesPart(
                view.get(at.get("encoding")) == 1,
                metric,
                view.getInt(at.get("size")),
                recordBytes(dimension, bits, metric == 4),
                field));
      }
    }
    return parts;
  }

  /** Codes as they should be, but their field has no graph. */
  public void testCodesWithoutGraph() throws IOException {
    Index index = indexWithCodes(1);
    Segment segment = index.segments.get(0);
    byte[] file = index.files.get(segment.vem);
    for (CodesPart part : codesParts(segment, file)) {
      int from = part.number("levels").at;
      int to = part.number("bits").at;
      byte[] body = body(file);
      byte[] removed = new byte[body.length - (to - from) + Integer.BYTES];
      System.arraycopy(body, 0, removed, 0, from);
      System.arraycopy(body, to, removed, from + Integer.BYTES, body.length - to);
      assertEquals(
          Outcome.REJECTED,
          read(index, "no graph at " + from, Map.of(segment.vem, withFooter(removed))));
    }
  }

  /** Records as near to the image's end as may be: whatever is found there is not read in vain. */
  public void testCodesAtTheEnd() throws IOException {
    for (int bits : new int[] {1, 2, 4, 8}) {
      Index index = indexWithCodes(bits);
      Segment segment = index.segments.get(0);
      byte[] file = index.files.get(segment.vem);
      long length = view(file).getLong(headerBytes(segment) + Long.BYTES);
      for (CodesPart part : codesParts(segment, file)) {
        long bytes = (long) part.size * part.recordBytes;
        long address = (length - bytes - 64) / part.recordBytes * part.recordBytes;
        byte[] body = body(file);
        set(body, part.number("codes' address"), address);
        String what = part + " at " + address;
        read(index, what, Map.of(segment.vem, withFooter(body)));
        merge(index, what, Map.of(segment.vem, withFooter(body)));
      }
    }
  }

  /** What searches believe without looking: nodes' ordinals, corrections, codes. */
  public void testRecordsOfCodes() throws IOException {
    for (int bits : new int[] {1, 2, 4, 8}) {
      Index index = indexWithCodes(bits);
      for (Segment segment : index.segments) {
        byte[] meta = index.files.get(segment.vem);
        List<CodesPart> parts = codesParts(segment, meta);
        assertFalse(parts.isEmpty());
        for (CodesPart part : parts) {
          int records = (int) view(meta).getLong(part.number("codes' address").at);
          checkOrdinals(index, segment, part, records);
          checkCorrections(index, segment, part, records);
        }
      }
    }
  }

  /** A field with centroids: these, and the numbers of them that records have. */
  public void testCentroids() throws IOException {
    Index index = clusteredIndex();
    Segment segment = index.segments.get(0);
    byte[] meta = index.files.get(segment.vem);
    CodesPart part = codesParts(segment, meta).get(0);
    int count = view(meta).getInt(part.number("centroids").at);
    assertTrue("" + count, count > 1);
    for (Number number : part.numbers) {
      for (long wrong : number.name.startsWith("centroid") ? number.wrong : new long[0]) {
        byte[] body = body(meta);
        set(body, number, wrong);
        String what = number.name + " at " + number.at + " is " + wrong;
        assertEquals(
            what, Outcome.REJECTED, read(index, what, Map.of(segment.vem, withFooter(body))));
      }
    }
    int records = (int) view(meta).getLong(part.number("codes' address").at);
    for (int wrong : new int[] {count, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 16, 0}) {
      byte[] body = body(index.files.get(segment.vec));
      ByteBuffer image = image(index, segment, body);
      for (int node = 0; node < part.size; node++) {
        image.putInt(records + node * part.recordBytes + 3 * Integer.BYTES, wrong);
      }
      damagedRecords(index, segment, body, "centroids of records are " + wrong, false);
    }
    checkOrdinals(index, segment, part, records);
    checkCorrections(index, segment, part, records);
    // others, but finite ones: the hits are others, and no more
    for (int round = 0; round < 10; round++) {
      byte[] body = body(meta);
      for (Number number : part.numbers) {
        if (number.name.equals("centroid") && random().nextBoolean()) {
          float magnitude = random().nextBoolean() ? 1e17f : 1;
          set(body, number, Float.floatToIntBits(magnitude * (random().nextFloat() - 0.5f)));
        } else if (number.name.equals("seed")) {
          set(body, number, random().nextLong());
        }
      }
      String what = "other centroids";
      Map<String, byte[]> damaged = Map.of(segment.vem, withFooter(body));
      assertEquals(what, Outcome.RESULTS, read(index, what, damaged));
      merge(index, what, damaged);
    }
  }

  /** Vectors in two clusters, in the first segment so many that there are centroids. */
  private Index clusteredIndex() throws IOException {
    int dimension = 6;
    LmdbHnswOptions options =
        LmdbHnswOptions.DEFAULT.withMaxConn(3).withTinySegmentsThreshold(0).withCodeBits(1);
    try (Directory directory = new ByteBuffersDirectory()) {
      try (IndexWriter writer = new IndexWriter(directory, config(options))) {
        for (int doc = 0; doc < 220; doc++) {
          float[] vector = new float[dimension];
          for (int i = 0; i < dimension; i++) {
            vector[i] = (doc % 2 == 0 ? 10 : -10) + random().nextFloat();
          }
          Document document = new Document();
          document.add(
              new KnnFloatVectorField("floats", vector, VectorSimilarityFunction.EUCLIDEAN));
          writer.addDocument(document);
          if (doc == 199) {
            writer.commit();
          }
        }
      }
      return index(options, directory);
    }
  }

  private void checkOrdinals(Index index, Segment segment, CodesPart part, int records)
      throws IOException {
    int size = part.size;
    for (int ord : new int[] {-1, size, Integer.MIN_VALUE, Integer.MAX_VALUE, 0, size - 1}) {
      byte[] body = body(index.files.get(segment.vec));
      ByteBuffer image = image(index, segment, body);
      boolean all = random().nextBoolean();
      int one = random().nextInt(size);
      for (int node = all ? 0 : one; node <= (all ? size - 1 : one); node++) {
        image.putInt(records + node * part.recordBytes, ord);
      }
      damagedRecords(index, segment, body, "ordinals of " + part + " are " + ord, true);
    }
    byte[] body = body(index.files.get(segment.vec));
    ByteBuffer image = image(index, segment, body);
    int last = records + (size - 1) * part.recordBytes;
    int first = image.getInt(records);
    image.putInt(records, image.getInt(last)).putInt(last, first);
    damagedRecords(index, segment, body, "two ordinals of " + part + " exchanged", true);
  }

  private void checkCorrections(Index index, Segment segment, CodesPart part, int records)
      throws IOException {
    float[] values = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0};
    for (float value : values) {
      for (int which = 1; which < part.recordBytes / Float.BYTES; which = 2 * which + 1) {
        byte[] body = body(index.files.get(segment.vec));
        ByteBuffer image = image(index, segment, body);
        for (int node = 0; node < part.size; node++) {
          if (random().nextInt(3) > 0) {
            int from = records + node * part.recordBytes;
            for (int i = 1; i <= which; i++) {
              image.putFloat(from + i * Float.BYTES, value);
            }
          }
        }
        String what = which + " corrections of " + part + " are " + value;
        damagedRecords(index, segment, body, what, false);
      }
    }
    byte[] body = body(index.files.get(segment.vec));
    ByteBuffer image = image(index, segment, body);
    for (int node = 0; node < part.size; node++) {
      byte[] noise = new byte[part.recordBytes - Integer.BYTES];
      random().nextBytes(noise);
      image.put(records + node * part.recordBytes + Integer.BYTES, noise);
    }
    damagedRecords(index, segment, body, "noise in " + part, false);
  }

  private void damagedRecords(
      Index index, Segment segment, byte[] body, String what, boolean rejected) throws IOException {
    if (Arrays.equals(body, body(index.files.get(segment.vec)))) {
      return; // a segment of one document
    }
    Map<String, byte[]> damaged = Map.of(segment.vec, withFooter(body));
    assertEquals(what, rejected ? Outcome.REJECTED : Outcome.RESULTS, read(index, what, damaged));
    if (random().nextInt(4) == 0) {
      merge(index, "merge: " + what, damaged);
    }
  }

  /** Fields that are not there, there twice, or exchanged. */
  public void testFieldsOfMetadata() throws IOException {
    Index index = randomIndex();
    Segment segment = index.segments.get(0);
    byte[] file = index.files.get(segment.vem);
    List<Number> numbers = numbers(segment, file);
    List<Number> fields = numbers.stream().filter(n -> n.name.equals("field")).toList();
    Number end = numbers.get(numbers.size() - 1);
    for (int i = 0; i < fields.size(); i++) {
      int from = fields.get(i).at;
      int to = i + 1 < fields.size() ? fields.get(i + 1).at : end.at;
      byte[] body = body(file);
      byte[] twice = new byte[body.length + to - from];
      System.arraycopy(body, 0, twice, 0, to);
      System.arraycopy(body, from, twice, to, body.length - from);
      String what = "field " + i + " twice";
      assertEquals(
          what, Outcome.REJECTED, read(index, what, Map.of(segment.vem, withFooter(twice))));
      byte[] removed = new byte[body.length - (to - from)];
      System.arraycopy(body, 0, removed, 0, from);
      System.arraycopy(body, to, removed, from, body.length - to);
      what = "field " + i + " removed";
      assertEquals(
          what, Outcome.REJECTED, read(index, what, Map.of(segment.vem, withFooter(removed))));
      byte[] last = Arrays.copyOf(body, from + Integer.BYTES);
      view(last).putInt(from, -1);
      what = "fields from " + i + " on removed";
      assertEquals(
          what, Outcome.REJECTED, read(index, what, Map.of(segment.vem, withFooter(last))));
    }
  }

  /** Both files tell the same, wrong version. */
  public void testVersions() throws IOException {
    Index index = randomIndex();
    Segment segment = index.segments.get(0);
    for (int version : new int[] {LmdbHnswVectorsFormat.VERSION_CURRENT + 1, -1, 1 << 30}) {
      Map<String, byte[]> files = new HashMap<>();
      for (String name : List.of(segment.vec, segment.vem)) {
        byte[] body = body(index.files.get(name));
        String codec =
            name.equals(segment.vec)
                ? LmdbHnswVectorsFormat.VECTORS_CODEC_NAME
                : LmdbHnswVectorsFormat.META_CODEC_NAME;
        int at = CodecUtil.headerLength(codec) - Integer.BYTES;
        ByteBuffer.wrap(body).putInt(at, version); // big-endian, as all of a header
        files.put(name, withFooter(body));
      }
      try (Directory directory = directory(index, files)) {
        Class<? extends IOException> expected =
            version < 0 ? IndexFormatTooOldException.class : IndexFormatTooNewException.class;
        expectThrows(expected, () -> DirectoryReader.open(directory).close());
      }
    }
  }

  /** The two descriptions of the environment, and the headers and nodes of its pages. */
  public void testPages() throws IOException {
    Index index = randomIndex();
    for (int i = atLeast(300); i > 0; i--) {
      damagePage(index, RandomPicks.randomFrom(random(), index.segments));
    }
  }

  /** As {@link #testPages}, with links on pages of their own. */
  public void testHub() throws IOException {
    Index index = hubIndex();
    Segment segment = index.segments.get(0);
    byte[] file = index.files.get(segment.vem);
    Number degree =
        numbers(segment, file).stream()
            .filter(n -> n.name.equals("degree"))
            .findFirst()
            .orElseThrow();
    assertTrue("large enough for an overflow page", view(file).getInt(degree.at) > 1015);
    assertEquals(Outcome.RESULTS, read(index, "nothing", Map.of()));
    for (int i = atLeast(40); i > 0; i--) {
      damagePage(index, segment);
    }
    int pageSize = pageSize(index, segment);
    ByteBuffer image = image(index, segment, body(index.files.get(segment.vec)));
    int links = 2; // the overflow page that begins with a Roaring bitmap
    while (image.getLong(links * pageSize) != links
        || image.getShort(links * pageSize + 10) != 4
        || image.getInt(links * pageSize + 16) != 12346) {
      links++;
    }
    for (int at : new int[] {0, 1, 7, 10, 11, 16, 17, 18, 20, 24, 26, 32, 33, 34}) {
      byte[] body = body(index.files.get(segment.vec));
      ByteBuffer damaged = image(index, segment, body);
      int where = links * pageSize + at;
      damaged.put(where, (byte) (damaged.get(where) ^ 0x11));
      String what = "byte " + at + " of the overflow page " + links;
      Outcome outcome = read(index, what, Map.of(segment.vec, withFooter(body)));
      if (at < 32 && at != 26) { // there is the number of neighbors, which may be smaller
        assertEquals(what, Outcome.REJECTED, outcome);
      }
    }
  }

  private static ByteBuffer image(Index index, Segment segment, byte[] body) {
    byte[] meta = index.files.get(segment.vem);
    int offset = (int) view(meta).getLong(headerBytes(segment));
    return view(body).slice(offset, body.length - offset).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int headerBytes(Segment segment) {
    return CodecUtil.indexHeaderLength(LmdbHnswVectorsFormat.META_CODEC_NAME, segment.suffix);
  }

  /** {@code md_pad} of the first database in the first page. */
  private static int pageSize(Index index, Segment segment) {
    return image(index, segment, index.files.get(segment.vec)).getInt(40);
  }

  private void damagePage(Index index, Segment segment) throws IOException {
    Random random = random();
    byte[] body = body(index.files.get(segment.vec));
    ByteBuffer image = image(index, segment, body);
    int pageSize = pageSize(index, segment);
    int pages = image.limit() / pageSize;
    int page = random.nextInt(pages);
    int kind = image.getShort(page * pageSize + 10);
    for (int i = 0; i < 50 && kind != 1 && kind != 2 && kind != 8; i++) {
      page = random.nextInt(pages); // rather no overflow page, whose header is seldom read
      kind = image.getShort(page * pageSize + 10);
    }
    int header = kind == 8 ? 152 : 16; // where the array of nodes begins
    int at = random.nextInt(header);
    int nodes = kind == 8 ? 0 : (image.getShort(page * pageSize + 12) - header) / Short.BYTES;
    if ((kind == 1 || kind == 2) && nodes > 0 && random.nextInt(4) > 0) {
      int node = header + random.nextInt(nodes) * Short.BYTES;
      // the place of a node, or something of the node: header, key or value
      at =
          random.nextInt(4) == 0
              ? node
              : image.getShort(page * pageSize + node) + random.nextInt(48);
    }
    at = Math.min(at, pageSize - Long.BYTES);
    int where = page * pageSize + at;
    String what = String.format(Locale.ROOT, "page %d of kind %d: at %d ", page, kind, at);
    switch (random.nextInt(6)) {
      case 0 -> {
        int value = new int[] {0, -1, Short.MAX_VALUE, Short.MIN_VALUE}[random.nextInt(4)];
        image.putShort(where & ~1, (short) value);
        what += "a short of " + value;
      }
      case 1 -> {
        int value = random.nextInt(2 * pageSize);
        image.putShort(where & ~1, (short) value);
        what += "a short of " + value;
      }
      case 2 -> {
        int value = new int[] {0, -1, 1, Integer.MAX_VALUE, pages}[random.nextInt(5)];
        image.putInt(where & ~1, value);
        what += "an int of " + value;
      }
      case 3 -> {
        long value = random.nextBoolean() ? random.nextInt(pages + 2) : random.nextLong();
        image.putLong(where & ~1, value);
        what += "a long of " + value;
      }
      case 4 -> {
        int other = random.nextInt(pages);
        image.put(page * pageSize, image, other * pageSize, pageSize);
        if (random.nextBoolean()) {
          image.putLong(page * pageSize, page); // with the right number
        }
        what = "page " + page + " is page " + other;
      }
      default -> {
        byte value = (byte) (image.get(where) ^ 1 << random.nextInt(8));
        image.put(where, value);
        what += "a byte of " + value;
      }
    }
    read(index, segment.vec + ": " + what, Map.of(segment.vec, withFooter(body)));
  }

  /**
   * The links of a node in the image.
   *
   * @param at their Roaring bitmap, in the image
   * @param degree the number of neighbors
   */
  private record NodeLinks(int field, int level, int node, int at, int degree) {
    boolean isPeerOf(NodeLinks other) {
      return field == other.field && level == other.level;
    }
  }

  /** Finds links by their keys of eight bytes on leaf pages, and by what bitmaps begin with. */
  private static List<NodeLinks> links(Index index, Segment segment) {
    List<NodeLinks> found = new ArrayList<>();
    ByteBuffer image = image(index, segment, body(index.files.get(segment.vec)));
    int pageSize = pageSize(index, segment);
    for (int page = 2; page < image.limit() / pageSize; page++) {
      int start = page * pageSize;
      int nodes = (image.getShort(start + 12) - 16) / Short.BYTES;
      for (int i = 0; i < nodes && image.getShort(start + 10) == 2; i++) {
        int node = start + image.getShort(start + 16 + i * Short.BYTES);
        int value = node + 16;
        if (image.getShort(node + 6) == 8 && image.getInt(value) == 12346) {
          int field = Short.reverseBytes(image.getShort(node + 8));
          int level = Short.reverseBytes(image.getShort(node + 10));
          int number = Integer.reverseBytes(image.getInt(node + 12));
          int degree = image.getInt(value + 4) == 0 ? 0 : image.getShort(value + 10) + 1;
          found.add(new NodeLinks(field, level, number, value, degree));
        }
      }
    }
    return found;
  }

  /** Neighbors that are none: of other levels, too many, in disorder, the node itself. */
  public void testLinks() throws IOException {
    for (int indexes = 0; indexes < 2; indexes++) {
      Index index = randomIndex();
      Segment segment = RandomPicks.randomFrom(random(), index.segments);
      List<NodeLinks> all = links(index, segment);
      List<NodeLinks> above = all.stream().filter(links -> links.level > 0).toList();
      for (int i = atLeast(50); i > 0; i--) {
        boolean aboveOnly = random().nextInt(4) > 0 && above.isEmpty() == false;
        if (all.isEmpty()) {
          continue; // a tiny segment
        }
        NodeLinks links = RandomPicks.randomFrom(random(), aboveOnly ? above : all);
        if (links.degree == 0) {
          continue;
        }
        byte[] body = body(index.files.get(segment.vec));
        ByteBuffer image = image(index, segment, body);
        String what = links.toString();
        int header = links.at + 10; // cookie, 1 container, key, number of values - 1, offset
        int array = links.at + 16;
        if (random().nextInt(4) == 0) {
          int degree = random().nextInt(10);
          image.putShort(header, (short) degree);
          what += " has a degree of " + degree;
        } else if (random().nextInt(4) == 0) {
          int neighbor = random().nextInt(segment.maxDoc);
          image.putShort(array + random().nextInt(links.degree) * Short.BYTES, (short) neighbor);
          what += " has neighbor " + neighbor;
        } else { // well-formed
          Set<Integer> neighbors = new TreeSet<>();
          while (neighbors.size() < Math.min(links.degree, segment.maxDoc)) {
            neighbors.add(random().nextInt(segment.maxDoc));
          }
          int at = array;
          for (int neighbor : neighbors) {
            image.putShort(at, (short) neighbor);
            at += Short.BYTES;
          }
          what += " has neighbors " + neighbors;
        }
        Map<String, byte[]> damaged = Map.of(segment.vec, withFooter(body));
        if (random().nextBoolean()) {
          read(index, what, damaged);
        } else {
          merge(index, "merge: " + what, damaged);
        }
      }
    }
  }

  /**
   * More than M neighbors above level 0, all of them on the level: searches do not mind them, but
   * Lucene's builders do.
   */
  public void testLinksBeyondM() throws IOException {
    Index index = randomIndex();
    Segment segment = RandomPicks.randomFrom(random(), index.segments);
    List<NodeLinks> all = links(index, segment);
    int pageSize = pageSize(index, segment);
    int degree = 2 * index.options.maxConn();
    int rounds = atLeast(15);
    Collections.shuffle(all, random());
    for (NodeLinks links : all) {
      int[] peers = all.stream().filter(links::isPeerOf).mapToInt(NodeLinks::node).toArray();
      int bytes = 16 + degree * Short.BYTES;
      if (links.level == 0
          || links.degree == 0
          || peers.length < degree
          || links.at % pageSize + bytes > pageSize) {
        continue;
      }
      Arrays.sort(peers);
      byte[] body = body(index.files.get(segment.vec));
      ByteBuffer image = image(index, segment, body);
      image.putShort(links.at - 16, (short) bytes); // of the record, which runs into the next one
      image.putShort(links.at + 10, (short) (degree - 1));
      for (int i = 0; i < degree; i++) {
        image.putShort(links.at + 16 + i * Short.BYTES, (short) peers[i]);
      }
      if (--rounds < 0) {
        break;
      }
      Map<String, byte[]> damaged = Map.of(segment.vec, withFooter(body));
      String what = links + " has " + degree + " neighbors";
      read(index, what, damaged);
      merge(index, "merge: " + what, damaged);
    }
  }

  /** A damaged segment is merged, or the merge fails; what it writes is not damaged. */
  public void testMerge() throws IOException {
    for (int indexes = 0; indexes < 2; indexes++) {
      Index index = randomIndex();
      for (int i = atLeast(60); i > 0; i--) {
        Segment segment = RandomPicks.randomFrom(random(), index.segments);
        String name = random().nextBoolean() ? segment.vec : segment.vem;
        StringBuilder what = new StringBuilder("merge, " + name + ":");
        byte[] body = body(index.files.get(name));
        if (random().nextBoolean() || name.equals(segment.vec)) {
          body = damage(body, what);
        } else {
          List<Number> numbers = numbers(segment, index.files.get(name));
          Number number = RandomPicks.randomFrom(random(), numbers);
          int value = random().nextInt(10);
          set(body, number, value);
          what.append(' ').append(number.name).append(" at ").append(number.at);
          what.append(" is ").append(value);
        }
        merge(index, what.toString(), Map.of(name, withFooter(body)));
      }
    }
  }

  private void merge(Index index, String what, Map<String, byte[]> damaged) throws IOException {
    try (Directory directory = directory(index, damaged)) {
      Attempts attempts = new Attempts();
      Sort sort;
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        sort = reader.leaves().get(0).reader().getMetaData().sort();
      } catch (CorruptIndexException | IndexFormatTooNewException | IndexFormatTooOldException e) {
        assertNotNull(e.getMessage());
        return;
      }
      TieredMergePolicy merges = new TieredMergePolicy();
      merges.setNoCFSRatio(0); // the files keep their names
      LmdbHnswOptions options = index.options;
      if (random().nextInt(4) == 0) {
        options = options.withMaxConn(RandomNumbers.randomIntBetween(random(), 2, 6));
      }
      IndexWriterConfig config = config(options).setMergePolicy(merges);
      if (sort != null) {
        config.setIndexSort(sort);
      }
      boolean[] merged = new boolean[1];
      try (IndexWriter writer = new IndexWriter(directory, config)) {
        attempts.run(
            () -> {
              writer.forceMerge(1);
              merged[0] = true;
            });
        if (merged[0] == false) {
          writer.rollback();
        }
      }
      if (merged[0]) {
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          assertEquals(1, reader.leaves().size());
          readAll((CodecReader) reader.leaves().get(0).reader(), attempts);
        }
        assertEquals(0, attempts.rejected);
      }
    } catch (Throwable t) {
      throw new AssertionError("after: " + what, t);
    }
  }
}
