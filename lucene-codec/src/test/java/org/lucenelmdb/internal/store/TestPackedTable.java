/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import java.io.IOException;
import java.util.Set;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.LongValues;

/** {@link PackedTable} reads what its writer writes. */
public class TestPackedTable extends LuceneTestCase {

  private static final Set<Integer> WIDTHS = Set.of(1, 2, 4, 8, 12, 16, 20, 24, 28, 32, 40, 48, 56);

  private static long[] randomValues(int size, long max) {
    long[] values = new long[size];
    for (int i = 0; i < size; i++) {
      values[i] = random().nextInt(10) == 0 ? max : TestUtil.nextLong(random(), 0, max);
    }
    return values;
  }

  private static void write(IndexOutput out, long[] values, long max) throws IOException {
    PackedTable.Writer writer = new PackedTable.Writer(out, values.length, max);
    for (long value : values) {
      writer.add(value);
    }
    writer.finish();
  }

  public void testRandom() throws Exception {
    for (int round = 0; round < 50; round++) {
      int bits = TestUtil.nextInt(random(), 1, 56);
      int size =
          switch (random().nextInt(4)) {
            case 0 -> random().nextInt(3);
            case 1 -> random().nextInt(10_000);
            default -> random().nextInt(200);
          };
      check(size, bits);
    }
  }

  public void testEveryWidth() throws Exception {
    for (int bits = 1; bits <= 56; bits++) {
      check(0, bits);
      check(1, bits);
      check(TestUtil.nextInt(random(), 2, 100), bits);
    }
  }

  private static void check(int size, int bits) throws Exception {
    long max = random().nextBoolean() ? (1L << bits) - 1 : 1L << bits - 1;
    long[] first = randomValues(size, max);
    long[] second = randomValues(random().nextInt(100), random().nextInt(1000));
    int before = random().nextInt(20);
    try (Directory directory = Inputs.any(random()).newDirectory(random())) {
      try (IndexOutput out = directory.createOutput("tables", IOContext.DEFAULT)) {
        out.writeBytes(Inputs.randomBytes(random(), before), before);
        write(out, first, max);
        write(out, second, 1000);
        out.writeInt(0xCAFE);
      }
      try (IndexInput in = directory.openInput("tables", IOContext.DEFAULT)) {
        in.seek(before);
        PackedTable a = PackedTable.read(in, first.length);
        PackedTable b = PackedTable.read(in, second.length);
        assertEquals(0xCAFE, in.readInt()); // read skips the tables
        assertEquals(in.length(), in.getFilePointer());

        assertEquals(first.length, a.size());
        assertTrue(WIDTHS.contains(a.bitsPerValue()));
        assertTrue(a.bitsPerValue() >= bits);
        assertTrue(a.bitsPerValue() < bits + 8);
        assertEquals(before + 1, a.offset());
        assertEquals(b.offset(), a.offset() + a.byteSize() + 1);
        assertTrue(a.byteSize() >= ((long) first.length * a.bitsPerValue() + 7) / 8);
        assertTrue(a.byteSize() <= ((long) first.length * a.bitsPerValue() + 7) / 8 + 8);

        IndexInput file = Inputs.disguise(in, random());
        assertValues(first, a.open(file));
        assertValues(second, b.open(file));
        assertValues(first, a.open(file)); // again, from any position of the file
      }
    }
  }

  private static void assertValues(long[] expected, LongValues actual) {
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual.get(i));
    }
    for (int i = 0; i < 20 && expected.length > 0; i++) {
      int at = random().nextInt(expected.length);
      assertEquals(expected[at], actual.get(at));
    }
  }

  public void testBadWidths() throws Exception {
    for (int width = Byte.MIN_VALUE; width <= Byte.MAX_VALUE; width++) {
      try (Directory directory = Inputs.HEAP.newDirectory(random())) {
        try (IndexOutput out = directory.createOutput("table", IOContext.DEFAULT)) {
          out.writeByte((byte) width);
          out.writeBytes(new byte[1000], 1000);
        }
        try (IndexInput in = directory.openInput("table", IOContext.DEFAULT)) {
          if (WIDTHS.contains(width)) {
            assertEquals(width, PackedTable.read(in, 10).bitsPerValue());
          } else {
            expectThrows(CorruptIndexException.class, () -> PackedTable.read(in, 10));
          }
        }
      }
    }
  }

  public void testTruncated() throws Exception {
    int size = TestUtil.nextInt(random(), 1, 1000);
    long max = (1L << TestUtil.nextInt(random(), 1, 56)) - 1;
    try (Directory directory = Inputs.any(random()).newDirectory(random())) {
      long length;
      try (IndexOutput out = directory.createOutput("table", IOContext.DEFAULT)) {
        write(out, randomValues(size, max), max);
        length = out.getFilePointer();
      }
      try (IndexInput in = directory.openInput("table", IOContext.DEFAULT)) {
        PackedTable.read(in.clone(), size);
        for (int i = 0; i < 20; i++) {
          long shorter = i == 0 ? length - 1 : TestUtil.nextLong(random(), 1, length - 1);
          IndexInput part = in.slice("part", 0, shorter);
          expectThrows(CorruptIndexException.class, () -> PackedTable.read(part, size));
        }
        // more values than the file can contain
        for (int more : new int[] {size + 8 * 64, 1 << 30, Integer.MAX_VALUE}) {
          expectThrows(CorruptIndexException.class, () -> PackedTable.read(in.clone(), more));
        }
      }
    }
  }
}
