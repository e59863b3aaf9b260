/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.hnsw.HnswGraphProvider;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.VectorScorer;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.LongValues;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.apache.lucene.util.packed.DirectReader;
import org.lucenelmdb.internal.store.LmdbFile;
import org.roaringbitmap.RoaringBitmap;

/**
 * Reads indexes that were written when the format was at versions 0 to 3, through Lucene and by
 * what the javadoc of {@link LmdbHnswVectorsFormat} says, and does the same with an index written
 * today.
 *
 * <p>The indexes are resources. To make one for a new version, run this test with {@code
 * -Dtests.golden.write=FILE.zip}.
 */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestGoldenSegment extends LuceneTestCase {

  static final int EUCLIDEAN = 0;
  static final int COSINE = 2;
  private static final int MAXIMUM_INNER_PRODUCT = 3;
  static final int MANHATTAN = 4;
  private static final int HAMMING = 5;

  /** That of fields with 8 bits. */
  private static final float TARGET_RECALL = 0.9f;

  /**
   * A field of an index.
   *
   * @param metric as the metadata file has it
   * @param sparse no vector in every third document
   * @param bits of codes, 0 for none
   */
  private record Spec(
      String name, boolean isFloat, int metric, int dimension, boolean sparse, int bits) {

    /** The vector of a document; null if it has none. */
    float[] vector(int doc) {
      if (sparse && doc % 3 == 2) {
        return null;
      }
      switch (name) {
        case "sparse":
          return new float[] {doc % 7 - 3, doc % 11, doc * 0.25f - 5};
        case "clusters":
          float sign = doc % 2 == 0 ? 20 : -20;
          return new float[] {sign + doc % 7, doc % 5, sign, doc % 3, -sign, doc % 11, 1, doc % 13};
        case "bytes":
          return new float[] {doc % 13 + 1, doc % 160 - 35, doc % 5};
        default:
          Random random = new Random(31L * name.hashCode() + doc);
          float[] vector = new float[dimension];
          for (int i = 0; i < dimension; i++) {
            int x = random.nextInt(64) + random.nextInt(64) - 63 + i;
            vector[i] = isFloat ? x / 16f : x;
          }
          return vector;
      }
    }

    byte[] bytes(int doc) {
      float[] vector = vector(doc);
      byte[] bytes = new byte[vector.length];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) vector[i];
      }
      return bytes;
    }

    FieldType type() {
      if (metric == HAMMING) {
        return LmdbHnswFieldTypes.byteHamming(dimension);
      }
      if (metric == MANHATTAN) {
        return isFloat
            ? LmdbHnswFieldTypes.floatManhattan(dimension)
            : LmdbHnswFieldTypes.byteManhattan(dimension);
      }
      VectorSimilarityFunction function =
          switch (metric) {
            case EUCLIDEAN -> VectorSimilarityFunction.EUCLIDEAN;
            case COSINE -> VectorSimilarityFunction.COSINE;
            default -> VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT;
          };
      return isFloat
          ? KnnFloatVectorField.createFieldType(dimension, function)
          : KnnByteVectorField.createFieldType(dimension, function);
    }

    Field field(int doc) {
      return isFloat
          ? new KnnFloatVectorField(name, vector(doc), type())
          : new KnnByteVectorField(name, bytes(doc), type());
    }
  }

  /** An index that was kept. */
  private enum Golden {
    VERSION_0(
        0,
        70,
        List.of(
            new Spec("sparse", true, EUCLIDEAN, 3, true, 0),
            new Spec("bytes", false, COSINE, 3, false, 0))),
    VERSION_1(
        1,
        70,
        List.of(
            new Spec("sparse", true, EUCLIDEAN, 3, true, 0),
            new Spec("bytes", false, COSINE, 3, false, 8),
            new Spec("one", true, EUCLIDEAN, 13, true, 1),
            new Spec("two", true, MAXIMUM_INNER_PRODUCT, 10, false, 2),
            new Spec("hamming", false, HAMMING, 4, false, 0),
            new Spec("manhattan", true, MANHATTAN, 11, true, 2),
            new Spec("four", true, COSINE, 9, false, 4),
            new Spec("eight", true, EUCLIDEAN, 5, false, 8),
            new Spec("oneBytes", false, EUCLIDEAN, 20, false, 1),
            new Spec("manhattanBytes", false, MANHATTAN, 6, false, 8))),
    VERSION_2(
        2,
        140,
        List.of(
            new Spec("sparse", true, EUCLIDEAN, 3, true, 0),
            new Spec("bytes", false, COSINE, 3, false, 8),
            new Spec("clusters", true, EUCLIDEAN, 8, false, 1), // has centroids
            new Spec("one", true, EUCLIDEAN, 13, true, 1),
            new Spec("two", true, MAXIMUM_INNER_PRODUCT, 10, false, 2),
            new Spec("hamming", false, HAMMING, 4, false, 0),
            new Spec("manhattan", true, MANHATTAN, 11, true, 2),
            new Spec("four", true, COSINE, 70, false, 4),
            new Spec("eight", true, EUCLIDEAN, 5, false, 8),
            new Spec("oneBytes", false, EUCLIDEAN, 20, false, 1),
            new Spec("manhattanBytes", false, MANHATTAN, 6, false, 8))),
    VERSION_3(
        3,
        2100, // enough for recall curves, but for those that are sparse
        List.of(
            new Spec("sparse", true, EUCLIDEAN, 3, true, 0),
            new Spec("bytes", false, COSINE, 3, false, 0),
            new Spec("one", true, EUCLIDEAN, 13, true, 1),
            new Spec("eight", true, EUCLIDEAN, 5, false, 8)));

    final int version;
    final int docs;
    final Map<String, Spec> fields = new TreeMap<>();

    Golden(int version, int docs, List<Spec> fields) {
      this.version = version;
      this.docs = docs;
      for (Spec field : fields) {
        this.fields.put(field.name, field);
      }
    }

    Directory open() throws IOException {
      Directory directory = new ByteBuffersDirectory();
      String resource = "golden-version-" + version + ".zip";
      try (InputStream in = TestGoldenSegment.class.getResourceAsStream(resource);
          ZipInputStream zip = new ZipInputStream(in)) {
        for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
          try (IndexOutput out = directory.createOutput(entry.getName(), IOContext.DEFAULT)) {
            byte[] bytes = zip.readAllBytes();
            out.writeBytes(bytes, bytes.length);
          }
        }
      }
      return directory;
    }
  }

  /** The newest version that there is an index of. */
  private static final Golden NEWEST = Golden.VERSION_3;

  /** Fields with codes of as many bits share their files, and HAMMING is with those of 2 bits. */
  private static void write(Directory directory) throws IOException {
    Map<Integer, KnnVectorsFormat> formats = new HashMap<>();
    for (int bits : new int[] {0, 1, 2, 4, 8}) {
      formats.put(
          bits,
          new LmdbHnswVectorsFormat(
              LmdbHnswOptions.DEFAULT
                  .withMaxConn(3)
                  .withBeamWidth(20)
                  .withTinySegmentsThreshold(0)
                  .withTargetRecall(bits == 8 ? TARGET_RECALL : LmdbHnswOptions.AUTO)
                  .withCodeBits(bits)));
    }
    LmdbHnswCodec codec =
        new LmdbHnswCodec() {
          @Override
          public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
            Spec spec = NEWEST.fields.get(field);
            return formats.get(spec.metric == HAMMING ? 2 : spec.bits);
          }
        };
    IndexWriterConfig config = new IndexWriterConfig().setCodec(codec).setUseCompoundFile(false);
    config.getMergePolicy().setNoCFSRatio(0);
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (int doc = 0; doc < NEWEST.docs; doc++) {
        Document document = new Document();
        document.add(new StoredField("id", doc));
        for (Spec field : NEWEST.fields.values()) {
          if (field.vector(doc) != null) {
            document.add(field.field(doc));
          }
        }
        writer.addDocument(document);
      }
      writer.forceMerge(1);
    }
  }

  public void testWriteGolden() throws IOException {
    String file = System.getProperty("tests.golden.write");
    assumeTrue("only on request", file != null);
    try (Directory directory = new ByteBuffersDirectory();
        ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(Path.of(file)))) {
      write(directory);
      for (String name : directory.listAll()) {
        if (name.equals(IndexWriter.WRITE_LOCK_NAME) == false) {
          zip.putNextEntry(new ZipEntry(name));
          zip.write(bytes(directory, name));
        }
      }
    }
  }

  public void testGoldenThroughLucene() throws Exception {
    for (Golden golden : Golden.values()) {
      try (Directory directory = golden.open()) {
        TestUtil.checkIndex(directory);
        checkThroughLucene(directory, golden);
      }
    }
  }

  public void testGoldenByTheJavadoc() throws Exception {
    for (Golden golden : Golden.values()) {
      try (Directory directory = golden.open()) {
        checkByTheJavadoc(directory, golden);
      }
    }
  }

  public void testTodaysByTheJavadoc() throws Exception {
    assertEquals(LmdbHnswVectorsFormat.VERSION_CURRENT, NEWEST.version);
    try (Directory directory = new ByteBuffersDirectory()) {
      write(directory);
      checkThroughLucene(directory, NEWEST);
      checkByTheJavadoc(directory, NEWEST);
    }
  }

  /** Segments of all versions become one of today's. */
  public void testMerge() throws Exception {
    for (Golden golden : Golden.values()) {
      try (Directory directory = golden.open()) {
        IndexWriterConfig config = new IndexWriterConfig().setCodec(new LmdbHnswCodec());
        try (IndexWriter writer = new IndexWriter(directory, config)) {
          Document document = new Document();
          for (Spec field : golden.fields.values()) {
            document.add(field.field(0));
          }
          writer.addDocument(document);
          writer.forceMerge(1);
        }
        TestUtil.checkIndex(directory);
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          LeafReader leaf = getOnlyLeafReader(reader);
          for (Spec field : golden.fields.values()) {
            checkValues(leaf, field, golden.docs, golden.docs + 1);
          }
        }
      }
    }
  }

  private static void checkThroughLucene(Directory directory, Golden golden) throws IOException {
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      LeafReader leaf = getOnlyLeafReader(reader);
      for (Spec field : golden.fields.values()) {
        checkValues(leaf, field, golden.docs, golden.docs);
        for (int target = 0; target < golden.docs; target += 13) {
          if (field.vector(target) != null) {
            checkSearch(reader, field, target);
          }
        }
      }
    }
  }

  /**
   * Checks all vectors.
   *
   * @param written documents, the first of which come once more behind them
   */
  private static void checkValues(LeafReader leaf, Spec field, int written, int docs)
      throws IOException {
    FloatVectorValues floats = field.isFloat ? leaf.getFloatVectorValues(field.name) : null;
    ByteVectorValues bytes = field.isFloat ? null : leaf.getByteVectorValues(field.name);
    KnnVectorValues.DocIndexIterator iterator = (field.isFloat ? floats : bytes).iterator();
    for (int doc = 0; doc < docs; doc++) {
      int vectorOf = doc % written;
      if (field.vector(vectorOf) != null) {
        assertEquals(doc, iterator.nextDoc());
        if (field.isFloat) {
          assertArrayEquals(field.vector(vectorOf), floats.vectorValue(iterator.index()), 0);
        } else {
          assertArrayEquals(field.bytes(vectorOf), bytes.vectorValue(iterator.index()));
        }
      }
    }
    assertEquals(DocIdSetIterator.NO_MORE_DOCS, iterator.nextDoc());
  }

  /** Looks for a document's own vector. */
  private static void checkSearch(DirectoryReader reader, Spec field, int target)
      throws IOException {
    LeafReader leaf = getOnlyLeafReader(reader);
    VectorScorer scorer =
        field.isFloat
            ? leaf.getFloatVectorValues(field.name).scorer(field.vector(target))
            : leaf.getByteVectorValues(field.name).scorer(field.bytes(target));
    float[] scores = new float[leaf.maxDoc()];
    float best = 0;
    DocIdSetIterator docs = scorer.iterator();
    for (int doc = docs.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = docs.nextDoc()) {
      scores[doc] = scorer.score();
      best = Math.max(best, scores[doc]);
    }
    int k = 10; // fewer may miss it, as nodes have but 3 to 6 neighbors
    LmdbHnswSearchStrategy strategy =
        LmdbHnswSearchStrategy.DEFAULT.withOversampling(10); // codes of 1 bit are poor
    TopDocs hits =
        new IndexSearcher(reader)
            .search(
                field.isFloat
                    ? new KnnFloatVectorQuery(field.name, field.vector(target), k, null, strategy)
                    : new KnnByteVectorQuery(field.name, field.bytes(target), k, null, strategy),
                k);
    assertEquals(k, hits.scoreDocs.length);
    assertEquals(field + ", document " + target, best, hits.scoreDocs[0].score, 1e-5f * best);
    for (ScoreDoc hit : hits.scoreDocs) {
      assertEquals(scores[hit.doc], hit.score, 1e-5f * best);
    }
  }

  private static byte[] bytes(Directory directory, String name) throws IOException {
    try (IndexInput in = directory.openInput(name, IOContext.READONCE)) {
      byte[] bytes = new byte[(int) in.length()];
      in.readBytes(bytes, 0, bytes.length);
      return bytes;
    }
  }

  /** Passes over Lucene's index header, which is big-endian. */
  private static void header(ByteBuffer file, String codec, int version, String expectedSuffix) {
    file.order(BIG_ENDIAN);
    assertEquals(CodecUtil.CODEC_MAGIC, file.getInt());
    byte[] name = new byte[file.get()];
    file.get(name);
    assertEquals(codec, new String(name, StandardCharsets.UTF_8));
    assertEquals(version, file.getInt());
    file.position(file.position() + 16); // the segment's id
    byte[] suffix = new byte[file.get()];
    file.get(suffix);
    assertEquals(expectedSuffix, new String(suffix, StandardCharsets.UTF_8));
    file.order(LITTLE_ENDIAN);
  }

  private void checkByTheJavadoc(Directory directory, Golden golden) throws Exception {
    List<String> found = new ArrayList<>();
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      for (String name : directory.listAll()) {
        if (name.endsWith(".vec")) {
          String prefix = name.substring(0, name.length() - "vec".length());
          ByteBuffer vec = ByteBuffer.wrap(bytes(directory, name)).order(LITTLE_ENDIAN);
          ByteBuffer vem = ByteBuffer.wrap(bytes(directory, prefix + "vem")).order(LITTLE_ENDIAN);
          String suffix = prefix.substring(prefix.indexOf('_', 1) + 1, prefix.length() - 1);
          header(vec, "LmdbHnswVectorsImage", golden.version, suffix);
          header(vem, "LmdbHnswVectorsMeta", golden.version, suffix);
          found.addAll(checkByTheJavadoc(vec, vem, golden, getOnlyLeafReader(reader)));
        }
      }
    }
    found.sort(null);
    assertEquals(List.copyOf(golden.fields.keySet()), found);
  }

  /** Everything that is said of two files, from behind their headers to their last byte. */
  private static List<String> checkByTheJavadoc(
      ByteBuffer vec, ByteBuffer vem, Golden golden, LeafReader leaf) throws IOException {
    long offset = vem.getLong();
    long length = vem.getLong();
    while (vec.position() < offset) {
      assertEquals(0, vec.get());
    }
    assertEquals(vec.limit() - CodecUtil.footerLength(), offset + length);
    ByteBuffer image = vec.slice((int) offset, (int) length).order(LITTLE_ENDIAN);
    int pageSize = image.getInt(16 + 24); // as LMDB has it in its meta page
    assertEquals(0, offset % pageSize);
    assertEquals(0, length % pageSize);
    Map<String, Map<String, byte[]>> databases = readWithLmdb(image);

    List<String> names = new ArrayList<>();
    for (int number = vem.getInt(); number != -1; number = vem.getInt()) {
      String name = leaf.getFieldInfos().fieldInfo(number).name;
      Spec spec = golden.fields.get(name);
      KnnVectorsReader reader =
          ((PerFieldKnnVectorsFormat.FieldsReader) ((CodecReader) leaf).getVectorReader())
              .getFieldReader(name);
      new FieldCheck(vem, image, databases, names.size(), spec, golden.docs)
          .check(golden.version, ((HnswGraphProvider) reader).getGraph(name));
      names.add(name);
    }
    if (golden.version > 2) {
      for (String name : names) {
        checkRecall(vem, golden.fields.get(name), leaf);
      }
    }
    assertEquals(vem.limit() - CodecUtil.footerLength(), vem.position());
    for (Map.Entry<String, Map<String, byte[]>> database : databases.entrySet()) {
      assertEquals(database.getKey(), Map.of(), database.getValue());
    }
    return names;
  }

  private static void checkRecall(ByteBuffer vem, Spec spec, LeafReader leaf) throws IOException {
    assertEquals(spec.bits == 8 ? TARGET_RECALL : 0, vem.getFloat(), 0);
    int points = vem.get();
    assertEquals(spec.name, spec.sparse == false, points > 0);
    float candidates = 0;
    float tolerance = Float.POSITIVE_INFINITY;
    for (int point = 0; point < points; point++) {
      float before = candidates;
      candidates = vem.getFloat();
      assertTrue("" + candidates, candidates >= before && candidates > 0);
      float toleranceBefore = tolerance;
      tolerance = vem.getFloat();
      assertTrue("" + tolerance, tolerance <= toleranceBefore && tolerance > 0);
      for (int k : new int[] {10, 100}) {
        float recall = vem.getFloat();
        assertTrue("" + recall, recall >= 0 && recall <= 1);
        float expandedNodes = vem.getFloat();
        assertTrue("" + expandedNodes, expandedNodes > 0 && expandedNodes * k <= leaf.maxDoc());
      }
    }
  }

  /** Reads what is said of a field, and compares it with the vectors. */
  private static final class FieldCheck {
    final ByteBuffer vem;
    final ByteBuffer image;
    final Map<String, Map<String, byte[]>> databases; // what was read is removed
    final int field;
    final Spec spec;
    final int[] docOf; // ordinals
    final int size;

    FieldCheck(
        ByteBuffer vem,
        ByteBuffer image,
        Map<String, Map<String, byte[]>> databases,
        int field,
        Spec spec,
        int maxDoc) {
      this.vem = vem;
      this.image = image;
      this.databases = databases;
      this.field = field;
      this.spec = spec;
      int[] docs = new int[maxDoc];
      int ords = 0;
      for (int doc = 0; doc < maxDoc; doc++) {
        if (spec.vector(doc) != null) {
          docs[ords++] = doc;
        }
      }
      docOf = Arrays.copyOf(docs, ords);
      size = ords;
    }

    byte[] remove(String database, String keyFormat, Object... key) {
      Map<String, byte[]> records = databases.getOrDefault(database, new TreeMap<>());
      return records.remove(String.format(Locale.ROOT, keyFormat, key));
    }

    void check(int version, HnswGraph graph) throws IOException {
      assertEquals(spec.isFloat ? 1 : 0, vem.get()); // encoding
      assertEquals(spec.metric, vem.get()); // similarity
      assertEquals(spec.dimension, vem.getInt());
      assertEquals(size, vem.getInt());
      checkVectors();
      checkDocs();
      Links links = readGraph(graph);
      int[] ordinals;
      if (version == 0 || spec.bits == 0) {
        assertTrue("no codes", version == 0 || vem.get() == 0);
        ordinals = new int[size];
        Arrays.setAll(ordinals, node -> node);
      } else {
        assertEquals(spec.bits, vem.get());
        ordinals = checkCodes(version);
      }
      links.check(graph, ordinals);
    }

    /** The values of blocks, each from its first vector on to its end. */
    ByteBuffer[] blocks(String database, int vectorBytes) {
      int shift = vem.getInt();
      int blocks = (size + (1 << shift) - 1) >>> shift;
      assertEquals(1, blocks);
      ByteBuffer[] values = new ByteBuffer[blocks];
      for (int block = 0; block < blocks; block++) {
        long address = vem.getLong();
        assertEquals(0, address % vectorBytes);
        byte[] record = remove(database, "%04x%08x", field, block);
        ByteBuffer value = ByteBuffer.wrap(record).order(LITTLE_ENDIAN);
        int first = value.getInt();
        int count = value.getInt();
        assertEquals(Math.min(1 << shift, size - (block << shift)), count);
        while (value.position() < first) {
          assertEquals(0, value.get());
        }
        byte[] atAddress = new byte[value.remaining()];
        image.get((int) address, atAddress);
        values[block] = value.slice().order(LITTLE_ENDIAN);
        assertEquals(ByteBuffer.wrap(atAddress), values[block]);
      }
      return values;
    }

    void checkVectors() {
      ByteBuffer value = blocks("vectors", spec.dimension * (spec.isFloat ? 4 : 1))[0];
      for (int doc : docOf) {
        for (float x : spec.vector(doc)) {
          assertEquals(x, spec.isFloat ? value.getFloat() : value.get(), 0);
        }
      }
      while (value.hasRemaining()) {
        assertEquals(0, value.get());
      }
    }

    void checkDocs() throws IOException {
      assertEquals(spec.sparse ? 1 : 0, vem.get());
      byte[] record = remove("docs", "%04x", field);
      if (spec.sparse) {
        assertArrayEquals(docOf, bitmap(record));
        long[] table = table(vem, size);
        for (int ord = 0; ord < size; ord++) {
          assertEquals(docOf[ord], table[ord]);
        }
      } else {
        assertNull(record);
      }
    }

    /** The nodes' neighbors, which are nodes. */
    record Links(int entryNode, int[][] nodes, int[][][] neighbors) {

      /** Compares with the graph that Lucene sees, which is one of ordinals. */
      void check(HnswGraph graph, int[] ordinals) throws IOException {
        assertEquals(ordinals[entryNode], graph.entryNode());
        for (int level = 0; level < nodes.length; level++) {
          assertEquals(nodes[level].length, graph.getNodesOnLevel(level).size());
          for (int i = 0; i < nodes[level].length; i++) {
            int[] expected = neighbors[level][i].clone();
            for (int n = 0; n < expected.length; n++) {
              expected[n] = ordinals[expected[n]];
            }
            Arrays.sort(expected);
            graph.seek(level, ordinals[nodes[level][i]]);
            for (int neighbor : expected) {
              assertEquals(neighbor, graph.nextNeighbor());
            }
            assertEquals(DocIdSetIterator.NO_MORE_DOCS, graph.nextNeighbor());
          }
        }
      }
    }

    Links readGraph(HnswGraph graph) throws IOException {
      int levels = vem.getInt();
      assertEquals(graph.numLevels(), levels);
      assertTrue("the golden segment has upper levels", levels > 1);
      assertEquals(3, vem.getInt()); // M
      int maxDegree = vem.getInt();
      int entryNode = vem.getInt();
      long linksBytes = vem.getLong();
      int[][] nodes = new int[levels][];
      int[][][] neighbors = new int[levels][][];
      nodes[0] = new int[size];
      Arrays.setAll(nodes[0], i -> i);
      int records = size;
      for (int level = 1; level < levels; level++) {
        nodes[level] = bitmap(remove("levels", "%04x%04x", field, level));
        assertEquals(nodes[level].length, vem.getInt());
        records += nodes[level].length;
      }
      long[] addresses = table(vem, records);
      int record = 0;
      int largest = 0;
      long bytes = 0;
      for (int level = 0; level < levels; level++) {
        neighbors[level] = new int[nodes[level].length][];
        for (int i = 0; i < nodes[level].length; i++) {
          byte[] links = remove("links", "%04x%04x%08x", field, level, nodes[level][i]);
          byte[] atAddress = new byte[links.length];
          image.get((int) (2 * addresses[record++]), atAddress);
          assertArrayEquals(links, atAddress);
          neighbors[level][i] = bitmap(links);
          largest = Math.max(largest, neighbors[level][i].length);
          bytes += links.length + 18; // with the key and LMDB's part
        }
      }
      assertEquals(largest, maxDegree);
      assertEquals(bytes, linksBytes);
      return new Links(entryNode, nodes, neighbors);
    }

    /** Returns the ordinals of the nodes. */
    int[] checkCodes(int version) throws IOException {
      float oversampling = vem.getFloat();
      boolean isAdaptive = version > 1 && oversampling == 0;
      assertTrue("" + oversampling, isAdaptive || oversampling >= 1 && oversampling <= 1000);
      if (version > 1) {
        int queryBits = vem.get();
        assertTrue("" + queryBits, queryBits == 4 || queryBits == 8);
        float error = vem.getFloat();
        assertTrue("" + error, error > 0 && error < 1);
        float depth = vem.getFloat();
        assertTrue("" + depth, depth >= 10 && depth < size);
      }
      boolean isManhattan = spec.metric == MANHATTAN;
      GoldenCodes codes =
          new GoldenCodes(
              version, spec.metric, spec.dimension, spec.bits, vem, spec.name.equals("clusters"));
      boolean isPlanes = spec.bits < 8 || isManhattan;
      int planeBytes = (spec.dimension + 7) / 8;
      int codeBytes = isPlanes ? spec.bits * planeBytes : spec.dimension;
      int recordBytes = (4 + (isManhattan ? 0 : 12) + codeBytes + 3) / 4 * 4;
      ByteBuffer value = blocks("codes", recordBytes)[0];
      int[] ordinals = new int[size];
      for (int node = 0; node < size; node++) {
        int end = value.position() + recordBytes;
        ordinals[node] = value.getInt();
        codes.check(spec.vector(docOf[ordinals[node]]), value);
        while (value.position() < end) {
          assertEquals(0, value.get());
        }
      }
      codes.checkError();
      assertTrue(value.remaining() + " bytes behind the last record", value.remaining() >= 64);
      while (value.hasRemaining()) {
        assertEquals(0, value.get());
      }
      long[] nodes = table(vem, size);
      for (int node = 0; node < size; node++) {
        assertEquals(node, nodes[ordinals[node]]); // so all ordinals are different
      }
      return ordinals;
    }
  }

  private static int[] bitmap(byte[] record) throws IOException {
    RoaringBitmap bitmap = new RoaringBitmap();
    bitmap.deserialize(ByteBuffer.wrap(record));
    assertEquals(record.length, bitmap.serializedSizeInBytes());
    return bitmap.toArray();
  }

  private static long[] table(ByteBuffer vem, int size) throws IOException {
    int bits = vem.get();
    try (Directory directory = new ByteBuffersDirectory()) {
      try (IndexOutput out = directory.createOutput("table", IOContext.DEFAULT)) {
        out.writeBytes(vem.array(), vem.position(), vem.remaining());
      }
      try (IndexInput in = directory.openInput("table", IOContext.DEFAULT)) {
        LongValues values = DirectReader.getInstance(in.randomAccessSlice(0, in.length()), bits);
        long[] table = new long[size];
        for (int i = 0; i < size; i++) {
          table[i] = values.get(i);
        }
        int padding = bits > 32 ? 64 - bits : bits > 16 ? 32 - bits : bits > 8 ? 16 - bits : 0;
        vem.position(vem.position() + (size * bits + 7) / 8 + (padding + 7) / 8);
        return table;
      }
    }
  }

  /** The records of each database, by their keys in hexadecimal. */
  private static Map<String, Map<String, byte[]>> readWithLmdb(ByteBuffer image)
      throws IOException {
    byte[] bytes = new byte[image.remaining()];
    image.get(0, bytes);
    Map<String, Map<String, byte[]>> databases = new TreeMap<>();
    try (LmdbFile file = LmdbFile.open(bytes)) {
      for (String name : file.databases()) {
        assertTrue(name, List.of("codes", "docs", "levels", "links", "vectors").contains(name));
        Map<String, byte[]> records = new TreeMap<>();
        for (LmdbFile.Entry entry : file.entries(name)) {
          records.put(HexFormat.of().formatHex(entry.key()), entry.value());
        }
        databases.put(name, records);
      }
    }
    return databases;
  }
}
