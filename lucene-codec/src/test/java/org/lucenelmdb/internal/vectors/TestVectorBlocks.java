/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.lucenelmdb.internal.store.Inputs;

/** Tests keys, block sizes and reading of addresses. */
public class TestVectorBlocks extends LuceneTestCase {

  public void testKeys() {
    assertArrayEquals(
        new byte[] {(byte) 0xFF, (byte) 0xFE, 1, 2, 3, 4}, VectorBlocks.key(0xFFFE, 0x01020304));
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
      // the vectors end after the image
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
    // nothing is allocated for more blocks than the file can hold
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

  /** Without vectors, there are no blocks. */
  public void testReadNone() throws Exception {
    VectorBlocks none = read(0, 16, 100, out -> write(out, 5));
    assertEquals(0, none.size());
    assertEquals(0, none.slotCount());
    assertTrue(none.hasSlots());
  }
}
