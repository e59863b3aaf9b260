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
import java.util.Random;
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

/** What {@link ImageWriter} writes, {@link ImageReader} reads as LMDB does. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestImages extends LuceneTestCase {

  private static final int MAX_KEY = 64;
  private static final int MAX_VALUE = 1 << 20;

  /** A database as it should be. */
  private static final class Records {
    final NavigableMap<byte[], byte[]> values = new TreeMap<>(Arrays::compareUnsigned);
    final NavigableMap<byte[], Long> runAddresses = new TreeMap<>(Arrays::compareUnsigned);

    boolean has(byte[] key) {
      return values.containsKey(key);
    }
  }

  /** Puts records in the order of the calls, and remembers them. */
  private static final class Image {
    final ImageWriter writer;
    final NavigableMap<String, Records> databases = new TreeMap<>();

    Image(ImageWriter writer) {
      this.writer = writer;
    }

    private Records records(String database) {
      return databases.computeIfAbsent(database, d -> new Records());
    }

    void put(String database, byte[] key, byte[] value, boolean append) throws IOException {
      ByteBuffer buffer = writer.put(database, key, value.length, append);
      assertEquals(ByteOrder.LITTLE_ENDIAN, buffer.order());
      assertEquals(value.length, buffer.remaining());
      buffer.put(value);
      records(database).values.put(key, value);
    }

    void putRun(String database, byte[] key, int pages, Random random) throws IOException {
      ImageWriter.Run run = writer.putRun(database, key, pages);
      byte[] value = Inputs.randomBytes(random, pages * writer.pageSize() - 16);
      assertEquals(value.length, run.bytes().remaining());
      assertEquals(16, run.address() % writer.pageSize());
      run.bytes().put(value);
      records(database).values.put(key, value);
      records(database).runAddresses.put(key, run.address());
    }
  }

  public void testRandom() throws Exception {
    int databases = random().nextInt(10) == 0 ? 16 : random().nextInt(5);
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      Image image = new Image(writer);
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
      check(image);
    }
  }

  @FunctionalInterface
  private interface Putter {
    void put(Image image) throws IOException;
  }

  private record Put(String database, Putter putter) {
    void to(Image image) throws IOException {
      putter.put(image);
    }
  }

  private void addPuts(String database, int databases, List<Put> puts) {
    int records = random().nextInt(random().nextBoolean() ? 20 : 6000 / databases);
    int maxSmall = random().nextBoolean() ? 40 : 3000;
    double large = random().nextBoolean() ? 0 : 20.0 / (20 + records);
    boolean append = random().nextBoolean();
    int alphabet = random().nextBoolean() ? 256 : 2; // few letters make keys with equal beginnings
    NavigableMap<byte[], Boolean> seen = new TreeMap<>(Arrays::compareUnsigned);
    byte[] last = new byte[TestUtil.nextInt(random(), 4, MAX_KEY)];
    for (int i = 0; i < records; i++) {
      byte[] key = append ? next(last) : randomKey(alphabet);
      last = key;
      if (seen.put(key, true) != null) {
        continue;
      }
      boolean isLarge = random().nextDouble() < large;
      if (isLarge && append == false && random().nextBoolean()) {
        int pages = TestUtil.nextInt(random(), 1, 5);
        puts.add(new Put(database, image -> image.putRun(database, key, pages, random())));
        continue;
      }
      int size = isLarge ? random().nextInt(60_000) : random().nextInt(maxSmall);
      puts.add(
          new Put(
              database,
              image -> image.put(database, key, Inputs.randomBytes(random(), size), append)));
    }
  }

  /** Mixes the puts to different databases, but keeps their order in each. */
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

  private static byte[] randomKey(int alphabet) {
    byte[] key = Inputs.randomBytes(random(), TestUtil.nextInt(random(), 1, MAX_KEY));
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) ((key[i] & 0xFF) % alphabet * (256 / alphabet));
    }
    return key;
  }

  /** A larger key of the same length: the last four bytes are a number. */
  private static byte[] next(byte[] key) {
    byte[] next = key.clone();
    ByteBuffer number = ByteBuffer.wrap(next, next.length - Integer.BYTES, Integer.BYTES);
    number.mark();
    int n = number.getInt();
    number.reset();
    number.putInt(n + TestUtil.nextInt(random(), 1, 100));
    return next;
  }

  /** Values near the sizes where LMDB begins to give them pages of their own, and more of them. */
  public void testSizesNearLimits() throws Exception {
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      Image image = new Image(writer);
      int pageSize = writer.pageSize();
      for (int keyBytes : new int[] {4, 5, 8, 33, MAX_KEY}) {
        int number = 0;
        List<Integer> sizes = new ArrayList<>(List.of(0, 1, 2, 3));
        int inline = pageSize / 2 - 16 - keyBytes; // about the largest value that stays on a leaf
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
      check(image);
    }
  }

  public void testTreesOfEveryDepth() throws Exception {
    int[] records = {0, 1, 20, 1000, 20_000};
    for (int depth = 1; depth <= 4; depth++) {
      try (Directory directory = Inputs.any(random()).newDirectory(random());
          ImageWriter writer = ImageWriter.create(directory, "test")) {
        Image image = new Image(writer);
        boolean append = random().nextBoolean();
        // large keys make for few records a page
        byte[] key = Inputs.randomBytes(random(), MAX_KEY);
        ByteBuffer.wrap(key).putInt(MAX_KEY - Integer.BYTES, 0);
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
        try (LmdbFile lmdb = LmdbFile.open(bytes(writer))) {
          assertEquals(depth, lmdb.stat("d").depth);
        }
        check(image);
      }
    }
  }

  public void testRuns() throws Exception {
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      assertEquals(1, writer.runPages(0));
      assertEquals(1, writer.runPages(writer.pageSize() - 16));
      assertEquals(2, writer.runPages(writer.pageSize() - 15));
      assertEquals(2, writer.runPages(2 * writer.pageSize() - 16));
      expectThrows(ArithmeticException.class, () -> writer.runPages(Long.MAX_VALUE / 2));
      Image image = new Image(writer);
      int runs = atLeast(30);
      for (int i = 0; i < runs; i++) {
        byte[] key = ByteBuffer.allocate(Integer.BYTES).putInt(i ^ 5).array();
        int pages = random().nextInt(10) == 0 ? TestUtil.nextInt(random(), 1, 1500) : 1 + i;
        image.putRun("runs", key, pages, random());
        if (random().nextBoolean()) {
          image.put("small", key, Inputs.randomBytes(random(), 10), false);
        }
        if (random().nextBoolean()) {
          writer.commit();
        }
      }
      writer.commit();
      check(image);
    }
  }

  /** Runs stay where they are, and readers that were opened before see them, whatever follows. */
  public void testRunsStay() throws Exception {
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      Image image = new Image(writer);
      image.putRun("runs", new byte[] {1}, 3, random());
      long address = image.databases.get("runs").runAddresses.get(new byte[] {1});
      byte[] value = image.databases.get("runs").values.get(new byte[] {1});
      try (IndexInput in = writer.openInput(IOContext.DEFAULT)) {
        for (int i = 2; i < 100; i++) {
          image.putRun("runs", new byte[] {(byte) i}, 1 + random().nextInt(20), random());
          image.put("small", new byte[] {(byte) i}, new byte[random().nextInt(3000)], true);
          writer.commit();
          byte[] read = new byte[value.length];
          in.seek(address);
          in.readBytes(read, 0, read.length);
          assertArrayEquals(value, read);
        }
      }
      check(image);
    }
  }

  /** Small images begin as LMDB begins one, but with other pages. */
  public void testEmptyImage() throws Exception {
    try (LmdbFile lmdb = LmdbFile.create(1 << 20)) {
      byte[] expected = lmdb.bytes();
      int pageSize = expected.length / 2;
      byte[] empty = ImagePages.empty(pageSize);
      for (int page = 0; page < 2; page++) {
        int mapSize = page * pageSize + ImagePages.META_MAP_SIZE;
        int flags = page * pageSize + ImagePages.META_FREE_DB + ImagePages.DB_FLAGS;
        // neither is of the file, but of how it was opened: 0x4000 is MDB_NOSUBDIR
        ByteBuffer.wrap(expected).putLong(mapSize, ByteBuffer.wrap(empty).getLong(mapSize));
        expected[flags + 1] &= ~0x40;
      }
      assertArrayEquals(expected, empty);
    }
  }

  public void testSmallPages() throws Exception {
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter writer = ImageWriter.createSmall(directory, "test")) {
      assertEquals(512, writer.pageSize());
      assertEquals(2 * 512, writer.length());
      Image image = new Image(writer);
      image.putRun("runs", new byte[] {1}, 3, random());
      image.put("small", new byte[] {1}, new byte[10], false);
      writer.commit();
      // nothing but two meta pages, the root of each database and of that of databases, and the run
      assertEquals((2 + 3 + 3) * 512, writer.length());
      check(image);
    }
  }

  /** A run whose length depends on its place has that length, whatever pages LMDB has to spare. */
  public void testRunsAsLongAsNeeded() throws Exception {
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      Image image = new Image(writer);
      int pageSize = writer.pageSize();
      for (int i = 0; i < 100; i++) {
        byte[] key = {(byte) i};
        if (random().nextInt(3) == 0) { // frees runs of pages
          byte[] old = {(byte) random().nextInt(i + 1)};
          image.put("replaced", old, new byte[random().nextInt(10 * pageSize)], false);
          if (random().nextBoolean()) {
            writer.commit();
          }
        }
        int least = TestUtil.nextInt(random(), 1, 3 * pageSize);
        int unit = TestUtil.nextInt(random(), 1, 3 * pageSize);
        ImageWriter.Run run =
            writer.putRun("runs", key, least + unit, address -> least + address % unit);
        byte[] value = Inputs.randomBytes(random(), run.bytes().remaining());
        run.bytes().put(value);
        assertTrue(value.length >= least + run.address() % unit);
        image.records("runs").values.put(key, value);
        image.records("runs").runAddresses.put(key, run.address());
        if (random().nextBoolean()) {
          writer.commit();
        }
      }
      writer.commit();
      check(image);
    }
  }

  /** LMDB writes its meta pages in turn; whichever was written last counts. */
  public void testEveryCommitIsSeen() throws Exception {
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      Image image = new Image(writer);
      check(image);
      for (int i = 0; i < 6; i++) {
        image.put("d" + i % 3, new byte[] {(byte) i}, new byte[] {1, (byte) i}, false);
        writer.commit();
        writer.commit(); // nothing to do
        check(image);
      }
    }
  }

  /** What is not committed is not seen, unless the input is opened by the writer itself. */
  public void testOpenInputCommits() throws Exception {
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      Image image = new Image(writer);
      image.put("d", new byte[] {1}, new byte[] {2}, true);
      long length = writer.length();
      try (IndexInput in = writer.openInput(IOContext.DEFAULT)) {
        assertTrue(writer.length() > length);
        ImageReader reader = new ImageReader(in, 0, writer.length());
        assertEquals(1, reader.entries("d"));
        assertEquals(writer.length(), reader.usedLength());
      }
      check(image);
    }
  }

  public void testNoDatabases() throws Exception {
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      check(new Image(writer));
    }
  }

  /** Databases that have lost all their records, or never had any; {@link ImageWriter} has none. */
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

  /** A cursor behind the last record stays there. */
  public void testCursorStaysBehindLast() throws Exception {
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

  private static byte[] bytes(ImageWriter writer) throws IOException {
    writer.commit();
    byte[] bytes = new byte[Math.toIntExact(writer.length())];
    try (IndexInput in = writer.openInput(IOContext.READONCE)) {
      in.readBytes(bytes, 0, bytes.length);
    }
    return bytes;
  }

  private static void check(Image image) throws Exception {
    byte[] bytes = bytes(image.writer);
    assertEquals(0, bytes.length % image.writer.pageSize());
    checkLmdb(image, bytes);
    for (Inputs kind : Inputs.values()) {
      try (Directory directory = kind.newDirectory(random())) {
        int before =
            switch (random().nextInt(3)) {
              case 0 -> 0;
              case 1 -> image.writer.pageSize() * TestUtil.nextInt(random(), 1, 3);
              default -> random().nextInt(10_000);
            };
        int after = random().nextBoolean() ? 0 : random().nextInt(10_000);
        Inputs.copyImage(image.writer, directory, "image", before, after, random());
        try (IndexInput in = directory.openInput("image", IOContext.DEFAULT)) {
          assertEquals(before + bytes.length + after, in.length());
          checkReader(image, bytes, Inputs.disguise(in, random()), before);
        }
      }
    }
    try (IndexInput in = image.writer.openInput(IOContext.DEFAULT)) {
      checkReader(image, bytes, in, 0);
    }
  }

  private static void checkLmdb(Image image, byte[] bytes) throws Exception {
    try (LmdbFile lmdb = LmdbFile.open(bytes)) {
      assertEquals(List.copyOf(image.databases.keySet()), lmdb.databases());
      for (Map.Entry<String, Records> database : image.databases.entrySet()) {
        Records expected = database.getValue();
        List<LmdbFile.Entry> entries = lmdb.entries(database.getKey());
        assertEquals(expected.values.size(), entries.size());
        int i = 0;
        for (Map.Entry<byte[], byte[]> record : expected.values.entrySet()) {
          LmdbFile.Entry entry = entries.get(i++);
          assertArrayEquals(record.getKey(), entry.key());
          assertArrayEquals(record.getValue(), entry.value());
        }
      }
    }
  }

  private static void checkReader(Image image, byte[] bytes, IndexInput in, long offset)
      throws Exception {
    ImageReader reader = new ImageReader(in, offset, bytes.length);
    assertEquals(image.writer.pageSize(), reader.pageSize());
    assertEquals(bytes.length, reader.usedLength());
    for (Map.Entry<String, Records> database : image.databases.entrySet()) {
      String name = database.getKey();
      Records expected = database.getValue();
      assertEquals(expected.values.size(), reader.entries(name));
      ImageReader.Cursor cursor = reader.cursor(name);
      for (Map.Entry<byte[], byte[]> record : expected.values.entrySet()) {
        assertTrue(cursor.next());
        assertArrayEquals(record.getKey(), cursor.key());
        checkValue(record.getValue(), reader, cursor.value(), bytes);
        Long runAddress = expected.runAddresses.get(record.getKey());
        if (runAddress != null) {
          assertEquals(runAddress.longValue(), cursor.value().address());
        }
      }
      assertFalse(cursor.next());
      checkGets(reader, name, expected, bytes);
    }
    assertNull(reader.get("unknown", new byte[] {1}));
    assertNull(reader.get("", new byte[0]));
    assertEquals(0, reader.entries("unknown"));
    assertFalse(reader.cursor("unknown").next());
  }

  private static void checkGets(ImageReader reader, String name, Records expected, byte[] bytes)
      throws Exception {
    double part = Math.min(1, 2000.0 / expected.values.size()); // of larger trees
    for (Map.Entry<byte[], byte[]> record : expected.values.entrySet()) {
      if (random().nextDouble() <= part) {
        ImageReader.Value value = reader.get(name, record.getKey());
        assertNotNull(value);
        checkValue(record.getValue(), reader, value, bytes);
      }
    }
    List<byte[]> absent = new ArrayList<>();
    absent.add(new byte[0]);
    absent.add(new byte[1]);
    byte[] last = new byte[MAX_KEY + 1];
    Arrays.fill(last, (byte) 0xFF);
    absent.add(last);
    for (int i = 0; i < 100; i++) {
      absent.add(randomKey(random().nextBoolean() ? 256 : 2));
    }
    byte[][] keys = expected.values.keySet().toArray(byte[][]::new);
    for (int i = 0; i < 100; i++) {
      byte[] key = keys[random().nextInt(keys.length)];
      absent.add(Arrays.copyOf(key, key.length + 1));
      absent.add(Arrays.copyOf(key, key.length - 1));
      byte[] near = key.clone();
      near[random().nextInt(near.length)] += (byte) (random().nextBoolean() ? 1 : -1);
      absent.add(near);
    }
    for (byte[] key : absent) {
      if (expected.has(key) == false) {
        assertNull(reader.get(name, key));
      }
    }
  }

  private static void checkValue(
      byte[] expected, ImageReader reader, ImageReader.Value value, byte[] bytes) throws Exception {
    assertEquals(expected.length, value.length());
    int from = Math.toIntExact(value.address());
    assertTrue(Arrays.equals(expected, 0, expected.length, bytes, from, from + expected.length));
    assertArrayEquals(expected, reader.read(value, MAX_VALUE * 8));
  }
}
