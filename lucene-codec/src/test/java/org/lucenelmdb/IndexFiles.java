/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.generators.RandomNumbers;
import com.carrotsearch.randomizedtesting.generators.RandomPicks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SegmentReader;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.tests.util.LuceneTestCase;

/**
 * The files of a small random index, in memory, with the parts of each segment that tests damage.
 */
final class IndexFiles {

  static final String VEC = LmdbHnswVectorsFormat.VECTORS_EXTENSION;
  static final String VEM = LmdbHnswVectorsFormat.META_EXTENSION;

  private static final int FOOTER_BYTES = CodecUtil.footerLength();

  final LmdbHnswOptions options;

  /** The content of each file, by its name. */
  final Map<String, byte[]> files = new TreeMap<>();

  final List<Segment> segments = new ArrayList<>();

  /**
   * A segment of the index.
   *
   * @param vec the name of the file with the image
   * @param vem the name of the metadata file
   * @param suffix the segment suffix in both files' headers
   */
  record Segment(String vec, String vem, int maxDoc, String suffix) {

    /** The length of the metadata file's header. */
    int headerBytes() {
      return CodecUtil.indexHeaderLength(LmdbHnswVectorsFormat.META_CODEC_NAME, suffix);
    }
  }

  private record Field(String name, FieldType type) {}

  private IndexFiles(LmdbHnswOptions options, Directory directory) throws IOException {
    this.options = options;
    for (String name : directory.listAll()) {
      try (IndexInput in = directory.openInput(name, IOContext.READONCE)) {
        byte[] bytes = new byte[(int) in.length()];
        in.readBytes(bytes, 0, bytes.length);
        files.put(name, bytes);
      }
    }
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
  }

  private static Field randomField(String name) {
    int dimension = RandomNumbers.randomIntBetween(LuceneTestCase.random(), 1, 40);
    boolean isFloat = name.endsWith("loats");
    if (LuceneTestCase.random().nextInt(4) == 0) {
      return new Field(
          name,
          isFloat
              ? LmdbHnswFieldTypes.floatManhattan(dimension)
              : LmdbHnswFieldTypes.byteManhattan(dimension));
    }
    VectorSimilarityFunction similarity =
        RandomPicks.randomFrom(LuceneTestCase.random(), VectorSimilarityFunction.values());
    return new Field(
        name,
        isFloat
            ? KnnFloatVectorField.createFieldType(dimension, similarity)
            : KnnByteVectorField.createFieldType(dimension, similarity));
  }

  /** Two segments with fields of all kinds, with random options. */
  static IndexFiles random() throws IOException {
    Random random = LuceneTestCase.random();
    List<Field> fields = new ArrayList<>();
    for (String name : List.of("denseFloats", "floats", "denseBytes", "bytes")) {
      fields.add(randomField(name));
    }
    LmdbHnswOptions options =
        LmdbHnswOptions.DEFAULT
            .withMaxConn(RandomNumbers.randomIntBetween(random, 2, 4))
            .withTinySegmentsThreshold(random.nextInt(5) == 0 ? 10 : 0)
            .withCodeBits(new int[] {LmdbHnswOptions.AUTO, 0, 1, 2, 4, 8}[random.nextInt(6)]);
    return random(options, fields);
  }

  /** Two segments with fields of all kinds, with codes of the given number of bits. */
  static IndexFiles withCodes(int bits) throws IOException {
    LmdbHnswOptions options =
        LmdbHnswOptions.DEFAULT.withMaxConn(3).withTinySegmentsThreshold(0).withCodeBits(bits);
    List<Field> fields =
        List.of(
            randomField("denseFloats"),
            new Field("floats", LmdbHnswFieldTypes.floatManhattan(9)),
            randomField("denseBytes"),
            new Field("bytes", LmdbHnswFieldTypes.byteHamming(5)));
    return random(options, fields);
  }

  private static IndexFiles random(LmdbHnswOptions options, List<Field> fields) throws IOException {
    Random random = LuceneTestCase.random();
    IndexWriterConfig config = config(options);
    if (random.nextInt(4) == 0) {
      config.setIndexSort(new Sort(new SortField("sort", SortField.Type.INT)));
    }
    try (Directory directory = new ByteBuffersDirectory()) {
      try (IndexWriter writer = new IndexWriter(directory, config)) {
        for (int segment = 0; segment < 2; segment++) {
          int docs = RandomNumbers.randomIntBetween(random, 1, LuceneTestCase.rarely() ? 600 : 120);
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
          // a field without any vector
          byte[] zeros = {1};
          Document rejected = new Document();
          rejected.add(new KnnByteVectorField("none", zeros, VectorSimilarityFunction.COSINE));
          zeros[0] = 0; // after Lucene has checked the vector
          LuceneTestCase.expectThrows(
              IllegalArgumentException.class, () -> writer.addDocument(rejected));
          writer.commit();
        }
      }
      return new IndexFiles(options, directory);
    }
  }

  /** One node has so many neighbors that LMDB puts its links on overflow pages. */
  static IndexFiles withHub() throws IOException {
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
      return new IndexFiles(options, directory);
    }
  }

  /** Vectors in two clusters. The first segment has enough of them for centroids. */
  static IndexFiles withCentroids() throws IOException {
    int dimension = 6;
    LmdbHnswOptions options =
        LmdbHnswOptions.DEFAULT.withMaxConn(3).withTinySegmentsThreshold(0).withCodeBits(1);
    try (Directory directory = new ByteBuffersDirectory()) {
      try (IndexWriter writer = new IndexWriter(directory, config(options))) {
        for (int doc = 0; doc < 220; doc++) {
          float[] vector = new float[dimension];
          for (int i = 0; i < dimension; i++) {
            vector[i] = (doc % 2 == 0 ? 10 : -10) + LuceneTestCase.random().nextFloat();
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
      return new IndexFiles(options, directory);
    }
  }

  static IndexWriterConfig config(LmdbHnswOptions options) {
    return new IndexWriterConfig()
        .setCodec(new LmdbHnswCodec(options))
        .setUseCompoundFile(false)
        .setMaxBufferedDocs(10_000)
        .setMergePolicy(NoMergePolicy.INSTANCE)
        .setMergeScheduler(new SerialMergeScheduler())
        .setRAMBufferSizeMB(64);
  }

  private static void add(Document document, Field field) {
    int dimension = field.type.vectorDimension();
    if (field.type.vectorEncoding() == VectorEncoding.FLOAT32) {
      document.add(new KnnFloatVectorField(field.name, floats(dimension), field.type));
    } else {
      document.add(new KnnByteVectorField(field.name, bytes(dimension), field.type));
    }
  }

  static float[] floats(int dimension) {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = 0.01f + LuceneTestCase.random().nextFloat();
    }
    return vector;
  }

  static byte[] bytes(int dimension) {
    byte[] vector = new byte[dimension];
    LuceneTestCase.random().nextBytes(vector);
    vector[0] |= 1;
    return vector;
  }

  /** Returns a file without its footer. */
  static byte[] body(byte[] file) {
    return Arrays.copyOf(file, file.length - FOOTER_BYTES);
  }

  /** Appends a footer with a valid checksum. */
  static byte[] withFooter(byte[] body) {
    ByteBuffer file = ByteBuffer.allocate(body.length + FOOTER_BYTES);
    file.put(body).putInt(CodecUtil.FOOTER_MAGIC).putInt(0);
    CRC32 crc = new CRC32();
    crc.update(file.array(), 0, file.position());
    file.putLong(crc.getValue());
    return file.array();
  }

  /** Wraps bytes as a little-endian buffer. */
  static ByteBuffer view(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * The image of a segment.
   *
   * @param body the body of its .vec file, to which changes of the image are written
   */
  ByteBuffer image(Segment segment, byte[] body) {
    byte[] meta = files.get(segment.vem);
    int offset = (int) view(meta).getLong(segment.headerBytes());
    return view(body).slice(offset, body.length - offset).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The size of an LMDB page: {@code md_pad} of the first database in the first meta page. */
  int pageSize(Segment segment) {
    return image(segment, files.get(segment.vec)).getInt(40);
  }
}
