/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.lucenelmdb.NativeThreads;
import org.lucenelmdb.internal.store.ImageReader;
import org.lucenelmdb.internal.store.ImageWriter;
import org.lucenelmdb.internal.store.Inputs;
import org.roaringbitmap.RoaringBitmap;

/** Vectors that were written in blocks are read and scored as they were added. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestVectorsInput extends LuceneTestCase {

  public void testRandom() throws Exception {
    List<VectorField> fields = new ArrayList<>();
    int count = TestUtil.nextInt(random(), 1, 3);
    for (int i = 0; i < count; i++) {
      VectorEncoding encoding = VectorField.randomEncoding();
      int dimension =
          random().nextInt(4) == 0
              ? TestUtil.nextInt(random(), 1, 2000)
              : VectorField.DIMENSIONS[random().nextInt(VectorField.DIMENSIONS.length)];
      int size = VectorField.randomSize(encoding, dimension);
      fields.add(new VectorField(random(), i * 1000, encoding, dimension, size));
    }
    check(fields, Inputs.values());
  }

  public void testEveryDimension() throws Exception {
    for (int dimension : VectorField.DIMENSIONS) {
      for (VectorEncoding encoding : VectorEncoding.values()) {
        int size =
            VectorField.vectorsPerBlock(encoding, dimension) > 10_000
                ? random().nextInt(200)
                : VectorField.randomSize(encoding, dimension);
        check(
            List.of(new VectorField(random(), 7, encoding, dimension, size)), Inputs.any(random()));
      }
    }
  }

  private static void check(List<VectorField> fields, Inputs... kinds) throws Exception {
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
              VectorField field = fields.get(i);
              VectorBlocks blocks = writers[i].blocks();
              field.checkBlocks(blocks, slice);
              field.checkRecords(blocks, reader);
              checkRoundTrip(field, blocks, copies, length);
              checkDocsInImage(field, reader);
              checkValues(field, blocks, slice, copies);
            }
          }
        }
      }
    }
  }

  private static void checkRoundTrip(
      VectorField field, VectorBlocks blocks, Directory directory, long imageLength)
      throws IOException {
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

  private static void checkDocsInImage(VectorField field, ImageReader reader) throws IOException {
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
      VectorField field, VectorBlocks blocks, IndexInput image, Directory directory)
      throws IOException {
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
      new VectorsCheck(field, vectors).check();
    }
    directory.deleteFile("docs");
  }

  /** Writes the fields' vectors to an image, interleaved. */
  private static VectorBlocksWriter[] write(ImageWriter image, List<VectorField> fields)
      throws IOException {
    VectorBlocksWriter[] writers = new VectorBlocksWriter[fields.size()];
    int[] next = new int[fields.size()];
    for (int i = 0; i < writers.length; i++) {
      VectorField field = fields.get(i);
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
      VectorField field = fields.get(i);
      for (int run = 1 + random().nextInt(1000); run > 0 && next[i] < field.size; run--) {
        field.addTo(writers[i], next[i]++);
      }
      assertEquals(next[i], writers[i].size());
      if (next[i] == field.size) {
        writers[i].finish();
        open.remove((Integer) i);
      }
    }
    for (VectorField field : fields) {
      DocsWithVectors.writeImage(image, field.number, field.docs, field.maxDoc);
    }
    image.commit();
    return writers;
  }

  /** A file of terabytes in which only a few pieces may be read. */
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

  /** Short vectors so far apart that their slots would exceed the range of int. */
  public void testFarApart() throws Exception {
    for (VectorEncoding encoding : VectorEncoding.values()) {
      int dimension = TestUtil.nextInt(random(), 1, 10);
      int shift = 4;
      int blocks = TestUtil.nextInt(random(), 2, 5);
      int size = (blocks - 1) * 16 + 1 + random().nextInt(16);
      VectorField field = new VectorField(random(), 0, encoding, dimension, size);
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
      new VectorsCheck(field, vectors).check();

      // with one slot less, all vectors have slots: the last one ends at slot 2^31 - 1
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
      new VectorsCheck(field, vectors).check();

      addresses[far] += vectorBytes;
      assertFalse(new VectorBlocks(size, vectorBytes, shift, addresses).hasSlots());
    }
  }
}
