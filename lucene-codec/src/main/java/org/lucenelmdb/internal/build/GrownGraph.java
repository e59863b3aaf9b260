/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import java.util.List;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.OffHeapInts;
import org.lucenelmdb.internal.workers.Workers;

/**
 * A {@link GrowingGraph} with all vectors of a segment.
 *
 * @param graph the graph, whose capacity may be larger
 * @param size the number of nodes
 * @param absent nodes without links: duplicates and held-out nodes
 * @param heldOut the held-out nodes
 * @param ordinals the new ordinals if documents are sorted; null if ordinals do not change
 */
record GrownGraph(
    GraphMemory graph, int size, FixedBitSet absent, List<Integer> heldOut, int[] ordinals)
    implements SourceGraph {

  @Override
  public HnswGraph open() {
    return new BuiltGraph(graph, size, null);
  }

  @Override
  public boolean isOwn() {
    return true;
  }

  @Override
  public int live() {
    return size;
  }

  @Override
  public int upperRecords() {
    return graph.usedUpperRecords();
  }

  @Override
  public long memoryBytes() {
    return BuildMemory.costOfInts(size);
  }

  @Override
  public OffHeapInts newOrdinals(KnnVectorValues values, BuildMemory memory, Workers workers)
      throws IOException {
    OffHeapInts newOrdinals = memory.ints(size);
    for (int node = 0; node < size; node++) {
      workers.checkPeriodically(node);
      newOrdinals.set(node, absent.get(node) ? 0 : 1 + newOrdinal(node));
    }
    return newOrdinals;
  }

  private int newOrdinal(int node) {
    return ordinals == null ? node : ordinals[node];
  }

  /** Returns whether nodes are the ordinals of the new graph. */
  boolean isInOrder() {
    return ordinals == null;
  }

  /** Returns the new ordinals of the held-out nodes. */
  int[] heldOutOrdinals() {
    return heldOut.stream().mapToInt(this::newOrdinal).toArray();
  }
}
