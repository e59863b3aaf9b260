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

/** A graph that a build may begin with: of a segment, or one that has grown with its vectors. */
public sealed interface SourceGraph permits SegmentGraph, GrownGraph {

  /** Opens the graph for one thread. */
  HnswGraph open() throws IOException;

  /** Whether it was built here, and not by another format. */
  boolean isOwn();

  /** The number of its nodes. */
  int size();

  /** How many of them are to be nodes of the new graph, at most. */
  int live();

  /** The number of nodes on its levels above level 0, together. */
  int upperRecords();

  /** The graphs of other segments, whose vectors are inserted with their help. */
  default List<SegmentGraph> others() {
    return List.of();
  }

  /** What {@link #newOrdinals} allocates. */
  long memoryBytes();

  /**
   * One more than the new ordinal of each node; 0 for those that are deleted, or have no links.
   *
   * @param values all vectors of the new graph
   */
  OffHeapInts newOrdinals(KnnVectorValues values, BuildMemory memory, Workers workers)
      throws IOException;
}
