/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.FieldInfo;
import org.lucenelmdb.internal.search.FilterStrategy;

/**
 * The ways in which a search finds the vectors that pass a filter. They differ in recall and cost,
 * but not in scores.
 */
public enum LmdbHnswFilterStrategy {
  /**
   * In a query, the strategy of the field. In a field, the strategy that is expected to cost least.
   * The choice is revised during the search if fewer nodes pass the filter around the query than
   * its overall selectivity predicts.
   */
  AUTO(null, "AUTO"),

  /** Scores every matching vector, and no others. The graph is not used. */
  EXHAUSTIVE(FilterStrategy.EXHAUSTIVE, "SCAN"),

  /** Traverses the graph as without a filter, and collects only matching nodes. */
  POST_FILTERED(FilterStrategy.POST_FILTERED, "SWEEP"),

  /**
   * Traverses the matching nodes only, and bridges over at most one node that does not match, as
   * ACORN-1 does. A field without codes uses Lucene's own filtered traversal.
   *
   * @see <a href="https://arxiv.org/abs/2403.04871">ACORN: Performant and Predicate-Agnostic Search
   *     Over Vector Embeddings and Structured Data</a>
   */
  FILTERED(FilterStrategy.FILTERED, "TWO_HOP");

  /** The attribute of a field that holds its strategy. AUTO needs none. */
  private static final String ATTRIBUTE = "LmdbHnswVectorsFormat.filterStrategy";

  private final FilterStrategy strategy;

  /** The value in files; it does not change when a constant is renamed. */
  private final String attributeValue;

  LmdbHnswFilterStrategy(FilterStrategy strategy, String attributeValue) {
    this.strategy = strategy;
    this.attributeValue = attributeValue;
  }

  /** The internal strategy; null for AUTO. */
  FilterStrategy strategy() {
    return strategy;
  }

  /** Returns the public constant of an internal strategy. */
  static LmdbHnswFilterStrategy of(FilterStrategy strategy) {
    for (LmdbHnswFilterStrategy value : values()) {
      if (value.strategy == strategy) {
        return value;
      }
    }
    throw new IllegalArgumentException("unknown strategy " + strategy);
  }

  /**
   * Sets the attribute of a field that is being written. Only {@link FieldWriter} calls this; its
   * documentation explains why the field is changed. A merged field may have the attribute of a
   * merged segment, so AUTO overwrites an existing one.
   */
  void writeTo(FieldInfo info) {
    if (this != AUTO || info.getAttribute(ATTRIBUTE) != null) {
      info.putAttribute(ATTRIBUTE, attributeValue);
    }
  }

  /**
   * Returns the strategy in a field's attribute.
   *
   * @throws CorruptIndexException if it is unknown
   */
  static LmdbHnswFilterStrategy of(FieldInfo info) throws CorruptIndexException {
    String value = info.getAttribute(ATTRIBUTE);
    if (value == null) {
      return AUTO;
    }
    for (LmdbHnswFilterStrategy strategy : values()) {
      if (value.equals(strategy.attributeValue)) {
        return strategy;
      }
    }
    throw new CorruptIndexException(
        "the filter strategy of field \"" + info.name + "\" should be known; found " + value,
        ATTRIBUTE);
  }
}
