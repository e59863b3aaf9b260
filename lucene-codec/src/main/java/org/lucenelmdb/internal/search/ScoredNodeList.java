/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.IntroSelector;
import org.lucenelmdb.internal.graph.Beam;

/** An unordered list of scored nodes, as entries of a {@link Beam}. For one thread. */
final class ScoredNodeList {

  /** The maximum length of an array that is kept for the next search. */
  private static final int MAX_KEPT = 1 << 15;

  private long[] entries = new long[256];
  private int size;

  void clear() {
    size = 0;
    if (entries.length > MAX_KEPT) {
      entries = new long[256];
    }
  }

  void add(long entry) {
    if (size == entries.length) {
      entries = ArrayUtil.grow(entries, 2 * size); // a search may add tens of thousands
    }
    entries[size++] = entry;
  }

  /** Adds a range of an array. */
  void addAll(long[] source, int from, int to) {
    entries = ArrayUtil.grow(entries, size + to - from);
    System.arraycopy(source, from, entries, size, to - from);
    size += to - from;
  }

  int size() {
    return size;
  }

  long get(int i) {
    return entries[i];
  }

  /** Replaces an entry. */
  void set(int i, long entry) {
    entries[i] = entry;
  }

  /** Moves the entries with lower scores to another list. */
  void moveBelow(double score, ScoredNodeList to) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      long entry = entries[i];
      if (Beam.score(entry) >= score) {
        entries[kept++] = entry;
      } else {
        to.add(entry);
      }
    }
    size = kept;
  }

  /** Removes all entries at and after an index. */
  void truncate(int newSize) {
    size = newSize;
  }

  /**
   * Returns the entry that is the last if entries are sorted by descending value and cut off after
   * the given number. Changes the order of the list.
   *
   * @param count the number of largest entries, from 1 to {@link #size}
   */
  long largest(int count) {
    int rank = size - count;
    new Selector().select(0, size, rank);
    return entries[rank];
  }

  private final class Selector extends IntroSelector {
    private long pivot;

    @Override
    protected void setPivot(int i) {
      pivot = entries[i];
    }

    @Override
    protected int comparePivot(int j) {
      return Long.compare(pivot, entries[j]);
    }

    @Override
    protected void swap(int i, int j) {
      long entry = entries[i];
      entries[i] = entries[j];
      entries[j] = entry;
    }
  }

  /** The array of entries, which is valid up to {@link #size}. */
  long[] array() {
    return entries;
  }

  long ramBytesUsed() {
    return (long) entries.length * Long.BYTES;
  }
}
