/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.hnsw.HnswGraphProvider;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.lucenelmdb.WriterStates;

/** A segment to merge, with vectors and a graph on the heap. */
final class HeapSegment extends KnnVectorsReader implements HnswGraphProvider {

  private final KnnVectorValues values;
  private final HeapGraph graph; // null for none

  HeapSegment(KnnVectorValues values, HeapGraph graph) {
    this.values = values;
    this.graph = graph;
  }

  FieldInfo field() {
    return WriterStates.field(
        "field", 0, values.dimension(), values.getEncoding(), VectorSimilarityFunction.EUCLIDEAN);
  }

  /** Returns the source of a merge, whose graph is of this format. */
  SegmentGraph source(int maxConn, int[] newDocs) throws IOException {
    return source(true, maxConn, newDocs);
  }

  /**
   * Returns the source of a merge.
   *
   * @param isOwn whether the graph is of this format
   * @param newDocs the new document of each document; -1 for deleted ones
   */
  SegmentGraph source(boolean isOwn, int maxConn, int[] newDocs) throws IOException {
    Bits liveDocs =
        new Bits() {
          @Override
          public boolean get(int index) {
            return newDocs[index] >= 0;
          }

          @Override
          public int length() {
            return newDocs.length;
          }
        };
    boolean allLive = Arrays.stream(newDocs).allMatch(doc -> doc >= 0);
    return SegmentGraph.of(
        this, field(), isOwn, maxConn, doc -> newDocs[doc], allLive ? null : liveDocs);
  }

  @Override
  public HnswGraph getGraph(String field) {
    return graph == null ? null : graph.open();
  }

  @Override
  public FloatVectorValues getFloatVectorValues(String field) throws IOException {
    return (FloatVectorValues) values.copy();
  }

  @Override
  public ByteVectorValues getByteVectorValues(String field) throws IOException {
    return (ByteVectorValues) values.copy();
  }

  @Override
  public void search(String field, float[] target, KnnCollector collector, AcceptDocs acceptDocs) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void search(String field, byte[] target, KnnCollector collector, AcceptDocs acceptDocs) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Map<String, Long> getOffHeapByteSize(FieldInfo field) {
    return Map.of();
  }

  @Override
  public void checkIntegrity() {}

  @Override
  public void close() {}
}
