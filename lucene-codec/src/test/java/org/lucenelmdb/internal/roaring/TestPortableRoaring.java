/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.roaring;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.roaringbitmap.RoaringBitmap;
import org.roaringbitmap.buffer.ImmutableRoaringBitmap;

/** {@link PortableRoaring} decodes what the RoaringBitmap library writes, and rejects all else. */
public class TestPortableRoaring extends LuceneTestCase {

  private static final int CONTAINER = 1 << 16;

  private static byte[] bytes(RoaringBitmap bitmap) {
    byte[] bytes = new byte[bitmap.serializedSizeInBytes()];
    bitmap.serialize(ByteBuffer.wrap(bytes));
    return bytes;
  }

  /** A bitmap with containers of all types. */
  private static RoaringBitmap randomBitmap(int maxContainers) {
    RoaringBitmap bitmap = new RoaringBitmap();
    int containers = random().nextInt(maxContainers + 1);
    int range = random().nextBoolean() ? 2 * maxContainers : 1 << 15;
    for (int i = 0; i < containers; i++) {
      int key = random().nextInt(10) == 0 ? (1 << 15) - 1 : random().nextInt(range);
      addContainer(bitmap, key, random().nextInt(8));
    }
    bitmap.remove(Integer.MAX_VALUE); // no exclusive limit is above it
    optimize(bitmap);
    return bitmap;
  }

  private static void addContainer(RoaringBitmap bitmap, int key, int kind) {
    long base = (long) key << 16;
    switch (kind) {
      case 0 -> addRandom(bitmap, base, 1 + random().nextInt(50));
      case 1 -> addRandom(bitmap, base, 1 + random().nextInt(20_000));
      case 2 -> addExactly(bitmap, base, 4095 + random().nextInt(4));
      case 3 -> bitmap.add(base, base + CONTAINER); // full
      case 4 -> {
        for (int n = 1 + random().nextInt(100); n > 0; n--) {
          int from = random().nextInt(CONTAINER);
          bitmap.add(base + from, base + Math.min(CONTAINER, from + 1 + random().nextInt(1000)));
        }
      }
      case 5 -> {
        int from = random().nextInt(CONTAINER);
        bitmap.add(base + from, base + CONTAINER); // to the end
        bitmap.remove((int) base + CONTAINER - 1 - random().nextInt(CONTAINER));
        bitmap.add((int) base + random().nextInt(CONTAINER));
      }
      case 6 -> {
        bitmap.add((int) base);
        bitmap.add((int) base + CONTAINER - 1);
      }
      default -> {
        int step = 1 + random().nextInt(40);
        for (int i = 0; i < CONTAINER; i += step) {
          bitmap.add((int) base + i);
        }
      }
    }
  }

  private static void addRandom(RoaringBitmap bitmap, long base, int n) {
    for (int i = 0; i < n; i++) {
      bitmap.add((int) base + random().nextInt(CONTAINER));
    }
  }

  private static void addExactly(RoaringBitmap bitmap, long base, int n) {
    int[] values = new int[n];
    int step = CONTAINER / n;
    for (int i = 0; i < n; i++) {
      values[i] = (int) base + i * step + random().nextInt(step);
    }
    bitmap.addN(values, 0, n);
  }

  private static void optimize(RoaringBitmap bitmap) {
    switch (random().nextInt(3)) {
      case 0 -> bitmap.runOptimize();
      case 1 -> bitmap.removeRunCompression();
      default -> {} // as built: the library stores ranges as runs
    }
  }

  private static void check(RoaringBitmap bitmap) throws Exception {
    check(bytes(bitmap), bitmap);
  }

  private static void check(byte[] bytes, RoaringBitmap bitmap) throws Exception {
    int[] expected = new ImmutableRoaringBitmap(ByteBuffer.wrap(bytes)).toArray();
    assertArrayEquals(bitmap.toArray(), expected);
    int last = expected.length == 0 ? -1 : expected[expected.length - 1];
    int limit =
        switch (random().nextInt(3)) {
          case 0 -> Integer.MAX_VALUE;
          case 1 -> last + 1;
          default -> TestUtil.nextInt(random(), last + 1, Integer.MAX_VALUE);
        };

    // exactly the bitmap
    int[] values = new int[expected.length];
    assertEquals(
        expected.length, PortableRoaring.decode(bytes, 0, bytes.length, values, limit, "test"));
    assertArrayEquals(expected, values);

    // with bytes before and after it
    int before = random().nextInt(20);
    int after = random().nextInt(20);
    byte[] around = new byte[before + bytes.length + after];
    random().nextBytes(around);
    System.arraycopy(bytes, 0, around, before, bytes.length);
    int more = random().nextInt(10);
    values = new int[expected.length + more];
    Arrays.fill(values, -7);
    int length = bytes.length + random().nextInt(after + 1);
    assertEquals(
        expected.length, PortableRoaring.decode(around, before, length, values, limit, "test"));
    assertArrayEquals(expected, Arrays.copyOf(values, expected.length));
    for (int i = expected.length; i < values.length; i++) {
      assertEquals(-7, values[i]);
    }

    // too short an array, a limit that the last value reaches, truncated bytes
    if (expected.length > 0) {
      int fewer = random().nextBoolean() ? expected.length - 1 : random().nextInt(expected.length);
      assertCorrupt(bytes, 0, bytes.length, new int[fewer], limit);
      int lower = random().nextBoolean() ? last : TestUtil.nextInt(random(), 0, last);
      assertCorrupt(bytes, 0, bytes.length, new int[expected.length], lower);
    }
    int shorter = random().nextBoolean() ? bytes.length - 1 : random().nextInt(bytes.length);
    assertCorrupt(bytes, 0, shorter, new int[expected.length], limit);
    byte[] cut = Arrays.copyOf(bytes, shorter);
    assertCorrupt(cut, 0, shorter, new int[expected.length], limit);
  }

  private static CorruptIndexException assertCorrupt(
      byte[] bytes, int offset, int length, int[] values, int limit) {
    return expectThrows(
        CorruptIndexException.class,
        () -> PortableRoaring.decode(bytes, offset, length, values, limit, "the resource"));
  }

  public void testRandom() throws Exception {
    int rounds = atLeast(100);
    for (int i = 0; i < rounds; i++) {
      check(randomBitmap(random().nextInt(10) == 0 ? 60 : 8));
    }
  }

  public void testSmall() throws Exception {
    for (int i = 0; i < 500; i++) {
      RoaringBitmap bitmap = new RoaringBitmap();
      int limit = 1 + random().nextInt(random().nextBoolean() ? 100 : 1_000_000);
      int n = random().nextInt(65);
      for (int j = 0; j < n; j++) {
        bitmap.add(random().nextInt(limit));
      }
      optimize(bitmap);
      check(bitmap);
    }
  }

  public void testEmpty() throws Exception {
    check(new RoaringBitmap());
    assertEquals(8, bytes(new RoaringBitmap()).length);
    int[] values = {};
    assertEquals(0, PortableRoaring.decode(bytes(new RoaringBitmap()), 0, 8, values, 0, "test"));
    assertCorrupt(new byte[0], 0, 0, new int[10], 10);
  }

  /** Cardinalities around the limit between array and bitmap containers. */
  public void testContainerSizes() throws Exception {
    for (int n : new int[] {1, 2, 4095, 4096, 4097, 8192, 65535, 65536}) {
      for (int key : new int[] {0, 1, 1000, (1 << 15) - 2}) {
        RoaringBitmap bitmap = new RoaringBitmap();
        addExactly(bitmap, (long) key << 16, n);
        check(bitmap);
        bitmap.add((key + 1) << 16); // another container
        check(bitmap);
        bitmap.runOptimize();
        check(bitmap);
      }
    }
  }

  /** Bitmaps with run containers have offsets if they have at least four containers. */
  public void testFewAndManyContainers() throws Exception {
    for (int containers = 1; containers <= 40; containers++) {
      for (boolean runs : new boolean[] {true, false}) {
        RoaringBitmap bitmap = new RoaringBitmap();
        for (int key = 0; key < containers; key++) {
          bitmap.add(((long) key << 16) + 10, ((long) key << 16) + 15 + random().nextInt(5000));
        }
        if (runs) {
          bitmap.runOptimize();
        } else {
          bitmap.removeRunCompression();
        }
        byte[] bytes = bytes(bitmap);
        assertEquals(runs ? 12347 : 12346, (bytes[0] & 0xFF) | (bytes[1] & 0xFF) << 8);
        check(bitmap);
      }
    }
  }

  public void testLargestValues() throws Exception {
    RoaringBitmap bitmap = new RoaringBitmap();
    bitmap.add(0);
    bitmap.add(Integer.MAX_VALUE - 1);
    check(bitmap);
    bitmap.add(Integer.MAX_VALUE - CONTAINER * 3L, Integer.MAX_VALUE);
    check(bitmap);
    bitmap.runOptimize();
    check(bitmap);
    bitmap.removeRunCompression();
    check(bitmap);
    // Integer.MAX_VALUE is not below any limit
    bitmap.add(Integer.MAX_VALUE);
    byte[] bytes = bytes(bitmap);
    int[] values = new int[bitmap.getCardinality() + 10];
    assertCorrupt(bytes, 0, bytes.length, values, Integer.MAX_VALUE);
    // values that are negative as an int
    for (long large : new long[] {1L << 31, (1L << 32) - 1}) {
      RoaringBitmap beyond = new RoaringBitmap();
      beyond.add(3);
      beyond.add((int) large);
      byte[] b = bytes(beyond);
      assertCorrupt(b, 0, b.length, new int[2], Integer.MAX_VALUE);
    }
  }

  public void testMessageNamesResource() {
    CorruptIndexException e = assertCorrupt(new byte[8], 0, 8, new int[1], 10);
    assertEquals("the resource", e.getResourceDescription());
  }

  /** Invalid bitmaps that the library does not write. */
  public void testNotCanonical() throws Exception {
    int limit = Integer.MAX_VALUE;
    // descending and equal values in an array
    RoaringBitmap two = RoaringBitmap.bitmapOf(5, 6);
    byte[] bytes = bytes(two);
    ByteBuffer edit = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    edit.putShort(bytes.length - 2, (short) 5);
    assertCorrupt(bytes, 0, bytes.length, new int[10], limit);
    edit.putShort(bytes.length - 2, (short) 4);
    assertCorrupt(bytes, 0, bytes.length, new int[10], limit);
    // values are unsigned: 0x8000 after 5 is valid
    edit.putShort(bytes.length - 2, (short) 0x8000);
    assertEquals(2, PortableRoaring.decode(bytes, 0, bytes.length, new int[2], limit, "test"));
    edit.putShort(bytes.length - 4, (short) 0x8001);
    assertCorrupt(bytes, 0, bytes.length, new int[10], limit);

    // only the cookie for runs may have bits in its upper half
    bytes = bytes(two);
    bytes[2] = 1;
    assertCorrupt(bytes, 0, bytes.length, new int[10], limit);

    // descending and equal keys
    RoaringBitmap containers = RoaringBitmap.bitmapOf(5, 5 + CONTAINER);
    bytes = bytes(containers);
    edit = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    edit.putShort(12, (short) 0);
    assertCorrupt(bytes, 0, bytes.length, new int[10], limit);
    edit.putShort(8, (short) 7);
    assertCorrupt(bytes, 0, bytes.length, new int[10], limit);

    // a wrong offset of a container
    bytes = bytes(containers);
    edit = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    edit.putInt(16, edit.getInt(16) + 2);
    assertCorrupt(bytes, 0, bytes.length, new int[10], limit);

    // numbers of containers
    for (int n : new int[] {-1, 3, 1000, 1 << 16, (1 << 16) + 1, 1 << 30, Integer.MIN_VALUE}) {
      bytes = bytes(containers);
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(4, n);
      assertCorrupt(bytes, 0, bytes.length, new int[10], limit);
    }

    // runs that overlap, exceed the container, are missing, or have a wrong number of values
    RoaringBitmap runs = new RoaringBitmap();
    runs.add(10L, 20L);
    runs.add(30L, 45L);
    runs.runOptimize();
    bytes = bytes(runs);
    assertEquals(25, PortableRoaring.decode(bytes, 0, bytes.length, new int[25], limit, "test"));
    int at = bytes.length - 10; // [runs] [start, length - 1] [start, length - 1]
    int[][] edits = {
      {2, 25},
      {6, 19},
      {6, 10},
      {6, 0},
      {2, 65530},
      {6, 65530},
      {0, 0},
      {0, 1},
      {0, 3},
      {0, 65535},
      {4, 8},
      {4, 10},
      {4, 65535},
      {8, 13},
      {8, 15},
      {8, 65535}
    };
    for (int[] e : edits) {
      byte[] b = bytes.clone();
      ByteBuffer.wrap(b).order(ByteOrder.LITTLE_ENDIAN).putShort(at + e[0], (short) e[1]);
      assertCorrupt(b, 0, b.length, new int[100], limit);
    }

    // a wrong number of bits
    RoaringBitmap bits = new RoaringBitmap();
    for (int i = 0; i < CONTAINER; i += 3) {
      bits.add(i);
    }
    for (int by : new int[] {1, -1}) {
      bytes = bytes(bits);
      edit = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      edit.putShort(10, (short) (edit.getShort(10) + by));
      assertCorrupt(bytes, 0, bytes.length, new int[CONTAINER], limit);
    }
  }

  public void testDamage() throws Exception {
    int decoded = 0;
    int rounds = atLeast(3000);
    RoaringBitmap bitmap = null;
    byte[] valid = null;
    for (int round = 0; round < rounds; round++) {
      if (round % 20 == 0) {
        bitmap = random().nextInt(4) == 0 ? randomBitmap(3) : smallBitmap();
        valid = bytes(bitmap);
      }
      byte[] bytes = valid.clone();
      int head = Math.min(bytes.length, 40 + random().nextInt(40));
      for (int n = 1 + random().nextInt(3); n > 0; n--) {
        int at = random().nextInt(random().nextInt(5) == 0 ? bytes.length : head);
        switch (random().nextInt(4)) {
          case 0 -> bytes[at] ^= (byte) (1 << random().nextInt(8));
          case 1 -> bytes[at] = (byte) random().nextInt();
          case 2 -> bytes[at] = (byte) (random().nextBoolean() ? 0 : -1);
          default -> bytes[at] += (byte) (random().nextInt(5) - 2);
        }
      }
      int length = random().nextInt(4) == 0 ? random().nextInt(bytes.length + 1) : bytes.length;
      if (random().nextBoolean()) {
        bytes = Arrays.copyOf(bytes, length); // no bytes after it
      }
      int limit = random().nextBoolean() ? Integer.MAX_VALUE : random().nextInt(1 << 20);
      int[] values = new int[bitmap.getCardinality() + random().nextInt(100)];
      if (decodes(bytes, length, values, limit)) {
        decoded++;
      }
    }
    assertTrue(decoded + " of " + rounds, decoded > rounds / 200 && decoded < rounds);
  }

  private static RoaringBitmap smallBitmap() {
    RoaringBitmap bitmap = new RoaringBitmap();
    int limit = 1 + random().nextInt(random().nextBoolean() ? 1000 : 1_000_000);
    int n = 1 + random().nextInt(64);
    for (int j = 0; j < n; j++) {
      int start = random().nextInt(limit);
      bitmap.add(start, start + 1L + random().nextInt(4));
    }
    optimize(bitmap);
    return bitmap;
  }

  private static boolean decodes(byte[] bytes, int length, int[] values, int limit) {
    int n;
    try {
      n = PortableRoaring.decode(bytes, 0, length, values, limit, "test");
    } catch (
        @SuppressWarnings("unused")
        CorruptIndexException e) {
      return false;
    }
    assertTrue(n >= 0 && n <= values.length);
    int previous = -1;
    for (int i = 0; i < n; i++) {
      assertTrue(values[i] > previous);
      previous = values[i];
    }
    assertTrue(previous < limit);
    return true;
  }

  public void testGarbage() throws Exception {
    for (int round = 0; round < 2000; round++) {
      byte[] bytes = new byte[random().nextInt(300)];
      random().nextBytes(bytes);
      ByteBuffer edit = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      if (bytes.length >= 8 && random().nextInt(4) > 0) {
        boolean runs = random().nextBoolean();
        int containers = random().nextInt(random().nextBoolean() ? 5 : 70);
        edit.putInt(0, runs ? 12347 | containers << 16 : 12346);
        if (runs == false) {
          edit.putInt(4, containers);
        }
      }
      decodes(bytes, bytes.length, new int[random().nextInt(1000)], Integer.MAX_VALUE);
    }
  }

  public void testMaxBytes() throws Exception {
    assertEquals(8, PortableRoaring.maxBytes(0, 0));
    assertTrue(PortableRoaring.maxBytes(Integer.MAX_VALUE, Integer.MAX_VALUE) > 1 << 28);
    for (int round = 0; round < 300; round++) {
      RoaringBitmap bitmap =
          random().nextInt(4) == 0 ? randomBitmap(random().nextInt(4)) : smallBitmap();
      bitmap.removeRunCompression();
      int cardinality = bitmap.getCardinality();
      int limit = bitmap.isEmpty() ? 0 : bitmap.last() + 1;
      if (limit < 0) {
        continue;
      }
      long size = bitmap.serializedSizeInBytes();
      assertTrue(size <= PortableRoaring.maxBytes(cardinality, limit));
      int larger = TestUtil.nextInt(random(), limit, Integer.MAX_VALUE);
      int more = TestUtil.nextInt(random(), cardinality, Integer.MAX_VALUE);
      assertTrue(size <= PortableRoaring.maxBytes(cardinality, larger));
      assertTrue(size <= PortableRoaring.maxBytes(more, limit));
      assertTrue(size <= PortableRoaring.maxBytes(more, larger));
    }
    // the maximum is reached
    for (int n : new int[] {1, 10, 4096}) {
      RoaringBitmap spread = new RoaringBitmap();
      for (int i = 0; i < n; i++) {
        spread.add(i << 16);
      }
      int limit = (n - 1 << 16) + 1;
      assertEquals(spread.serializedSizeInBytes(), PortableRoaring.maxBytes(n, limit));
      RoaringBitmap packed = new RoaringBitmap();
      packed.add(0L, n);
      packed.removeRunCompression();
      assertEquals(packed.serializedSizeInBytes(), PortableRoaring.maxBytes(n, n));
    }
    RoaringBitmap full = new RoaringBitmap();
    full.add(0L, 10L * CONTAINER);
    full.removeRunCompression();
    assertEquals(
        full.serializedSizeInBytes(), PortableRoaring.maxBytes(10 * CONTAINER, 10 * CONTAINER));
  }

  /** Invalid and truncated cookies. */
  public void testCookies() throws IOException {
    for (int cookie : new int[] {0, 1, 12345, 12348, -1, 12346 << 8, 12346 << 16 | 12346}) {
      byte[] bytes = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).putInt(cookie).array();
      assertCorrupt(bytes, 0, bytes.length, new int[10], 100);
    }
    for (int length = 0; length < 8; length++) {
      byte[] bytes = bytes(new RoaringBitmap());
      assertCorrupt(bytes, 0, length, new int[10], 100);
    }
  }
}
