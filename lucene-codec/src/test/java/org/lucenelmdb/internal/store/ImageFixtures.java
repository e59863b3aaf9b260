/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.junit.Assert;

/** Helpers of the tests that write images. */
final class ImageFixtures {

  private static final String DATABASE = "d";
  private static final String EXTRA = "extra"; // files that the test framework adds

  private ImageFixtures() {}

  /** The key of a number; keys are in the order of the numbers. */
  static byte[] key(int number) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
  }

  /** Appends a record of zeros to the database "d". */
  static void put(ImageWriter writer, int number, int size) throws IOException {
    writer.put(DATABASE, key(number), size, true).put(new byte[size]);
  }

  /** Puts records, commits them, and reads one. */
  static void use(ImageWriter writer) throws IOException {
    int number = (int) writer.length();
    put(writer, number, 10);
    writer.commit();
    put(writer, number + 1, 100_000);
    try (IndexInput in = writer.openInput(IOContext.DEFAULT)) {
      ImageReader reader = new ImageReader(in, 0, writer.length());
      Assert.assertEquals(100_000, reader.get(DATABASE, key(number + 1)).length());
    }
  }

  /** The files in a directory of the file system. */
  static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(f -> f.getFileName().toString().startsWith(EXTRA) == false).toList();
    }
  }

  /** The names of the files in a directory. */
  static List<String> files(Directory directory) throws IOException {
    return Arrays.stream(directory.listAll()).filter(f -> f.startsWith(EXTRA) == false).toList();
  }
}
