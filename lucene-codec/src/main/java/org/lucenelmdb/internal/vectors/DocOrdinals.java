/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.RamUsageEstimator;

/**
 * Maps documents to ordinals. The documents with a vector are a bit set with a rank index: the
 * number of documents before each word. Finding the ordinal of a document takes one population
 * count, and 64 documents of a filter are translated to ordinals at once. Uses 1.5 bits per
 * document of the segment. Thread-safe.
 */
final class DocOrdinals {

  /**
   * The maximum number of documents per vector. With more, this object would use more than 12 bytes
   * per vector.
   */
  private static final int MAX_DOCS_PER_VECTOR = 64;

  private final FixedBitSet docs;
  private final int size;
  private final int[] before; // the number of documents with a vector before each word

  /**
   * Creates a map.
   *
   * @param docs the documents with a vector, of the length of the segment; not copied
   */
  DocOrdinals(FixedBitSet docs) {
    this.docs = docs;
    long[] words = docs.getBits();
    this.before = new int[FixedBitSet.bits2words(docs.length())];
    int count = 0;
    for (int i = 0; i < before.length; i++) {
      before[i] = count;
      count += Long.bitCount(words[i]);
    }
    this.size = count;
  }

  /** Whether enough documents have a vector to be worth the memory. */
  static boolean isWorthwhile(int size, int maxDoc) {
    return maxDoc / MAX_DOCS_PER_VECTOR <= size;
  }

  /** Returns the number of vectors before a document, which is its ordinal if it has a vector. */
  private int ordinal(int doc) {
    int word = doc >>> 6;
    return before[word] + Long.bitCount(docs.getBits()[word] & (1L << doc) - 1);
  }

  /** Returns the ordinal of a document; a negative number if it has no vector. */
  int ordinalOf(int doc) {
    return doc < docs.length() && docs.get(doc) ? ordinal(doc) : -1;
  }

  /** Translates documents to ordinals, word by word, and drops documents without a vector. */
  FixedBitSet toOrds(FixedBitSet accepted) {
    long[] with = docs.getBits();
    long[] from = accepted.getBits();
    long[] ords = new long[FixedBitSet.bits2words(size)];
    int words = Math.min(before.length, FixedBitSet.bits2words(accepted.length()));
    for (int i = 0; i < words; i++) {
      long bits = Long.compress(from[i], with[i]);
      if (bits == 0) {
        continue;
      }
      int at = before[i];
      ords[at >>> 6] |= bits << at;
      long rest = bits >>> 1 >>> ~at; // the bits that belong to the next word
      if (rest != 0) {
        ords[(at >>> 6) + 1] |= rest;
      }
    }
    return new FixedBitSet(ords, size);
  }

  KnnVectorValues.DocIndexIterator iterator() {
    return new Iterator();
  }

  long ramBytesUsed() {
    return docs.ramBytesUsed() + RamUsageEstimator.sizeOf(before);
  }

  private final class Iterator extends KnnVectorValues.DocIndexIterator {
    private int doc = -1;
    private long rest; // the documents after doc in the same word

    @Override
    public int docID() {
      return doc;
    }

    @Override
    public int index() {
      return doc == -1 || doc == NO_MORE_DOCS ? doc : ordinal(doc);
    }

    @Override
    public int nextDoc() {
      if (rest == 0) {
        return doc == NO_MORE_DOCS ? NO_MORE_DOCS : advance(doc + 1);
      }
      doc = (doc & ~63) | Long.numberOfTrailingZeros(rest);
      rest &= rest - 1;
      return doc;
    }

    @Override
    public int advance(int target) {
      doc = target < docs.length() ? docs.nextSetBit(target) : NO_MORE_DOCS;
      rest = doc == NO_MORE_DOCS ? 0 : docs.getBits()[doc >>> 6] & -2L << doc;
      return doc;
    }

    @Override
    public void intoBitSet(int upTo, FixedBitSet bitSet, int offset) {
      int end = Math.min(upTo, docs.length());
      if (doc < end) {
        FixedBitSet.orRange(docs, doc, bitSet, doc - offset, end - doc);
        advance(end);
      }
    }

    @Override
    public long cost() {
      return size;
    }
  }
}
