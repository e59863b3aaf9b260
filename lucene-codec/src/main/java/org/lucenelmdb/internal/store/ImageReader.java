/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import static org.lucenelmdb.internal.store.ImagePages.*;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.RandomAccessInput;

/**
 * Reads an LMDB image in place, without LMDB.
 *
 * <p>It supports the part of LMDB 0.9's format that {@link ImageWriter} produces: two meta pages, a
 * main database of named databases, and branch, leaf and overflow pages; no duplicate keys. Every
 * number is checked before it is used, so invalid bytes lead to a {@link CorruptIndexException} in
 * bounded time and memory.
 *
 * <p>Not thread-safe.
 */
public final class ImageReader {

  private final RandomAccessInput in;
  private final String resource;
  private final long length;
  private final PageReader pages;
  private final Tree main;

  /**
   * Opens an image.
   *
   * @param file contains the image
   * @param offset the image's first byte in the file
   * @param length the length of the image in bytes
   * @throws CorruptIndexException if this is not a valid image
   */
  public ImageReader(IndexInput file, long offset, long length) throws IOException {
    this.resource = file.toString();
    if (offset < 0 || length < 2 * MIN_PAGE_SIZE || offset > file.length() - length) {
      throw corrupt(
          "the image should be within the " + file.length() + " bytes of the file",
          "offset " + offset + ", length " + length);
    }
    this.in = file.randomAccessSlice(offset, length);
    this.length = length;
    int pageSize = readPageSize();
    long meta = newestMeta(pageSize);
    long lastPage = in.readLong(meta + META_LAST_PAGE);
    if (lastPage < 1 || lastPage >= length / pageSize) {
      throw corrupt(
          "the last page should be from 1 to " + (length / pageSize - 1), Long.toString(lastPage));
    }
    this.pages = new PageReader(in, pageSize, lastPage + 1, resource);
    this.main = readTree(meta + META_MAIN_DB);
  }

  private int readPageSize() throws IOException {
    checkMeta(0);
    int size = in.readInt(META_FREE_DB + DB_PAD);
    if (size < MIN_PAGE_SIZE
        || size > MAX_PAGE_SIZE
        || Integer.bitCount(size) != 1
        || 2L * size > length) {
      throw corrupt("the page size should be a power of 2 and fit", Integer.toString(size));
    }
    return size;
  }

  /** Returns the address of the newer meta page; LMDB writes the two of them alternately. */
  private long newestMeta(int pageSize) throws IOException {
    checkMeta(pageSize);
    return in.readLong(META_TXN_ID) > in.readLong(pageSize + META_TXN_ID) ? 0 : pageSize;
  }

  private void checkMeta(long page) throws IOException {
    int magic = in.readInt(page + META_MAGIC);
    int version = in.readInt(page + META_VERSION);
    int flags = in.readShort(page + PAGE_FLAGS);
    if ((flags & P_META) == 0 || magic != MAGIC || version != DATA_VERSION) {
      throw corrupt(
          "byte " + page + " should begin an LMDB meta page",
          "flags " + flags + ", magic 0x" + Integer.toHexString(magic) + ", version " + version);
    }
  }

  /** The size of a page in bytes. */
  public int pageSize() {
    return pages.pageSize();
  }

  /** The total size of the pages in use, in bytes. */
  public long usedLength() {
    return pages.pageCount() * pages.pageSize();
  }

  /**
   * The location of a record's value.
   *
   * @param address the offset of its first byte in the image
   * @param length the length of the value in bytes
   */
  public record Value(long address, long length) {}

  /**
   * Looks up a record.
   *
   * @return null if the database or the key does not exist
   */
  public Value get(String database, byte[] key) throws IOException {
    Tree tree = tree(database);
    if (tree == null) {
      return null;
    }
    PageReader.Node node = findNode(tree, key);
    return node == null ? null : pages.value(node);
  }

  /** The number of records in a database; 0 if the database does not exist. */
  public long entries(String database) throws IOException {
    Tree tree = tree(database);
    return tree == null ? 0 : tree.entries;
  }

  /**
   * Reads a whole value.
   *
   * @param maxLength the maximum length in bytes; a longer value is corrupt
   */
  public byte[] read(Value value, int maxLength) throws IOException {
    if (value.length > maxLength) {
      throw corrupt(
          "the value at " + value.address + " should have at most " + maxLength + " bytes",
          Long.toString(value.length));
    }
    byte[] bytes = new byte[(int) value.length];
    in.readBytes(value.address, bytes, 0, bytes.length);
    return bytes;
  }

  /**
   * Reads a little-endian int32 of a value.
   *
   * @param offset the offset of the int in the value
   */
  public int readInt(Value value, int offset) throws IOException {
    if (offset < 0 || offset > value.length - Integer.BYTES) {
      throw corrupt(
          "the value at " + value.address + " should have an int at " + offset,
          value.length + " bytes");
    }
    return in.readInt(value.address + offset);
  }

  /** Iterates over the records of a database in the order of their keys. */
  public Cursor cursor(String database) throws IOException {
    return new Cursor(tree(database));
  }

  /**
   * Iterates over the records of the unnamed database in the order of their keys. In an image,
   * these are the named databases; other environments of LMDB have records of their own there.
   */
  public Cursor cursor() {
    return new Cursor(main);
  }

  private Tree tree(String database) throws IOException {
    PageReader.Node node = findNode(main, database.getBytes(StandardCharsets.UTF_8));
    if (node == null) {
      return null;
    }
    if (node.flags() != F_SUBDATA || node.dataLength() != DB_BYTES) {
      throw corrupt(
          "the record at " + node.data() + " should describe a database",
          "flags " + node.flags() + ", " + node.dataLength() + " bytes");
    }
    return readTree(node.data());
  }

  private record Tree(int depth, long root, long entries) {}

  private Tree readTree(long address) throws IOException {
    int depth = in.readShort(address + DB_DEPTH) & 0xFFFF;
    long entries = in.readLong(address + DB_ENTRIES);
    long root = in.readLong(address + DB_ROOT);
    boolean empty = depth == 0 && root == NO_PAGE && entries == 0;
    if (empty == false
        && (depth < 1
            || depth > MAX_DEPTH
            || root < 2
            || root >= pages.pageCount()
            || entries < 1
            || entries > length / (NODE_HEADER_BYTES + Short.BYTES))) {
      throw corrupt(
          "byte " + address + " should describe a tree within " + pages.pageCount() + " pages",
          "depth " + depth + ", root " + root + ", " + entries + " entries");
    }
    return new Tree(depth, root, entries);
  }

  private PageReader.Node findNode(Tree tree, byte[] key) throws IOException {
    if (tree.depth == 0) {
      return null;
    }
    long page = tree.root;
    for (int depth = tree.depth; depth > 1; depth--) {
      int low =
          1; // the first key of a branch page is unused: smaller keys are below the first child
      int high = pages.nodeCount(page, P_BRANCH) - 1;
      while (low <= high) {
        int mid = (low + high) >>> 1;
        if (pages.compare(pages.node(page, mid, P_BRANCH), key) <= 0) {
          low = mid + 1;
        } else {
          high = mid - 1;
        }
      }
      page = pages.node(page, high, P_BRANCH).child();
    }
    int low = 0;
    int high = pages.nodeCount(page, P_LEAF) - 1;
    while (low <= high) {
      int mid = (low + high) >>> 1;
      PageReader.Node node = pages.node(page, mid, P_LEAF);
      int c = pages.compare(node, key);
      if (c == 0) {
        return node;
      } else if (c < 0) {
        low = mid + 1;
      } else {
        high = mid - 1;
      }
    }
    return null;
  }

  private CorruptIndexException corrupt(String expected, String found) {
    return new CorruptIndexException(expected + "; found " + found, resource);
  }

  /** Iterates over records. It is initially positioned before the first one. */
  public final class Cursor {
    private final Tree tree;
    private final long[] path = new long[MAX_DEPTH];
    private final int[] counts = new int[MAX_DEPTH];
    private final int[] indexes = new int[MAX_DEPTH];
    private long seen;
    private boolean ended;
    private byte[] key;
    private Value value;

    private Cursor(Tree tree) {
      this.tree = tree;
    }

    /**
     * Advances to the next record.
     *
     * @return false if there is none
     */
    public boolean next() throws IOException {
      if (tree == null || tree.depth == 0 || ended) {
        return false;
      }
      if (seen == 0) {
        descend(0, tree.root);
      } else {
        int depth = tree.depth - 1;
        while (depth >= 0 && ++indexes[depth] == counts[depth]) {
          depth--;
        }
        if (depth < 0) {
          if (seen != tree.entries) {
            throw corrupt("the tree should have " + tree.entries + " records", "" + seen);
          }
          ended = true;
          return false;
        }
        if (depth < tree.depth - 1) {
          descend(depth + 1, pages.node(path[depth], indexes[depth], P_BRANCH).child());
        }
      }
      PageReader.Node node = pages.node(path[tree.depth - 1], indexes[tree.depth - 1], P_LEAF);
      byte[] next = pages.key(node);
      // checking the order and number of keys also bounds the iteration over corrupt bytes
      if (++seen > tree.entries || (key != null && Arrays.compareUnsigned(key, next) >= 0)) {
        throw corrupt(
            "the keys of " + tree.entries + " records should ascend",
            "record " + seen + " at " + node.key());
      }
      key = next;
      value = pages.value(node);
      return true;
    }

    private void descend(int depth, long page) throws IOException {
      for (long p = page; ; depth++) {
        boolean leaf = depth == tree.depth - 1;
        path[depth] = p;
        counts[depth] = pages.nodeCount(p, leaf ? P_LEAF : P_BRANCH);
        indexes[depth] = 0;
        if (leaf) {
          return;
        }
        p = pages.node(p, 0, P_BRANCH).child();
      }
    }

    /** The current record's key. */
    public byte[] key() {
      return key;
    }

    /** The current record's value. */
    public Value value() {
      return value;
    }
  }
}
