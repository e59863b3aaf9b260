/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter.MergedVectorValues;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.MergeState;
import org.apache.lucene.util.hnsw.HnswGraphSearcher;
import org.lucenelmdb.internal.codes.BuiltCodes;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.workers.Workers;

/**
 * Builds graphs of vectors that are in the image already.
 *
 * @param maxConn M
 * @param beamWidth the number of candidates among which a node's neighbors are chosen
 * @param alpha how much farther from a node than from each other its neighbors may be, from 1 on
 * @param tinySegmentsThreshold no graph is built when a search for so many neighbors is expected to
 *     visit as many nodes as there are
 */
public record GraphParameters(int maxConn, int beamWidth, float alpha, int tinySegmentsThreshold) {

  /** Whether so many vectors are worth a graph. */
  public boolean worthwhile(int vectors) {
    if (vectors == 0 || tinySegmentsThreshold <= 0) {
      return vectors > 0;
    }
    int visited = HnswGraphSearcher.expectedVisitedNodes(tinySegmentsThreshold, vectors);
    return vectors > visited && visited > 0;
  }

  /**
   * The graph that a merge begins with, as it has the most vectors that are not deleted.
   *
   * @param isOwn whether a source's graph was built here, and not by another format
   * @param sameMetric whether a source's graph was built by the metric of the merged field
   * @return null if there is none
   */
  public SourceGraph base(
      FieldInfo field,
      MergeState merge,
      Predicate<KnnVectorsReader> isOwn,
      Predicate<KnnVectorsReader> sameMetric)
      throws IOException {
    SegmentGraph base = null;
    List<SegmentGraph> all = new ArrayList<>();
    for (int i = 0; i < merge.knnVectorsReaders.length; i++) {
      KnnVectorsReader reader = merge.knnVectorsReaders[i];
      if (reader != null
          && MergedVectorValues.hasVectorValues(merge.fieldInfos[i], field.name)
          && sameMetric.test(reader)) {
        SegmentGraph source =
            SegmentGraph.of(
                fieldReader(reader, field.name),
                field,
                isOwn.test(reader),
                maxConn,
                merge.docMaps[i],
                merge.liveDocs[i]);
        if (source != null) {
          all.add(source);
          base = base == null || source.live() > base.live() ? source : base;
        }
      }
    }
    if (base == null) {
      return null;
    }
    all.remove(base);
    return base.with(all);
  }

  /** Who reads a field, of a segment whose fields have formats of their own. */
  public static KnnVectorsReader fieldReader(KnnVectorsReader reader, String field) {
    return reader instanceof PerFieldKnnVectorsFormat.FieldsReader perField
        ? perField.getFieldReader(field)
        : reader;
  }

  /**
   * The memory that {@link #build} allocates for so many vectors.
   *
   * @param base null if there is none
   */
  public long memoryBytes(int size, SourceGraph base, int threads) {
    return GraphBuilder.memoryBytes(this, size, base, threads);
  }

  /**
   * Builds a graph.
   *
   * @param values all vectors, at least one; their ordinals are the nodes
   * @param codes of the vectors; null to walk on the vectors
   * @param base what to begin with; null for nothing
   * @param heldOut the number of nodes to insert last, so that the graph before can be searched;
   *     {@link BuiltGraph#holdout} may have fewer
   * @return the graph, which is in the memory, and good until that is given back
   */
  public BuiltGraph build(
      KnnVectorValues values,
      VectorMetric metric,
      BuiltCodes codes,
      SourceGraph base,
      int heldOut,
      BuildMemory memory,
      Workers workers)
      throws IOException {
    return new GraphBuilder(this, values, metric, codes, memory, workers).build(base, heldOut);
  }
}
