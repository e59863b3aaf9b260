/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.model;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.util.Arrays;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.lucenelmdb.tools.index.IndexException;

/** A graph on the heap. Its nodes are ordinals. For one thread. */
public final class LinkLists extends HnswGraph {

  private static final int[] NONE = {};

  /** The neighbors by level and node, ascending; null for nodes that are not on a level. */
  private final int[][][] links;

  private final int entryNode;
  private final int maxConn;
  private int[] current = NONE;
  private int upTo;

  private LinkLists(int[][][] links, int entryNode, int maxConn) {
    this.links = links;
    this.entryNode = entryNode;
    this.maxConn = maxConn;
  }

  /**
   * Checks a graph that comes from a file.
   *
   * @param links the neighbors by level and node, which are sorted; null for nodes that are not on
   *     a level
   * @param resource the file, for messages
   * @throws IndexException if a node is missing on level 0, or on a level below its highest; if a
   *     neighbor does not exist, or is not on the level; or if the entry node is not on the highest
   *     level
   */
  public static LinkLists checked(int[][][] links, int entryNode, String resource)
      throws IndexException {
    int size = links[0].length;
    int maxConn = 2;
    for (int level = 0; level < links.length; level++) {
      for (int node = 0; node < size; node++) {
        int[] neighbors = links[level][node];
        if (neighbors == null) {
          if (level == 0) {
            throw damaged(resource, "links of node " + node + " on level 0", "none");
          }
          continue;
        }
        if (level > 0 && links[level - 1][node] == null) {
          throw damaged(resource, "node " + node + " on level " + (level - 1), "it on " + level);
        }
        Arrays.sort(neighbors);
        for (int i = 0; i < neighbors.length; i++) {
          int neighbor = neighbors[i];
          if (neighbor < 0
              || neighbor >= size
              || links[level][neighbor] == null
              || (i > 0 && neighbor == neighbors[i - 1])) {
            throw damaged(
                resource,
                "different neighbors of node " + node + " that are on level " + level,
                Integer.toUnsignedString(neighbor));
          }
        }
        maxConn = Math.max(maxConn, level == 0 ? (neighbors.length + 1) / 2 : neighbors.length);
      }
    }
    if (entryNode < 0 || entryNode >= size || links[links.length - 1][entryNode] == null) {
      throw damaged(
          resource, "an entry node on level " + (links.length - 1), Integer.toString(entryNode));
    }
    return new LinkLists(links, entryNode, maxConn);
  }

  private static IndexException damaged(String resource, String expected, String found) {
    return new IndexException(resource + ": expected " + expected + "; found " + found);
  }

  /** Returns a view of the same links for another thread. */
  public LinkLists open() {
    return new LinkLists(links, entryNode, maxConn);
  }

  @Override
  public void seek(int level, int target) {
    current = links[level][target];
    upTo = 0;
  }

  @Override
  public int nextNeighbor() {
    return upTo < current.length ? current[upTo++] : NO_MORE_DOCS;
  }

  @Override
  public int neighborCount() {
    return current.length;
  }

  @Override
  public int size() {
    return links[0].length;
  }

  @Override
  public int numLevels() {
    return links.length;
  }

  /** The smallest M with which no node has more neighbors than M, or 2 M on level 0. */
  @Override
  public int maxConn() {
    return maxConn;
  }

  @Override
  public int entryNode() {
    return entryNode;
  }

  @Override
  public NodesIterator getNodesOnLevel(int level) {
    if (level == 0) {
      return new DenseNodesIterator(size());
    }
    int[] nodes = new int[size()];
    int count = 0;
    for (int node = 0; node < nodes.length; node++) {
      if (links[level][node] != null) {
        nodes[count++] = node;
      }
    }
    return new ArrayNodesIterator(nodes, count);
  }
}
