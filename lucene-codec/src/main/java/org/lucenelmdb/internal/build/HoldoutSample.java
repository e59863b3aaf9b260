/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Random;
import java.util.Set;
import org.lucenelmdb.internal.graph.Holdout;
import org.lucenelmdb.internal.workers.Workers;

/** Draws the nodes that are held out of a graph. */
final class HoldoutSample {

  /**
   * Bounds the heap that the links before take, at 16 MiB: each node changes the lists of about as
   * many others as it has links, and each of these lists is kept.
   */
  private static final int MAX_LINKS = 1 << 22;

  /** The bound admits this many nodes whatever the degree. */
  private static final int MIN_NODES = 8;

  private HoldoutSample() {}

  /**
   * Draws nodes at random, without those whose vector another node has.
   *
   * @param count the number of nodes; fewer are drawn if copies are left out, or the degree is
   *     large
   * @param size the number of nodes of the graph; at most half of them are drawn
   * @param maxDegree of level 0
   */
  static Holdout draw(int count, int size, int maxDegree, Copies copies, long seed, Workers workers)
      throws IOException {
    int most = Math.max(MIN_NODES, MAX_LINKS / (maxDegree * maxDegree));
    int wanted = Math.min(Math.min(count, most), size / 2);
    Set<Integer> drawn = new LinkedHashSet<>();
    Random random = new Random(seed);
    for (int i = 0; i < 2 * wanted && drawn.size() < wanted; i++) {
      drawn.add(random.nextInt(size));
    }
    return withoutCopies(
        drawn.stream().mapToInt(Integer::intValue).toArray(), size, copies, workers);
  }

  /** Holds out some nodes, but none whose vector another node has. */
  static Holdout withoutCopies(int[] nodes, int size, Copies copies, Workers workers)
      throws IOException {
    Set<Integer> kept = new LinkedHashSet<>();
    for (int node : nodes) {
      kept.add(node);
    }
    for (int node = 0; copies.count() > 0 && node < size; node++) {
      if (node % GraphBuilder.CHECK_INTERVAL == 0) {
        workers.check();
      }
      if (copies.isCopy(node)) {
        kept.remove(node);
        kept.remove(copies.original(node));
      }
    }
    return new Holdout(kept.stream().mapToInt(Integer::intValue).toArray());
  }
}
