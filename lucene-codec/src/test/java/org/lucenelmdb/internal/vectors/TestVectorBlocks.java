/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.apache.lucene.codecs.hnsw.DefaultFlatVectorScorer;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DocsWithFieldSet;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.DocAndFloatFeatureBuffer;
import org.apache.lucene.search.VectorScorer;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.VectorUtil;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.apache.lucene.util.hnsw.RandomVectorScorerSupplier;
import org.apache.lucene.util.hnsw.UpdateableRandomVectorScorer;
import org.lucenelmdb.NativeThreads;
import org.lucenelmdb.internal.store.ImageReader;
import org.lucenelmdb.internal.store.ImageWriter;
import org.lucenelmdb.internal.store.Inputs;
import org.roaringbitmap.RoaringBitmap;

/** Vectors that are written in blocks are read and scored as they were. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestVectorBlocks extends LuceneTestCase {

  private static final int[] DIMENSIONS = {1, 2, 3, 7, 64, 100, 384, 1023, 4096, 16384};

  /** A field's vectors, and the documents that have them. */
  private static final class Field {
    final int number;
    final VectorEncoding encoding;
    final int dimension;
    final VectorSimilarityFunction similarity;
    final List<float[]> floats = new ArrayList<>();
    final List<byte[]> bytes = new ArrayList<>();
    final int size;
    final int maxDoc;
    final DocsWithFieldSet docs = new DocsWithFieldSet();
    final int[] docOf;

    Field(Random random, int number, VectorEncoding encoding, int dimension, int size) {
      this.number = number;
      this.encoding = encoding;
      this.dimension = dimension;
      this.similarity =
          VectorSimilarityFunction.values()[
              random.nextInt(VectorSimilarityFunction.values().length)];
      this.size = size;
      for (int i = 0; i < size; i++) {
        if (encoding == VectorEncoding.FLOAT32) {
          floats.add(randomFloats(random, dimension));
        } else {
          bytes.add(randomBytes(random, dimension));
        }
      }
      docOf = new int[size];
      boolean dense = random.nextBoolean();
      int gap = dense ? 1 : TestUtil.nextInt(random, 2, 10);
      int doc = dense ? -1 : random.nextInt(10) - 1;
      for (int ord = 0; ord < size; ord++) {
        doc += dense ? 1 : TestUtil.nextInt(random, 1, gap);
        docOf[ord] = doc;
        docs.add(doc);
      }
      maxDoc = doc + 1 + (dense ? 0 : random.nextInt(10));
    }

    int vectorBytes() {
      return dimension * (encoding == VectorEncoding.FLOAT32 ? Float.BYTES : 1);
    }

    /** A vector's bytes in the image. */
    byte[] raw(int ord) {
      if (encoding == VectorEncoding.BYTE) {
        return bytes.get(ord);
      }
      ByteBuffer raw = ByteBuffer.allocate(vectorBytes()).order(ByteOrder.LITTLE_ENDIAN);
      raw.asFloatBuffer().put(floats.get(ord));
      return raw.array();
    }

    void addTo(VectorBlocksWriter writer, int ord) throws IOException {
      if (encoding == VectorEncoding.FLOAT32) {
        float[] reused = floats.get(ord).clone();
        writer.add(reused);
        Arrays.fill(reused, Float.NaN);
      } else {
        byte[] reused = bytes.get(ord).clone();
        writer.add(reused);
        Arrays.fill(reused, (byte) 99);
      }
    }

    KnnVectorValues heap() {
      return encoding == VectorEncoding.FLOAT32
          ? FloatVectorValues.fromFloats(floats, dimension)
          : ByteVectorValues.fromBytes(bytes, dimension);
    }

    void assertVector(int ord, KnnVectorValues values) throws IOException {
      if (encoding == VectorEncoding.FLOAT32) {
        assertArrayEquals(floats.get(ord), ((FloatVectorValues) values).vectorValue(ord), 0);
      } else {
        assertArrayEquals(bytes.get(ord), ((ByteVectorValues) values).vectorValue(ord));
      }
    }

    @Override
    public String toString() {
      return size + " of " + encoding + " " + dimension + ", " + similarity;
    }
  }

  /** Of length 1, as {@link VectorSimilarityFunction#DOT_PRODUCT} demands. */
  private static float[] randomFloats(Random random, int dimension) {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = random.nextFloat() - 0.5f;
    }
    vector[random.nextInt(dimension)] += 1;
    return VectorUtil.l2normalize(vector);
  }

  /** Not only zeros, which have no cosine. */
  private static byte[] randomBytes(Random random, int dimension) {
    byte[] vector = new byte[dimension];
    random.nextBytes(vector);
    if (vector[0] == 0) {
      vector[0] = 1;
    }
    return vector;
  }

  private static VectorEncoding randomEncoding() {
    return random().nextBoolean() ? VectorEncoding.FLOAT32 : VectorEncoding.BYTE;
  }

  private static int vectorsPerBlock(VectorEncoding encoding, int dimension) {
    int vectorBytes = dimension * (encoding == VectorEncoding.FLOAT32 ? Float.BYTES : 1);
    return 1 << VectorBlocks.blockShift(vectorBytes);
  }

  private static int randomSize(VectorEncoding encoding, int dimension) {
    int block = vectorsPerBlock(encoding, dimension);
    int blocks = dimension < 3 ? 1 : TestUtil.nextInt(random(), 1, 3);
    return switch (random().nextInt(8)) {
      case 0 -> 0;
      case 1 -> 1;
      case 2 -> blocks * block;
      case 3 -> blocks * block - 1;
      case 4 -> blocks * block + 1;
      default -> random().nextInt(random().nextBoolean() ? Math.min(block, 500) : 2 * block);
    };
  }

  /** The fields' vectors in an image, block after block as they fill. */
  private static VectorBlocksWriter[] write(ImageWriter image, List<Field> fields)
      throws IOException {
    VectorBlocksWriter[] writers = new VectorBlocksWriter[fields.size()];
    int[] next = new int[fields.size()];
    for (int i = 0; i < writers.length; i++) {
      Field field = fields.get(i);
      writers[i] =
          new VectorBlocksWriter(
              () -> image, VectorBlocks.DATABASE, field.number, field.vectorBytes(), 0);
    }
    List<Integer> open = new ArrayList<>();
    for (int i = 0; i < writers.length; i++) {
      open.add(i);
    }
    while (open.isEmpty() == false) {
      int i = open.get(random().nextInt(open.size()));
      Field field = fields.get(i);
      for (int run = 1 + random().nextInt(1000); run > 0 && next[i] < field.size; run--) {
        field.addTo(writers[i], next[i]++);
      }
      assertEquals(next[i], writers[i].size());
      if (next[i] == field.size) {
        writers[i].finish();
        open.remove((Integer) i);
      }
    }
    for (Field field : fields) {
      DocsWithVectors.writeImage(image, field.number, field.docs, field.maxDoc);
    }
    image.commit();
    return writers;
  }

  public void testRandom() throws Exception {
    List<Field> fields = new ArrayList<>();
    int count = TestUtil.nextInt(random(), 1, 3);
    for (int i = 0; i < count; i++) {
      VectorEncoding encoding = randomEncoding();
      int dimension =
          random().nextInt(4) == 0
              ? TestUtil.nextInt(random(), 1, 2000)
              : DIMENSIONS[random().nextInt(DIMENSIONS.length)];
      int size = randomSize(encoding, dimension);
      fields.add(new Field(random(), i * 1000, encoding, dimension, size));
    }
    check(fields, Inputs.values());
  }

  public void testEveryDimension() throws Exception {
    for (int dimension : DIMENSIONS) {
      for (VectorEncoding encoding : VectorEncoding.values()) {
        int size =
            vectorsPerBlock(encoding, dimension) > 10_000
                ? random().nextInt(200)
                : randomSize(encoding, dimension);
        check(List.of(new Field(random(), 7, encoding, dimension, size)), Inputs.any(random()));
      }
    }
  }

  private static void check(List<Field> fields, Inputs... kinds) throws Exception {
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter image = Inputs.newImage(directory, random())) {
      VectorBlocksWriter[] writers = write(image, fields);
      for (Inputs kind : kinds) {
        int before = random().nextBoolean() ? 0 : random().nextInt(3) * image.pageSize();
        try (Directory copies = kind.newDirectory(random())) {
          Inputs.copyImage(image, copies, "image", before, random().nextInt(100), random());
          try (IndexInput in = copies.openInput("image", IOContext.DEFAULT)) {
            long length = image.length();
            ImageReader reader = new ImageReader(Inputs.disguise(in, random()), before, length);
            IndexInput slice = in.slice("image", before, length);
            for (int i = 0; i < writers.length; i++) {
              Field field = fields.get(i);
              VectorBlocks blocks = writers[i].blocks();
              checkBlocks(field, blocks, slice);
              checkRecords(field, blocks, reader);
              checkRoundTrip(field, blocks, copies, length);
              checkDocsInImage(field, reader);
              checkValues(field, blocks, slice, copies);
            }
          }
        }
      }
    }
  }

  private static void checkBlocks(Field field, VectorBlocks blocks, IndexInput image)
      throws IOException {
    assertEquals(field.size, blocks.size());
    assertEquals(field.vectorBytes(), blocks.vectorBytes());
    assertEquals((long) field.size * field.vectorBytes(), blocks.byteSize());
    assertTrue(blocks.hasSlots());
    assertTrue(blocks.ramBytesUsed() > 0);
    IndexInput slots = blocks.slots(image);
    assertEquals((long) blocks.slotCount() * blocks.vectorBytes(), slots.length());
    BitSet used = new BitSet();
    long base = Long.MAX_VALUE;
    for (int ord = 0; ord < field.size; ord++) {
      base = Math.min(base, blocks.address(ord));
    }
    int last = -1;
    for (int ord = 0; ord < field.size; ord++) {
      long address = blocks.address(ord);
      assertEquals(0, address % field.vectorBytes());
      assertTrue(address + field.vectorBytes() <= image.length());
      int slot = blocks.slot(ord);
      assertTrue(slot >= 0 && slot < blocks.slotCount());
      assertEquals(address, base + (long) slot * field.vectorBytes());
      assertFalse("a slot of two vectors", used.get(slot));
      used.set(slot);
      last = Math.max(last, slot);
    }
    assertEquals(last + 1, blocks.slotCount());
    byte[] raw = new byte[field.vectorBytes()];
    for (int ord : someOrds(field.size)) {
      image.seek(blocks.address(ord));
      image.readBytes(raw, 0, raw.length);
      assertArrayEquals(field.raw(ord), raw);
      slots.seek((long) blocks.slot(ord) * field.vectorBytes());
      slots.readBytes(raw, 0, raw.length);
      assertArrayEquals(field.raw(ord), raw);
    }
  }

  /** Checks that the writer's addresses are those of the records in the database. */
  private static void checkRecords(Field field, VectorBlocks blocks, ImageReader image)
      throws IOException {
    int perBlock = 1 << VectorBlocks.blockShift(field.vectorBytes());
    int block = 0;
    for (int first = 0; first < field.size; first += perBlock) {
      ImageReader.Value value =
          image.get(VectorBlocks.DATABASE, VectorBlocks.key(field.number, block++));
      assertEquals(value.address() + image.readInt(value, 0), blocks.address(first));
      assertEquals(Math.min(perBlock, field.size - first), image.readInt(value, Integer.BYTES));
    }
    assertNull(image.get(VectorBlocks.DATABASE, VectorBlocks.key(field.number, block)));
  }

  /** The first, the last, and some between. */
  private static int[] someOrds(int size) {
    if (size <= 100) {
      int[] ords = new int[size];
      for (int i = 0; i < size; i++) {
        ords[i] = i;
      }
      return ords;
    }
    int[] ords = new int[100];
    ords[1] = size - 1;
    for (int i = 2; i < ords.length; i++) {
      ords[i] = random().nextInt(size);
    }
    return ords;
  }

  private static void checkRoundTrip(
      Field field, VectorBlocks blocks, Directory directory, long imageLength) throws IOException {
    try (IndexOutput out = directory.createOutput("meta", IOContext.DEFAULT)) {
      blocks.write(out);
      out.writeInt(0xCAFE);
    }
    try (IndexInput in = directory.openInput("meta", IOContext.DEFAULT)) {
      VectorBlocks read = VectorBlocks.read(in, field.size, field.vectorBytes(), imageLength, 0);
      assertEquals(0xCAFE, in.readInt());
      assertEquals(blocks.size(), read.size());
      assertEquals(blocks.vectorBytes(), read.vectorBytes());
      assertEquals(blocks.slotCount(), read.slotCount());
      for (int ord = 0; ord < field.size; ord++) {
        assertEquals(blocks.address(ord), read.address(ord));
        assertEquals(blocks.slot(ord), read.slot(ord));
      }
    }
    directory.deleteFile("meta");
  }

  private static void checkDocsInImage(Field field, ImageReader reader) throws IOException {
    ImageReader.Value value =
        reader.get(DocsWithVectors.DATABASE, DocsWithVectors.key(field.number));
    if (field.size == 0 || field.size == field.maxDoc) {
      assertNull(value);
      return;
    }
    RoaringBitmap docs = new RoaringBitmap();
    docs.deserialize(ByteBuffer.wrap(reader.read(value, 1 << 20)));
    assertArrayEquals(field.docOf, docs.toArray());
  }

  private static void checkValues(
      Field field, VectorBlocks blocks, IndexInput image, Directory directory) throws IOException {
    try (IndexOutput out = directory.createOutput("docs", IOContext.DEFAULT)) {
      DocsWithVectors.write(out, field.docs, field.maxDoc);
      out.writeInt(0xCAFE);
    }
    try (IndexInput meta = directory.openInput("docs", IOContext.DEFAULT)) {
      DocsWithVectors docs;
      if (random().nextBoolean()) {
        docs = DocsWithVectors.of(field.docs, field.maxDoc);
        assertEquals(0, docs.byteSize());
      } else {
        IndexInput in = meta.clone();
        docs = DocsWithVectors.read(in, meta, field.size, field.maxDoc);
        assertEquals(0xCAFE, in.readInt());
      }
      VectorsInput vectors =
          new VectorsInput(
              blocks, docs, field.dimension, VectorMetric.of(field.similarity), image, meta);
      checkVectors(field, vectors);
      checkDocs(field, vectors);
      for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
        checkScorer(field, vectors, similarity);
        checkSupplier(field, vectors, similarity);
      }
      checkDocScorer(field, vectors);
    }
    directory.deleteFile("docs");
  }

  private static void checkVectors(Field field, VectorsInput vectors) throws IOException {
    KnnVectorValues values = vectors.values(field.encoding);
    assertEquals(field.encoding, values.getEncoding());
    assertEquals(field.dimension, values.dimension());
    assertEquals(field.size, values.size());
    assertEquals(field.vectorBytes(), values.getVectorByteLength());
    KnnVectorValues copy = values.copy();
    int[] ords = someOrds(field.size);
    values.prefetch(ords, random().nextInt(ords.length + 1));
    for (int ord : ords) {
      field.assertVector(ord, values);
      assertEquals(field.docOf[ord], values.ordToDoc(ord));
      if (random().nextBoolean()) {
        int other = ords[random().nextInt(ords.length)];
        field.assertVector(other, copy);
        field.assertVector(ord, values); // which the copy has not touched
      }
    }
    for (int ord = 0; ord < field.size && field.size < 5000; ord++) {
      field.assertVector(ord, values);
    }
  }

  private static Bits randomBits(int length) {
    FixedBitSet bits = new FixedBitSet(Math.max(1, length));
    double density = random().nextDouble();
    for (int i = 0; i < length; i++) {
      if (random().nextDouble() < density) {
        bits.set(i);
      }
    }
    return bits;
  }

  private static void checkDocs(Field field, VectorsInput vectors) throws IOException {
    KnnVectorValues.DocIndexIterator all = vectors.values(field.encoding).iterator();
    assertEquals(-1, all.docID());
    assertEquals(field.size, all.cost());
    for (int ord = 0; ord < field.size; ord++) {
      assertEquals(field.docOf[ord], all.nextDoc());
      assertEquals(field.docOf[ord], all.docID());
      assertEquals(ord, all.index());
    }
    assertEquals(NO_MORE_DOCS, all.nextDoc());
    assertEquals(NO_MORE_DOCS, all.docID());

    for (int round = 0; round < 10; round++) {
      KnnVectorValues.DocIndexIterator some = vectors.values(field.encoding).iterator();
      int maxStep = 1 + random().nextInt(random().nextBoolean() ? 10 : 1 + field.maxDoc);
      for (int doc = -1; doc != NO_MORE_DOCS; ) {
        int target = random().nextBoolean() ? doc + 1 : doc + 1 + random().nextInt(maxStep);
        if (random().nextInt(1000) == 0) {
          target = random().nextBoolean() ? NO_MORE_DOCS : field.maxDoc;
        }
        int ord = Arrays.binarySearch(field.docOf, target);
        ord = ord < 0 ? -ord - 1 : ord;
        int expected = ord < field.size ? field.docOf[ord] : NO_MORE_DOCS;
        int found =
            target == doc + 1 && random().nextBoolean() ? some.nextDoc() : some.advance(target);
        assertEquals(expected, found);
        assertEquals(expected, some.docID());
        if (expected != NO_MORE_DOCS) {
          assertEquals(ord, some.index());
        }
        doc = found;
      }
    }
    assertNull(vectors.values(field.encoding).getAcceptOrds(null));
    Bits accepted = randomBits(field.maxDoc);
    Bits ords = vectors.values(field.encoding).getAcceptOrds(accepted);
    if (field.size > 0) {
      assertEquals(field.size, ords.length());
    }
    for (int ord = 0; ord < field.size; ord++) {
      assertEquals(accepted.get(field.docOf[ord]), ords.get(ord));
    }
  }

  private static void assertScore(float expected, float actual) {
    assertEquals(expected, actual, 1e-5f * Math.abs(expected));
  }

  private static RandomVectorScorer expectedScorer(
      Field field, VectorSimilarityFunction similarity, Object target) throws IOException {
    return target instanceof float[] floats
        ? DefaultFlatVectorScorer.INSTANCE.getRandomVectorScorer(similarity, field.heap(), floats)
        : DefaultFlatVectorScorer.INSTANCE.getRandomVectorScorer(
            similarity, field.heap(), (byte[]) target);
  }

  private static Object randomTarget(Field field) {
    if (field.size > 0 && random().nextBoolean()) {
      int ord = random().nextInt(field.size);
      return field.encoding == VectorEncoding.FLOAT32
          ? field.floats.get(ord)
          : field.bytes.get(ord);
    }
    return field.encoding == VectorEncoding.FLOAT32
        ? randomFloats(random(), field.dimension)
        : randomBytes(random(), field.dimension);
  }

  private static void checkScorer(
      Field field, VectorsInput vectors, VectorSimilarityFunction similarity) throws IOException {
    Object target = randomTarget(field);
    KnnVectorValues values = vectors.values(field.encoding);
    RandomVectorScorer scorer =
        target instanceof float[] floats
            ? BlockVectorsScorer.INSTANCE.getRandomVectorScorer(similarity, values, floats)
            : BlockVectorsScorer.INSTANCE.getRandomVectorScorer(
                similarity, values, (byte[]) target);
    checkScores(field, expectedScorer(field, similarity, target), scorer);
  }

  private static void checkScores(
      Field field, RandomVectorScorer expected, RandomVectorScorer scorer) throws IOException {
    assertEquals(field.size, scorer.maxOrd());
    int[] ords = someOrds(field.size);
    for (int ord : ords) {
      assertScore(expected.score(ord), scorer.score(ord));
      assertEquals(field.docOf[ord], scorer.ordToDoc(ord));
    }
    for (int round = 0; round < 5 && ords.length > 0; round++) {
      int count = TestUtil.nextInt(random(), 1, ords.length);
      int[] some = new int[count + random().nextInt(3)];
      Arrays.fill(some, -1);
      for (int i = 0; i < count; i++) {
        some[i] = ords[random().nextInt(ords.length)];
      }
      int[] asked = some.clone();
      float[] scores = new float[some.length];
      Arrays.fill(scores, -77);
      float max = scorer.bulkScore(some, scores, count);
      assertArrayEquals(asked, some);
      float expectedMax = Float.NEGATIVE_INFINITY;
      for (int i = 0; i < count; i++) {
        assertScore(expected.score(some[i]), scores[i]);
        expectedMax = Math.max(expectedMax, scores[i]);
      }
      for (int i = count; i < scores.length; i++) {
        assertEquals(-77, scores[i], 0);
      }
      assertEquals(expectedMax, max, 0);
    }
    Bits accepted = randomBits(field.maxDoc);
    Bits acceptedOrds = scorer.getAcceptOrds(accepted);
    for (int ord : ords) {
      assertEquals(accepted.get(field.docOf[ord]), acceptedOrds.get(ord));
    }
  }

  private static void checkSupplier(
      Field field, VectorsInput vectors, VectorSimilarityFunction similarity) throws IOException {
    RandomVectorScorerSupplier supplier =
        BlockVectorsScorer.INSTANCE.getRandomVectorScorerSupplier(
            similarity, vectors.values(field.encoding));
    UpdateableRandomVectorScorer first = supplier.scorer();
    UpdateableRandomVectorScorer second = supplier.copy().scorer();
    int[] ords = someOrds(field.size);
    for (int round = 0; round < 5 && ords.length > 0; round++) {
      int a = ords[random().nextInt(ords.length)];
      int b = ords[random().nextInt(ords.length)];
      first.setScoringOrdinal(a);
      second.setScoringOrdinal(b);
      checkScores(field, expectedScorer(field, similarity, vector(field, a)), first);
      checkScores(field, expectedScorer(field, similarity, vector(field, b)), second);
    }
  }

  private static Object vector(Field field, int ord) {
    return field.encoding == VectorEncoding.FLOAT32 ? field.floats.get(ord) : field.bytes.get(ord);
  }

  /** The scorer that exact search uses, in the order of documents. */
  private static void checkDocScorer(Field field, VectorsInput vectors) throws IOException {
    Object target = randomTarget(field);
    RandomVectorScorer expected = expectedScorer(field, field.similarity, target);
    VectorScorer scorer = docScorer(vectors, target);
    if (field.size == 0) {
      assertNull(scorer);
      return;
    }
    int step = 1 + field.size / 100;
    for (int ord = 0; ord < field.size; ord += step) {
      assertEquals(field.docOf[ord], scorer.iterator().advance(field.docOf[ord]));
      assertScore(expected.score(ord), scorer.score());
    }

    VectorScorer.Bulk bulk = docScorer(vectors, target).bulk(null);
    Bits live = random().nextBoolean() ? null : randomBits(field.maxDoc);
    DocAndFloatFeatureBuffer buffer = new DocAndFloatFeatureBuffer();
    int ord = 0;
    int limit = Math.min(field.size, 1000);
    while (true) {
      bulk.nextDocsAndScores(limit == field.size ? NO_MORE_DOCS : field.docOf[limit], live, buffer);
      if (buffer.size == 0) {
        break;
      }
      for (int i = 0; i < buffer.size; i++, ord++) {
        while (live != null && live.get(field.docOf[ord]) == false) {
          ord++;
        }
        assertEquals(field.docOf[ord], buffer.docs[i]);
        assertScore(expected.score(ord), buffer.features[i]);
      }
    }
    for (; ord < limit; ord++) {
      assertTrue(live != null && live.get(field.docOf[ord]) == false);
    }
  }

  private static VectorScorer docScorer(VectorsInput vectors, Object target) throws IOException {
    return target instanceof float[] floats
        ? vectors.floats().scorer(floats)
        : vectors.bytes().scorer((byte[]) target);
  }

  /** The writer needs no image before it has more than a block, and holds no more than one. */
  public void testWriterAsksForImageLate() throws Exception {
    VectorEncoding encoding = randomEncoding();
    int dimension = DIMENSIONS[3 + random().nextInt(DIMENSIONS.length - 3)];
    int block = vectorsPerBlock(encoding, dimension);
    Field field = new Field(random(), 3, encoding, dimension, 2 * block);
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter image = Inputs.newImage(directory, random())) {
      int[] asked = new int[1];
      VectorBlocksWriter writer =
          new VectorBlocksWriter(
              () -> {
                asked[0]++;
                return image;
              },
              VectorBlocks.DATABASE,
              field.number,
              field.vectorBytes(),
              0);
      long blockBytes = (long) block * field.vectorBytes();
      long empty = writer.ramBytesUsed();
      for (int ord = 0; ord < 2 * block; ord++) {
        field.addTo(writer, ord);
        assertEquals(ord / block, asked[0]); // a full block is written when the next one begins
        assertTrue(writer.ramBytesUsed() >= Math.min(ord + 1, block) * field.vectorBytes());
        assertTrue(writer.ramBytesUsed() <= blockBytes + empty + 64); // and an address per block
      }
      writer.finish();
      assertEquals(2, asked[0]);
      assertTrue(writer.ramBytesUsed() > empty);
      assertTrue(writer.ramBytesUsed() <= empty + 64);
    }
  }

  /** Blocks fill no more pages than their vectors need at the place where they are. */
  public void testPages() throws Exception {
    for (int round = 0; round < 20; round++) {
      int vectorBytes = TestUtil.nextInt(random(), 1, 20_000);
      int slack = random().nextBoolean() ? 0 : 64;
      int perBlock = 1 << VectorBlocks.blockShift(vectorBytes);
      int size = TestUtil.nextInt(random(), 1, Math.min(3 * perBlock, 2000));
      try (Directory directory = Inputs.any(random()).newDirectory(random());
          ImageWriter image = Inputs.newImage(directory, random())) {
        VectorBlocksWriter writer =
            new VectorBlocksWriter(() -> image, VectorBlocks.DATABASE, 1, vectorBytes, slack);
        for (int i = 0; i < size; i++) {
          writer.add(new byte[vectorBytes]);
        }
        writer.finish();
        try (IndexInput in = image.openInput(IOContext.DEFAULT)) {
          ImageReader reader = new ImageReader(in, 0, image.length());
          VectorBlocks blocks = writer.blocks();
          for (int first = 0; first < size; first += perBlock) {
            ImageReader.Value value =
                reader.get(VectorBlocks.DATABASE, VectorBlocks.key(1, first / perBlock));
            long end = value.address() + value.length();
            int last = Math.min(size, first + perBlock) - 1;
            long needed = blocks.address(last) + vectorBytes + slack;
            assertTrue(needed + " of " + end, end >= needed && end - needed < image.pageSize());
          }
        }
      }
    }
  }

  /** A vector whose call fails is not added; the next call tries to write the block again. */
  public void testWriterTriesAgain() throws Exception {
    VectorEncoding encoding = randomEncoding();
    int dimension = DIMENSIONS[5 + random().nextInt(DIMENSIONS.length - 5)];
    int block = vectorsPerBlock(encoding, dimension);
    int size = 2 * block + random().nextInt(block + 1);
    Field field = new Field(random(), 3, encoding, dimension, size);
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter image = Inputs.newImage(directory, random())) {
      int[] failures = new int[1];
      VectorBlocksWriter writer =
          new VectorBlocksWriter(
              () -> {
                if (failures[0]-- > 0) {
                  throw new IOException("not now");
                }
                return image;
              },
              VectorBlocks.DATABASE,
              field.number,
              field.vectorBytes(),
              0);
      for (int ord = 0; ord < size; ord++) {
        failures[0] = random().nextInt(4);
        boolean writes = ord > 0 && ord % block == 0;
        for (int n = writes ? failures[0] : 0; n > 0; n--) {
          Field other = new Field(random(), 3, encoding, dimension, 1);
          expectThrows(IOException.class, () -> other.addTo(writer, 0));
          assertEquals(ord, writer.size());
        }
        field.addTo(writer, ord);
        assertEquals(ord + 1, writer.size());
      }
      failures[0] = 1;
      expectThrows(IOException.class, writer::finish);
      writer.finish();
      try (IndexInput in = image.openInput(IOContext.DEFAULT)) {
        checkBlocks(field, writer.blocks(), in);
        checkRecords(field, writer.blocks(), new ImageReader(in, 0, image.length()));
      }
    }
  }

  public void testKeys() {
    assertArrayEquals(
        new byte[] {(byte) 0xFF, (byte) 0xFE, 1, 2, 3, 4}, VectorBlocks.key(0xFFFE, 0x01020304));
    assertArrayEquals(new byte[] {(byte) 0xFF, (byte) 0xFE}, DocsWithVectors.key(0xFFFE));
  }

  public void testBlockShift() {
    for (int vectorBytes = 1; vectorBytes <= 16384 * 4; vectorBytes++) {
      int shift = VectorBlocks.blockShift(vectorBytes);
      long bytes = (long) vectorBytes << shift;
      assertTrue(shift >= 4 && shift <= 18);
      assertTrue(bytes >= 256 << 10);
      assertTrue(bytes < 512 << 10 || shift == 4);
    }
  }

  @FunctionalInterface
  private interface Bytes {
    void writeTo(IndexOutput out) throws IOException;
  }

  private static VectorBlocks read(int size, int vectorBytes, long imageLength, Bytes bytes)
      throws IOException {
    try (Directory directory = Inputs.HEAP.newDirectory(random())) {
      try (IndexOutput out = directory.createOutput("meta", IOContext.DEFAULT)) {
        bytes.writeTo(out);
      }
      try (IndexInput in = directory.openInput("meta", IOContext.DEFAULT)) {
        return VectorBlocks.read(in, size, vectorBytes, imageLength, 0);
      }
    }
  }

  public void testReadCorrupt() throws Exception {
    for (int round = 0; round < 50; round++) {
      int vectorBytes = TestUtil.nextInt(random(), 2, 70_000);
      int shift = VectorBlocks.blockShift(vectorBytes);
      int size = TestUtil.nextInt(random(), 1, 5 << shift);
      int blocks = (size + (1 << shift) - 1) >> shift;
      long[] addresses = new long[blocks];
      long imageLength = 0;
      for (int i = 0; i < blocks; i++) {
        long slots = imageLength / vectorBytes + 1 + random().nextInt(100);
        addresses[i] = slots * vectorBytes;
        int count = Math.min(1 << shift, size - (i << shift));
        imageLength = addresses[i] + (long) count * vectorBytes;
      }
      long length = imageLength;
      VectorBlocks good = read(size, vectorBytes, length, out -> write(out, shift, addresses));
      assertEquals(addresses[blocks - 1], good.address((blocks - 1) << shift));

      for (int wrong : new int[] {-1, 19, 31, 32, 255, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
        assertCorrupt(size, vectorBytes, length, out -> write(out, wrong, addresses));
      }
      // the vectors end behind the image
      assertCorrupt(size, vectorBytes, length - 1, out -> write(out, shift, addresses));
      int block = random().nextInt(blocks);
      for (long wrong :
          new long[] {
            -1,
            -vectorBytes,
            addresses[block] + 1,
            addresses[block] - 1,
            length / vectorBytes * vectorBytes + vectorBytes,
            length / vectorBytes * vectorBytes,
            Long.MAX_VALUE,
            Long.MAX_VALUE / vectorBytes * vectorBytes,
            Long.MIN_VALUE
          }) {
        long[] edited = addresses.clone();
        edited[block] = wrong;
        assertCorrupt(size, vectorBytes, length, out -> write(out, shift, edited));
      }
      // an address is missing
      assertCorrupt(
          size,
          vectorBytes,
          length,
          out -> write(out, shift, Arrays.copyOf(addresses, blocks - 1)));
    }
    // more blocks than there can be: nothing is allocated for them
    assertCorrupt(Integer.MAX_VALUE, 4, 1 << 20, out -> write(out, 0, new long[10]));
  }

  private static void write(IndexOutput out, int shift, long... addresses) throws IOException {
    out.writeInt(shift);
    for (long address : addresses) {
      out.writeLong(address);
    }
  }

  private static void assertCorrupt(int size, int vectorBytes, long imageLength, Bytes bytes) {
    expectThrows(CorruptIndexException.class, () -> read(size, vectorBytes, imageLength, bytes));
  }

  /** No vectors: no blocks, and nothing to read. */
  public void testReadNone() throws Exception {
    VectorBlocks none = read(0, 16, 100, out -> write(out, 5));
    assertEquals(0, none.size());
    assertEquals(0, none.slotCount());
    assertTrue(none.hasSlots());
  }

  /** A few pieces of a file of terabytes, of which nothing else may be read. */
  private static final class SparseInput extends IndexInput {
    private final long[] starts;
    private final byte[][] pieces;
    private final long from;
    private final long length;
    private long position;

    SparseInput(long[] starts, byte[][] pieces, long from, long length) {
      super("sparse");
      this.starts = starts;
      this.pieces = pieces;
      this.from = from;
      this.length = length;
    }

    @Override
    public byte readByte() throws IOException {
      byte[] one = new byte[1];
      readBytes(one, 0, 1);
      return one[0];
    }

    @Override
    public void readBytes(byte[] bytes, int offset, int count) throws IOException {
      if (position + count > length) {
        throw new EOFException();
      }
      for (int i = 0; i < starts.length; i++) {
        long at = from + position - starts[i];
        if (at >= 0 && at + count <= pieces[i].length) {
          System.arraycopy(pieces[i], (int) at, bytes, offset, count);
          position += count;
          return;
        }
      }
      throw new AssertionError("nothing should be read at " + (from + position));
    }

    @Override
    public void close() {}

    @Override
    public long getFilePointer() {
      return position;
    }

    @Override
    public void seek(long to) {
      position = to;
    }

    @Override
    public long length() {
      return length;
    }

    @Override
    public IndexInput slice(String description, long offset, long size) {
      return new SparseInput(starts, pieces, from + offset, size);
    }
  }

  /** Short vectors far apart, more than there are ints: they have no slots. */
  public void testFarApart() throws Exception {
    for (VectorEncoding encoding : VectorEncoding.values()) {
      int dimension = TestUtil.nextInt(random(), 1, 10);
      int shift = 4;
      int blocks = TestUtil.nextInt(random(), 2, 5);
      int size = (blocks - 1) * 16 + 1 + random().nextInt(16);
      Field field = new Field(random(), 0, encoding, dimension, size);
      int vectorBytes = field.vectorBytes();
      long[] addresses = new long[blocks];
      byte[][] pieces = new byte[blocks][];
      int far = 1 + random().nextInt(blocks - 1);
      for (int b = 0; b < blocks; b++) {
        long slot = b * 1000L + (b == far ? 1L << 31 : 0);
        addresses[b] = slot * vectorBytes;
        int count = Math.min(16, size - b * 16);
        ByteBuffer piece = ByteBuffer.allocate(count * vectorBytes);
        for (int i = 0; i < count; i++) {
          piece.put(field.raw(b * 16 + i));
        }
        pieces[b] = piece.array();
      }
      VectorBlocks apart = new VectorBlocks(size, vectorBytes, shift, addresses);
      assertFalse(apart.hasSlots());
      assertTrue(apart.ramBytesUsed() > 0);
      IndexInput image = new SparseInput(addresses, pieces, 0, 1L << 42);
      DocsWithVectors docs = DocsWithVectors.of(field.docs, field.maxDoc);
      VectorsInput vectors =
          new VectorsInput(apart, docs, dimension, VectorMetric.of(field.similarity), image, null);
      checkVectors(field, vectors);
      checkDocs(field, vectors);
      for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
        checkScorer(field, vectors, similarity);
        checkSupplier(field, vectors, similarity);
      }
      checkDocScorer(field, vectors);

      // one slot less, and all have one: the last vector ends at slot 2^31 - 1
      int count = Math.min(16, size - far * 16);
      addresses[far] = ((1L << 31) - 1 - count) * vectorBytes;
      VectorBlocks near = new VectorBlocks(size, vectorBytes, shift, addresses);
      assertTrue(near.hasSlots());
      assertEquals(Integer.MAX_VALUE, near.slotCount());
      for (int ord = 0; ord < size; ord++) {
        assertEquals(near.address(ord), (long) near.slot(ord) * vectorBytes);
      }
      vectors =
          new VectorsInput(
              near,
              docs,
              dimension,
              VectorMetric.of(field.similarity),
              new SparseInput(addresses, pieces, 0, 1L << 42),
              null);
      checkVectors(field, vectors);
      checkScorer(field, vectors, field.similarity);
      checkSupplier(field, vectors, field.similarity);

      addresses[far] += vectorBytes;
      assertFalse(new VectorBlocks(size, vectorBytes, shift, addresses).hasSlots());
    }
  }

  /** Tables of documents that are not ascending, too large, too many, too few. */
  public void testDocsCorrupt() throws Exception {
    int maxDoc = TestUtil.nextInt(random(), 5, 1000);
    DocsWithFieldSet some = new DocsWithFieldSet();
    for (int doc = 0; doc < maxDoc - 1; doc += 1 + random().nextInt(3)) {
      some.add(doc);
    }
    int size = some.cardinality();
    try (Directory directory = Inputs.HEAP.newDirectory(random())) {
      try (IndexOutput out = directory.createOutput("docs", IOContext.DEFAULT)) {
        DocsWithVectors.write(out, some, maxDoc);
      }
      try (IndexInput in = directory.openInput("docs", IOContext.DEFAULT)) {
        DocsWithVectors.read(in.clone(), in, size, maxDoc);
        for (int[] wrong :
            new int[][] {{size, size}, {size, size - 1}, {0, maxDoc}, {size + 500, 2000}, {2, 1}}) {
          expectThrows(
              CorruptIndexException.class,
              () -> DocsWithVectors.read(in.clone(), in, wrong[0], wrong[1]));
        }
        int last = docs(some)[size - 1];
        if (last >= size + 1) {
          expectThrows(
              CorruptIndexException.class, () -> DocsWithVectors.read(in.clone(), in, size, last));
        }
      }
      for (int kind = -128; kind <= 127; kind++) {
        byte first = (byte) kind;
        directory.deleteFile("docs");
        try (IndexOutput out = directory.createOutput("docs", IOContext.DEFAULT)) {
          out.writeByte(first);
          out.writeByte((byte) 8);
          for (int i = 0; i < 20; i++) {
            out.writeByte((byte) (i < 10 ? i : i - 1)); // 9 twice
          }
        }
        try (IndexInput in = directory.openInput("docs", IOContext.DEFAULT)) {
          if (kind == 0) {
            DocsWithVectors.read(in.clone(), in, 10, 10);
            DocsWithVectors.read(in.clone(), in, 0, 10);
          } else {
            expectThrows(
                CorruptIndexException.class, () -> DocsWithVectors.read(in.clone(), in, 10, 10));
          }
          if (kind == 1) {
            DocsWithVectors.read(in.clone(), in, 10, 11);
            expectThrows(
                CorruptIndexException.class, () -> DocsWithVectors.read(in.clone(), in, 11, 20));
            expectThrows(
                CorruptIndexException.class, () -> DocsWithVectors.read(in.clone(), in, 10, 9));
          } else {
            expectThrows(
                CorruptIndexException.class, () -> DocsWithVectors.read(in.clone(), in, 10, 11));
          }
        }
      }
    }
  }

  private static int[] docs(DocsWithFieldSet set) throws IOException {
    int[] docs = new int[set.cardinality()];
    var iterator = set.iterator();
    for (int i = 0; i < docs.length; i++) {
      docs[i] = iterator.nextDoc();
    }
    return docs;
  }
}
