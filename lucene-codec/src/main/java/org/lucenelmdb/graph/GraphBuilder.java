/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.graph;

import java.io.IOException;
import java.util.function.Predicate;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter.MergedVectorValues;
import org.apache.lucene.codecs.hnsw.HnswGraphProvider;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.MergeState;
import org.apache.lucene.search.TaskExecutor;
import org.apache.lucene.util.InfoStream;
import org.apache.lucene.util.hnsw.ConcurrentHnswMerger;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.apache.lucene.util.hnsw.HnswGraphBuilder;
import org.apache.lucene.util.hnsw.HnswGraphMerger;
import org.apache.lucene.util.hnsw.HnswGraphSearcher;
import org.apache.lucene.util.hnsw.IncrementalHnswGraphMerger;
import org.apache.lucene.util.hnsw.RandomVectorScorerSupplier;

/**
 * Builds graphs with Lucene's builders, over vectors that are in the image already.
 *
 * @param maxConn M
 * @param beamWidth the number of candidates that are kept while looking for a node's neighbours
 * @param mergeWorkers the number of threads of a merge
 * @param mergeExecutor runs them; null for the one that Lucene's merge scheduler offers
 * @param tinySegmentsThreshold no graph is built when a search for so many neighbours is expected
 *     to visit as many nodes as there are
 */
public record GraphBuilder(
    int maxConn,
    int beamWidth,
    int mergeWorkers,
    TaskExecutor mergeExecutor,
    int tinySegmentsThreshold) {

  /** Objects and array headers of a node on a level. */
  private static final long NODE_RAM_BYTES = 150;

  /**
   * Heap that a node of a graph under construction takes when it has all the neighbours that it may
   * have. With M 16 most have fewer, and it is 300 bytes instead of 430.
   */
  public long ramBytesPerNode() {
    return ramBytes(2 * maxConn) + ramBytes(maxConn) / maxConn; // a node in M is on a level above
  }

  private static long ramBytes(int degree) {
    return NODE_RAM_BYTES + (Integer.BYTES + Float.BYTES) * (degree + 1L);
  }

  /** Whether so many vectors are worth a graph. */
  public boolean worthwhile(int vectors) {
    if (vectors == 0 || tinySegmentsThreshold <= 0) {
      return vectors > 0;
    }
    int visited = HnswGraphSearcher.expectedVisitedNodes(tinySegmentsThreshold, vectors);
    return vectors > visited && visited > 0;
  }

  /** Builds the graph of a new segment. */
  public HnswGraph build(RandomVectorScorerSupplier scorers, int vectors, InfoStream infoStream)
      throws IOException {
    HnswGraphBuilder builder =
        HnswGraphBuilder.create(scorers, maxConn, beamWidth, HnswGraphBuilder.randSeed, vectors);
    builder.setInfoStream(infoStream);
    return builder.build(vectors);
  }

  /**
   * Builds the graph of a merged segment, beginning with those of its sources.
   *
   * @param sameMetric whether a source's graph was built by the metric of the scorers
   */
  public HnswGraph merge(
      FieldInfo field,
      MergeState merge,
      Predicate<KnnVectorsReader> sameMetric,
      KnnVectorValues values,
      RandomVectorScorerSupplier scorers,
      InfoStream infoStream)
      throws IOException {
    HnswGraphMerger merger = merger(field, merge, scorers);
    for (int i = 0; i < merge.knnVectorsReaders.length; i++) {
      KnnVectorsReader reader = merge.knnVectorsReaders[i];
      if (reader != null && MergedVectorValues.hasVectorValues(merge.fieldInfos[i], field.name)) {
        merger.addReader(
            sameMetric.test(reader) && hasUsableGraph(reader, field.name) ? reader : null,
            merge.docMaps[i],
            merge.liveDocs[i]);
      }
    }
    return merger.merge(values, infoStream, values.size());
  }

  /**
   * Lucene's mergers fail on graphs of another M than theirs ("No growth is allowed"), which are
   * there when somebody has changed the option. They are not to see such a graph; but they have to
   * know that there is one more source, or they would not insert its vectors.
   */
  private boolean hasUsableGraph(KnnVectorsReader reader, String field) throws IOException {
    KnnVectorsReader fieldReader = fieldReader(reader, field);
    if (fieldReader instanceof HnswGraphProvider provider) {
      HnswGraph graph = provider.getGraph(field);
      return graph != null && graph.size() > 0 && graph.maxConn() == maxConn;
    }
    return false;
  }

  /** Who reads a field, of a segment whose fields have formats of their own. */
  public static KnnVectorsReader fieldReader(KnnVectorsReader reader, String field) {
    return reader instanceof PerFieldKnnVectorsFormat.FieldsReader perField
        ? perField.getFieldReader(field)
        : reader;
  }

  private HnswGraphMerger merger(
      FieldInfo field, MergeState merge, RandomVectorScorerSupplier scorers) {
    TaskExecutor executor = mergeExecutor;
    if (executor == null && merge.intraMergeTaskExecutor != null && mergeWorkers > 1) {
      executor = new TaskExecutor(merge.intraMergeTaskExecutor);
    }
    return executor == null
        ? new IncrementalHnswGraphMerger(field, scorers, maxConn, beamWidth, merge::checkAborted)
        : new ConcurrentHnswMerger(
            field, scorers, maxConn, beamWidth, executor, mergeWorkers, merge::checkAborted);
  }
}
