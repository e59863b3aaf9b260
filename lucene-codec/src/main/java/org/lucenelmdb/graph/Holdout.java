/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.graph;

import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Nodes that were inserted into a graph after all others, and the links that others had before.
 * With these, the graph can be searched as it was without them, for which their vectors are queries
 * like any other. All are on level 0 only, and no other node has the vector of one. Nodes are
 * ordinals. Thread-safe.
 */
public final class Holdout {

  private final int[] ordinals;
  private final Map<Integer, int[]> links = new ConcurrentHashMap<>();

  /**
   * @param ordinals of the nodes, in any order
   */
  public Holdout(int[] ordinals) {
    this.ordinals = ordinals.clone();
    Arrays.sort(this.ordinals);
  }

  /** The nodes, ascending. */
  public int[] ordinals() {
    return ordinals.clone();
  }

  public int size() {
    return ordinals.length;
  }

  /** Whether a node is one of them. */
  public boolean contains(int ordinal) {
    return Arrays.binarySearch(ordinals, ordinal) >= 0;
  }

  /** Whether it is not known yet what links another node had. */
  public boolean isUnknown(int ordinal) {
    return links.containsKey(ordinal) == false && contains(ordinal) == false;
  }

  /** Says what links on level 0 another node had before. */
  public void setLinks(int ordinal, int[] before) {
    links.put(ordinal, before);
  }

  /** The links of other nodes, before: of those that have other links now. */
  public Map<Integer, int[]> links() {
    return Collections.unmodifiableMap(links);
  }

  @Override
  public String toString() {
    return "Holdout(" + ordinals.length + " nodes, links of " + links.size() + ")";
  }
}
