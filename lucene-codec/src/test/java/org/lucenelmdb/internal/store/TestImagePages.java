/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.nio.ByteBuffer;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.NativeThreads;

/** Images with small pages. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestImagePages extends LuceneTestCase {

  /** The initial pages of a small image are those that LMDB itself writes, but for their size. */
  public void testEmptyImage() throws Exception {
    try (LmdbFile lmdb = LmdbFile.create(1 << 20)) {
      byte[] expected = lmdb.bytes();
      int pageSize = expected.length / 2;
      byte[] empty = ImagePages.empty(pageSize);
      for (int page = 0; page < 2; page++) {
        int mapSize = page * pageSize + ImagePages.META_MAP_SIZE;
        int flags = page * pageSize + ImagePages.META_FREE_DB + ImagePages.DB_FLAGS;
        // both depend on how the file was opened: 0x4000 is MDB_NOSUBDIR
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
      ExpectedImage image = new ExpectedImage(writer, random());
      image.putRun("runs", new byte[] {1}, 3);
      image.put("small", new byte[] {1}, new byte[10], false);
      writer.commit();
      // two meta pages, the roots of the two databases and of the main one, and the run
      assertEquals((2 + 3 + 3) * 512, writer.length());
      image.check();
    }
  }
}
