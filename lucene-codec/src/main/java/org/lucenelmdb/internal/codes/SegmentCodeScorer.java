/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.io.IOException;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.RandomAccessInput;
import org.lucenelmdb.internal.offheap.OffHeapBytes;

/**
 * Scores the codes of a segment, and reads the ordinals of nodes, which are stored with the codes.
 */
public final class SegmentCodeScorer extends CodeScorer {

  private final Codes codes;
  private final RandomAccessInput image;
  private final String resource;
  private final OffHeapBytes memory; // null if the file is not mapped

  private SegmentCodeScorer(
      Codes codes, RandomAccessInput image, OffHeapBytes memory, String resource) {
    super(codes.model(), memory, image);
    this.codes = codes;
    this.image = image;
    this.resource = resource;
    this.memory = memory;
  }

  static SegmentCodeScorer open(Codes codes, IndexInput image) throws IOException {
    RandomAccessInput input = image.randomAccessSlice(0, image.length());
    OffHeapBytes memory = OffHeapBytes.of(input, image.length());
    return new SegmentCodeScorer(codes, input, memory, image.toString());
  }

  @Override
  public int prefetch(int[] nodes, int count) {
    long[] addresses = addresses(count);
    for (int i = 0; i < count; i++) {
      addresses[i] = codes.blocks().address(nodes[i]);
    }
    return prefetchRecords(count);
  }

  /**
   * Returns the standard deviation of the difference between the score of a node and the similarity
   * of its vector to the query, as predicted by the model.
   *
   * @param score the score of the node
   */
  public double error(int node, float score) throws IOException {
    return codes.model().error() * errorScale(codes.blocks().address(node), score);
  }

  /**
   * Returns the ordinal of a node.
   *
   * @throws CorruptIndexException if it is out of range
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

  /** Names the file, as the resource of a {@link CorruptIndexException}. */
  @Override
  public String toString() {
    return resource;
  }
}
