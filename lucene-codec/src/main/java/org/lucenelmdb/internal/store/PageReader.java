/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import static org.lucenelmdb.internal.store.ImagePages.*;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.RandomAccessInput;

/**
 * Reads branch, leaf and overflow pages of an image. All results are verified to be within the
 * pages in use. Not thread-safe.
 */
final class PageReader {

  /**
   * A node of a branch or leaf page.
   *
   * @param flags the flags of a leaf node; 0 on a branch page
   * @param key the address of the key
   * @param keyLength the length of the key in bytes
   * @param data the address of the data: the value, a {@code MDB_db}, or with {@link
   *     ImagePages#F_BIGDATA} the number of the value's first overflow page
   * @param dataLength the length of the value in bytes, on this page or on overflow pages
   * @param child the child's page number, on a branch page
   */
  record Node(int flags, long key, int keyLength, long data, long dataLength, long child) {}

  private final RandomAccessInput in;
  private final String resource;
  private final int pageSize;
  private final long pageCount;

  /**
   * @param in the image
   * @param pageCount the number of pages in use
   * @param resource a description of the image, for exceptions
   */
  PageReader(RandomAccessInput in, int pageSize, long pageCount, String resource) {
    this.in = in;
    this.pageSize = pageSize;
    this.pageCount = pageCount;
    this.resource = resource;
  }

  /** The size of a page in bytes. */
  int pageSize() {
    return pageSize;
  }

  /** The number of pages in use. */
  long pageCount() {
    return pageCount;
  }

  /**
   * Verifies the header of a page and returns the number of its nodes, at least 1.
   *
   * @param kind {@link ImagePages#P_BRANCH} or {@link ImagePages#P_LEAF}
   */
  int nodeCount(long page, int kind) throws IOException {
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

  /**
   * Reads a node of a page whose header {@link #nodeCount} has verified.
   *
   * @param index from 0 to the number of nodes, exclusive
   */
  Node node(long page, int index, int kind) throws IOException {
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

  /** Reads the key of a node. */
  byte[] key(Node node) throws IOException {
    byte[] bytes = new byte[node.keyLength];
    in.readBytes(node.key, bytes, 0, bytes.length);
    return bytes;
  }

  /** Compares the key of a node with another key, in LMDB's order. */
  int compare(Node node, byte[] key) throws IOException {
    return Arrays.compareUnsigned(key(node), key);
  }

  /** Locates the value of a leaf node, on its page or on overflow pages. */
  ImageReader.Value value(Node node) throws IOException {
    if (node.flags != F_BIGDATA) {
      return new ImageReader.Value(node.data, node.dataLength);
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
    return new ImageReader.Value(at + HEADER_BYTES, node.dataLength);
  }

  private CorruptIndexException corrupt(String expected, String found) {
    return new CorruptIndexException(expected + "; found " + found, resource);
  }
}
