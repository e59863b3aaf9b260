/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import static org.lucenelmdb.internal.store.ImageFixtures.key;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.lucenelmdb.NativeThreads;

/** Images that outgrow their initial map. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestImageGrowth extends LuceneTestCase {

  public void testGrowth() throws Exception {
    checkGrowth(10 << 20);
  }

  @Nightly
  public void testLargeGrowth() throws Exception {
    checkGrowth(40 << 20);
  }

  /** Puts many small records, some large ones, or a single one. */
  private static void checkGrowth(int total) throws Exception {
    int size =
        switch (random().nextInt(4)) {
          case 0 -> TestUtil.nextInt(random(), 100, 1000);
          case 1 -> TestUtil.nextInt(random(), 1000, 100_000);
          case 2 -> TestUtil.nextInt(random(), 100_000, 10_000_000);
          default -> total;
        };
    boolean append = random().nextBoolean();
    byte[] value = Inputs.randomBytes(random(), size);
    try (Directory directory = new MMapDirectory(createTempDir());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      int records = Math.max(1, total / size);
      for (int i = 0; i < records; i++) {
        writer.put("d", key(i), size, append).putInt(i).put(value, 4, size - 4);
        if (random().nextInt(1000) == 0) {
          writer.commit();
        }
      }
      try (IndexInput in = writer.openInput(IOContext.DEFAULT)) {
        assertTrue(writer.length() > (long) records * size);
        ImageReader reader = new ImageReader(in, 0, writer.length());
        assertEquals(records, reader.entries("d"));
        for (int i = 0; i < 100; i++) {
          int n = random().nextInt(records);
          byte[] read = reader.read(reader.get("d", key(n)), size);
          assertEquals(Integer.reverseBytes(n), ByteBuffer.wrap(read).getInt());
          assertTrue(Arrays.equals(value, 4, size, read, 4, size));
        }
      }
    }
  }

  public void testGrowthInRandomOrder() throws Exception {
    checkGrowthInRandomOrder(3 << 20);
  }

  @Nightly
  public void testLargeGrowthInRandomOrder() throws Exception {
    checkGrowthInRandomOrder(15 << 20);
  }

  /** Puts small records with random keys, so that most puts change another page. */
  private static void checkGrowthInRandomOrder(int total) throws Exception {
    int size = random().nextInt(100);
    Map<Long, Long> expected = new TreeMap<>(Long::compareUnsigned);
    try (Directory directory = new MMapDirectory(createTempDir());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      while (expected.size() * (size + 40L) < total) {
        long k = random().nextLong();
        expected.put(k, (long) expected.size());
        byte[] key = ByteBuffer.allocate(Long.BYTES).putLong(k).array();
        writer.put("d", key, Long.BYTES + size, false).putLong(expected.get(k)).put(new byte[size]);
      }
      try (IndexInput in = writer.openInput(IOContext.DEFAULT)) {
        ImageReader reader = new ImageReader(in, 0, writer.length());
        ImageReader.Cursor cursor = reader.cursor("d");
        for (Map.Entry<Long, Long> record : expected.entrySet()) {
          assertTrue(cursor.next());
          assertEquals(record.getKey().longValue(), ByteBuffer.wrap(cursor.key()).getLong());
          assertEquals(
              Long.reverseBytes(record.getValue()),
              ByteBuffer.wrap(reader.read(cursor.value(), 1000)).getLong());
        }
        assertFalse(cursor.next());
      }
    }
  }
}
