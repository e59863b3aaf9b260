/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.offheap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.BitSet;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;

/** Memory outside the heap: what is in it, how much of it there is, and that it is given back. */
public class TestBuildMemory extends LuceneTestCase {

  private MemoryBudget budget;
  private BuildMemory memory;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    budget = new MemoryBudget(1 << 20);
    memory = budget.take(1 << 20, () -> {});
  }

  @Override
  public void tearDown() throws Exception {
    memory.close();
    assertEquals(0, budget.used());
    super.tearDown();
  }

  /** Random writes of every kind, at any address, into memory and into an array. */
  public void testBytes() throws IOException {
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
      assertEquals("nothing before it", 0, part[0]);
      assertEquals("nothing behind it", 0, part[count + 1]);
      int[] ints = new int[count / Integer.BYTES];
      bytes.read(at, ints, 0, ints.length);
      for (int n = 0; n < ints.length; n++) {
        assertEquals(expected.getInt(at + n * Integer.BYTES), ints[n]);
      }
    }
  }

  public void testNothingOutsideOfBytes() throws IOException {
    int size = random().nextInt(100);
    OffHeapBytes bytes = memory.allocate(size);
    // an empty allocation has a byte, lest several be in the same place
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

  public void testInts() throws IOException {
    int[] expected = new int[random().nextInt(1000)];
    OffHeapInts ints = memory.ints(expected.length);
    assertEquals(expected.length, ints.size());
    for (int i = 0; i < 2 * expected.length; i++) {
      int index = random().nextInt(expected.length);
      assertEquals(expected[index], ints.get(index));
      expected[index] = random().nextInt();
      ints.set(index, expected[index]);
    }
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], ints.get(i));
    }
    int size = Math.max(1, expected.length);
    expectThrows(IndexOutOfBoundsException.class, () -> ints.get(size));
    expectThrows(IndexOutOfBoundsException.class, () -> ints.set(size, 1));
    expectThrows(IndexOutOfBoundsException.class, () -> ints.get(-1));
  }

  public void testBits() throws IOException {
    int size = TestUtil.nextInt(random(), 1, 1000);
    OffHeapBits bits = memory.bits(size);
    BitSet expected = new BitSet(size);
    for (int round = 0; round < 100; round++) {
      int index = random().nextInt(size);
      switch (random().nextInt(4)) {
        case 0 -> {
          assertEquals(expected.get(index), bits.getAndSet(index));
          expected.set(index);
        }
        case 1 -> {
          for (int member = expected.nextSetBit(0); member >= 0; ) {
            bits.clearAround(member);
            member = expected.nextSetBit(member + 1);
          }
          expected.clear();
        }
        default -> {
          int[] indexes = random().ints(random().nextInt(40), 0, size).toArray(); // some twice
          int[] fresh =
              Arrays.stream(indexes).filter(i -> expected.get(i) == false).distinct().toArray();
          int count = bits.retainNew(indexes, indexes.length);
          assertArrayEquals(fresh, Arrays.copyOf(indexes, count));
          Arrays.stream(fresh).forEach(expected::set);
        }
      }
      for (int i = 0; i < size; i++) {
        assertEquals(expected.get(i), bits.get(i));
      }
    }
  }

  /** It is refused what it was not granted, and may have what it costs. */
  public void testGranted() throws IOException {
    memory.close();
    long bytes = random().nextInt(1000);
    int ints = random().nextInt(1000);
    int bits = random().nextInt(1000);
    long cost =
        BuildMemory.cost(bytes) + BuildMemory.costOfInts(ints) + BuildMemory.costOfBits(bits);
    assertTrue(cost >= bytes + 4L * ints + bits / 8);
    try (BuildMemory exact = budget.take(cost, () -> {})) {
      assertEquals(cost, budget.used());
      expectThrows(IllegalStateException.class, () -> exact.allocate(cost + 1));
      expectThrows(IllegalStateException.class, () -> exact.allocate(Long.MAX_VALUE / 2));
      exact.ints(ints);
      exact.bits(bits);
      exact.allocate(bytes);
      expectThrows(IllegalStateException.class, () -> exact.allocate(0));
      expectThrows(IllegalStateException.class, () -> exact.ints(1));
      expectThrows(IllegalStateException.class, () -> exact.bits(1));
      assertEquals(cost, budget.used());
    }
    assertEquals(0, budget.used());
    try (BuildMemory less = budget.take(cost - 1, () -> {})) {
      less.ints(ints);
      less.bits(bits);
      expectThrows(IllegalStateException.class, () -> less.allocate(bytes));
    }
    assertEquals(0, budget.used());
  }

  public void testUseAfterClose() throws IOException {
    OffHeapBytes bytes = memory.allocate(100);
    OffHeapInts ints = memory.ints(10);
    OffHeapBits bits = memory.bits(10);
    assertEquals(budget.limit(), budget.used());
    for (int i = 0; i < 3; i++) {
      memory.close();
      assertEquals("given back once", 0, budget.used());
    }
    expectThrows(IllegalStateException.class, () -> memory.allocate(1));
    expectThrows(AlreadyClosedException.class, () -> bytes.getByte(0));
    expectThrows(AlreadyClosedException.class, () -> bytes.putByte(0, (byte) 1));
    expectThrows(AlreadyClosedException.class, () -> bytes.read(0, new byte[1], 0, 1));
    expectThrows(AlreadyClosedException.class, () -> bytes.write(0, new byte[1], 0, 1));
    expectThrows(AlreadyClosedException.class, () -> ints.get(0));
    expectThrows(AlreadyClosedException.class, () -> ints.set(0, 1));
    expectThrows(AlreadyClosedException.class, () -> bits.get(0));
    expectThrows(AlreadyClosedException.class, () -> bits.getAndSet(0));
  }

  /** Parts do not overlap. */
  public void testParts() throws IOException {
    OffHeapInts[] parts = new OffHeapInts[50];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = memory.ints(random().nextInt(100));
    }
    for (int i = 0; i < parts.length; i++) {
      for (int n = 0; n < parts[i].size(); n++) {
        assertEquals(0, parts[i].get(n));
        parts[i].set(n, i + 1);
      }
    }
    for (int i = 0; i < parts.length; i++) {
      for (int n = 0; n < parts[i].size(); n++) {
        assertEquals(i + 1, parts[i].get(n));
      }
    }
  }
}
