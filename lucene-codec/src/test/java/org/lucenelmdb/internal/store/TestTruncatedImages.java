/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.lucene.store.IndexInput;

/** {@link ImageReader} on truncated images, and on bytes that are no image. */
public class TestTruncatedImages extends BaseCorruptImageTestCase {

  public void testTruncated() throws Exception {
    int rounds = atLeast(100);
    for (int round = 0; round < rounds; round++) {
      int length =
          switch (random().nextInt(4)) {
            case 0 -> random().nextInt(3 * layout.pageSize);
            case 1 -> random().nextInt(layout.pages) * layout.pageSize;
            case 2 -> valid.length - 1 - random().nextInt(10);
            default -> random().nextInt(valid.length);
          };
      byte[] image = Arrays.copyOf(valid, length);
      assertCorrupt(() -> new ImageReader(Inputs.onHeap(image), 0, length));
      assertCorrupt(() -> new ImageReader(Inputs.onHeap(image), 0, valid.length));
      // in a longer file
      assertCorrupt(() -> new ImageReader(Inputs.onHeap(valid), 0, length));
      // with meta pages that claim this length, so that only pages are missing
      long pages = length / layout.pageSize;
      if (pages > 2 && pages <= layout.lastUsed) {
        byte[] shorter = image.clone();
        ByteBuffer edit = ByteBuffer.wrap(shorter).order(ByteOrder.LITTLE_ENDIAN);
        edit.putLong(ImagePages.META_LAST_PAGE, pages - 1);
        edit.putLong(layout.pageSize + ImagePages.META_LAST_PAGE, pages - 1);
        assertTrue(explore(shorter).corrupt > 0);
      }
    }
  }

  public void testInvalidRange() throws Exception {
    IndexInput in = Inputs.onHeap(valid);
    long length = valid.length;
    new ImageReader(in, 0, length); // does not throw
    for (long[] place :
        new long[][] {
          {-1, length},
          {1, length},
          {Long.MAX_VALUE, length},
          {0, length + 1},
          {0, Long.MAX_VALUE},
          {0, -1},
          {0, Long.MIN_VALUE},
          {Long.MIN_VALUE, length},
          {0, 0},
          {length, 0},
          {0, 1},
          {0, 1023},
          {1, length - 1},
          {layout.pageSize, length - layout.pageSize},
        }) {
      assertCorrupt(() -> new ImageReader(in, place[0], place[1]));
    }
  }

  public void testNoImage() throws Exception {
    for (int round = 0; round < 400; round++) {
      byte[] bytes = new byte[round < 200 ? round : random().nextInt(50_000)];
      if (random().nextBoolean()) {
        random().nextBytes(bytes);
      }
      assertCorrupt(() -> new ImageReader(Inputs.onHeap(bytes), 0, bytes.length));
      byte[] part = Arrays.copyOf(valid, bytes.length);
      if (part.length < valid.length) {
        assertCorrupt(() -> new ImageReader(Inputs.onHeap(part), 0, part.length));
      }
    }
  }
}
