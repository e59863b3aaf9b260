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
 * The held-out nodes of a graph, which were inserted after all others, and the previous contents of
 * the neighbor lists that their insertion changed. With these, the graph can be searched as if it
 * had never contained the held-out vectors, which serve as queries. Held-out nodes are on level 0
 * only, and no other node has an equal vector. Nodes are ordinals. Thread-safe.
 */
public final class Holdout {

  private final int[] ordinals;
  private final Map<Integer, int[]> links = new ConcurrentHashMap<>();

  /**
   * @param ordinals the held-out nodes, in any order
   */
  public Holdout(int[] ordinals) {
    this.ordinals = ordinals.clone();
    Arrays.sort(this.ordinals);
  }

  /** Returns the held-out nodes, ascending. */
  public int[] ordinals() {
    return ordinals.clone();
  }

  /** Returns the number of held-out nodes. */
  public int size() {
    return ordinals.length;
  }

  /** Returns whether a node is held out. */
  public boolean contains(int ordinal) {
    return Arrays.binarySearch(ordinals, ordinal) >= 0;
  }

  /** Returns whether a node is not held out and its earlier neighbors are not recorded yet. */
  public boolean isUnrecorded(int ordinal) {
    return links.containsKey(ordinal) == false && contains(ordinal) == false;
  }

  /** Records the neighbors on level 0 that a node had before held-out nodes were inserted. */
  public void setLinks(int ordinal, int[] before) {
    links.put(ordinal, before);
  }

  /** Returns the earlier neighbors on level 0, by node, of all nodes whose neighbors changed. */
  public Map<Integer, int[]> links() {
    return Collections.unmodifiableMap(links);
  }

  @Override
  public String toString() {
    return "Holdout(" + ordinals.length + " nodes, links of " + links.size() + ")";
  }
}
