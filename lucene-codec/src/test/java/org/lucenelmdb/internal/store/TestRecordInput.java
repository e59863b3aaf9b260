/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.lucenelmdb.NativeThreads;

/** {@link RecordInput} reads records by the addresses of their values. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestRecordInput extends LuceneTestCase {

  private record Expected(long key, byte[] value, long address) {}

  public void testRandom() throws Exception {
    int records = TestUtil.nextInt(random(), 1, 2000);
    int maxLength = random().nextBoolean() ? 100 : 10_000;
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter image = Inputs.newImage(directory, random())) {
      long[] keys = new long[records];
      byte[][] values = new byte[records][];
      for (int i = 0; i < records; i++) {
        keys[i] = (i == 0 ? 0 : keys[i - 1]) + TestUtil.nextLong(random(), 1, 1L << 40);
        int length = random().nextInt(random().nextInt(20) == 0 ? maxLength + 1 : 100);
        values[i] = Inputs.randomBytes(random(), length);
        byte[] key = ByteBuffer.allocate(Long.BYTES).putLong(keys[i]).array();
        image.put("d", key, length, true).put(values[i]);
      }
      image.commit();
      List<Expected> expected = new ArrayList<>();
      for (Inputs kind : Inputs.values()) {
        int before = random().nextBoolean() ? 0 : random().nextInt(10_000);
        try (Directory copies = kind.newDirectory(random())) {
          Inputs.copyImage(image, copies, "image", before, random().nextInt(100), random());
          try (IndexInput in = copies.openInput("image", IOContext.DEFAULT)) {
            if (expected.isEmpty()) {
              ImageReader reader = new ImageReader(in, before, image.length());
              ImageReader.Cursor cursor = reader.cursor("d");
              for (int i = 0; i < records; i++) {
                assertTrue(cursor.next());
                expected.add(new Expected(keys[i], values[i], cursor.value().address()));
              }
            }
            IndexInput slice = in.slice("image", before, image.length());
            check(expected, slice, image.pageSize(), maxLength);
          }
        }
      }
    }
  }

  private static void check(List<Expected> records, IndexInput image, int pageSize, int maxLength)
      throws Exception {
    RecordInput input = new RecordInput(image, pageSize, maxLength);
    for (Expected record : records) {
      int length = input.read(record.address, record.key);
      boolean inline = record.address % pageSize != ImagePages.HEADER_BYTES;
      if (inline) {
        assertEquals(record.value.length, length);
      } else {
        assertTrue(length >= record.value.length && length <= maxLength);
      }
      int from = input.offset();
      int to = from + record.value.length;
      assertTrue(Arrays.equals(record.value, 0, record.value.length, input.bytes(), from, to));
    }
    for (int i = 0; i < 300; i++) {
      Expected record = records.get(random().nextInt(records.size()));
      Expected other = records.get(random().nextInt(records.size()));
      boolean inline = record.address % pageSize != ImagePages.HEADER_BYTES;
      if (inline) {
        long[] wrongKeys = {0, -1, record.key + 1, Long.reverseBytes(record.key), other.key};
        for (long key : wrongKeys) {
          if (key != record.key) {
            assertCorrupt(input, record.address, key);
          }
        }
        if (record.value.length > 0) {
          RecordInput shorter = new RecordInput(image, pageSize, record.value.length - 1);
          assertCorrupt(shorter, record.address, record.key);
        }
      }
      // near the record, at the start of a page, anywhere
      long[] wrongAddresses = {
        record.address + TestUtil.nextInt(random(), -20, 20),
        record.address / pageSize * pageSize + random().nextInt(20),
        TestUtil.nextLong(random(), 0, image.length()),
      };
      for (long address : wrongAddresses) {
        if (address != record.address && address % pageSize != ImagePages.HEADER_BYTES) {
          assertCorrupt(input, address, record.key);
        }
      }
    }
    long key = records.get(0).key;
    for (long address :
        new long[] {
          -1,
          0,
          15,
          16,
          17,
          pageSize + 16,
          image.length() - 1,
          image.length(),
          image.length() + 1,
          Long.MIN_VALUE,
          Long.MAX_VALUE
        }) {
      assertCorrupt(input, address, key);
    }
  }

  private static void assertCorrupt(RecordInput input, long address, long key) {
    expectThrows(CorruptIndexException.class, () -> input.read(address, key));
  }

  /** Every bit before a value is verified, except those that do not identify the record. */
  public void testDamage() throws Exception {
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter image = Inputs.newImage(directory, random())) {
      byte[] key = ByteBuffer.allocate(Long.BYTES).putLong(77).array();
      image.put("d", key, 50, true).put(new byte[50]);
      byte[] largeKey = ByteBuffer.allocate(Long.BYTES).putLong(78).array();
      image.put("d", largeKey, 5000, true).put(new byte[5000]);
      image.commit();
      byte[] bytes = new byte[(int) image.length()];
      long[] addresses = new long[2];
      try (IndexInput in = image.openInput(IOContext.DEFAULT)) {
        ImageReader reader = new ImageReader(in, 0, bytes.length);
        addresses[0] = reader.get("d", key).address();
        addresses[1] = reader.get("d", largeKey).address();
        in.readBytes(bytes, 0, bytes.length);
      }
      for (int record = 0; record < 2; record++) {
        long address = addresses[record];
        long recordKey = 77 + record;
        for (int before = 1; before <= 16; before++) {
          for (int bit = 0; bit < 8; bit++) {
            byte[] damaged = bytes.clone();
            damaged[(int) address - before] ^= (byte) (1 << bit);
            RecordInput input = open(damaged, image.pageSize());
            // a smaller length is plausible; an overflow page's padding and number of pages are not
            // verified
            boolean harmless =
                record == 0 ? before > 12 : before <= 4 || before == 7 || before == 8;
            if (harmless) {
              try {
                int length = input.read(address, recordKey);
                assertTrue(length >= 0 && length <= 5000);
              } catch (
                  @SuppressWarnings("unused")
                  CorruptIndexException e) {
                // also allowed
              }
            } else {
              assertCorrupt(input, address, recordKey);
            }
          }
        }
      }
    }
  }

  private static RecordInput open(byte[] image, int pageSize) throws Exception {
    return new RecordInput(Inputs.onHeap(image), pageSize, 5000);
  }
}
