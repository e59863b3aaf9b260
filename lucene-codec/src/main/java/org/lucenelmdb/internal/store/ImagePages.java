/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Constants of LMDB 0.9's page format on a 64-bit little-endian machine, as {@code mdb.c} defines
 * it. All offsets are in bytes; all integers are unsigned and little-endian.
 */
final class ImagePages {

  /**
   * {@code MDB_page}: [int64 page number] [int16 pad] [int16 flags], then lower and upper or the
   * number of overflow pages.
   */
  static final int HEADER_BYTES = 16;

  static final int PAGE_FLAGS = 10;

  /** In branch and leaf pages: the end of the array of node offsets and start of the free space. */
  static final int PAGE_LOWER = 12;

  /** In branch and leaf pages: the end of the free space and start of the nodes. */
  static final int PAGE_UPPER = 14;

  /** In the first page of an overflow run: its number of pages, int32. */
  static final int PAGE_OVERFLOW_PAGES = 12;

  static final int P_BRANCH = 0x01;
  static final int P_LEAF = 0x02;
  static final int P_OVERFLOW = 0x04;
  static final int P_META = 0x08;

  /** {@code MDB_meta}, after the header of pages 0 and 1. */
  static final int META_MAGIC = 16;

  static final int META_VERSION = 20;
  static final int META_MAP_SIZE = 32;
  static final int META_FREE_DB = 40;
  static final int META_MAIN_DB = 88;
  static final int META_LAST_PAGE = 136;
  static final int META_TXN_ID = 144;
  static final int META_BYTES = 152;

  static final int MAGIC = 0xBEEFC0DE;
  static final int DATA_VERSION = 1;

  /** {@code MDB_db}. The pad of the free database is the page size. */
  static final int DB_BYTES = 48;

  static final int DB_PAD = 0;
  static final int DB_FLAGS = 4;
  static final int DB_DEPTH = 6;
  static final int DB_BRANCH_PAGES = 8;
  static final int DB_LEAF_PAGES = 16;
  static final int DB_OVERFLOW_PAGES = 24;
  static final int DB_ENTRIES = 32;
  static final int DB_ROOT = 40;

  /** A flag of the free database. */
  static final int MDB_INTEGERKEY = 0x08;

  /** The root of an empty database: {@code P_INVALID}. */
  static final long NO_PAGE = -1L;

  /**
   * {@code MDB_node}: [int16 lo] [int16 hi] [int16 flags] [int16 key length] [key] [data]. On a
   * leaf page, lo and hi are the length of the data; on a branch page, lo, hi and flags are the
   * page number of the child.
   */
  static final int NODE_HEADER_BYTES = 8;

  static final int NODE_FLAGS = 4;
  static final int NODE_KEY_LENGTH = 6;

  /** The data is the number of an overflow page. */
  static final int F_BIGDATA = 0x01;

  /** The data is an {@code MDB_db}. */
  static final int F_SUBDATA = 0x02;

  /** {@code CURSOR_STACK}, the maximum depth of a tree. */
  static final int MAX_DEPTH = 32;

  static final int MIN_PAGE_SIZE = 512;
  static final int MAX_PAGE_SIZE = 0x8000;

  private ImagePages() {}

  /** An environment without databases: two meta pages as {@code mdb_env_init_meta} writes them. */
  static byte[] empty(int pageSize) {
    ByteBuffer pages = ByteBuffer.allocate(2 * pageSize).order(ByteOrder.LITTLE_ENDIAN);
    for (int number = 0; number < 2; number++) {
      int page = number * pageSize;
      pages.putLong(page, number);
      pages.putShort(page + PAGE_FLAGS, (short) P_META);
      pages.putInt(page + META_MAGIC, MAGIC);
      pages.putInt(page + META_VERSION, DATA_VERSION);
      pages.putLong(page + META_MAP_SIZE, 2 * pageSize);
      pages.putInt(page + META_FREE_DB + DB_PAD, pageSize);
      pages.putShort(page + META_FREE_DB + DB_FLAGS, (short) MDB_INTEGERKEY);
      pages.putLong(page + META_FREE_DB + DB_ROOT, NO_PAGE);
      pages.putLong(page + META_MAIN_DB + DB_ROOT, NO_PAGE);
      pages.putLong(page + META_LAST_PAGE, 1);
    }
    return pages.array();
  }
}
