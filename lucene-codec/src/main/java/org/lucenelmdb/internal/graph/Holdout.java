/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.graph;

import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Nodes that were inserted into a graph after all others, and the links of the others before that.
 * With both, the graph can be searched as it was without these nodes, whose vectors are unseen
 * queries to it. The nodes are on level 0 only, and their vectors have no copies. Nodes are
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

  /** The number of nodes. */
  public int size() {
    return ordinals.length;
  }

  /** Whether a node is one of them. */
  public boolean contains(int ordinal) {
    return Arrays.binarySearch(ordinals, ordinal) >= 0;
  }

  /** Whether a node is another one whose links before are not recorded yet. */
  public boolean isUnknown(int ordinal) {
    return links.containsKey(ordinal) == false && contains(ordinal) == false;
  }

  /** Sets the links that another node had on level 0 before. */
  public void setLinks(int ordinal, int[] before) {
    links.put(ordinal, before);
  }

  /** The links before, by node, of all other nodes whose links have changed. */
  public Map<Integer, int[]> links() {
    return Collections.unmodifiableMap(links);
  }

  @Override
  public String toString() {
    return "Holdout(" + ordinals.length + " nodes, links of " + links.size() + ")";
  }
}
