/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.io.IOException;
import java.util.function.IntPredicate;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.util.BitSet;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.hnsw.RandomVectorScorer;

/**
 * The vectors that a search may return, by ordinal: those of documents that are live and pass the
 * caller's filter. Deletes are a filter as any other. A walk asks for a few thousand of them, which
 * takes less time than to make a set of nodes: see {@link NodeFilters}. For one search.
 */
final class AcceptedVectors {

  /** How far to look for a document that is accepted, where that takes looking at each. */
  private static final int MAX_STEPS = 64;

  private final KnnVectorValues values;
  private final Bits ords;
  private final int count;
  private final boolean isCallers;
  private FixedBitSet copy; // null if it is not needed

  /** Some of them, one batch after the other. */
  interface Batches {
    /** Fills an array from its beginning; returns how many there are, 0 in the end. */
    int next(int[] batch) throws IOException;

    /** Those of them that pass a test. */
    default Batches retain(IntPredicate test) {
      return batch -> {
        int retained = 0;
        for (int count = -1; retained == 0 && count != 0; ) {
          count = next(batch);
          for (int i = 0; i < count; i++) {
            if (test.test(batch[i])) {
              batch[retained++] = batch[i];
            }
          }
        }
        return retained;
      };
    }
  }

  /**
   * @param values the vectors
   * @param scorer of them
   */
  AcceptedVectors(AcceptDocs docs, KnnVectorValues values, RandomVectorScorer scorer)
      throws IOException {
    this.values = values;
    Bits acceptDocs = docs.bits();
    this.isCallers = acceptDocs != null && docs.cost() < acceptDocs.length(); // counts no deletes
    Bits accepted = scorer.getAcceptOrds(acceptDocs);
    int size = values.size();
    if (accepted == null) {
      this.count = size;
    } else if (accepted instanceof BitSet bits) {
      this.count = Math.min(size, bits.cardinality());
    } else { // documents that are deleted or have no vector may be counted
      this.count = Math.min(size, docs.cost());
    }
    this.ords = accepted instanceof BitSet && count == size ? null : accepted;
  }

  /** Null if all are accepted. */
  Bits ords() {
    return ords;
  }

  /**
   * Their number, exactly if the ordinals are a {@link BitSet}: 64 of them are counted in less than
   * a nanosecond. With bits of other classes, which only tell of one document at a time, it is an
   * upper bound, at most the number of all vectors.
   */
  int count() {
    return count;
  }

  /** Their number. Where it is not known yet, the first call looks at all of them. */
  int exactCount() {
    return ords == null || ords instanceof BitSet ? count : copy().cardinality();
  }

  /** Whether the ordinals are kept in another way than as words. */
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
        ords.applyMask(copy, 0); // by words where it can
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

  /** Whether some may be hidden, by a filter or by deletes; {@link #count} tells how many. */
  boolean isFilter() {
    return ords != null;
  }

  /**
   * Whether some may be hidden by more than deletes, which a filter's strategy is not meant for.
   */
  boolean isCallersFilter() {
    return isFilter() && isCallers;
  }

  /**
   * The accepted ordinals as a bit set: a copy if they are bits of another class, as those of live
   * documents are. Null if all are accepted, or so few that they are kept in another way.
   */
  FixedBitSet bitSet() {
    if (ords == null || ords instanceof FixedBitSet bits && bits.length() == values.size()) {
      return (FixedBitSet) ords;
    }
    return isSparse() ? null : copy();
  }

  /**
   * Some of the ordinals, from all over them.
   *
   * @param sample receives them
   * @param count how many to look for, at most; there may be fewer, but not none of a {@link
   *     BitSet} that accepts any
   * @return how many were found, each once
   */
  int sample(int[] sample, int count) {
    int size = values.size();
    int found = 0;
    int next = 0; // the first one that may be taken
    for (int i = 0; i < count && next < size; i++) {
      next = Math.max(next, (int) ((long) i * size / count));
      int end = ords instanceof BitSet ? size : Math.min(size, next + MAX_STEPS);
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

  /** The ordinals, ascending. */
  Batches batches() {
    int size = values.size();
    if (ords == null) {
      return new Batches() {
        private int next;

        @Override
        public int next(int[] batch) {
          int count = Math.min(batch.length, size - next);
          for (int i = 0; i < count; i++) {
            batch[i] = next++;
          }
          return count;
        }
      };
    }
    FixedBitSet bits = bitSet();
    if (bits != null) {
      return batches(bits);
    }
    return new SparseBatches((BitSet) ords);
  }

  /** The bits that are set, ascending. */
  static Batches batches(FixedBitSet bits) {
    return new BitBatches(bits);
  }

  private static final class BitBatches implements Batches {
    private final long[] words;
    private final int end;
    private int at = -1;
    private long word;

    BitBatches(FixedBitSet bits) {
      this.words = bits.getBits();
      this.end = FixedBitSet.bits2words(bits.length());
    }

    @Override
    public int next(int[] batch) {
      int count = 0;
      while (count < batch.length) {
        if (word == 0) {
          if (++at >= end) {
            at = end;
            break;
          }
          word = words[at];
          continue;
        }
        batch[count++] = at << 6 | Long.numberOfTrailingZeros(word);
        word &= word - 1;
      }
      return count;
    }
  }

  /** The bits of a set that is not made of words. */
  private static final class SparseBatches implements Batches {
    private final BitSet bits;
    private int next;

    SparseBatches(BitSet bits) {
      this.bits = bits;
    }

    @Override
    public int next(int[] batch) {
      int count = 0;
      while (count < batch.length && next < bits.length()) {
        int ord = bits.nextSetBit(next);
        if (ord == NO_MORE_DOCS) {
          next = bits.length();
          break;
        }
        batch[count++] = ord;
        next = ord + 1;
      }
      return count;
    }
  }
}
