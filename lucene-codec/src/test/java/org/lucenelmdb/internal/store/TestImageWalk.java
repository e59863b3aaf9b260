/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.ByteBuffersDataOutput;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.ByteBuffersIndexOutput;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.BitUtil;
import org.apache.lucene.util.FixedBitSet;
import org.lmdbjava.Stat;
import org.lucenelmdb.NativeThreads;

/** Compares walks with what LMDB itself reads, and walks through damaged images. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestImageWalk extends LuceneTestCase {

  /** What a walk told. */
  private static final class Walked implements ImageWalk.Visitor {
    final IndexInput image;
    final Map<String, List<String>> records = new TreeMap<>();
    final List<String> damages = new ArrayList<>();
    final FixedBitSet unused;
    ImageWalk.Pages pages;
    long progress;

    Walked(byte[] bytes) throws IOException {
      image = Inputs.onHeap(bytes);
      unused = new FixedBitSet(bytes.length);
      pages = ImageWalk.walk(image, this);
    }

    @Override
    public void record(ImageWalk.Record record) throws IOException {
      byte[] key = new byte[record.keyLength()];
      for (int i = 0; i < key.length; i++) {
        key[i] = (byte) record.keyNumber(i, 1);
      }
      byte[] value = new byte[(int) record.length()];
      IndexInput at = image.clone();
      at.seek(record.address());
      at.readBytes(value, 0, value.length);
      if (record.isOnOverflowPages() == false) {
        for (int i = 0; i < value.length; i++) {
          assertEquals(value[i], record.bytes()[record.offset() + i]);
        }
      }
      records.computeIfAbsent(record.database(), name -> new ArrayList<>()).add(text(key, value));
    }

    @Override
    public void damage(long address, String expected, String found) {
      damages.add(address + ": " + expected + "; " + found);
    }

    @Override
    public void unused(long start, long end, ImageWalk.Unused why) {
      if (end > start) {
        unused.set((int) start, (int) end);
      }
    }

    @Override
    public void progress(long count) {
      progress += count;
    }
  }

  private static String text(byte[] key, byte[] value) {
    return HexFormat.of().formatHex(key) + "=" + HexFormat.of().formatHex(value);
  }

  private static byte[] image(int records, int maxValue, boolean hasSmallPages) throws IOException {
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter writer =
            hasSmallPages
                ? ImageWriter.createSmall(directory, "test")
                : ImageWriter.create(directory, "test")) {
      String[] names = {"vectors", "links", "docs"};
      int databases = 1 + random().nextInt(3);
      for (int database = 0; database < databases; database++) {
        List<Integer> numbers =
            new ArrayList<>(IntStream.range(0, records).boxed().toList()); // each once
        Collections.shuffle(numbers, random());
        for (int number : numbers) {
          int size = TestUtil.nextInt(random(), 0, random().nextInt(8) == 0 ? maxValue : 40);
          boolean isRun = random().nextInt(20) == 0;
          byte[] key = ImageFixtures.key(number);
          if (isRun) {
            ImageWriter.Run run = writer.putRun(names[database], key, 1 + random().nextInt(3));
            run.bytes().put(Inputs.randomBytes(random(), run.bytes().remaining()));
          } else {
            writer.put(names[database], key, size, false).put(Inputs.randomBytes(random(), size));
          }
          if (random().nextInt(records / 3 + 1) == 0) {
            writer.commit();
          }
        }
      }
      writer.commit();
      ByteBuffersDataOutput bytes = new ByteBuffersDataOutput();
      try (ByteBuffersIndexOutput out = new ByteBuffersIndexOutput(bytes, "image", "image")) {
        writer.copyTo(out, () -> {});
      }
      return bytes.toArrayCopy();
    }
  }

  public void testEqualsLmdb() throws IOException {
    for (int round = 0; round < atLeast(10); round++) {
      byte[] bytes = image(TestUtil.nextInt(random(), 1, 600), 3000, random().nextBoolean());
      Walked walked = new Walked(bytes);
      assertEquals(List.of(), walked.damages);
      assertTrue(walked.pages.isComplete());
      assertTrue(walked.progress <= walked.pages.pages() && walked.progress > 0);
      try (LmdbFile lmdb = LmdbFile.open(bytes)) {
        List<String> names = new ArrayList<>();
        for (ImageWalk.Database database : walked.pages.databases()) {
          if (database.name().startsWith("(") == false) {
            names.add(database.name());
            Stat stat = lmdb.stat(database.name());
            assertEquals(stat.depth, database.depth());
            assertEquals(stat.entries, database.entries());
            assertEquals(stat.branchPages, database.branchPages());
            assertEquals(stat.leafPages, database.leafPages());
            assertEquals(stat.overflowPages, database.overflowPages());
            List<String> expected =
                lmdb.entries(database.name()).stream()
                    .map(entry -> text(entry.key(), entry.value()))
                    .toList();
            assertEquals(expected, walked.records.getOrDefault(database.name(), List.of()));
          }
        }
        assertEquals(lmdb.databases(), names);
      }
    }
  }

  /**
   * Every byte of an image is checked, is part of a record, or is not used. Of unused bytes, LMDB
   * and the walk read the same whatever they are.
   */
  public void testEveryByte() throws IOException {
    byte[] bytes = image(20, 700, true);
    Walked healthy = new Walked(bytes);
    int found = 0;
    for (int at = 0; at < bytes.length; at++) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= (byte) (1 + random().nextInt(255));
      boolean isFound;
      try {
        Walked walked = new Walked(damaged);
        isFound =
            walked.damages.isEmpty() == false
                || walked.pages.isComplete() == false
                || walked.records.equals(healthy.records) == false;
      } catch (CorruptIndexException e) {
        isFound = true;
      }
      found += isFound ? 1 : 0;
      assertTrue(
          "byte " + at + ": " + damaged[at],
          isFound || healthy.unused.get(at) || isIgnoredFlag(bytes, at));
    }
    assertTrue("found " + found, found > 1000);
    for (int i = 0; i < 3; i++) { // all unused bytes at once
      byte[] other = bytes.clone();
      for (int at = 0; at < bytes.length; at++) {
        if (healthy.unused.get(at) && isMapSize(bytes, at) == false) {
          other[at] = (byte) random().nextInt();
        }
      }
      assertEquals(healthy.records, new Walked(other).records);
      try (LmdbFile lmdb = LmdbFile.open(other)) {
        for (String name : lmdb.databases()) {
          List<String> read =
              lmdb.entries(name).stream().map(entry -> text(entry.key(), entry.value())).toList();
          assertEquals(healthy.records.get(name), read);
        }
      }
    }
  }

  /** The flag of environments that are a file, in the list of free pages of both meta pages. */
  private static boolean isIgnoredFlag(byte[] bytes, int at) {
    int pageSize = pageSize(bytes);
    return at % pageSize == 40 + 4 + 1 && at < 2 * pageSize;
  }

  /** A map of LMDB that is smaller than the image, or larger than the memory, is refused. */
  private static boolean isMapSize(byte[] bytes, int at) {
    int pageSize = pageSize(bytes);
    return at < 2 * pageSize && at % pageSize >= 32 && at % pageSize < 40;
  }

  private static int pageSize(byte[] bytes) {
    return (int) BitUtil.VH_LE_INT.get(bytes, 40);
  }

  /** Random damage of any size ends a walk in bounded time, with findings or an exception. */
  public void testRandomDamage() throws IOException {
    byte[] bytes = image(200, 3000, random().nextBoolean());
    for (int round = 0; round < atLeast(200); round++) {
      byte[] damaged = bytes.clone();
      int length = 1 + random().nextInt(round % 2 == 0 ? 8 : 2000);
      int start = random().nextInt(bytes.length);
      for (int at = start; at < Math.min(bytes.length, start + length); at++) {
        damaged[at] = (byte) random().nextInt();
      }
      try {
        Walked walked = new Walked(damaged);
        assertTrue(walked.pages.isComplete() || walked.damages.isEmpty() == false);
      } catch (CorruptIndexException e) {
        assertNotNull(e.getMessage());
      }
    }
  }

  public void testEmpty() throws IOException {
    try (Directory directory = new ByteBuffersDirectory();
        ImageWriter writer = ImageWriter.create(directory, "test")) {
      writer.commit();
      ByteBuffersDataOutput bytes = new ByteBuffersDataOutput();
      try (ByteBuffersIndexOutput out = new ByteBuffersIndexOutput(bytes, "image", "image")) {
        writer.copyTo(out, () -> {});
      }
      Walked walked = new Walked(bytes.toArrayCopy());
      assertEquals(List.of(), walked.damages);
      assertEquals(Map.of(), walked.records);
      assertEquals(2, walked.pages.pages());
    }
  }
}
