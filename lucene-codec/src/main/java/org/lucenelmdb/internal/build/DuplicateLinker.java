/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import java.util.Arrays;
import org.lucenelmdb.internal.graph.Holdout;
import org.lucenelmdb.internal.offheap.OffHeapInts;
import org.lucenelmdb.internal.workers.Workers;

/**
 * Links the {@linkplain DuplicateVectors duplicates} of a complete graph, on level 0, as a tree
 * below their original, in the order of nodes.
 *
 * <p>The original only links to its first duplicate, so that a search that passes by visits few
 * duplicates. Every duplicate links to the original, through which a search leaves the tree. A
 * search for the vector itself finds the duplicates in the order of nodes, which is how an
 * exhaustive search ranks equal scores. For one thread.
 */
final class DuplicateLinker {

  private final DuplicateVectors duplicates;
  private final GraphMemory graph;
  private final Workers workers;

  /** For each original, the duplicate that gets the next link, plus one; 0 for none. */
  private final OffHeapInts parents;

  /**
   * For each original, its last duplicate plus one. For each duplicate, {@link #parents} has the
   * next one.
   */
  private final OffHeapInts lastDuplicates;

  DuplicateLinker(
      DuplicateVectors duplicates,
      GraphMemory graph,
      OffHeapInts parents,
      OffHeapInts lastDuplicates,
      Workers workers) {
    this.duplicates = duplicates;
    this.graph = graph;
    this.parents = parents;
    this.lastDuplicates = lastDuplicates;
    this.workers = workers;
  }

  /**
   * Links all duplicates. Reachable nodes stay reachable. Must be called once, when the links of
   * all originals are final.
   */
  void link() throws IOException {
    if (duplicates.count() == 0) {
      return;
    }
    for (int node = 0; node < graph.size(); node++) {
      workers.checkPeriodically(node);
      parents.set(node, 0);
      lastDuplicates.set(node, 0);
    }
    for (int node = 0; node < graph.size(); node++) {
      workers.checkPeriodically(node);
      if (duplicates.isDuplicate(node)) {
        link(duplicates.original(node), node);
      }
    }
  }

  /** Adds a link to a duplicate to the first earlier duplicate that is not full. */
  private void link(int original, int duplicate) {
    graph.add(0, duplicate, original, Float.NaN);
    int parent = parents.get(original) - 1;
    if (parent < 0) {
      linkFirst(original, duplicate);
      parent = duplicate;
    } else {
      parents.set(lastDuplicates.get(original) - 1, duplicate + 1);
      if (graph.degree(0, parent) == graph.maxDegree(0)) {
        parent = parents.get(parent) - 1;
      }
      graph.add(0, parent, duplicate, Float.NaN);
    }
    parents.set(original, parent + 1);
    lastDuplicates.set(original, duplicate + 1);
  }

  /** Links an original to its first duplicate. In a full original, this replaces the last link. */
  private void linkFirst(int original, int duplicate) {
    int[] neighbors = new int[graph.maxCapacity()];
    int degree = graph.read(0, original, neighbors);
    if (degree < graph.maxDegree(0)) {
      graph.add(0, original, duplicate, Float.NaN);
    } else {
      graph.add(0, duplicate, neighbors[degree - 1], Float.NaN);
      graph.replace(0, original, degree - 1, duplicate, Float.NaN);
    }
  }

  /**
   * Links the duplicates in the neighbor lists that a {@link Holdout} recorded, as {@link #link()}
   * did in the graph. Held-out nodes have no duplicates.
   */
  void linkRecorded(Holdout holdout) {
    int[] neighbors = new int[graph.maxCapacity()];
    for (int original : holdout.links().keySet().toArray(new Integer[0])) {
      int degree = duplicates.count() == 0 ? 0 : graph.read(0, original, neighbors);
      for (int i = 0; i < degree; i++) {
        if (duplicates.isDuplicate(neighbors[i])) {
          linkFirstRecorded(holdout, original, neighbors[i]);
          break; // an original links to a single duplicate
        }
      }
    }
  }

  private void linkFirstRecorded(Holdout holdout, int original, int duplicate) {
    int[] recorded = holdout.links().get(original);
    boolean isFull = recorded.length >= graph.maxDegree(0);
    int kept = isFull ? recorded.length - 1 : recorded.length;
    int[] links = Arrays.copyOf(recorded, kept + 1);
    links[kept] = duplicate;
    holdout.setLinks(original, links);

    int[] ofDuplicate = new int[graph.maxCapacity()];
    int degree = graph.read(0, duplicate, ofDuplicate);
    int count = 0;
    for (int i = 0; i < degree; i++) {
      if (ofDuplicate[i] == original || duplicates.isDuplicate(ofDuplicate[i])) {
        ofDuplicate[count++] = ofDuplicate[i];
      }
    }
    if (isFull) {
      ofDuplicate[count++] = recorded[recorded.length - 1];
    }
    holdout.setLinks(duplicate, Arrays.copyOf(ofDuplicate, count));
  }
}
