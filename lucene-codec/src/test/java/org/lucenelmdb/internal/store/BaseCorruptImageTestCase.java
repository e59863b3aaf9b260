/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.junit.Before;
import org.lucenelmdb.NativeThreads;

/**
 * Tests of {@link ImageReader} on damaged images: a valid image of three databases, and assertions
 * that reading a damaged copy fails as it should.
 */
@ThreadLeakFilters(filters = NativeThreads.class)
public abstract class BaseCorruptImageTestCase extends LuceneTestCase {

  private static final int MAX_VALUE = 1 << 16;

  /** Three levels; values on leaf pages and on overflow pages. */
  static final String DEEP = "deep";

  /** Two levels. */
  static final String FLAT = "flat";

  /** One level; all values on overflow pages. */
  static final String RUNS = "runs";

  static final List<String> DATABASES = List.of(DEEP, FLAT, RUNS); // in LMDB's order
  static final int DEEP_RECORDS = 400;
  static final int FLAT_RECORDS = 300;
  static final int RUNS_RECORDS = 5;

  /** A valid image. */
  byte[] valid;

  ImageLayout layout;

  @Before
  public void makeImage() throws Exception {
    try (Directory directory = Inputs.MAPPED.newDirectory(random());
        ImageWriter image = ImageWriter.create(directory, "test")) {
      for (int i = 0; i < FLAT_RECORDS; i++) {
        int size = random().nextInt(20);
        image.put(FLAT, flatKey(i), size, true).put(Inputs.randomBytes(random(), size));
      }
      image.commit();
      for (int i = 0; i < RUNS_RECORDS; i++) {
        ImageWriter.Run run = image.putRun(RUNS, new byte[] {(byte) i}, 1 + i % 3);
        run.bytes().put(Inputs.randomBytes(random(), run.bytes().remaining()));
      }
      image.commit();
      for (int i = 0; i < DEEP_RECORDS; i++) {
        int size = i % 10 == 0 ? 500 + random().nextInt(9000) : 500 + random().nextInt(500);
        image.put(DEEP, deepKey(i), size, true).put(Inputs.randomBytes(random(), size));
        if (i % 150 == 0) {
          image.commit();
        }
      }
      image.commit();
      valid = new byte[(int) image.length()];
      try (IndexInput in = image.openInput(IOContext.DEFAULT)) {
        in.readBytes(valid, 0, valid.length);
      }
    }
    layout = new ImageLayout(valid, DATABASES);
    assertEquals(3, layout.depth(DEEP));
    assertEquals(2, layout.depth(FLAT));
    assertEquals(1, layout.depth(RUNS));
    Outcome outcome = explore(valid);
    assertEquals(0, outcome.corrupt);
    assertEquals(DEEP_RECORDS + FLAT_RECORDS + RUNS_RECORDS, outcome.records);
  }

  static byte[] flatKey(int i) {
    return ByteBuffer.allocate(Long.BYTES).putLong(i * 3L).array();
  }

  static byte[] deepKey(int i) {
    byte[] key = new byte[64];
    ByteBuffer.wrap(key).putInt(i * 3);
    return key;
  }

  /** The outcome of reading an image in every way. */
  static final class Outcome {
    /** The number of operations that threw a {@link CorruptIndexException}. */
    int corrupt;

    /** The number of records that were iterated over. */
    int records;
  }

  /** Reads all of an image, as {@link #explore(IndexInput, long, long)}. */
  Outcome explore(byte[] image) throws Exception {
    return explore(Inputs.onHeap(image), 0, image.length);
  }

  /**
   * Calls every method of a reader. Whatever the bytes are, each returns a plausible result or
   * throws a {@link CorruptIndexException}.
   */
  Outcome explore(IndexInput in, long offset, long length) throws Exception {
    Outcome outcome = new Outcome();
    ImageReader reader;
    try {
      reader = new ImageReader(in, offset, length);
    } catch (
        @SuppressWarnings("unused")
        CorruptIndexException e) {
      outcome.corrupt++;
      return outcome;
    }
    assertTrue(reader.usedLength() <= length);
    for (String database : DATABASES) {
      try {
        reader.entries(database);
      } catch (
          @SuppressWarnings("unused")
          CorruptIndexException e) {
        outcome.corrupt++;
        continue;
      }
      try {
        iterate(reader, database, length, outcome);
      } catch (
          @SuppressWarnings("unused")
          CorruptIndexException e) {
        outcome.corrupt++;
      }
      for (int i = 0; i < 10; i++) {
        byte[] key =
            switch (random().nextInt(4)) {
              case 0 -> flatKey(random().nextInt(FLAT_RECORDS));
              case 1 -> deepKey(random().nextInt(DEEP_RECORDS));
              case 2 -> new byte[] {(byte) random().nextInt(RUNS_RECORDS)};
              default -> Inputs.randomBytes(random(), random().nextInt(65));
            };
        try {
          ImageReader.Value value = reader.get(database, key);
          if (value != null) {
            read(reader, value);
          }
        } catch (
            @SuppressWarnings("unused")
            CorruptIndexException e) {
          outcome.corrupt++;
        }
      }
    }
    try {
      assertNull(reader.get("unknown", new byte[1]));
    } catch (
        @SuppressWarnings("unused")
        CorruptIndexException e) {
      outcome.corrupt++;
    }
    return outcome;
  }

  private static void iterate(ImageReader reader, String database, long length, Outcome outcome)
      throws IOException {
    ImageReader.Cursor cursor = reader.cursor(database);
    byte[] previous = null;
    long records = 0;
    while (cursor.next()) {
      records++;
      assertTrue("more records than bytes", records < length);
      assertTrue("more records than there are", records <= reader.entries(database));
      if (previous != null) {
        assertTrue(Arrays.compareUnsigned(previous, cursor.key()) < 0);
      }
      previous = cursor.key();
      try {
        read(reader, cursor.value());
      } catch (
          @SuppressWarnings("unused")
          CorruptIndexException e) {
        outcome.corrupt++;
      }
    }
    assertEquals(records, reader.entries(database));
    outcome.records += (int) records;
  }

  private static void read(ImageReader reader, ImageReader.Value value) throws IOException {
    assertTrue(value.length() >= 0);
    assertTrue(value.address() >= 2L * reader.pageSize());
    assertTrue(value.address() + value.length() <= reader.usedLength());
    assertEquals(value.length(), reader.read(value, MAX_VALUE).length);
    if (value.length() >= Integer.BYTES) {
      reader.readInt(value, random().nextInt((int) value.length() - 3));
    }
  }

  static void assertCorrupt(ThrowingRunnable call) {
    expectThrows(CorruptIndexException.class, call);
  }

  /** A copy of the valid image, edited. */
  byte[] edited(Consumer<ByteBuffer> edit) {
    byte[] image = valid.clone();
    edit.accept(ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN));
    return image;
  }

  void assertOpenFails(Consumer<ByteBuffer> edit) {
    byte[] image = edited(edit);
    assertCorrupt(() -> new ImageReader(Inputs.onHeap(image), 0, image.length));
  }

  /** Asserts that not even the number of records can be read. */
  void assertDatabaseFails(String database, Consumer<ByteBuffer> edit) throws Exception {
    byte[] image = edited(edit);
    ImageReader reader = new ImageReader(Inputs.onHeap(image), 0, image.length);
    assertCorrupt(() -> reader.entries(database));
    assertCorrupt(() -> reader.cursor(database));
    assertCorrupt(() -> reader.get(database, flatKey(1)));
    explore(image);
  }

  void assertIterationFails(String database, Consumer<ByteBuffer> edit) throws Exception {
    byte[] image = edited(edit);
    ImageReader reader = new ImageReader(Inputs.onHeap(image), 0, image.length);
    ImageReader.Cursor cursor = reader.cursor(database);
    assertCorrupt(
        () -> {
          while (cursor.next()) {}
        });
    explore(image);
  }

  void assertIterationAndGetFail(String database, byte[] key, Consumer<ByteBuffer> edit)
      throws Exception {
    assertIterationFails(database, edit);
    byte[] image = edited(edit);
    ImageReader reader = new ImageReader(Inputs.onHeap(image), 0, image.length);
    assertCorrupt(() -> reader.get(database, key));
  }

  /** Reads an unsigned short of the valid image. */
  int unsignedShort(int address) {
    return layout.bytes.getShort(address) & 0xFFFF;
  }
}
