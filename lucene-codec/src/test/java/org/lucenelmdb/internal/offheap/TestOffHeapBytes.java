/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.offheap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.store.NIOFSDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;

/** {@link OffHeapBytes} of mapped files and of allocated memory. */
public class TestOffHeapBytes extends LuceneTestCase {

  private BuildMemory memory;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    memory = new MemoryBudget(1 << 20).take(1 << 20, () -> {});
  }

  @Override
  public void tearDown() throws Exception {
    memory.close();
    super.tearDown();
  }

  /** The bytes of a mapped file. */
  public void testMapped() throws IOException {
    byte[] bytes = new byte[100];
    random().nextBytes(bytes);
    try (Directory directory = new MMapDirectory(createTempDir())) {
      try (IndexOutput out = directory.createOutput("bytes", IOContext.DEFAULT)) {
        out.writeBytes(bytes, bytes.length);
      }
      IndexInput in = directory.openInput("bytes", IOContext.DEFAULT);
      OffHeapBytes memory = OffHeapBytes.of(in.randomAccessSlice(0, in.length()), in.length());
      try (in) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at <= bytes.length - Long.BYTES; at++) {
          assertEquals(bytes[at], memory.getByte(at));
          assertEquals(buffer.getInt(at), memory.getInt(at));
          assertEquals(buffer.getLong(at), memory.getLong(at));
          assertEquals(
              Float.floatToIntBits(buffer.getFloat(at)), Float.floatToIntBits(memory.getFloat(at)));
        }
        assertEquals(bytes[3] + bytes[13], memory.prefetch(new long[] {0, 10, 1000}, 2, 3));
        expectThrows(IndexOutOfBoundsException.class, () -> memory.getLong(bytes.length - 7));
        expectThrows(
            IndexOutOfBoundsException.class, () -> memory.prefetch(new long[] {1000}, 1, 0));
      }
      expectThrows(AlreadyClosedException.class, () -> memory.getByte(0));
      expectThrows(AlreadyClosedException.class, () -> memory.getFloat(0));
      expectThrows(AlreadyClosedException.class, () -> memory.getLong(0));
      expectThrows(AlreadyClosedException.class, () -> memory.prefetch(new long[1], 1, 0));
    }
    try (Directory directory = new NIOFSDirectory(createTempDir())) {
      try (IndexOutput out = directory.createOutput("bytes", IOContext.DEFAULT)) {
        out.writeBytes(bytes, bytes.length);
      }
      try (IndexInput in = directory.openInput("bytes", IOContext.DEFAULT)) {
        assertNull(
            "not mapped", OffHeapBytes.of(in.randomAccessSlice(0, in.length()), in.length()));
      }
    }
  }

  /** Random writes of all types to allocated memory and to an array. */
  public void testAllocated() throws IOException {
    int size = TestUtil.nextInt(random(), 8, 2000);
    OffHeapBytes bytes = memory.allocate(size);
    ByteBuffer expected = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    assertSame(expected, bytes); // zeros
    for (int i = 0; i < 1000; i++) {
      long value = random().nextLong();
      int at = random().nextInt(size - Long.BYTES + 1);
      switch (random().nextInt(5)) {
        case 0 -> {
          bytes.putByte(at, (byte) value);
          expected.put(at, (byte) value);
        }
        case 1 -> {
          bytes.putInt(at, (int) value);
          expected.putInt(at, (int) value);
        }
        case 2 -> {
          bytes.putLong(at, value);
          expected.putLong(at, value);
        }
        case 3 -> {
          float x = random().nextFloat();
          bytes.putFloat(at, x);
          expected.putFloat(at, x);
        }
        default -> {
          byte[] array = new byte[random().nextInt(size - at + 1)];
          random().nextBytes(array);
          int offset = random().nextInt(array.length + 1);
          int count = random().nextInt(array.length - offset + 1);
          bytes.write(at, array, offset, count);
          expected.put(at, array, offset, count);
        }
      }
      assertEquals(expected.get(at), bytes.getByte(at));
      assertEquals(expected.getInt(at), bytes.getInt(at));
      assertEquals(expected.getLong(at), bytes.getLong(at));
      assertEquals(expected.getInt(at), Float.floatToRawIntBits(bytes.getFloat(at)));
    }
    assertSame(expected, bytes);
  }

  private static void assertSame(ByteBuffer expected, OffHeapBytes bytes) {
    byte[] copy = new byte[expected.capacity()];
    bytes.read(0, copy, 0, copy.length);
    assertArrayEquals(expected.array(), copy);
    for (int i = 0; i < 10; i++) {
      int at = random().nextInt(copy.length + 1);
      int count = random().nextInt(copy.length - at + 1);
      byte[] part = new byte[count + 2];
      bytes.read(at, part, 1, count);
      assertArrayEquals(
          Arrays.copyOfRange(expected.array(), at, at + count),
          Arrays.copyOfRange(part, 1, count + 1));
      assertEquals("nothing before", 0, part[0]);
      assertEquals("nothing after", 0, part[count + 1]);
      int[] ints = new int[count / Integer.BYTES];
      bytes.read(at, ints, 0, ints.length);
      for (int n = 0; n < ints.length; n++) {
        assertEquals(expected.getInt(at + n * Integer.BYTES), ints[n]);
      }
    }
  }

  public void testBounds() throws IOException {
    int size = random().nextInt(100);
    OffHeapBytes bytes = memory.allocate(size);
    // an empty allocation has one byte, so that each has its own address
    int last = Math.max(1, size);
    for (long at : new long[] {-1, last, last + 7, Long.MIN_VALUE, Long.MAX_VALUE}) {
      expectThrows(IndexOutOfBoundsException.class, () -> bytes.getByte(at));
      expectThrows(IndexOutOfBoundsException.class, () -> bytes.getInt(at));
      expectThrows(IndexOutOfBoundsException.class, () -> bytes.getLong(at));
      expectThrows(IndexOutOfBoundsException.class, () -> bytes.putByte(at, (byte) 1));
      expectThrows(IndexOutOfBoundsException.class, () -> bytes.putInt(at, 1));
      expectThrows(IndexOutOfBoundsException.class, () -> bytes.putLong(at, 1));
      expectThrows(IndexOutOfBoundsException.class, () -> bytes.write(at, new byte[1], 0, 1));
      expectThrows(IndexOutOfBoundsException.class, () -> bytes.read(at, new byte[1], 0, 1));
    }
    expectThrows(IndexOutOfBoundsException.class, () -> bytes.putLong(last - 7, 1));
    expectThrows(IndexOutOfBoundsException.class, () -> bytes.putInt(last - 3, 1));
  }
}
