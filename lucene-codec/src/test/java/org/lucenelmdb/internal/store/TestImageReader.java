/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Txn;
import org.lucenelmdb.NativeThreads;

/** {@link ImageReader} reads images as LMDB does. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestImageReader extends LuceneTestCase {

  public void testRandom() throws Exception {
    int databases = random().nextInt(10) == 0 ? 16 : random().nextInt(5);
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      ExpectedImage image = new ExpectedImage(writer, random());
      List<Put> puts = new ArrayList<>();
      for (int i = 0; i < databases; i++) {
        addPuts(TestUtil.randomSimpleString(random(), 1, 8) + i, databases, puts);
      }
      shuffleDatabases(puts);
      double commits = random().nextBoolean() ? 0 : 0.3 * random().nextDouble();
      for (Put put : puts) {
        put.to(image);
        if (random().nextDouble() < commits) {
          writer.commit();
        }
      }
      writer.commit();
      image.check();
    }
  }

  @FunctionalInterface
  private interface Putter {
    void put(ExpectedImage image) throws IOException;
  }

  private record Put(String database, Putter putter) {
    void to(ExpectedImage image) throws IOException {
      putter.put(image);
    }
  }

  private void addPuts(String database, int databases, List<Put> puts) {
    int records = random().nextInt(random().nextBoolean() ? 20 : 6000 / databases);
    int maxSmall = random().nextBoolean() ? 40 : 3000;
    double large = random().nextBoolean() ? 0 : 20.0 / (20 + records);
    boolean append = random().nextBoolean();
    int alphabet = random().nextBoolean() ? 256 : 2; // 2 gives long common prefixes
    NavigableMap<byte[], Boolean> seen = new TreeMap<>(Arrays::compareUnsigned);
    byte[] last = new byte[TestUtil.nextInt(random(), 4, ExpectedImage.MAX_KEY)];
    for (int i = 0; i < records; i++) {
      byte[] key = append ? next(last) : ExpectedImage.randomKey(random(), alphabet);
      last = key;
      if (seen.put(key, true) != null) {
        continue;
      }
      boolean isLarge = random().nextDouble() < large;
      if (isLarge && append == false && random().nextBoolean()) {
        int pages = TestUtil.nextInt(random(), 1, 5);
        puts.add(new Put(database, image -> image.putRun(database, key, pages)));
        continue;
      }
      int size = isLarge ? random().nextInt(60_000) : random().nextInt(maxSmall);
      puts.add(
          new Put(
              database,
              image -> image.put(database, key, Inputs.randomBytes(random(), size), append)));
    }
  }

  /** Interleaves the puts to different databases, but keeps their order in each. */
  private void shuffleDatabases(List<Put> puts) {
    if (random().nextBoolean()) {
      return;
    }
    Map<String, List<Put>> byDatabase = new TreeMap<>();
    for (Put put : puts) {
      byDatabase.computeIfAbsent(put.database, d -> new ArrayList<>()).add(put);
    }
    List<String> databases = new ArrayList<>();
    puts.forEach(put -> databases.add(put.database));
    Collections.shuffle(databases, random());
    puts.clear();
    Map<String, Integer> next = new TreeMap<>();
    for (String database : databases) {
      puts.add(byDatabase.get(database).get(next.merge(database, 1, Integer::sum) - 1));
    }
  }

  /** Returns a larger key of the same length, whose last four bytes are a number. */
  private static byte[] next(byte[] key) {
    byte[] next = key.clone();
    ByteBuffer number = ByteBuffer.wrap(next, next.length - Integer.BYTES, Integer.BYTES);
    number.mark();
    int n = number.getInt();
    number.reset();
    number.putInt(n + TestUtil.nextInt(random(), 1, 100));
    return next;
  }

  /** Values of about the sizes from which on LMDB uses one, two or three overflow pages. */
  public void testSizesNearLimits() throws Exception {
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      ExpectedImage image = new ExpectedImage(writer, random());
      int pageSize = writer.pageSize();
      for (int keyBytes : new int[] {4, 5, 8, 33, ExpectedImage.MAX_KEY}) {
        int number = 0;
        List<Integer> sizes = new ArrayList<>(List.of(0, 1, 2, 3));
        int inline = pageSize / 2 - 16 - keyBytes; // about the maximum size on a leaf page
        for (int d = -6; d <= 6; d++) {
          sizes.add(inline + d);
          sizes.add(pageSize / 4 + d);
          for (int pages = 1; pages <= 3; pages++) {
            sizes.add(pages * pageSize - ImagePages.HEADER_BYTES + d);
          }
        }
        for (int size : sizes) {
          byte[] key = Inputs.randomBytes(random(), keyBytes);
          ByteBuffer.wrap(key).putInt(number++);
          image.put("sizes" + keyBytes, key, Inputs.randomBytes(random(), size), true);
        }
      }
      writer.commit();
      image.check();
    }
  }

  public void testTreesOfEveryDepth() throws Exception {
    int[] records = {0, 1, 20, 1000, 20_000};
    for (int depth = 1; depth <= 4; depth++) {
      try (Directory directory = Inputs.any(random()).newDirectory(random());
          ImageWriter writer = ImageWriter.create(directory, "test")) {
        ExpectedImage image = new ExpectedImage(writer, random());
        boolean append = random().nextBoolean();
        // large keys, so that few records fit a page
        byte[] key = Inputs.randomBytes(random(), ExpectedImage.MAX_KEY);
        ByteBuffer.wrap(key).putInt(ExpectedImage.MAX_KEY - Integer.BYTES, 0);
        List<byte[]> keys = new ArrayList<>();
        for (int i = 0; i < records[depth]; i++) {
          key = next(key);
          keys.add(key);
        }
        if (append == false) {
          Collections.shuffle(keys, random());
        }
        for (byte[] k : keys) {
          int size = depth == 4 ? TestUtil.nextInt(random(), 1350, 1500) : random().nextInt(600);
          image.put("d", k, Inputs.randomBytes(random(), size), append);
        }
        writer.commit();
        try (LmdbFile lmdb = LmdbFile.open(image.bytes())) {
          assertEquals(depth, lmdb.stat("d").depth);
        }
        image.check();
      }
    }
  }

  public void testNoDatabases() throws Exception {
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      new ExpectedImage(writer, random()).check();
    }
  }

  /**
   * Databases that never had records or have lost all of them, which {@link ImageWriter} does not
   * write.
   */
  public void testEmptyDatabases() throws Exception {
    try (LmdbFile lmdb = LmdbFile.create(1 << 20)) {
      lmdb.env().openDbi("never", DbiFlags.MDB_CREATE);
      Dbi<byte[]> lost = lmdb.env().openDbi("lost", DbiFlags.MDB_CREATE);
      for (int i = 0; i < 100; i++) {
        lost.put(new byte[] {(byte) i}, new byte[random().nextInt(3000)]);
      }
      try (Txn<byte[]> txn = lmdb.env().txnWrite()) {
        for (int i = 0; i < 100; i++) {
          lost.delete(txn, new byte[] {(byte) i});
        }
        txn.commit();
      }
      Dbi<byte[]> one = lmdb.env().openDbi("one", DbiFlags.MDB_CREATE);
      one.put(new byte[] {7}, new byte[] {8});
      byte[] bytes = lmdb.bytes();
      for (Inputs kind : Inputs.values()) {
        try (Directory directory = kind.newDirectory(random())) {
          try (var out = directory.createOutput("image", IOContext.DEFAULT)) {
            out.writeBytes(bytes, bytes.length);
          }
          try (IndexInput in = directory.openInput("image", IOContext.DEFAULT)) {
            ImageReader reader = new ImageReader(in, 0, bytes.length);
            for (String database : List.of("lost", "never", "unknown", "")) {
              assertEquals(0, reader.entries(database));
              assertNull(reader.get(database, new byte[] {7}));
              assertNull(reader.get(database, new byte[0]));
              ImageReader.Cursor cursor = reader.cursor(database);
              assertFalse(cursor.next());
              assertFalse(cursor.next());
            }
            assertEquals(1, reader.entries("one"));
            ImageReader.Value value = reader.get("one", new byte[] {7});
            assertArrayEquals(new byte[] {8}, reader.read(value, 1));
          }
        }
      }
    }
  }

  /** A cursor after the last record stays there. */
  public void testCursorStaysAfterLast() throws Exception {
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      int records = TestUtil.nextInt(random(), 1, 300);
      for (int i = 0; i < records; i++) {
        byte[] key = ByteBuffer.allocate(Integer.BYTES).putInt(i).array();
        writer.put("d", key, 100, true).put(new byte[100]);
      }
      try (IndexInput in = writer.openInput(IOContext.DEFAULT)) {
        ImageReader.Cursor cursor = new ImageReader(in, 0, writer.length()).cursor("d");
        for (int i = 0; i < records; i++) {
          assertTrue(cursor.next());
        }
        for (int i = 0; i < 5; i++) {
          assertFalse(cursor.next());
        }
      }
    }
  }

  public void testReadBounds() throws Exception {
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      int size = TestUtil.nextInt(random(), 4, 20_000);
      byte[] value = Inputs.randomBytes(random(), size);
      writer.put("d", new byte[] {1}, size, true).put(value);
      writer.put("d", new byte[] {2}, 3, true).put(new byte[3]);
      try (IndexInput in = writer.openInput(IOContext.DEFAULT)) {
        ImageReader reader = new ImageReader(in, 0, writer.length());
        ImageReader.Value found = reader.get("d", new byte[] {1});
        assertArrayEquals(value, reader.read(found, size));
        assertArrayEquals(value, reader.read(found, Integer.MAX_VALUE));
        expectThrows(CorruptIndexException.class, () -> reader.read(found, size - 1));
        expectThrows(CorruptIndexException.class, () -> reader.read(found, 0));
        ByteBuffer ints = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 50; i++) {
          int at = i == 0 ? size - 4 : random().nextInt(size - 3);
          assertEquals(ints.getInt(at), reader.readInt(found, at));
        }
        for (int at : new int[] {-1, size - 3, size, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
          expectThrows(CorruptIndexException.class, () -> reader.readInt(found, at));
        }
        ImageReader.Value small = reader.get("d", new byte[] {2});
        expectThrows(CorruptIndexException.class, () -> reader.readInt(small, 0));
      }
    }
  }
}
