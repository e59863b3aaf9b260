/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.Assert;

/** The positions of all structures of a valid image, read independently of {@link ImageReader}. */
final class ImageLayout {

  private final List<String> databases;

  final int pageSize;

  /** The address of the newer meta page. */
  final int meta;

  /** The number of pages in use. */
  final int pages;

  /** The image, little-endian. */
  final ByteBuffer bytes;

  /** The addresses of all headers of branch, leaf and first overflow pages. */
  final List<Integer> headers = new ArrayList<>();

  /** The numbers of the branch pages. */
  final List<Integer> branches = new ArrayList<>();

  /** The numbers of the leaf pages. */
  final List<Integer> leaves = new ArrayList<>();

  /** The addresses of the node offsets on all pages. */
  final List<Integer> pointers = new ArrayList<>();

  /** The addresses of all nodes. */
  final List<Integer> nodes = new ArrayList<>();

  /** The addresses of the {@code MDB_db} of all databases, the main database first. */
  final List<Integer> descriptions = new ArrayList<>();

  /** The addresses of all numbers of overflow pages. */
  final List<Integer> overflowNumbers = new ArrayList<>();

  /** The last page that a tree uses; free pages may follow. */
  int lastUsed;

  ImageLayout(byte[] image, List<String> databases) {
    this.databases = databases;
    bytes = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    pageSize = bytes.getInt(40);
    meta = bytes.getLong(144) > bytes.getLong(pageSize + 144) ? 0 : pageSize;
    pages = (int) bytes.getLong(meta + 136) + 1;
    Assert.assertEquals(image.length, pages * pageSize);
    visitTree(meta + 88, true);
  }

  private void visitTree(int description, boolean main) {
    descriptions.add(description);
    visit((int) bytes.getLong(description + 40), main);
  }

  private void visit(int page, boolean main) {
    int at = page * pageSize;
    headers.add(at);
    lastUsed = Math.max(lastUsed, page);
    boolean leaf = bytes.getShort(at + 10) == 2;
    (leaf ? leaves : branches).add(page);
    int count = count(page);
    for (int i = 0; i < count; i++) {
      pointers.add(at + 16 + 2 * i);
      int node = node(page, i);
      nodes.add(node);
      int data = data(node);
      if (leaf == false) {
        visit(child(node), main);
      } else if (main) {
        visitTree(data, false);
      } else if (bytes.getShort(node + 4) == 1) {
        overflowNumbers.add(data);
        int run = (int) bytes.getLong(data);
        headers.add(run * pageSize);
        lastUsed = Math.max(lastUsed, run + bytes.getInt(run * pageSize + 12) - 1);
      }
    }
  }

  /** The number of nodes of a page. */
  int count(int page) {
    return (bytes.getShort(page * pageSize + 12) - 16) / 2;
  }

  /** The address of a node of a page. */
  int node(int page, int index) {
    return page * pageSize + bytes.getShort(page * pageSize + 16 + 2 * index);
  }

  /** The address of the data of a node. */
  int data(int node) {
    return node + 8 + bytes.getShort(node + 6);
  }

  /** The child page of a branch node. */
  int child(int node) {
    return bytes.getInt(node); // the lower 32 of 48 bits
  }

  int mainRoot() {
    return (int) bytes.getLong(meta + 88 + 40);
  }

  /** The address of the main database's node for a database. */
  int descriptionNode(String database) {
    return node(mainRoot(), databases.indexOf(database));
  }

  /** The address of a database's {@code MDB_db}. */
  int description(String database) {
    return data(descriptionNode(database));
  }

  int depth(String database) {
    return bytes.getShort(description(database) + 6);
  }

  int root(String database) {
    return (int) bytes.getLong(description(database) + 40);
  }

  int firstLeaf(String database) {
    int page = root(database);
    for (int depth = depth(database); depth > 1; depth--) {
      page = child(node(page, 0));
    }
    return page;
  }
}
