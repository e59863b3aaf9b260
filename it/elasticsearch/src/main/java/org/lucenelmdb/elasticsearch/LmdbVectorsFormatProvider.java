/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.elasticsearch;

import java.util.concurrent.ExecutorService;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.elasticsearch.index.IndexSettings;
import org.elasticsearch.index.mapper.vectors.DenseVectorFieldMapper.DenseVectorIndexOptions;
import org.elasticsearch.index.mapper.vectors.DenseVectorFieldMapper.ElementType;
import org.elasticsearch.index.mapper.vectors.DenseVectorFieldMapper.VectorSimilarity;
import org.elasticsearch.index.mapper.vectors.VectorsFormatProvider;
import org.lucenelmdb.LmdbHnswBuildMemory;
import org.lucenelmdb.LmdbHnswOptions;
import org.lucenelmdb.LmdbHnswVectorsFormat;

/** The format of fields with a graph, in indices that have enabled it. */
final class LmdbVectorsFormatProvider implements VectorsFormatProvider {

  /** All formats share the build memory: Elasticsearch asks for many of them. */
  private final LmdbHnswOptions options =
      LmdbHnswOptions.DEFAULT.withBuildMemory(
          LmdbHnswBuildMemory.of(LmdbHnswOptions.DEFAULT_BUILD_MEMORY));

  @Override
  public KnnVectorsFormat getKnnVectorsFormat(
      IndexSettings index,
      DenseVectorIndexOptions indexOptions,
      VectorSimilarity similarity,
      ElementType elementType,
      ExecutorService mergeExecutor,
      int mergeWorkers) {
    GraphParameters graph = GraphParameters.of(indexOptions);
    if (LmdbHnswProviderPlugin.ENABLED.get(index.getSettings()) == false
        || graph == null
        || elementType == ElementType.BIT) {
      return null; // Elasticsearch's own format
    }
    LmdbHnswOptions ofField = options.withMaxConn(graph.m()).withBeamWidth(graph.efConstruction());
    return new LmdbHnswVectorsFormat(
        mergeExecutor == null ? ofField : ofField.withBuildThreads(mergeWorkers, mergeExecutor));
  }
}
