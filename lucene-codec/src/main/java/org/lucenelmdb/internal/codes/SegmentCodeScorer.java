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
 * Compares the codes of a segment with a query, where they lie. For one thread, and one query after
 * the other.
 */
public final class SegmentCodeScorer {

  private final Codes codes;
  private final CodeScorer scorer;
  private final RandomAccessInput image;
  private final String resource;
  private final OffHeapBytes memory; // null if the file is not mapped

  SegmentCodeScorer(Codes codes, IndexInput image) throws IOException {
    this.codes = codes;
    this.image = image.randomAccessSlice(0, image.length());
    this.resource = image.toString();
    this.memory = OffHeapBytes.of(this.image, image.length());
    this.scorer = new CodeScorer(QuantizedQuery.create(codes.model()), memory, this.image);
  }

  /** Changes the query. */
  public void setTarget(float[] target) {
    scorer.setTarget(target);
  }

  /**
   * Makes the CPU fetch codes, for {@link #score}.
   *
   * @param nodes are not checked: all below the number of nodes
   * @return something that was read, for the caller to use, lest the JVM leave it out
   */
  public int touch(int[] nodes, int count) {
    long[] addresses = scorer.addresses(count);
    for (int i = 0; i < count; i++) {
      addresses[i] = codes.blocks().address(nodes[i]);
    }
    return scorer.touch(count);
  }

  /**
   * Scores what was touched last. A score grows with the similarity, and is comparable to others of
   * the same query only.
   *
   * @param count the number of nodes that were touched, or fewer
   */
  public void score(int count, float[] scores) throws IOException {
    scorer.score(count, scores);
  }

  /**
   * The standard deviation of the difference between the score of a node and the similarity of its
   * vector to the query, as it was measured when the codes were made.
   *
   * @param score of the node
   */
  public double error(int node, float score) throws IOException {
    return codes.model().error() * scorer.errorScale(codes.blocks().address(node), score);
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
