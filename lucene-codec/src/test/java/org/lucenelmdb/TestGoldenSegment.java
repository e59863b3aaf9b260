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
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.hnsw.HnswGraphProvider;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StoredField;
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
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.TopDocs;
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
import org.lucenelmdb.store.LmdbFile;
import org.roaringbitmap.RoaringBitmap;

/**
 * Reads an index that was written when the format was at version 0, through Lucene and by what the
 * javadoc of {@link LmdbHnswVectorsFormat} says, and does the same with an index written today.
 *
 * <p>The index is a resource. To make one for a new version, run this test with {@code
 * -Dtests.golden.write=FILE.zip}.
 */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestGoldenSegment extends LuceneTestCase {

  private static final String GOLDEN = "golden-version-0.zip";
  private static final int DOCS = 70;

  /** Field "sparse": no vector in every third document. */
  private static float[] sparseVector(int doc) {
    return doc % 3 == 2 ? null : new float[] {doc % 7 - 3, doc % 11, doc * 0.25f - 5};
  }

  /** Field "bytes": a vector in every document. */
  private static byte[] byteVector(int doc) {
    return new byte[] {(byte) (doc % 13 + 1), (byte) (doc - 35), (byte) (doc % 5)};
  }

  private static void write(Directory directory) throws IOException {
    LmdbHnswOptions options =
        LmdbHnswOptions.DEFAULT.withMaxConn(3).withBeamWidth(20).withTinySegmentsThreshold(0);
    IndexWriterConfig config =
        new IndexWriterConfig().setCodec(new LmdbHnswCodec(options)).setUseCompoundFile(false);
    config.getMergePolicy().setNoCFSRatio(0);
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (int doc = 0; doc < DOCS; doc++) {
        Document document = new Document();
        document.add(new StoredField("id", doc));
        document.add(
            new KnnByteVectorField("bytes", byteVector(doc), VectorSimilarityFunction.COSINE));
        if (sparseVector(doc) != null) {
          document.add(
              new KnnFloatVectorField(
                  "sparse", sparseVector(doc), VectorSimilarityFunction.EUCLIDEAN));
        }
        writer.addDocument(document);
      }
      writer.forceMerge(1);
    }
  }

  private static Directory golden() throws IOException {
    Directory directory = new ByteBuffersDirectory();
    try (InputStream resource = TestGoldenSegment.class.getResourceAsStream(GOLDEN);
        ZipInputStream zip = new ZipInputStream(resource)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        try (IndexOutput out = directory.createOutput(entry.getName(), IOContext.DEFAULT)) {
          byte[] bytes = zip.readAllBytes();
          out.writeBytes(bytes, bytes.length);
        }
      }
    }
    return directory;
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
    try (Directory directory = golden()) {
      TestUtil.checkIndex(directory);
      checkThroughLucene(directory);
    }
  }

  public void testGoldenByTheJavadoc() throws Exception {
    try (Directory directory = golden()) {
      checkByTheJavadoc(directory, 0);
    }
  }

  public void testTodaysByTheJavadoc() throws Exception {
    try (Directory directory = new ByteBuffersDirectory()) {
      write(directory);
      checkThroughLucene(directory);
      checkByTheJavadoc(directory, LmdbHnswVectorsFormat.VERSION_CURRENT);
    }
  }

  private static void checkThroughLucene(Directory directory) throws IOException {
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      LeafReader leaf = getOnlyLeafReader(reader);
      FloatVectorValues values = leaf.getFloatVectorValues("sparse");
      KnnVectorValues.DocIndexIterator iterator = values.iterator();
      for (int doc = 0; doc < DOCS; doc++) {
        if (sparseVector(doc) != null) {
          assertEquals(doc, iterator.nextDoc());
          assertArrayEquals(sparseVector(doc), values.vectorValue(iterator.index()), 0);
        }
        assertArrayEquals(byteVector(doc), leaf.getByteVectorValues("bytes").vectorValue(doc));
      }
      assertEquals(DocIdSetIterator.NO_MORE_DOCS, iterator.nextDoc());
      TopDocs hits =
          new IndexSearcher(reader)
              .search(new KnnFloatVectorQuery("sparse", sparseVector(40), 3), 3);
      assertEquals(40, hits.scoreDocs[0].doc);
    }
  }

  private static byte[] bytes(Directory directory, String name) throws IOException {
    try (IndexInput in = directory.openInput(name, IOContext.READONCE)) {
      byte[] bytes = new byte[(int) in.length()];
      in.readBytes(bytes, 0, bytes.length);
      return bytes;
    }
  }

  private static ByteBuffer file(Directory directory, String extension) throws IOException {
    for (String name : directory.listAll()) {
      if (name.endsWith("_LmdbHnswVectorsFormat_0." + extension)) {
        return ByteBuffer.wrap(bytes(directory, name)).order(LITTLE_ENDIAN);
      }
    }
    throw new AssertionError(Arrays.toString(directory.listAll()));
  }

  /** Passes over Lucene's index header, which is big-endian. */
  private static void header(ByteBuffer file, String codec, int version) {
    file.order(BIG_ENDIAN);
    assertEquals(CodecUtil.CODEC_MAGIC, file.getInt());
    byte[] name = new byte[file.get()];
    file.get(name);
    assertEquals(codec, new String(name, StandardCharsets.UTF_8));
    assertEquals(version, file.getInt());
    file.position(file.position() + 16); // the segment's id
    byte[] suffix = new byte[file.get()];
    file.get(suffix);
    assertEquals("LmdbHnswVectorsFormat_0", new String(suffix, StandardCharsets.UTF_8));
    file.order(LITTLE_ENDIAN);
  }

  /** Everything that is said of the two files, from first to last byte. */
  private void checkByTheJavadoc(Directory directory, int version) throws Exception {
    ByteBuffer vec = file(directory, "vec");
    ByteBuffer vem = file(directory, "vem");
    header(vec, "LmdbHnswVectorsImage", version);
    header(vem, "LmdbHnswVectorsMeta", version);

    long offset = vem.getLong();
    long length = vem.getLong();
    while (vec.position() < offset) {
      assertEquals(0, vec.get());
    }
    assertEquals(vec.limit() - CodecUtil.footerLength(), offset + length);
    ByteBuffer image = vec.slice((int) offset, (int) length).order(LITTLE_ENDIAN);
    Map<String, Map<String, byte[]>> databases = readWithLmdb(image);
    int pageSize = image.getInt(16 + 24); // as LMDB has it in its meta page
    assertEquals(0, offset % pageSize);
    assertEquals(0, length % pageSize);

    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      LeafReader leaf = getOnlyLeafReader(reader);
      for (int field = 0; field < 2; field++) {
        String name = leaf.getFieldInfos().fieldInfo(vem.getInt()).name;
        boolean sparse = name.equals("sparse");
        assertEquals(sparse ? 1 : 0, vem.get()); // encoding
        assertEquals(sparse ? 0 : 2, vem.get()); // similarity
        assertEquals(3, vem.getInt()); // dimension
        int size = vem.getInt();
        assertEquals(sparse ? DOCS - DOCS / 3 : DOCS, size);
        int[] docOf = new int[size];
        int ords = 0;
        for (int doc = 0; doc < DOCS; doc++) {
          if (sparse == false || sparseVector(doc) != null) {
            docOf[ords++] = doc;
          }
        }
        checkVectors(vem, image, databases.get("vectors"), field, sparse, docOf);
        checkDocs(vem, databases.get("docs"), field, sparse, docOf);
        KnnVectorsReader vectorsReader =
            ((PerFieldKnnVectorsFormat.FieldsReader) ((CodecReader) leaf).getVectorReader())
                .getFieldReader(name);
        checkGraph(
            vem, image, databases, field, size, ((HnswGraphProvider) vectorsReader).getGraph(name));
      }
    }
    assertEquals(-1, vem.getInt());
    assertEquals(vem.limit() - CodecUtil.footerLength(), vem.position());
    assertEquals(Map.of(), databases.get("vectors"));
    assertEquals(Map.of(), databases.get("docs"));
    assertEquals(Map.of(), databases.get("links"));
    assertEquals(Map.of(), databases.get("levels"));
  }

  private static void checkVectors(
      ByteBuffer vem,
      ByteBuffer image,
      Map<String, byte[]> records,
      int field,
      boolean floats,
      int[] docOf) {
    int vectorBytes = floats ? 12 : 3;
    int shift = vem.getInt();
    int blocks = (docOf.length + (1 << shift) - 1) >>> shift;
    assertEquals(1, blocks);
    for (int block = 0; block < blocks; block++) {
      long address = vem.getLong();
      assertEquals(0, address % vectorBytes);
      byte[] record = records.remove(String.format(Locale.ROOT, "%04x%08x", field, block));
      ByteBuffer value = ByteBuffer.wrap(record).order(LITTLE_ENDIAN);
      int first = value.getInt();
      int count = value.getInt();
      assertEquals(Math.min(1 << shift, docOf.length - (block << shift)), count);
      while (value.position() < first) {
        assertEquals(0, value.get());
      }
      for (int i = 0; i < count; i++) {
        int doc = docOf[(block << shift) + i];
        for (int d = 0; d < 3; d++) {
          int at = (int) address + i * vectorBytes + d * (vectorBytes / 3);
          if (floats) {
            assertEquals(sparseVector(doc)[d], value.getFloat(), 0);
            assertEquals(sparseVector(doc)[d], image.getFloat(at), 0);
          } else {
            assertEquals(byteVector(doc)[d], value.get());
            assertEquals(byteVector(doc)[d], image.get(at));
          }
        }
      }
      while (value.hasRemaining()) {
        assertEquals(0, value.get());
      }
    }
  }

  private static void checkDocs(
      ByteBuffer vem, Map<String, byte[]> records, int field, boolean sparse, int[] docOf)
      throws IOException {
    assertEquals(sparse ? 1 : 0, vem.get());
    byte[] record = records.remove(String.format(Locale.ROOT, "%04x", field));
    if (sparse) {
      assertArrayEquals(docOf, bitmap(record));
      long[] table = table(vem, docOf.length);
      for (int ord = 0; ord < docOf.length; ord++) {
        assertEquals(docOf[ord], table[ord]);
      }
    } else {
      assertNull(record);
    }
  }

  private static void checkGraph(
      ByteBuffer vem,
      ByteBuffer image,
      Map<String, Map<String, byte[]>> databases,
      int field,
      int size,
      HnswGraph graph)
      throws IOException {
    int levels = vem.getInt();
    assertEquals(graph.numLevels(), levels);
    assertTrue("the golden segment has upper levels", levels > 1);
    assertEquals(3, vem.getInt()); // M
    int maxDegree = vem.getInt();
    assertEquals(graph.entryNode(), vem.getInt());
    long linksBytes = vem.getLong();
    int[][] nodes = new int[levels][];
    nodes[0] = new int[size];
    Arrays.setAll(nodes[0], i -> i);
    int records = size;
    for (int level = 1; level < levels; level++) {
      nodes[level] =
          bitmap(
              databases.get("levels").remove(String.format(Locale.ROOT, "%04x%04x", field, level)));
      assertEquals(nodes[level].length, vem.getInt());
      records += nodes[level].length;
    }
    long[] addresses = table(vem, records);
    int record = 0;
    int largest = 0;
    long bytes = 0;
    for (int level = 0; level < levels; level++) {
      for (int node : nodes[level]) {
        byte[] links =
            databases
                .get("links")
                .remove(String.format(Locale.ROOT, "%04x%04x%08x", field, level, node));
        byte[] atAddress = new byte[links.length];
        image.get((int) (2 * addresses[record++]), atAddress);
        assertArrayEquals(links, atAddress);
        int[] neighbors = bitmap(links);
        largest = Math.max(largest, neighbors.length);
        bytes += links.length + 18; // with the key and LMDB's part
        graph.seek(level, node);
        for (int neighbor : neighbors) {
          assertEquals(neighbor, graph.nextNeighbor());
        }
        assertEquals(DocIdSetIterator.NO_MORE_DOCS, graph.nextNeighbor());
      }
    }
    assertEquals(largest, maxDegree);
    assertEquals(bytes, linksBytes);
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
  private Map<String, Map<String, byte[]>> readWithLmdb(ByteBuffer image) throws IOException {
    byte[] bytes = new byte[image.remaining()];
    image.get(0, bytes);
    Map<String, Map<String, byte[]>> databases = new TreeMap<>();
    try (LmdbFile file = LmdbFile.open(bytes)) {
      assertEquals(List.of("docs", "levels", "links", "vectors"), file.databases());
      for (String name : file.databases()) {
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
