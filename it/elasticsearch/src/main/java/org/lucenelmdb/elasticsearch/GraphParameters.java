/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.elasticsearch;

import java.util.Map;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.elasticsearch.common.Strings;
import org.elasticsearch.common.xcontent.XContentHelper;
import org.elasticsearch.index.mapper.vectors.DenseVectorFieldMapper.DenseVectorIndexOptions;
import org.elasticsearch.xcontent.json.JsonXContent;
import org.lucenelmdb.LmdbHnswOptions;

/**
 * The parameters of the graph of a {@code dense_vector} field.
 *
 * @param m the maximum number of neighbors of a node
 * @param efConstruction the beam width of the build
 */
record GraphParameters(int m, int efConstruction) {

  /** Elasticsearch's defaults, which the codec {@code LmdbHnsw} has for all fields. */
  static final GraphParameters DEFAULT =
      new GraphParameters(
          Lucene99HnswVectorsFormat.DEFAULT_MAX_CONN, Lucene99HnswVectorsFormat.DEFAULT_BEAM_WIDTH);

  /** The parameters that the format can have. */
  static final String RANGES =
      "m from "
          + LmdbHnswOptions.MIN_MAX_CONN
          + " to "
          + LmdbHnswOptions.MAX_MAX_CONN
          + ", and ef_construction from "
          + LmdbHnswOptions.MIN_BEAM_WIDTH
          + " to "
          + LmdbHnswOptions.MAX_BEAM_WIDTH;

  /**
   * Returns the parameters of a field; null if its type of index has no HNSW graph.
   *
   * @param options null for the default of byte vectors
   */
  static GraphParameters of(DenseVectorIndexOptions options) {
    if (options == null) {
      return DEFAULT;
    }
    // not all classes of options have accessors
    Map<String, Object> map =
        XContentHelper.convertToMap(JsonXContent.jsonXContent, Strings.toString(options), false);
    return map.get("m") instanceof Integer m && map.get("ef_construction") instanceof Integer ef
        ? new GraphParameters(m, ef)
        : null;
  }

  /** Whether the format can build such a graph. */
  boolean isPossible() {
    return m >= LmdbHnswOptions.MIN_MAX_CONN
        && m <= LmdbHnswOptions.MAX_MAX_CONN
        && efConstruction >= LmdbHnswOptions.MIN_BEAM_WIDTH
        && efConstruction <= LmdbHnswOptions.MAX_BEAM_WIDTH;
  }

  @Override
  public String toString() {
    return "m [" + m + "] and ef_construction [" + efConstruction + "]";
  }
}
