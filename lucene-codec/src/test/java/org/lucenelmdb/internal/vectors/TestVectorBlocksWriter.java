/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.lucenelmdb.NativeThreads;
import org.lucenelmdb.internal.store.ImageReader;
import org.lucenelmdb.internal.store.ImageWriter;
import org.lucenelmdb.internal.store.Inputs;

/** Tests when and where blocks are written. {@link TestVectorsInput} reads them. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestVectorBlocksWriter extends LuceneTestCase {

  /** The writer asks for the image when the second block begins, and holds one block at most. */
  public void testAsksForImageLate() throws Exception {
    VectorEncoding encoding = VectorField.randomEncoding();
    int dimension = VectorField.DIMENSIONS[3 + random().nextInt(VectorField.DIMENSIONS.length - 3)];
    int block = VectorField.vectorsPerBlock(encoding, dimension);
    VectorField field = new VectorField(random(), 3, encoding, dimension, 2 * block);
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
        assertEquals(ord / block, asked[0]); // a full block is written when the next begins
        assertTrue(writer.ramBytesUsed() >= Math.min(ord + 1, block) * field.vectorBytes());
        assertTrue(writer.ramBytesUsed() <= blockBytes + empty + 64); // and an address per block
      }
      writer.finish();
      assertEquals(2, asked[0]);
      assertTrue(writer.ramBytesUsed() > empty);
      assertTrue(writer.ramBytesUsed() <= empty + 64);
    }
  }

  /** A block fills only the pages that its vectors need at their address. */
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

  /** A vector whose call fails is not added. The next call tries to write the block again. */
  public void testTriesAgain() throws Exception {
    VectorEncoding encoding = VectorField.randomEncoding();
    int dimension = VectorField.DIMENSIONS[5 + random().nextInt(VectorField.DIMENSIONS.length - 5)];
    int block = VectorField.vectorsPerBlock(encoding, dimension);
    int size = 2 * block + random().nextInt(block + 1);
    VectorField field = new VectorField(random(), 3, encoding, dimension, size);
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
          VectorField other = new VectorField(random(), 3, encoding, dimension, 1);
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
        field.checkBlocks(writer.blocks(), in);
        field.checkRecords(writer.blocks(), new ImageReader(in, 0, image.length()));
      }
    }
  }
}
