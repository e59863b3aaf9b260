/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.verify;

import java.io.IOException;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.BitUtil;
import org.lucenelmdb.internal.store.ImageWalk;
import org.lucenelmdb.internal.vectors.VectorBlocks;

/**
 * Checks the blocks of a field: vectors by ordinal, or records of codes by node. Subclasses check
 * what is in them.
 */
abstract class BlocksCheck {

  private static final int HEADER_BYTES = 2 * Integer.BYTES;

  private final VectorBlocks blocks;
  private final int slackBytes;
  private final int pageSize;
  private final IndexInput image;
  final Findings findings;
  final String part;
  private byte[] value = new byte[0];
  private int blockCount;
  private long seen;
  private int firstCount;

  /**
   * Creates a check.
   *
   * @param slackBytes how many bytes are behind the last vector at least
   * @param part the name of the part, for findings
   */
  BlocksCheck(
      VectorBlocks blocks,
      int slackBytes,
      IndexInput image,
      int pageSize,
      Findings findings,
      String part) {
    this.blocks = blocks;
    this.slackBytes = slackBytes;
    this.pageSize = pageSize;
    this.image = image.clone();
    this.findings = findings;
    this.part = part;
  }

  /** Checks the next record of the database. */
  final void record(ImageWalk.Record record) throws IOException {
    long key = record.keyNumber(2, Integer.BYTES);
    String where = part + ", block " + key;
    if (key != blockCount) {
      findings.add(part, where, "block " + blockCount, "block " + key);
    }
    blockCount++;
    int bytes = blocks.vectorBytes();
    if (record.isOnOverflowPages() == false || record.length() < HEADER_BYTES) {
      findings.add(part, where, "whole pages", record.length() + " bytes");
      return;
    }
    int length = read(record);
    int first = (int) BitUtil.VH_LE_INT.get(value, 0);
    int count = (int) BitUtil.VH_LE_INT.get(value, Integer.BYTES);
    long aligned = (record.address() + HEADER_BYTES + bytes - 1) / bytes * bytes;
    long left = blocks.size() - seen;
    if (firstCount == 0) {
      firstCount = count;
    }
    boolean isCount =
        count >= 1 && count <= left && (count == left ? count <= firstCount : count == firstCount);
    if (first != aligned - record.address()
        || isCount == false
        || (count != left && Integer.bitCount(count) != 1)
        || first + (long) count * bytes + slackBytes > length) {
      findings.add(
          part,
          where,
          "at most " + left + " vectors from byte " + (aligned - record.address()) + " on",
          count + " from " + first + " on, in " + length + " bytes");
      return;
    }
    checkZeros(where, HEADER_BYTES, first);
    checkZeros(where, first + count * bytes, length);
    if ((length + 16) % pageSize != 0) {
      findings.add(part, where, "a value that fills its pages", length + " bytes");
    }
    int start = (int) seen;
    long inTable = blocks.address(start);
    if (inTable != aligned || blocks.address(start + count - 1) != aligned + (count - 1L) * bytes) {
      findings.add(part, where, "address " + aligned + " in the metadata", inTable);
    }
    for (int i = 0; i < count; i++) {
      check(start + i, value, first + i * bytes);
    }
    seen += count;
  }

  private int read(ImageWalk.Record record) throws IOException {
    int length = Math.toIntExact(record.length());
    if (value.length < length) {
      value = new byte[length];
    }
    image.seek(record.address());
    image.readBytes(value, 0, length);
    return length;
  }

  private void checkZeros(String where, int start, int end) {
    for (int i = start; i < end; i++) {
      if (value[i] != 0) {
        findings.add(part, where, "zeros around the vectors", value[i] + " in byte " + i);
        return;
      }
    }
  }

  /** Checks a vector or a record. */
  abstract void check(int number, byte[] bytes, int offset) throws IOException;

  /** Checks that all are there. */
  void finish() throws IOException {
    findings.checkEqual(part, "number of vectors in blocks", blocks.size(), seen);
  }
}
