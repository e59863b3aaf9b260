/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.FieldInfo;
import org.lucenelmdb.search.FilterStrategy;

/**
 * How a search finds its candidates when a filter accepts only some vectors. Whatever it is, the
 * scores are exact, and as many vectors come back as are asked for and accepted.
 *
 * <p>Strategies are for one query, by {@link LmdbHnswSearchStrategy#withFilterStrategy}, or for a
 * field, by {@link LmdbHnswOptions#withFilterStrategy}.
 */
public enum LmdbHnswFilterStrategy {
  /** The cheapest one, by what the filter accepts, and by what it accepts where the walk is. */
  AUTO(null),

  /** Scores all accepted vectors, by their codes if the field has them, and none else. */
  SCAN(FilterStrategy.SCAN),

  /** Walks through the graph as without a filter, and keeps what is accepted. */
  SWEEP(FilterStrategy.SWEEP),

  /**
   * Walks from accepted node to accepted node, by way of at most one that is not. Fields without
   * codes take Lucene's walk for filters.
   */
  TWO_HOP(FilterStrategy.TWO_HOP);

  /** What a field's strategy is named by in its attributes; there is none for AUTO. */
  private static final String ATTRIBUTE = "LmdbHnswVectorsFormat.filterStrategy";

  private final FilterStrategy strategy;

  LmdbHnswFilterStrategy(FilterStrategy strategy) {
    this.strategy = strategy;
  }

  /** Null for AUTO. */
  FilterStrategy strategy() {
    return strategy;
  }

  static LmdbHnswFilterStrategy of(FilterStrategy strategy) {
    for (LmdbHnswFilterStrategy value : values()) {
      if (value.strategy == strategy) {
        return value;
      }
    }
    throw new IllegalArgumentException("unknown strategy " + strategy);
  }

  /** Notes a field's strategy; the fields of merged segments may have had others. */
  void writeTo(FieldInfo info) {
    if (this != AUTO || info.getAttribute(ATTRIBUTE) != null) {
      info.putAttribute(ATTRIBUTE, name());
    }
  }

  static LmdbHnswFilterStrategy of(FieldInfo info) throws CorruptIndexException {
    String name = info.getAttribute(ATTRIBUTE);
    if (name == null) {
      return AUTO;
    }
    try {
      return valueOf(name);
    } catch (IllegalArgumentException e) {
      throw new CorruptIndexException(
          "the filter strategy of field \"" + info.name + "\" should be known; found " + name,
          ATTRIBUTE,
          e);
    }
  }
}
