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
 * <p>Knows the part of LMDB 0.9's format that {@link ImageWriter} makes: two meta pages, a main
 * database of named databases, branch, leaf and overflow pages; no duplicate keys. Every number
 * that is read is bounded before it is used, so that bytes that are not such an image end in a
 * {@link CorruptIndexException}, in bounded time and memory.
 *
 * <p>Instances are not thread-safe.
 */
public final class ImageReader {

  private final RandomAccessInput in;
  private final String resource;
  private final long length;
  private final int pageSize;
  private final long pageCount;
  private final Tree main;

  /**
   * Opens an image.
   *
   * @param file of which the image is a part
   * @param offset of the image in the file
   * @param length of the image, in bytes
   * @throws CorruptIndexException if there is no image
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
    this.pageSize = readPageSize();
    long meta = newestMeta();
    long lastPage = in.readLong(meta + META_LAST_PAGE);
    if (lastPage < 1 || lastPage >= length / pageSize) {
      throw corrupt(
          "the last page should be from 1 to " + (length / pageSize - 1), Long.toString(lastPage));
    }
    this.pageCount = lastPage + 1;
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

  /** LMDB writes its two meta pages in turn. */
  private long newestMeta() throws IOException {
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

  /** The length of a page, in bytes. */
  public int pageSize() {
    return pageSize;
  }

  /** The length of the pages that are in use, in bytes. */
  public long usedLength() {
    return pageCount * pageSize;
  }

  /**
   * A record's value.
   *
   * @param address of its first byte, from the beginning of the image
   * @param length in bytes
   */
  public record Value(long address, long length) {}

  /**
   * Looks a record up.
   *
   * @return null if there is no such database, or no such key in it
   */
  public Value get(String database, byte[] key) throws IOException {
    Tree tree = tree(database);
    return tree == null ? null : find(tree, key);
  }

  /** The number of records in a database; 0 if there is no such database. */
  public long entries(String database) throws IOException {
    Tree tree = tree(database);
    return tree == null ? 0 : tree.entries;
  }

  /**
   * Reads a value whole.
   *
   * @param maxLength more is corrupt; the caller knows how much there can be
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
   * @param offset of the int in the value
   */
  public int readInt(Value value, int offset) throws IOException {
    if (offset < 0 || offset > value.length - Integer.BYTES) {
      throw corrupt(
          "the value at " + value.address + " should have an int at " + offset,
          value.length + " bytes");
    }
    return in.readInt(value.address + offset);
  }

  /** Walks the records of a database in the order of their keys. */
  public Cursor cursor(String database) throws IOException {
    return new Cursor(tree(database));
  }

  private Tree tree(String database) throws IOException {
    Node node = findNode(main, database.getBytes(StandardCharsets.UTF_8));
    if (node == null) {
      return null;
    }
    if (node.flags != F_SUBDATA || node.dataLength != DB_BYTES) {
      throw corrupt(
          "the record at " + node.data + " should describe a database",
          "flags " + node.flags + ", " + node.dataLength + " bytes");
    }
    return readTree(node.data);
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
            || root >= pageCount
            || entries < 1
            || entries > length / (NODE_HEADER_BYTES + Short.BYTES))) {
      throw corrupt(
          "byte " + address + " should describe a tree within " + pageCount + " pages",
          "depth " + depth + ", root " + root + ", " + entries + " entries");
    }
    return new Tree(depth, root, entries);
  }

  /** A node on a page: where its key and data are, not yet followed to an overflow page. */
  private record Node(int flags, long key, int keyLength, long data, long dataLength, long child) {}

  private Value find(Tree tree, byte[] key) throws IOException {
    Node node = findNode(tree, key);
    return node == null ? null : value(node);
  }

  private Node findNode(Tree tree, byte[] key) throws IOException {
    if (tree.depth == 0) {
      return null;
    }
    long page = tree.root;
    for (int depth = tree.depth; depth > 1; depth--) {
      int low = 1; // the first key of a branch page is not used: everything smaller is below it
      int high = checkPage(page, P_BRANCH) - 1;
      while (low <= high) {
        int mid = (low + high) >>> 1;
        if (compare(node(page, mid, P_BRANCH), key) <= 0) {
          low = mid + 1;
        } else {
          high = mid - 1;
        }
      }
      page = node(page, high, P_BRANCH).child;
    }
    int low = 0;
    int high = checkPage(page, P_LEAF) - 1;
    while (low <= high) {
      int mid = (low + high) >>> 1;
      Node node = node(page, mid, P_LEAF);
      int c = compare(node, key);
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

  /** Checks a page's header and returns the number of its nodes, at least 1. */
  private int checkPage(long page, int kind) throws IOException {
    if (page < 2 || page >= pageCount) {
      throw corrupt("a page number should be from 2 to " + (pageCount - 1), Long.toString(page));
    }
    long at = page * pageSize;
    long number = in.readLong(at);
    int flags = in.readShort(at + PAGE_FLAGS) & 0xFFFF;
    int lower = in.readShort(at + PAGE_LOWER) & 0xFFFF;
    int upper = in.readShort(at + PAGE_UPPER) & 0xFFFF;
    if (number != page
        || flags != kind
        || lower < HEADER_BYTES + Short.BYTES
        || (lower & 1) != 0
        || lower > upper
        || upper > pageSize) {
      throw corrupt(
          "page " + page + " should be a " + (kind == P_LEAF ? "leaf" : "branch") + " with nodes",
          "number " + number + ", flags " + flags + ", lower " + lower + ", upper " + upper);
    }
    return (lower - HEADER_BYTES) / Short.BYTES;
  }

  /** Reads a node of a page that {@link #checkPage} has seen. */
  private Node node(long page, int index, int kind) throws IOException {
    long at = page * pageSize;
    int lower = in.readShort(at + PAGE_LOWER) & 0xFFFF;
    int offset = in.readShort(at + HEADER_BYTES + (long) index * Short.BYTES) & 0xFFFF;
    if (offset < lower || offset > pageSize - NODE_HEADER_BYTES) {
      throw corrupt(
          "node " + index + " of page " + page + " should be from " + lower + " on",
          Integer.toString(offset));
    }
    long header = in.readLong(at + offset);
    long low = header & 0xFFFFFFFFL;
    int flags = (int) (header >>> (Byte.SIZE * NODE_FLAGS)) & 0xFFFF;
    int keyLength = (int) (header >>> (Byte.SIZE * NODE_KEY_LENGTH)) & 0xFFFF;
    long key = at + offset + NODE_HEADER_BYTES;
    long data = key + keyLength;
    long end = at + pageSize;
    if (kind == P_BRANCH) {
      if (data > end) {
        throw corrupt("the key of node " + index + " should be on page " + page, "" + keyLength);
      }
      return new Node(0, key, keyLength, data, 0, low | (long) flags << Integer.SIZE);
    }
    long onPage = flags == F_BIGDATA ? Long.BYTES : low;
    if ((flags != 0 && flags != F_BIGDATA && flags != F_SUBDATA) || data + onPage > end) {
      throw corrupt(
          "node " + index + " should be a record within page " + page,
          "flags " + flags + ", key of " + keyLength + ", data of " + low + " bytes");
    }
    return new Node(flags, key, keyLength, data, low, NO_PAGE);
  }

  private Value value(Node node) throws IOException {
    if (node.flags != F_BIGDATA) {
      return new Value(node.data, node.dataLength);
    }
    long page = in.readLong(node.data);
    if (page < 2 || page >= pageCount) {
      throw corrupt(
          "the overflow page should be from 2 to " + (pageCount - 1), Long.toString(page));
    }
    long at = page * pageSize;
    long number = in.readLong(at);
    int flags = in.readShort(at + PAGE_FLAGS) & 0xFFFF;
    long pages = in.readInt(at + PAGE_OVERFLOW_PAGES) & 0xFFFFFFFFL;
    if (number != page
        || flags != P_OVERFLOW
        || pages > pageCount - page
        || node.dataLength > pages * pageSize - HEADER_BYTES) {
      throw corrupt(
          "page " + page + " should begin a run for " + node.dataLength + " bytes",
          "number " + number + ", flags " + flags + ", " + pages + " pages");
    }
    return new Value(at + HEADER_BYTES, node.dataLength);
  }

  private int compare(Node node, byte[] key) throws IOException {
    return Arrays.compareUnsigned(keyBytes(node), key);
  }

  private byte[] keyBytes(Node node) throws IOException {
    byte[] bytes = new byte[node.keyLength];
    in.readBytes(node.key, bytes, 0, bytes.length);
    return bytes;
  }

  private CorruptIndexException corrupt(String expected, String found) {
    return new CorruptIndexException(expected + "; found " + found, resource);
  }

  /** Stands on a record, or before the first. */
  public final class Cursor {
    private final Tree tree;
    private final long[] pages = new long[MAX_DEPTH];
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
     * Goes to the next record.
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
          descend(depth + 1, node(pages[depth], indexes[depth], P_BRANCH).child);
        }
      }
      Node node = node(pages[tree.depth - 1], indexes[tree.depth - 1], P_LEAF);
      byte[] next = keyBytes(node);
      // keys that ascend, and not too many, are also what makes the walk of any bytes end
      if (++seen > tree.entries || (key != null && Arrays.compareUnsigned(key, next) >= 0)) {
        throw corrupt(
            "the keys of " + tree.entries + " records should ascend",
            "record " + seen + " at " + node.key);
      }
      key = next;
      value = ImageReader.this.value(node);
      return true;
    }

    private void descend(int depth, long page) throws IOException {
      for (long p = page; ; depth++) {
        boolean leaf = depth == tree.depth - 1;
        pages[depth] = p;
        counts[depth] = checkPage(p, leaf ? P_LEAF : P_BRANCH);
        indexes[depth] = 0;
        if (leaf) {
          return;
        }
        p = node(p, 0, P_BRANCH).child;
      }
    }

    /** The record's key. */
    public byte[] key() {
      return key;
    }

    /** The record's value. */
    public Value value() {
      return value;
    }
  }
}
