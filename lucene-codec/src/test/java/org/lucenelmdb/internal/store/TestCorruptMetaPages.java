/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;

/** {@link ImageReader} on images with one wrong value in a meta page. */
public class TestCorruptMetaPages extends BaseCorruptImageTestCase {

  public void testMagicAndVersion() {
    for (int page : new int[] {0, layout.pageSize}) {
      assertOpenFails(b -> b.putInt(page + 16, 0xBEEFC0DD));
      assertOpenFails(b -> b.putInt(page + 16, 0xDEC0EFBE));
      assertOpenFails(b -> b.putInt(page + 16, 0));
      for (int version : new int[] {0, 2, -1, 999, 1 << 24}) {
        assertOpenFails(b -> b.putInt(page + 20, version));
      }
      assertOpenFails(b -> b.putShort(page + 10, (short) 0));
      assertOpenFails(b -> b.putShort(page + 10, (short) 2));
    }
  }

  public void testPageSize() {
    for (int size :
        new int[] {
          0,
          1,
          3,
          256,
          511,
          513,
          -1,
          -4096,
          4095,
          4097,
          0x8001,
          0x10000,
          1 << 20,
          1 << 30,
          Integer.MIN_VALUE,
          Integer.MAX_VALUE
        }) {
      assertOpenFails(b -> b.putInt(40, size));
    }
    for (int size = 512; size <= 0x8000; size *= 2) {
      if (size != layout.pageSize) {
        int other = size;
        assertOpenFails(b -> b.putInt(40, other));
      }
    }
  }

  /** Page sizes that LMDB does not use, in images that are otherwise consistent. */
  public void testPageSizeWithMetaPages() {
    for (int size : new int[] {520, 3000, 6144, 0x10000, 0x20000}) {
      byte[] image = Arrays.copyOf(valid, 4 * size + valid.length);
      System.arraycopy(valid, layout.pageSize, image, size, ImagePages.META_BYTES);
      ByteBuffer edit = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
      edit.putInt(40, size).putInt(size + 40, size);
      for (int meta : new int[] {0, size}) { // no databases
        edit.putLong(meta + 136, 1);
        edit.putShort(meta + 88 + 6, (short) 0);
        edit.putLong(meta + 88 + 32, 0).putLong(meta + 88 + 40, -1);
      }
      assertCorrupt(() -> new ImageReader(Inputs.onHeap(image), 0, image.length));
    }
  }

  /** In an image without databases, only the check of the last page can detect a wrong one. */
  public void testLastPageWithoutDatabases() throws Exception {
    byte[] image;
    try (Directory directory = Inputs.MAPPED.newDirectory(random());
        ImageWriter empty = ImageWriter.create(directory, "test")) {
      image = new byte[(int) empty.length()];
      try (IndexInput in = empty.openInput(IOContext.DEFAULT)) {
        in.readBytes(image, 0, image.length);
      }
    }
    assertEquals(image.length, new ImageReader(Inputs.onHeap(image), 0, image.length).usedLength());
    for (long last : new long[] {0, -1, Long.MIN_VALUE, 2, Long.MAX_VALUE}) {
      byte[] wrong = image.clone();
      ByteBuffer edit = ByteBuffer.wrap(wrong).order(ByteOrder.LITTLE_ENDIAN);
      edit.putLong(136, last).putLong(layout.pageSize + 136, last);
      assertCorrupt(() -> new ImageReader(Inputs.onHeap(wrong), 0, wrong.length));
    }
  }

  public void testLastPage() {
    // 1 leaves no page for the main database
    for (long last : new long[] {0, 1, -1, layout.pages, Long.MAX_VALUE, Long.MIN_VALUE}) {
      assertOpenFails(b -> b.putLong(layout.meta + 136, last));
    }
  }
}
