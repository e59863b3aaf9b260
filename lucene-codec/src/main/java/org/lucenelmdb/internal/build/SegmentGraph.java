/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.io.IOException;
import java.util.List;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.hnsw.HnswGraphProvider;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.MergeState;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.OffHeapInts;
import org.lucenelmdb.internal.workers.Workers;

/**
 * The graph of a merged segment, in this format or another one.
 *
 * @param graphs opens the graph for each thread
 * @param reader the reader of the segment's field
 * @param isOwn whether this format built the graph
 * @param size the number of nodes
 * @param live the number of nodes that are not deleted
 * @param upperRecords the number of neighbor lists above level 0, on all levels together
 * @param docMap maps the segment's documents to those of the merged segment
 * @param liveDocs the documents that are not deleted; null for all
 * @param others the graphs of the other merged segments
 */
record SegmentGraph(
    HnswGraphProvider graphs,
    KnnVectorsReader reader,
    FieldInfo field,
    boolean isOwn,
    int size,
    int live,
    int upperRecords,
    MergeState.DocMap docMap,
    Bits liveDocs,
    List<SegmentGraph> others)
    implements SourceGraph {

  /**
   * Returns the graph of a segment.
   *
   * @param reader the reader of the field, not of all fields
   * @param isOwn whether this format built the graph
   * @param maxConn M of the merged graph
   * @return null if the segment has no graph, or copying it would not pay off
   */
  static SegmentGraph of(
      KnnVectorsReader reader,
      FieldInfo field,
      boolean isOwn,
      int maxConn,
      MergeState.DocMap docMap,
      Bits liveDocs)
      throws IOException {
    if (reader instanceof HnswGraphProvider graphs) {
      HnswGraph graph = graphs.getGraph(field.name);
      KnnVectorValues values = values(reader, field);
      // copying a graph of a smaller M would make the merged graph worse than a new one
      if (graph != null
          && values != null
          && graph.size() > 0
          && graph.size() == values.size()
          && graph.maxConn() >= maxConn) {
        int live = live(values, liveDocs);
        if (live >= values.size() / 2) {
          int upperRecords = 0;
          for (int level = 1; level < graph.numLevels(); level++) {
            upperRecords += graph.getNodesOnLevel(level).size();
          }
          return new SegmentGraph(
              graphs,
              reader,
              field,
              isOwn,
              values.size(),
              live,
              upperRecords,
              docMap,
              liveDocs,
              List.of());
        }
      }
    }
    return null;
  }

  /** Returns this graph with the graphs of other segments. */
  SegmentGraph with(List<SegmentGraph> graphsOfOthers) {
    return new SegmentGraph(
        graphs, reader, field, isOwn, size, live, upperRecords, docMap, liveDocs, graphsOfOthers);
  }

  private static KnnVectorValues values(KnnVectorsReader reader, FieldInfo field)
      throws IOException {
    return switch (field.getVectorEncoding()) {
      case FLOAT32 -> reader.getFloatVectorValues(field.name);
      case BYTE -> reader.getByteVectorValues(field.name);
    };
  }

  private static int live(KnnVectorValues values, Bits liveDocs) throws IOException {
    if (liveDocs == null) {
      return values.size();
    }
    int live = 0;
    KnnVectorValues.DocIndexIterator iterator = values.iterator();
    for (int doc = iterator.nextDoc(); doc != NO_MORE_DOCS; doc = iterator.nextDoc()) {
      live += liveDocs.get(doc) ? 1 : 0;
    }
    return live;
  }

  @Override
  public boolean isComplete() {
    return reader instanceof CompleteGraph && live == size;
  }

  @Override
  public HnswGraph open() throws IOException {
    return graphs.getGraph(field.name);
  }

  @Override
  public long memoryBytes() {
    return BuildMemory.costOfInts(size);
  }

  @Override
  public OffHeapInts newOrdinals(KnnVectorValues merged, BuildMemory memory, Workers workers)
      throws IOException {
    OffHeapInts ordinals = memory.ints(size);
    KnnVectorValues.DocIndexIterator iterator = values(reader, field).iterator();
    KnnVectorValues.DocIndexIterator newDocs = merged.copy().iterator();
    for (int doc = iterator.nextDoc(); doc != NO_MORE_DOCS; doc = iterator.nextDoc()) {
      workers.checkPeriodically(iterator.index());
      if (liveDocs == null || liveDocs.get(doc)) {
        int newDoc = docMap.get(doc);
        if (newDoc < newDocs.docID()) { // the merge reorders documents
          newDocs = merged.copy().iterator();
        }
        if (newDocs.docID() != newDoc && newDocs.advance(newDoc) != newDoc) {
          throw new IllegalStateException("document " + newDoc + " has no vector to merge");
        }
        ordinals.set(iterator.index(), newDocs.index() + 1);
      }
    }
    return ordinals;
  }
}
