/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.tests.util.TestUtil;
import org.junit.Assert;

/** An image under construction, with the records that it should have. */
final class ExpectedImage {

  static final int MAX_KEY = 64;
  private static final int MAX_VALUE = 1 << 23;

  /** The records of a database, and the addresses of those that are runs. */
  static final class Records {
    final NavigableMap<byte[], byte[]> values = new TreeMap<>(Arrays::compareUnsigned);
    final NavigableMap<byte[], Long> runAddresses = new TreeMap<>(Arrays::compareUnsigned);

    boolean has(byte[] key) {
      return values.containsKey(key);
    }
  }

  final ImageWriter writer;
  private final Random random;
  final NavigableMap<String, Records> databases = new TreeMap<>();

  ExpectedImage(ImageWriter writer, Random random) {
    this.writer = writer;
    this.random = random;
  }

  /** The expected records of a database, to which a test may add its own. */
  Records records(String database) {
    return databases.computeIfAbsent(database, d -> new Records());
  }

  /** Puts a record. */
  void put(String database, byte[] key, byte[] value, boolean append) throws IOException {
    ByteBuffer buffer = writer.put(database, key, value.length, append);
    Assert.assertEquals(ByteOrder.LITTLE_ENDIAN, buffer.order());
    Assert.assertEquals(value.length, buffer.remaining());
    buffer.put(value);
    records(database).values.put(key, value);
  }

  /** Puts a record with a random value that fills pages. */
  void putRun(String database, byte[] key, int pages) throws IOException {
    ImageWriter.Run run = writer.putRun(database, key, pages);
    byte[] value = Inputs.randomBytes(random, pages * writer.pageSize() - 16);
    Assert.assertEquals(value.length, run.bytes().remaining());
    Assert.assertEquals(16, run.address() % writer.pageSize());
    run.bytes().put(value);
    records(database).values.put(key, value);
    records(database).runAddresses.put(key, run.address());
  }

  /** Commits, and returns the image. */
  byte[] bytes() throws IOException {
    writer.commit();
    byte[] bytes = new byte[Math.toIntExact(writer.length())];
    try (IndexInput in = writer.openInput(IOContext.READONCE)) {
      in.readBytes(bytes, 0, bytes.length);
    }
    return bytes;
  }

  /** Commits, and checks that LMDB and {@link ImageReader} read the expected records. */
  void check() throws Exception {
    byte[] bytes = bytes();
    Assert.assertEquals(0, bytes.length % writer.pageSize());
    checkLmdb(bytes);
    for (Inputs kind : Inputs.values()) {
      try (Directory directory = kind.newDirectory(random)) {
        int before =
            switch (random.nextInt(3)) {
              case 0 -> 0;
              case 1 -> writer.pageSize() * TestUtil.nextInt(random, 1, 3);
              default -> random.nextInt(10_000);
            };
        int after = random.nextBoolean() ? 0 : random.nextInt(10_000);
        Inputs.copyImage(writer, directory, "image", before, after, random);
        try (IndexInput in = directory.openInput("image", IOContext.DEFAULT)) {
          Assert.assertEquals(before + bytes.length + after, in.length());
          checkReader(bytes, Inputs.disguise(in, random), before);
        }
      }
    }
    try (IndexInput in = writer.openInput(IOContext.DEFAULT)) {
      checkReader(bytes, in, 0);
    }
  }

  private void checkLmdb(byte[] bytes) throws Exception {
    try (LmdbFile lmdb = LmdbFile.open(bytes)) {
      Assert.assertEquals(List.copyOf(databases.keySet()), lmdb.databases());
      for (Map.Entry<String, Records> database : databases.entrySet()) {
        Records expected = database.getValue();
        List<LmdbFile.Entry> entries = lmdb.entries(database.getKey());
        Assert.assertEquals(expected.values.size(), entries.size());
        int i = 0;
        for (Map.Entry<byte[], byte[]> record : expected.values.entrySet()) {
          LmdbFile.Entry entry = entries.get(i++);
          Assert.assertArrayEquals(record.getKey(), entry.key());
          Assert.assertArrayEquals(record.getValue(), entry.value());
        }
      }
    }
  }

  private void checkReader(byte[] bytes, IndexInput in, long offset) throws Exception {
    ImageReader reader = new ImageReader(in, offset, bytes.length);
    Assert.assertEquals(writer.pageSize(), reader.pageSize());
    Assert.assertEquals(bytes.length, reader.usedLength());
    for (Map.Entry<String, Records> database : databases.entrySet()) {
      String name = database.getKey();
      Records expected = database.getValue();
      Assert.assertEquals(expected.values.size(), reader.entries(name));
      ImageReader.Cursor cursor = reader.cursor(name);
      for (Map.Entry<byte[], byte[]> record : expected.values.entrySet()) {
        Assert.assertTrue(cursor.next());
        Assert.assertArrayEquals(record.getKey(), cursor.key());
        checkValue(record.getValue(), reader, cursor.value(), bytes);
        Long runAddress = expected.runAddresses.get(record.getKey());
        if (runAddress != null) {
          Assert.assertEquals(runAddress.longValue(), cursor.value().address());
        }
      }
      Assert.assertFalse(cursor.next());
      checkGets(reader, name, expected, bytes);
    }
    Assert.assertNull(reader.get("unknown", new byte[] {1}));
    Assert.assertNull(reader.get("", new byte[0]));
    Assert.assertEquals(0, reader.entries("unknown"));
    Assert.assertFalse(reader.cursor("unknown").next());
  }

  private void checkGets(ImageReader reader, String name, Records expected, byte[] bytes)
      throws Exception {
    double part = Math.min(1, 2000.0 / expected.values.size()); // a sample of larger trees
    for (Map.Entry<byte[], byte[]> record : expected.values.entrySet()) {
      if (random.nextDouble() <= part) {
        ImageReader.Value value = reader.get(name, record.getKey());
        Assert.assertNotNull(value);
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
      absent.add(randomKey(random, random.nextBoolean() ? 256 : 2));
    }
    byte[][] keys = expected.values.keySet().toArray(byte[][]::new);
    for (int i = 0; i < 100; i++) {
      byte[] key = keys[random.nextInt(keys.length)];
      absent.add(Arrays.copyOf(key, key.length + 1));
      absent.add(Arrays.copyOf(key, key.length - 1));
      byte[] near = key.clone();
      near[random.nextInt(near.length)] += (byte) (random.nextBoolean() ? 1 : -1);
      absent.add(near);
    }
    for (byte[] key : absent) {
      if (expected.has(key) == false) {
        Assert.assertNull(reader.get(name, key));
      }
    }
  }

  private static void checkValue(
      byte[] expected, ImageReader reader, ImageReader.Value value, byte[] bytes) throws Exception {
    Assert.assertEquals(expected.length, value.length());
    int from = Math.toIntExact(value.address());
    Assert.assertTrue(
        Arrays.equals(expected, 0, expected.length, bytes, from, from + expected.length));
    Assert.assertArrayEquals(expected, reader.read(value, MAX_VALUE));
  }

  /**
   * A random key.
   *
   * @param alphabet the number of different bytes; with few, keys have long common prefixes
   */
  static byte[] randomKey(Random random, int alphabet) {
    byte[] key = Inputs.randomBytes(random, TestUtil.nextInt(random, 1, MAX_KEY));
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) ((key[i] & 0xFF) % alphabet * (256 / alphabet));
    }
    return key;
  }
}
