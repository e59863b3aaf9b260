/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** {@link ImageReader} on images with one wrong link or description of a tree. */
public class TestCorruptTrees extends BaseCorruptImageTestCase {

  public void testTreeDescription() throws Exception {
    for (int depth : new int[] {0, 33, 255, 0x7FFF, 0x8000, 65535}) {
      assertOpenFails(b -> b.putShort(layout.meta + 88 + 6, (short) depth));
      for (String database : DATABASES) {
        int at = layout.description(database);
        assertDatabaseFails(database, b -> b.putShort(at + 6, (short) depth));
      }
    }
    for (long root :
        new long[] {
          0, 1, -1, -2, layout.pages, 1L << 32, 1L << 52, Long.MAX_VALUE, Long.MIN_VALUE
        }) {
      assertOpenFails(b -> b.putLong(layout.meta + 88 + 40, root));
      for (String database : DATABASES) {
        int at = layout.description(database);
        assertDatabaseFails(database, b -> b.putLong(at + 40, root));
      }
    }
    for (long entries : new long[] {0, -1, valid.length, Long.MAX_VALUE, Long.MIN_VALUE}) {
      assertOpenFails(b -> b.putLong(layout.meta + 88 + 32, entries));
      for (String database : DATABASES) {
        int at = layout.description(database);
        assertDatabaseFails(database, b -> b.putLong(at + 32, entries));
      }
    }
    for (String database : DATABASES) {
      int node = layout.descriptionNode(database);
      for (int flags : new int[] {0, 1, 3, 4, 6, 0x8002, 0xFFFF}) {
        assertDatabaseFails(database, b -> b.putShort(node + 4, (short) flags));
      }
      for (int size : new int[] {0, 47, 49, 1 << 24, -1}) {
        assertDatabaseFails(database, b -> b.putInt(node, size));
      }
    }
  }

  public void testEntries() throws Exception {
    for (String database : DATABASES) {
      int at = layout.description(database) + 32;
      long entries = layout.bytes.getLong(at);
      for (long wrong : new long[] {entries - 1, entries + 1, 1, 2 * entries}) {
        assertIterationFails(database, b -> b.putLong(at, wrong));
      }
    }
  }

  public void testDepth() throws Exception {
    for (String database : DATABASES) {
      int at = layout.description(database) + 6;
      byte[] key = database.equals(DEEP) ? deepKey(1) : flatKey(1);
      for (int depth = 1; depth <= 32; depth++) {
        if (depth != layout.depth(database)) {
          short wrong = (short) depth;
          assertIterationAndGetFail(database, key, b -> b.putShort(at, wrong));
        }
      }
    }
  }

  public void testCycles() throws Exception {
    int root = layout.root(DEEP);
    int branch = layout.child(layout.node(root, 0));
    int depthAt = layout.description(DEEP) + 6;
    byte[] key = deepKey(0); // below the first child on every level
    for (int depth : new int[] {2, 3, 4, 5, 31, 32}) {
      // the root is its own child
      assertIterationAndGetFail(
          DEEP,
          key,
          b -> {
            b.putInt(layout.node(root, 0), root);
            b.putShort(depthAt, (short) depth);
          });
      // the root is its own grandchild
      assertIterationAndGetFail(
          DEEP,
          key,
          b -> {
            b.putInt(layout.node(branch, 0), root);
            b.putShort(depthAt, (short) depth);
          });
      // the child is its own child
      assertIterationAndGetFail(
          DEEP,
          key,
          b -> {
            b.putInt(layout.node(branch, 0), branch);
            b.putShort(depthAt, (short) depth);
          });
    }
    // later children, which the iteration reaches after some records
    for (int i = 1; i < layout.count(root); i++) {
      int node = layout.node(root, i);
      assertIterationFails(DEEP, b -> b.putInt(node, root));
    }
    for (int i = 1; i < layout.count(branch); i++) {
      int node = layout.node(branch, i);
      assertIterationFails(DEEP, b -> b.putInt(node, branch));
      assertIterationFails(DEEP, b -> b.putInt(node, root));
    }
  }

  /**
   * Pages with several parents. There is no cycle, but the number of paths is exponential in the
   * depth.
   */
  public void testPagesWithManyParents() throws Exception {
    int root = layout.root(DEEP);
    int branch = layout.child(layout.node(root, 0));
    int leaf = layout.firstLeaf(DEEP);
    // all children of a page are the same
    assertIterationFails(DEEP, b -> putChildren(b, branch, leaf));
    assertIterationFails(DEEP, b -> putChildren(b, root, branch));
    // a chain of maximum depth, in which all children of each page are the next page
    assertIterationFails(
        DEEP,
        b -> {
          int at = branch * layout.pageSize;
          byte[] page = Arrays.copyOfRange(valid, at, at + layout.pageSize);
          List<Integer> chain = new ArrayList<>();
          for (int p : layout.leaves) {
            if (p != leaf && p != layout.mainRoot() && chain.size() < 31) {
              chain.add(p);
            }
          }
          for (int i = 0; i < chain.size(); i++) {
            b.put(chain.get(i) * layout.pageSize, page);
            b.putLong(chain.get(i) * layout.pageSize, chain.get(i));
            putChildren(b, chain.get(i), i + 1 < chain.size() ? chain.get(i + 1) : leaf);
          }
          b.putLong(layout.description(DEEP) + 40, chain.get(0));
          b.putShort(layout.description(DEEP) + 6, (short) (chain.size() + 1));
        });
  }

  private void putChildren(ByteBuffer bytes, int page, int child) {
    int count = (bytes.getShort(page * layout.pageSize + 12) - 16) / 2;
    for (int i = 0; i < count; i++) {
      int node = page * layout.pageSize + bytes.getShort(page * layout.pageSize + 16 + 2 * i);
      bytes.putInt(node, child);
    }
  }

  public void testChildren() throws Exception {
    int root = layout.root(DEEP);
    int node = layout.node(root, 0);
    for (int child :
        new int[] {0, 1, layout.pages, -1, Integer.MAX_VALUE, layout.firstLeaf(DEEP), root}) {
      assertIterationAndGetFail(DEEP, deepKey(0), b -> b.putInt(node, child));
    }
    for (int high : new int[] {1, 0x7FFF, 0x8000, 0xFFFF}) { // bits 32 to 47 of the page number
      assertIterationAndGetFail(DEEP, deepKey(0), b -> b.putShort(node + 4, (short) high));
    }
    int last = layout.node(root, layout.count(root) - 1);
    assertIterationAndGetFail(DEEP, deepKey(DEEP_RECORDS), b -> b.putInt(last, layout.pages));
  }
}
