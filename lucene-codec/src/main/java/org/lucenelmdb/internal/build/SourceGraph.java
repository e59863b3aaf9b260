/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import java.util.List;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.OffHeapInts;
import org.lucenelmdb.internal.workers.Workers;

/**
 * A graph from which a build starts instead of from scratch: the graph of a merged segment, or a
 * graph that grew while vectors were added.
 */
public sealed interface SourceGraph permits SegmentGraph, GrownGraph {

  /** Opens the graph for one thread. */
  HnswGraph open() throws IOException;

  /** Returns whether this format built the graph. */
  boolean isOwn();

  /** Returns the number of nodes. */
  int size();

  /** Returns the number of nodes that are not deleted. */
  int live();

  /**
   * Returns whether the graph may be written as it is, without a build, if the new graph has the
   * same vectors in the same order.
   */
  default boolean isComplete() {
    return false;
  }

  /** Returns the number of neighbor lists above level 0, on all levels together. */
  int upperRecords();

  /**
   * Returns the graphs of the other merged segments, which help to insert the vectors of those
   * segments.
   */
  default List<SegmentGraph> others() {
    return List.of();
  }

  /** Returns the bytes that {@link #newOrdinals} allocates. */
  long memoryBytes();

  /**
   * Returns the new ordinal of each node plus one; 0 for nodes that are deleted or have no links.
   *
   * @param values all vectors of the new graph
   */
  OffHeapInts newOrdinals(KnnVectorValues values, BuildMemory memory, Workers workers)
      throws IOException;
}
