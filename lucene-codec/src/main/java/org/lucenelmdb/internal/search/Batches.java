/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.io.IOException;
import java.util.function.IntPredicate;
import org.apache.lucene.util.BitSet;
import org.apache.lucene.util.FixedBitSet;

/** An iterator over distinct ordinals or nodes that returns them in batches. */
@FunctionalInterface
interface Batches {

  /**
   * Reads the next batch.
   *
   * @param batch receives the numbers, from index 0
   * @return the length of the batch; 0 at the end
   */
  int next(int[] batch) throws IOException;

  /** Returns the numbers that a predicate accepts. */
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

  /** Returns the numbers below a size, in ascending order. */
  static Batches range(int size) {
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

  /** Returns the set bits, in ascending order. */
  static Batches of(FixedBitSet bits) {
    long[] words = bits.getBits();
    int end = FixedBitSet.bits2words(bits.length());
    return new Batches() {
      private int at = -1;
      private long word;

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
    };
  }

  /** Returns the set bits of a sparse set, in ascending order. */
  static Batches ofSparse(BitSet bits) {
    return new Batches() {
      private int next;

      @Override
      public int next(int[] batch) {
        int count = 0;
        while (count < batch.length && next < bits.length()) {
          int bit = bits.nextSetBit(next);
          if (bit == NO_MORE_DOCS) {
            next = bits.length();
            break;
          }
          batch[count++] = bit;
          next = bit + 1;
        }
        return count;
      }
    };
  }
}
