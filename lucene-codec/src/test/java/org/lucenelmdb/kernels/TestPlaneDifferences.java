/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.kernels;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;

/** The count of the bits in which planes differ, bit by bit, in mapped memory. */
public class TestPlaneDifferences extends LuceneTestCase {

  /** A plane of random bits, as the count wants it, and as what it means. */
  private static final class Other {
    final int dimension;
    final int bytesBefore;
    final PlaneShape shape;
    final boolean[] bits;
    final long[] plane;
    final long[] mask;

    Other(int dimension, int bytesBefore) {
      this.dimension = dimension;
      this.bytesBefore = bytesBefore;
      this.shape = PlaneShape.of(1, planeBytes(), bytesBefore);
      this.bits = new boolean[dimension];
      this.plane = new long[shape.words()];
      this.mask = new long[shape.words()];
      for (int word = 0; word < plane.length; word++) {
        plane[word] = random().nextLong(); // where the mask has no bit, anything
      }
      for (int i = 0; i < dimension; i++) {
        int bit = shape.bit(i);
        bits[i] = (plane[bit / 64] >>> bit % 64 & 1) != 0;
        mask[bit / 64] |= 1L << bit % 64;
      }
    }

    int planeBytes() {
      return (dimension + 7) / 8;
    }

    /** How many bytes are read from a plane's first one on, or the plane's length if fewer are. */
    int reads() {
      return Math.max(planeBytes(), shape.tail() + Long.BYTES);
    }

    /** By the definition. */
    int differences(byte[] bytes, int at) {
      int differences = 0;
      for (int i = 0; i < dimension; i++) {
        boolean bit = (bytes[at + i / 8] >> i % 8 & 1) != 0;
        differences += bit == bits[i] ? 0 : 1;
      }
      return differences;
    }

    /** Makes a plane the same as this one, or the opposite; what else is in its bytes stays. */
    void copyTo(byte[] bytes, int at, boolean opposite) {
      for (int i = 0; i < dimension; i++) {
        int bit = 1 << i % 8;
        bytes[at + i / 8] &= (byte) ~bit;
        bytes[at + i / 8] |= (byte) (bits[i] == opposite ? 0 : bit);
      }
    }

    void count(OffHeapBytes memory, long[] addresses, int count, int offset, int[] differences) {
      PlaneDifferences.count(plane, mask, shape, memory, addresses, count, offset, differences);
    }
  }

  /** Of one word to many: groups of four words, then two, then one, of which some are not there. */
  private static int[] dimensions() {
    return new int[] {
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
      9,
      63,
      64,
      65,
      127,
      128,
      129,
      191,
      192,
      193,
      255,
      256,
      257,
      320,
      321,
      384,
      385,
      448,
      449,
      511,
      512,
      513,
      768,
      1000,
      4096,
      1 + random().nextInt(600),
      1 + random().nextInt(20_000)
    };
  }

  /** Nothing may be read before a plane, too little for a word, just enough, or more than that. */
  private static int[] bytesBefore() {
    return new int[] {0, 1 + random().nextInt(6), 7, 8 + random().nextInt(100)};
  }

  private static int between(int first, int last) {
    return first + random().nextInt(last - first + 1);
  }

  private static void write(Directory directory, byte[] bytes) throws IOException {
    try (IndexOutput out = directory.createOutput("planes", IOContext.DEFAULT)) {
      out.writeBytes(bytes, bytes.length);
    }
  }

  private static OffHeapBytes map(IndexInput in) throws IOException {
    return OffHeapBytes.of(in.randomAccessSlice(0, in.length()), in.length());
  }

  /** In all of the memory is garbage, of which any part is a plane. */
  private static void checkMapped(Other other) throws IOException {
    String message = "dimension " + other.dimension + ", before it " + other.bytesBefore;
    int count = 3 + random().nextInt(20);
    int first = other.bytesBefore;
    int last = first + other.planeBytes() + random().nextInt(count * (other.planeBytes() + 8));
    byte[] bytes = new byte[last + other.reads()];
    random().nextBytes(bytes);
    int[] at = new int[count];
    Arrays.setAll(at, i -> between(first, last)); // several may be at one address
    at[1] = first; // no bytes before these two but those that may be read, nor behind
    at[2] = last;
    other.copyTo(bytes, first, false);
    other.copyTo(bytes, last, true);
    int offset = random().nextInt(2000) - 1000;
    long[] addresses = new long[count];
    Arrays.setAll(addresses, i -> (long) at[i] - offset);
    try (Directory directory = new MMapDirectory(createTempDir())) {
      write(directory, bytes);
      IndexInput in = directory.openInput("planes", IOContext.DEFAULT);
      OffHeapBytes memory = map(in);
      try (in) {
        int[] differences = random().ints(count + 1).toArray(); // are overwritten
        differences[count] = 42;
        for (int run = 0; run < 2; run++) { // the second time as well
          other.count(memory, addresses, count, offset, differences);
          for (int i = 0; i < count; i++) {
            assertEquals(message, other.differences(bytes, at[i]), differences[i]);
          }
          assertEquals(message, 0, differences[1]);
          assertEquals(message, other.dimension, differences[2]);
          assertEquals("not asked for", 42, differences[count]);
        }
        int[] untouched = {1, 2, 3};
        other.count(memory, addresses, 1, offset, untouched);
        assertArrayEquals(message, new int[] {differences[0], 2, 3}, untouched);
        other.count(memory, addresses, 0, offset, untouched);
        assertArrayEquals(message, new int[] {differences[0], 2, 3}, untouched);
        checkOutside(other, memory, bytes.length, offset);
      }
      expectThrows(
          AlreadyClosedException.class,
          () -> other.count(memory, addresses, 1, offset, new int[count]));
    }
  }

  /** Planes of which the memory has but a part, or none; the first of two is inside. */
  private static void checkOutside(Other other, OffHeapBytes memory, int length, int offset) {
    int tail = other.shape.tail();
    int before = Math.min(tail, 0); // where the first byte that is read is
    long[] outside = {
      -before - 1, length - tail - Long.BYTES + 1, length, Integer.MAX_VALUE, Integer.MIN_VALUE
    };
    for (long address : outside) {
      long[] addresses = {other.bytesBefore - offset, address - offset};
      expectThrows(
          IndexOutOfBoundsException.class,
          () -> other.count(memory, addresses, 2, offset, new int[2]));
      other.count(memory, addresses, 1, offset, new int[2]);
    }
  }

  public void testMapped() throws IOException {
    for (int dimension : dimensions()) {
      for (int bytesBefore : bytesBefore()) {
        checkMapped(new Other(dimension, bytesBefore));
      }
    }
  }

  /** Each bit of a plane counts, by itself and once, and no bit of any other byte does. */
  public void testEachBit() throws IOException {
    for (int dimension : dimensions()) {
      if (dimension > 600) {
        continue; // quadratic
      }
      Other other = new Other(dimension, random().nextInt(16));
      int planeBits = other.planeBytes() * 8;
      int stride = other.bytesBefore + other.reads() + 1;
      byte[] bytes = new byte[planeBits * stride];
      random().nextBytes(bytes);
      long[] addresses = new long[planeBits];
      for (int i = 0; i < planeBits; i++) {
        int at = i * stride + other.bytesBefore;
        addresses[i] = at;
        other.copyTo(bytes, at, false);
        bytes[at + i / 8] ^= (byte) (1 << i % 8);
      }
      try (Directory directory = new MMapDirectory(createTempDir())) {
        write(directory, bytes);
        try (IndexInput in = directory.openInput("planes", IOContext.DEFAULT)) {
          int[] differences = new int[planeBits];
          other.count(map(in), addresses, planeBits, 0, differences);
          for (int i = 0; i < planeBits; i++) {
            String message = "dimension " + dimension + ", bit " + i;
            assertEquals(message, i < dimension ? 1 : 0, differences[i]);
          }
        }
      }
    }
  }
}
