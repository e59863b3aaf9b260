/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import static org.lucenelmdb.internal.store.ImagePages.*;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.BitUtil;
import org.apache.lucene.util.FixedBitSet;

/**
 * Visits every page and every record of an image, for verification. Searches use {@link
 * ImageReader}.
 *
 * <p>A walk knows every byte of every page: it checks a byte, passes it to the visitor as part of a
 * record, or reports it as unused. A damaged page is reported, and the walk continues with the next
 * one. Pages are read in the order of the keys, once each. Not thread-safe.
 *
 * <p>LMDB keeps deleted records nowhere in an image: records are only added. So the key of a branch
 * is the least key below it, except in LMDB's own list of free pages.
 */
public final class ImageWalk {

  /** The name under which the pages of LMDB's list of free pages are counted. */
  public static final String FREE_LIST = "(free list)";

  /** The name under which the pages of the list of databases are counted. */
  public static final String MAIN = "(main)";

  /**
   * A flag of the environment, which LMDB stores with the list of free pages and ignores when it
   * opens the image.
   */
  private static final int MDB_NOSUBDIR = 0x4000;

  /** Keys of LMDB have at most this many bytes. */
  private static final int MAX_KEY_BYTES = 511;

  /** The largest number of pages of which a bit set can be kept. */
  private static final int MAX_PAGES = Integer.MAX_VALUE - Long.SIZE;

  /** Why bytes are not used. */
  public enum Unused {
    /** A page in the list of free pages. */
    FREE_PAGE,
    /** The space between the offsets and the nodes of a page. */
    FREE_SPACE,
    /** A byte that aligns the next node. */
    ALIGNMENT,
    /** The rest of the last page of a value. */
    END_OF_RUN,
    /** The state before the last commit. */
    OLD_META,
    /** The default size of the map of programs that open the image with LMDB. */
    MAP_SIZE,
    /** The first key of a branch page, or the rest of a list of free pages. */
    IGNORED
  }

  /** Receives the contents of an image. */
  public interface Visitor {
    /** Receives the next record of a database, in the order of the keys. */
    void record(Record record) throws IOException;

    /**
     * Receives a damage of a page.
     *
     * @param address where it is in the image
     */
    void damage(long address, String expected, String found);

    /**
     * Receives a range of bytes that nothing uses.
     *
     * @param start the address of the first byte
     * @param end the address behind the last byte
     */
    default void unused(long start, long end, Unused why) {}

    /** Called after some pages were read; may throw to abort. */
    default void progress(long pages) {}
  }

  /**
   * The pages and the records of a database.
   *
   * @param name its name
   * @param depth the number of levels of pages; 0 without records
   * @param entries the number of records
   */
  public record Database(
      String name,
      int depth,
      long branchPages,
      long leafPages,
      long overflowPages,
      long entries,
      long valueBytes) {}

  /**
   * The result of a walk.
   *
   * @param databases the databases in the order of their names, after those of LMDB itself
   * @param freePages the pages in the list of free pages
   * @param isComplete whether no page is damaged
   */
  public record Pages(
      int pageSize, long pages, long freePages, List<Database> databases, boolean isComplete) {}

  /** The current record, valid until the next one. */
  public static final class Record {
    private String database;
    private byte[] page;
    private int keyOffset;
    private int keyLength;
    private int valueOffset; // on the page; negative if the value is on overflow pages
    private long address;
    private long length;

    private Record() {}

    /** The name of the database. */
    public String database() {
      return database;
    }

    /** The length of the key in bytes. */
    public int keyLength() {
      return keyLength;
    }

    /** Reads a big-endian number of the key, of up to 8 bytes. */
    public long keyNumber(int offset, int bytes) {
      long number = 0;
      for (int i = 0; i < bytes; i++) {
        number = number << Byte.SIZE | page[keyOffset + offset + i] & 0xFF;
      }
      return number;
    }

    /** The address of the value in the image. */
    public long address() {
      return address;
    }

    /** The length of the value in bytes. */
    public long length() {
      return length;
    }

    /** Whether the value is on pages of its own. */
    public boolean isOnOverflowPages() {
      return valueOffset < 0;
    }

    /** The bytes that contain the value from {@link #offset} on, unless it is on overflow pages. */
    public byte[] bytes() {
      return page;
    }

    /** The position of the value in {@link #bytes}. */
    public int offset() {
      return valueOffset;
    }
  }

  /** A database as its record describes it. */
  private record Tree(
      String name,
      long address,
      int pad,
      int flags,
      int depth,
      long branches,
      long leaves,
      long overflows,
      long entries,
      long root) {

    boolean isFreeList() {
      return name.equals(FREE_LIST);
    }
  }

  private final IndexInput image;
  private final Visitor visitor;
  private final int pageSize;
  private final long pageCount;
  private final long meta; // address of the page of the newer state
  private final FixedBitSet reached;
  private final byte[][] buffers = new byte[MAX_DEPTH][];
  private final byte[] header = new byte[HEADER_BYTES];
  private final int[] nodeEnds; // by half the offset of a node
  private final Record record = new Record();
  private final List<Database> databases = new ArrayList<>();
  private boolean isComplete = true;
  private long freePages;
  private long unreported;

  // the database that is walked
  private Tree tree;
  private long branches;
  private long leaves;
  private long overflows;
  private long entries;
  private long valueBytes;
  private final byte[] previousKey = new byte[MAX_KEY_BYTES];
  private int previousLength;
  private final byte[] separator = new byte[MAX_KEY_BYTES];
  private int separatorLength;

  private ImageWalk(IndexInput image, Visitor visitor) throws IOException {
    this.image = image.clone();
    this.visitor = visitor;
    // its constructor checks what this class needs to begin
    ImageReader reader = new ImageReader(image, 0, image.length());
    this.pageSize = reader.pageSize();
    this.pageCount = reader.usedLength() / pageSize;
    if (pageCount > MAX_PAGES) {
      throw new CorruptIndexException(
          "the image should have at most " + MAX_PAGES + " pages; found " + pageCount, image);
    }
    this.reached = new FixedBitSet((int) pageCount);
    this.nodeEnds = new int[pageSize / 2];
    this.meta = number(0, META_TXN_ID) > number(pageSize, META_TXN_ID) ? 0 : pageSize;
  }

  /**
   * Walks through an image.
   *
   * @param image a slice of the file that is exactly the image
   * @throws CorruptIndexException if it is not an image, so that no page can be found
   */
  public static Pages walk(IndexInput image, Visitor visitor) throws IOException {
    return new ImageWalk(image, visitor).walk();
  }

  private Pages walk() throws IOException {
    checkMetaPages();
    reached.set(0, 2);
    List<Tree> named = new ArrayList<>();
    Tree main = readTree(MAIN, meta + META_MAIN_DB);
    walk(main, named);
    walk(readTree(FREE_LIST, meta + META_FREE_DB), null);
    for (Tree database : named) {
      walk(database, null);
    }
    for (int page = 0; isComplete && page < pageCount; ) {
      int lost = nextLost(page);
      if (lost == pageCount) {
        break;
      }
      int end = reached.nextSetBit(lost);
      page = end < pageCount && end >= 0 ? end : (int) pageCount;
      visitor.damage(
          address(lost),
          "pages that belong to a database or are in the list of free pages",
          "pages " + lost + " to " + (page - 1) + " in neither");
    }
    visitor.progress(unreported);
    return new Pages(pageSize, pageCount, freePages, List.copyOf(databases), isComplete);
  }

  private int nextLost(int page) {
    int at = page;
    while (at < pageCount && reached.get(at)) {
      at++;
    }
    return at;
  }

  private long number(long page, int offset) throws IOException {
    image.seek(page + offset);
    return image.readLong();
  }

  private long address(long page) {
    return page * pageSize;
  }

  private void damage(long address, String expected, String found) {
    isComplete = false;
    visitor.damage(address, expected, found);
  }

  /** Reports a damage after which all pages can still be found. */
  private void check(boolean isRight, long address, String expected, Object found) {
    if (isRight == false) {
      visitor.damage(address, expected, String.valueOf(found));
    }
  }

  private byte[] read(long page, int depth) throws IOException {
    if (buffers[depth] == null) {
      buffers[depth] = new byte[pageSize];
    }
    image.seek(address(page));
    image.readBytes(buffers[depth], 0, pageSize);
    count(1);
    return buffers[depth];
  }

  private void count(long pages) {
    unreported += pages;
    if (unreported >= 1024) {
      visitor.progress(unreported);
      unreported = 0;
    }
  }

  private static int getShort(byte[] bytes, int at) {
    return (short) BitUtil.VH_LE_SHORT.get(bytes, at) & 0xFFFF;
  }

  private static int getInt(byte[] bytes, int at) {
    return (int) BitUtil.VH_LE_INT.get(bytes, at);
  }

  private static long getLong(byte[] bytes, int at) {
    return (long) BitUtil.VH_LE_LONG.get(bytes, at);
  }

  private void checkMetaPages() throws IOException {
    long newest = number(meta, META_TXN_ID);
    check(
        image.length() == address(pageCount),
        meta + META_LAST_PAGE,
        "the last of " + image.length() / pageSize + " pages",
        pageCount - 1);
    for (long number = 0; number < 2; number++) {
      long at = address(number);
      byte[] page = read(number, 0);
      check(getLong(page, 0) == number, at, "page number " + number, getLong(page, 0));
      check(
          getShort(page, Long.BYTES) == 0 && getShort(page, PAGE_FLAGS) == P_META,
          at + Long.BYTES,
          "the flags of a meta page",
          getShort(page, Long.BYTES) + ", " + getShort(page, PAGE_FLAGS));
      checkZeros(page, at, PAGE_LOWER, META_MAGIC);
      checkZeros(page, at, META_VERSION + Integer.BYTES, META_MAP_SIZE);
      checkZeros(page, at, META_BYTES, pageSize);
      check(
          getInt(page, META_FREE_DB + DB_PAD) == pageSize,
          at + META_FREE_DB,
          "page size " + pageSize,
          getInt(page, META_FREE_DB + DB_PAD));
      long expected = at == meta || newest == 0 ? newest : newest - 1;
      long found = getLong(page, META_TXN_ID);
      check(
          found == expected && (newest == 0 || (expected & 1) == number),
          at + META_TXN_ID,
          "transaction " + expected + " on this page",
          found);
      visitor.unused(at + META_MAP_SIZE, at + META_FREE_DB, Unused.MAP_SIZE);
      if (at != meta) {
        visitor.unused(
            at + META_FREE_DB + Integer.BYTES, at + META_TXN_ID, Unused.OLD_META); // not its size
      }
    }
    long mapBytes = number(meta, META_MAP_SIZE);
    check(
        mapBytes >= address(pageCount),
        meta + META_MAP_SIZE,
        "a map of at least " + address(pageCount) + " bytes",
        mapBytes);
  }

  private void checkZeros(byte[] page, long address, int start, int end) {
    for (int i = start; i < end; i++) {
      if (page[i] != 0) {
        visitor.damage(address + i, "zeros", "0x" + Integer.toHexString(page[i] & 0xFF));
        return;
      }
    }
  }

  private Tree readTree(String name, long address) throws IOException {
    byte[] bytes = new byte[DB_BYTES];
    image.seek(address);
    image.readBytes(bytes, 0, bytes.length);
    return tree(name, address, bytes, 0);
  }

  private static Tree tree(String name, long address, byte[] bytes, int at) {
    return new Tree(
        name,
        address,
        getInt(bytes, at + DB_PAD),
        getShort(bytes, at + DB_FLAGS),
        getShort(bytes, at + DB_DEPTH),
        getLong(bytes, at + DB_BRANCH_PAGES),
        getLong(bytes, at + DB_LEAF_PAGES),
        getLong(bytes, at + DB_OVERFLOW_PAGES),
        getLong(bytes, at + DB_ENTRIES),
        getLong(bytes, at + DB_ROOT));
  }

  private void walk(Tree walked, List<Tree> named) throws IOException {
    tree = walked;
    branches = 0;
    leaves = 0;
    overflows = 0;
    entries = 0;
    valueBytes = 0;
    previousLength = -1;
    separatorLength = -1;
    boolean wasComplete = isComplete;
    isComplete = true;
    String name = "database " + tree.name;
    int flags = tree.isFreeList() ? tree.flags & ~MDB_NOSUBDIR : tree.flags;
    check(
        flags == (tree.isFreeList() ? MDB_INTEGERKEY : 0)
            && tree.pad == (tree.isFreeList() ? pageSize : 0),
        tree.address,
        name + " without flags",
        "flags " + tree.flags + ", " + tree.pad);
    if (tree.depth == 0) {
      if (tree.root != NO_PAGE) {
        damage(tree.address + DB_ROOT, name + " without pages", "root " + tree.root);
      }
    } else if (tree.depth > MAX_DEPTH) {
      damage(tree.address + DB_DEPTH, name + " of up to 32 levels", "" + tree.depth);
    } else {
      visit(tree.root, 0, named);
    }
    if (isComplete) {
      check(
          tree.branches == branches
              && tree.leaves == leaves
              && tree.overflows == overflows
              && tree.entries == entries,
          tree.address,
          name + " of " + shape(branches, leaves, overflows, entries),
          shape(tree.branches, tree.leaves, tree.overflows, tree.entries));
    }
    databases.add(
        new Database(tree.name, tree.depth, branches, leaves, overflows, entries, valueBytes));
    isComplete &= wasComplete;
  }

  private static String shape(long branches, long leaves, long overflows, long entries) {
    return branches
        + " branch, "
        + leaves
        + " leaf and "
        + overflows
        + " overflow pages with "
        + entries
        + " records";
  }

  /** Marks pages as reached; false if they cannot be. */
  private boolean reach(long page, long count, long from) {
    if (page < 2 || count < 1 || page > pageCount - count) {
      damage(
          from,
          "a page from 2 to " + (pageCount - 1) + " of database " + tree.name,
          count == 1 ? "page " + page : count + " pages from " + page + " on");
      return false;
    }
    for (long p = page; p < page + count; p++) {
      if (reached.getAndSet((int) p)) {
        damage(from, "page " + p + " to be reached once", "again, in database " + tree.name);
        return false;
      }
    }
    return true;
  }

  private void visit(long page, int depth, List<Tree> named) throws IOException {
    if (reach(page, 1, tree.address) == false) {
      return;
    }
    boolean isLeaf = depth == tree.depth - 1;
    byte[] bytes = read(page, depth);
    int nodes = checkPage(bytes, page, isLeaf);
    if (nodes < 0) {
      return;
    }
    if (isLeaf) {
      leaves++;
      for (int i = 0; i < nodes; i++) {
        visitRecord(bytes, page, getShort(bytes, HEADER_BYTES + i * Short.BYTES), named);
      }
      return;
    }
    branches++;
    for (int i = 0; i < nodes; i++) {
      int at = getShort(bytes, HEADER_BYTES + i * Short.BYTES);
      int keyLength = getShort(bytes, at + NODE_KEY_LENGTH);
      int key = at + NODE_HEADER_BYTES;
      if (i == 0) {
        visitor.unused(address(page) + key, address(page) + key + keyLength, Unused.IGNORED);
      } else {
        System.arraycopy(bytes, key, separator, 0, keyLength);
        separatorLength = keyLength;
      }
      long child = getLong(bytes, at) & 0xFFFF_FFFF_FFFFL;
      visit(child, depth + 1, named);
    }
  }

  /**
   * Checks the header of a page, and that its nodes fill the space behind the free space.
   *
   * @return the number of nodes; -1 if they cannot be visited
   */
  private int checkPage(byte[] bytes, long page, boolean isLeaf) {
    long number = getLong(bytes, 0);
    int pad = getShort(bytes, Long.BYTES);
    int flags = getShort(bytes, PAGE_FLAGS);
    int lower = getShort(bytes, PAGE_LOWER);
    int upper = getShort(bytes, PAGE_UPPER);
    if (number != page
        || pad != 0
        || flags != (isLeaf ? P_LEAF : P_BRANCH)
        || lower < HEADER_BYTES + Short.BYTES
        || (lower & 1) != 0
        || (upper & 1) != 0
        || lower > upper
        || upper > pageSize) {
      damage(
          address(page),
          (isLeaf ? "leaf" : "branch") + " page " + page + " of database " + tree.name,
          "page "
              + number
              + ", pad "
              + pad
              + ", flags "
              + flags
              + ", free space from "
              + lower
              + " to "
              + upper);
      return -1;
    }
    visitor.unused(address(page) + lower, address(page) + upper, Unused.FREE_SPACE);
    int nodes = (lower - HEADER_BYTES) / Short.BYTES;
    Arrays.fill(nodeEnds, 0);
    for (int i = 0; i < nodes; i++) {
      int at = getShort(bytes, HEADER_BYTES + i * Short.BYTES);
      int end = at < upper || at > pageSize - NODE_HEADER_BYTES ? -1 : nodeEnd(bytes, at, isLeaf);
      if ((at & 1) != 0 || end < 0 || end > pageSize || nodeEnds[at / 2] != 0) {
        damage(
            address(page) + HEADER_BYTES + i * Short.BYTES,
            "node " + i + " of page " + page + " in the bytes from " + upper + " to " + pageSize,
            "from " + at + " to " + end);
        return -1;
      }
      nodeEnds[at / 2] = (end + 1) & ~1;
      if ((end & 1) != 0) {
        visitor.unused(address(page) + end, address(page) + end + 1, Unused.ALIGNMENT);
      }
    }
    int count = 0;
    int at = upper;
    while (at < pageSize && nodeEnds[at / 2] != 0) {
      at = nodeEnds[at / 2];
      count++;
    }
    if (at != pageSize || count != nodes) {
      damage(
          address(page) + at,
          nodes + " nodes of page " + page + " that fill the bytes from " + upper + " on",
          count + " up to " + at);
      return -1;
    }
    return nodes;
  }

  /** Returns the end of a node on its page; -1 if it cannot be one. */
  private static int nodeEnd(byte[] bytes, int at, boolean isLeaf) {
    int keyLength = getShort(bytes, at + NODE_KEY_LENGTH);
    int data = at + NODE_HEADER_BYTES + keyLength;
    if (keyLength > MAX_KEY_BYTES) {
      return -1;
    }
    if (isLeaf == false) {
      return data;
    }
    int flags = getShort(bytes, at + NODE_FLAGS);
    if (flags == F_BIGDATA) {
      return data + Long.BYTES;
    }
    int length = getInt(bytes, at);
    return (flags == 0 || flags == F_SUBDATA) && length >= 0 && length < bytes.length
        ? data + length
        : -1;
  }

  private void visitRecord(byte[] bytes, long page, int at, List<Tree> named) throws IOException {
    int flags = getShort(bytes, at + NODE_FLAGS);
    int keyLength = getShort(bytes, at + NODE_KEY_LENGTH);
    int key = at + NODE_HEADER_BYTES;
    int data = key + keyLength;
    long nodeAddress = address(page) + at;
    checkOrder(bytes, key, keyLength, nodeAddress);
    entries++;
    record.database = tree.name;
    record.page = bytes;
    record.keyOffset = key;
    record.keyLength = keyLength;
    record.valueOffset = data;
    record.address = address(page) + data;
    record.length = getInt(bytes, at) & 0xFFFF_FFFFL;
    if ((flags == F_SUBDATA) != (named != null)) {
      damage(nodeAddress, named != null ? "a database" : "a value", "flags " + flags);
      return;
    }
    if (flags == F_BIGDATA && locateRun(getLong(bytes, data), nodeAddress) == false) {
      return;
    }
    valueBytes += record.length;
    if (named != null) {
      String name = new String(bytes, key, keyLength, StandardCharsets.UTF_8);
      if (record.length != DB_BYTES) {
        damage(nodeAddress, "database " + name + " in 48 bytes", "" + record.length);
        return;
      }
      named.add(tree(name, record.address, bytes, data));
    } else if (tree.isFreeList()) {
      visitFreePages(nodeAddress);
    } else {
      visitor.record(record);
    }
  }

  private void checkOrder(byte[] bytes, int key, int length, long address) {
    if (previousLength >= 0) {
      check(
          compare(previousKey, 0, previousLength, bytes, key, length) < 0,
          address,
          "keys of database " + tree.name + " in ascending order",
          hex(bytes, key, length) + " after " + hex(previousKey, 0, previousLength));
    }
    if (separatorLength >= 0) {
      int order = compare(separator, 0, separatorLength, bytes, key, length);
      check(
          tree.isFreeList() ? order <= 0 : order == 0,
          address,
          "key " + hex(separator, 0, separatorLength) + ", as on the branch page above",
          hex(bytes, key, length));
      separatorLength = -1;
    }
    System.arraycopy(bytes, key, previousKey, 0, length);
    previousLength = length;
  }

  private int compare(byte[] a, int aAt, int aLength, byte[] b, int bAt, int bLength) {
    if (tree.isFreeList() && aLength == Long.BYTES && bLength == Long.BYTES) {
      return Long.compareUnsigned(getLong(a, aAt), getLong(b, bAt));
    }
    return Arrays.compareUnsigned(a, aAt, aAt + aLength, b, bAt, bAt + bLength);
  }

  private static String hex(byte[] bytes, int at, int length) {
    StringBuilder text = new StringBuilder("0x");
    for (int i = at; i < at + length; i++) {
      text.append(Character.forDigit(bytes[i] >> 4 & 15, 16));
      text.append(Character.forDigit(bytes[i] & 15, 16));
    }
    return text.toString();
  }

  /** Finds the current record's value on overflow pages; false if it is not there. */
  private boolean locateRun(long page, long from) throws IOException {
    long pages = (HEADER_BYTES + record.length + pageSize - 1) / pageSize;
    if (reach(page, pages, from) == false) {
      return false;
    }
    image.seek(address(page));
    image.readBytes(header, 0, header.length);
    long found = getInt(header, PAGE_OVERFLOW_PAGES) & 0xFFFF_FFFFL;
    if (getLong(header, 0) != page
        || getShort(header, Long.BYTES) != 0
        || getShort(header, PAGE_FLAGS) != P_OVERFLOW
        || found != pages) {
      damage(
          address(page),
          "page " + page + " to begin a run of " + pages + " overflow pages",
          "page "
              + getLong(header, 0)
              + ", pad "
              + getShort(header, Long.BYTES)
              + ", flags "
              + getShort(header, PAGE_FLAGS)
              + ", "
              + found
              + " pages");
      return false;
    }
    overflows += pages;
    count(pages);
    record.valueOffset = -1;
    record.address = address(page) + HEADER_BYTES;
    visitor.unused(record.address + record.length, address(page + pages), Unused.END_OF_RUN);
    return true;
  }

  private void visitFreePages(long from) throws IOException {
    byte[] list = record.page;
    int at = record.valueOffset;
    if (record.isOnOverflowPages()) {
      list = new byte[ArrayUtil.oversize((int) record.length, Byte.BYTES)];
      image.seek(record.address);
      image.readBytes(list, 0, (int) record.length);
      at = 0;
    }
    long count = record.length < Long.BYTES ? -1 : getLong(list, at);
    if (record.keyLength != Long.BYTES || count < 0 || count > record.length / Long.BYTES - 1) {
      damage(
          from,
          "a list of free pages of " + record.length + " bytes with a transaction as its key",
          count + " pages, a key of " + record.keyLength + " bytes");
      return;
    }
    long transaction = getLong(record.page, record.keyOffset);
    check(
        transaction > 0 && transaction <= number(meta, META_TXN_ID),
        from,
        "a transaction up to the last one",
        transaction);
    for (long i = 0, previous = Long.MAX_VALUE; i < count; i++) {
      long page = getLong(list, at + (int) (i + 1) * Long.BYTES);
      if (page >= previous) {
        damage(from, "free pages in descending order", page + " after " + previous);
      }
      previous = page;
      if (reach(page, 1, from)) {
        freePages++;
        visitor.unused(address(page), address(page + 1), Unused.FREE_PAGE);
      }
    }
    long used = (count + 1) * Long.BYTES;
    visitor.unused(record.address + used, record.address + record.length, Unused.IGNORED);
  }
}
