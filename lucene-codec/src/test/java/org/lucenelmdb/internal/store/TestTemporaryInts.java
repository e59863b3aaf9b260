/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import static org.lucenelmdb.internal.store.ImageFixtures.files;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.lucenelmdb.NativeThreads;

/** {@link TemporaryInts} are read as they were written, and removed with the image. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestTemporaryInts extends LuceneTestCase {

  /** Lists of several lengths, including about the length of the buffer. */
  public void testRead() throws IOException {
    Path path = createTempDir();
    int buffer = (1 << 16) / Integer.BYTES;
    int[] sizes = {0, 1, buffer - 1, buffer, buffer + 1, TestUtil.nextInt(random(), 2, 5 * buffer)};
    try (Directory directory = new MMapDirectory(path);
        ImageWriter image = ImageWriter.create(directory, "image")) {
      TemporaryInts[] lists = new TemporaryInts[sizes.length];
      int[][] values = new int[sizes.length][];
      for (int i = 0; i < sizes.length; i++) {
        values[i] = random().ints(sizes[i]).toArray();
        lists[i] = image.newInts();
        for (int value : values[i]) {
          lists[i].add(value);
        }
        lists[i].finish();
      }
      assertEquals(1 + sizes.length, files(path).size());
      for (int i = 0; i < sizes.length; i++) {
        try (IndexInput in = lists[i].open()) {
          int[] read = new int[sizes[i]];
          in.readInts(read, 0, read.length);
          assertArrayEquals(values[i], read);
          expectThrows(EOFException.class, in::readInt);
        }
      }
    }
    assertEquals("all are removed", 0, files(path).size());
  }

  /** An unfinished list is removed as well, and a closed image creates no list. */
  public void testClose() throws IOException {
    Path path = createTempDir();
    try (Directory directory = new MMapDirectory(path)) {
      ImageWriter image = ImageWriter.create(directory, "image");
      TemporaryInts open = image.newInts();
      Arrays.stream(new int[] {1, 2, 3}).forEach(value -> addUnchecked(open, value));
      image.close();
      assertEquals(0, files(path).size());
      expectThrows(IOException.class, image::newInts);
      image.close();
    }
  }

  private static void addUnchecked(TemporaryInts ints, int value) {
    try {
      ints.add(value);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
