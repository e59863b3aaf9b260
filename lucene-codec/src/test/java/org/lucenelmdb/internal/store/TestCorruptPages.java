/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import java.util.List;

/** {@link ImageReader} on images with one wrong value in a branch, leaf or overflow page. */
public class TestCorruptPages extends BaseCorruptImageTestCase {

  public void testPageHeaders() throws Exception {
    for (String database : DATABASES) {
      byte[] first = database.equals(DEEP) ? deepKey(0) : flatKey(0);
      List<Integer> pages = List.of(layout.root(database), layout.firstLeaf(database));
      for (int page : pages) {
        int at = page * layout.pageSize;
        for (long number : new long[] {0, 1, page + 1, -1, page + (1L << 32)}) {
          assertIterationAndGetFail(database, first, b -> b.putLong(at, number));
        }
        boolean leaf = page == layout.firstLeaf(database);
        for (int flags : new int[] {0, leaf ? 1 : 2, 3, 4, 8, 0x12, 0x22, 0x42, 0x8002, 0xFFFF}) {
          assertIterationAndGetFail(database, first, b -> b.putShort(at + 10, (short) flags));
        }
        int upper = unsignedShort(at + 14);
        for (int lower :
            new int[] {0, 14, 15, 16, 17, 19, upper + 1, upper + 2, layout.pageSize, 0xFFFF}) {
          assertIterationAndGetFail(database, first, b -> b.putShort(at + 12, (short) lower));
        }
        int lower = unsignedShort(at + 12);
        for (int wrong : new int[] {0, lower - 1, layout.pageSize + 1, 0x8000, 0xFFFF}) {
          assertIterationAndGetFail(database, first, b -> b.putShort(at + 14, (short) wrong));
        }
      }
    }
  }

  public void testNodePointers() throws Exception {
    for (String database : DATABASES) {
      for (int page : List.of(layout.root(database), layout.firstLeaf(database))) {
        int at = page * layout.pageSize;
        int lower = unsignedShort(at + 12);
        for (int offset :
            new int[] {0, 1, 15, 16, lower - 1, layout.pageSize - 7, layout.pageSize, 0xFFFF}) {
          assertIterationFails(database, b -> b.putShort(at + 16, (short) offset));
        }
      }
    }
  }

  public void testNodes() throws Exception {
    for (String database : List.of(DEEP, FLAT)) {
      int node = layout.node(layout.firstLeaf(database), 1);
      for (int keyLength : new int[] {layout.pageSize, 0x7FFF, 0x8000, 0xFFFF}) {
        assertIterationFails(database, b -> b.putShort(node + 6, (short) keyLength));
      }
      // an empty key, which sorts before the previous key
      assertIterationFails(database, b -> b.putShort(node + 6, (short) 0));
      for (int size : new int[] {layout.pageSize, 1 << 16, Integer.MAX_VALUE, -1}) {
        assertIterationFails(database, b -> b.putInt(node, size));
      }
      for (int flags : new int[] {3, 4, 5, 8, 0x8000, 0xFFFF}) {
        assertIterationFails(database, b -> b.putShort(node + 4, (short) flags));
      }
      // an invalid number of an overflow page
      assertIterationFails(
          database,
          b -> {
            b.putShort(node + 4, (short) 1);
            b.putLong(layout.data(node), -7);
          });
    }
    int branchNode = layout.node(layout.root(DEEP), 1);
    for (int keyLength : new int[] {layout.pageSize, 0x8000, 0xFFFF}) {
      byte[] image = edited(b -> b.putShort(branchNode + 6, (short) keyLength));
      ImageReader reader = new ImageReader(Inputs.onHeap(image), 0, image.length);
      assertCorrupt(() -> reader.get(DEEP, deepKey(DEEP_RECORDS)));
    }
  }

  public void testOrderOfKeys() throws Exception {
    for (String database : DATABASES) {
      int at = layout.firstLeaf(database) * layout.pageSize + 16;
      assertIterationFails(
          database,
          b -> {
            short first = b.getShort(at);
            b.putShort(at, b.getShort(at + 2));
            b.putShort(at + 2, first);
          });
      assertIterationFails(database, b -> b.putShort(at + 2, b.getShort(at))); // equal keys
    }
  }

  public void testOverflowPages() throws Exception {
    int node = layout.node(layout.root(RUNS), 2);
    byte[] key = {2};
    int data = layout.data(node);
    int page = (int) layout.bytes.getLong(data);
    int at = page * layout.pageSize;
    for (long number :
        new long[] {0, 1, layout.pages, page + 1, layout.root(RUNS), 1L << 52, -1, 1L << 63}) {
      assertIterationAndGetFail(RUNS, key, b -> b.putLong(data, number));
    }
    for (long number : new long[] {0, page - 1, -1, page + (1L << 40)}) {
      assertIterationAndGetFail(RUNS, key, b -> b.putLong(at, number));
    }
    for (int flags : new int[] {0, 1, 2, 5, 8, 0x14, 0xFFFF}) {
      assertIterationAndGetFail(RUNS, key, b -> b.putShort(at + 10, (short) flags));
    }
    for (int pages : new int[] {0, 1, 2, layout.pages - page + 1, layout.pages, 1 << 30, -1}) {
      assertIterationAndGetFail(RUNS, key, b -> b.putInt(at + 12, pages));
    }
    int size = 3 * layout.pageSize - 16;
    for (int wrong : new int[] {size + 1, 1 << 30, Integer.MAX_VALUE, -1}) {
      assertIterationAndGetFail(RUNS, key, b -> b.putInt(node, wrong));
    }
  }

  /** A caller that knows the maximum length of a value does not allocate more for a corrupt one. */
  public void testLargeValue() throws Exception {
    int node = layout.node(layout.root(RUNS), 0);
    int page = (int) layout.bytes.getLong(layout.data(node));
    byte[] image =
        edited(
            b -> {
              b.putInt(node, (layout.pages - page) * layout.pageSize - 16);
              b.putInt(page * layout.pageSize + 12, layout.pages - page);
            });
    ImageReader reader = new ImageReader(Inputs.onHeap(image), 0, image.length);
    ImageReader.Value value = reader.get(RUNS, new byte[] {0});
    assertEquals((layout.pages - page) * layout.pageSize - 16, value.length());
    assertCorrupt(() -> reader.read(value, layout.pageSize - 16));
    assertCorrupt(() -> reader.read(value, (int) value.length() - 1));
    explore(image);
  }
}
