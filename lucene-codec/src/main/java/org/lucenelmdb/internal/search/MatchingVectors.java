/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.io.IOException;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.util.BitSet;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.hnsw.RandomVectorScorer;

/**
 * The ordinals of the vectors whose documents are live and pass the filter of a query. Deletes
 * count as a filter. A traversal tests only a few thousand ordinals, which is faster than building
 * a set of matching nodes; {@link NodeFilters} builds such sets for scans. For one search.
 */
final class MatchingVectors {

  private final KnnVectorValues values;
  private final Bits ords;
  private final int count;
  private final boolean hasQueryFilter;
  private FixedBitSet copy; // null until it is needed

  /**
   * @param values the vectors
   * @param scorer translates documents to ordinals
   */
  MatchingVectors(AcceptDocs docs, KnnVectorValues values, RandomVectorScorer scorer)
      throws IOException {
    this.values = values;
    Bits acceptDocs = docs.bits();
    // the cost does not account for deletes
    this.hasQueryFilter = acceptDocs != null && docs.cost() < acceptDocs.length();
    Bits accepted = scorer.getAcceptOrds(acceptDocs);
    int size = values.size();
    if (accepted == null) {
      this.count = size;
    } else if (accepted instanceof BitSet bits) {
      this.count = Math.min(size, bits.cardinality());
    } else { // the count may include documents that are deleted or have no vector
      this.count = Math.min(size, docs.cost());
    }
    this.ords = accepted instanceof BitSet && count == size ? null : accepted;
  }

  /** The ordinals, or null if all vectors match. */
  Bits ords() {
    return ords;
  }

  /**
   * The number of matching vectors. It is exact if the ordinals are a {@link BitSet}, of which 64
   * are counted in less than a nanosecond. Other implementations of bits can only be tested one by
   * one. For these the number is an upper bound, at most the number of all vectors.
   */
  int count() {
    return count;
  }

  /** The exact number of matching vectors. If it is unknown, the first call tests every ordinal. */
  int exactCount() {
    return ords == null || ords instanceof BitSet ? count : copy().cardinality();
  }

  private boolean isSparse() {
    return ords instanceof BitSet
        && ords instanceof FixedBitSet == false
        && ords.length() == values.size();
  }

  private FixedBitSet copy() {
    if (copy == null) {
      int size = values.size();
      copy = new FixedBitSet(size);
      if (ords.length() == size) {
        copy.set(0, size);
        ords.applyMask(copy, 0); // word by word if the class supports it
      } else {
        for (int ord = 0; ord < size; ord++) {
          if (ords.get(ord)) {
            copy.set(ord);
          }
        }
      }
    }
    return copy;
  }

  /** Whether a filter or deletes may exclude vectors. */
  boolean isFiltered() {
    return ords != null;
  }

  /** Whether the query has a filter. Filter strategies do not apply if there are deletes only. */
  boolean hasQueryFilter() {
    return isFiltered() && hasQueryFilter;
  }

  /**
   * The ordinals as a bit set; a copy if they are of another class, such as live documents. Null if
   * all vectors match, or if the ordinals are a sparse bit set.
   */
  FixedBitSet bitSet() {
    if (ords == null || ords instanceof FixedBitSet bits && bits.length() == values.size()) {
      return (FixedBitSet) ords;
    }
    return isSparse() ? null : copy();
  }

  /**
   * Samples matching ordinals at about equal distances.
   *
   * @param sample receives the ordinals
   * @param size the maximum number of ordinals
   * @return the number of sampled ordinals, which are distinct; at least one if the ordinals are a
   *     non-empty {@link BitSet}
   */
  int sample(int[] sample, int size) {
    int vectors = values.size();
    int found = 0;
    int next = 0; // the first ordinal that may be sampled
    for (int i = 0; i < size && next < vectors; i++) {
      next = Math.max(next, (int) ((long) i * vectors / size));
      int end =
          ords instanceof BitSet
              ? vectors
              : Math.min(vectors, next + SearchHeuristics.MAX_SAMPLE_STEPS);
      int ord = ords instanceof BitSet bits ? bits.nextSetBit(next) : next;
      while (ord < end && ords != null && ords.get(ord) == false) {
        ord++;
      }
      if (ord < end) {
        sample[found++] = ord;
        next = ord + 1;
      }
    }
    return found;
  }

  /** The matching ordinals, in ascending order. */
  Batches batches() {
    if (ords == null) {
      return Batches.range(values.size());
    }
    FixedBitSet bits = bitSet();
    return bits != null ? Batches.of(bits) : Batches.ofSparse((BitSet) ords);
  }
}
