/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.codes;

import java.io.IOException;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.RandomAccessInput;
import org.apache.lucene.util.ArrayUtil;
import org.lucenelmdb.kernels.OffHeapBytes;

/**
 * Compares codes with a query, where they lie. For one thread, and one query after the other.
 *
 * <p>Most of the time goes into waiting for memory: a loop that only {@linkplain #touch touches}
 * all codes that are to be scored waits for all of them at once.
 */
public final class CodesInput {

  private static final int LINE_BYTES = 64;

  private final Codes codes;
  private final CodeQuery query;
  private final RandomAccessInput image;
  private final String resource;
  private final OffHeapBytes memory; // null if the file is not mapped
  private final boolean inPlace;
  private final int recordBytes;
  private final byte[] record; // what lies behind the record is never written to
  private long[] addresses = new long[0];

  CodesInput(Codes codes, IndexInput image) throws IOException {
    this.codes = codes;
    this.query = CodeQuery.create(codes);
    this.image = image.randomAccessSlice(0, image.length());
    this.resource = image.toString();
    this.memory = OffHeapBytes.of(this.image, image.length());
    this.inPlace = memory != null && query.canScoreInPlace();
    this.recordBytes = codes.layout().recordBytes();
    this.record = new byte[recordBytes + CodeQuery.SLACK_BYTES];
  }

  /** Changes the query. */
  public void setTarget(float[] target) {
    query.set(target);
  }

  /**
   * Makes the CPU fetch codes, for {@link #score}.
   *
   * @param nodes are not checked: all below the number of nodes
   * @return something that was read, for the caller to use, lest the JVM leave it out
   */
  public int touch(int[] nodes, int count) {
    addresses = ArrayUtil.growNoCopy(addresses, count);
    for (int i = 0; i < count; i++) {
      addresses[i] = codes.blocks().address(nodes[i]);
    }
    int sum = 0;
    for (int at = 0; memory != null && at < recordBytes; at += LINE_BYTES) {
      sum += memory.touch(addresses, count, at);
    }
    return sum;
  }

  /**
   * Scores what was touched last. A score grows with the similarity, and is comparable to others of
   * the same query only.
   *
   * @param count the number of nodes that were touched, or fewer
   */
  public void score(int count, float[] scores) throws IOException {
    if (inPlace) {
      query.score(memory, addresses, count, scores);
      return;
    }
    for (int i = 0; i < count; i++) {
      image.readBytes(addresses[i], record, 0, recordBytes);
      scores[i] = query.score(record);
    }
  }

  /**
   * The ordinal of a node.
   *
   * @throws CorruptIndexException if there is no such ordinal
   */
  public int ordinal(int node) throws IOException {
    long address = codes.blocks().address(node) + CodeLayout.ORDINAL;
    int ord = memory == null ? image.readInt(address) : memory.getInt(address);
    if (ord < 0 || ord >= codes.blocks().size()) {
      throw new CorruptIndexException(
          "the ordinal of node "
              + node
              + " should be below "
              + codes.blocks().size()
              + "; found "
              + ord,
          resource);
    }
    return ord;
  }
}
