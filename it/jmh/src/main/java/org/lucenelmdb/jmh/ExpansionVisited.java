/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.jmh;

import java.util.SplittableRandom;
import org.apache.lucene.util.BitSet;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.SparseFixedBitSet;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * Looks up {@value #NEIGHBORS} neighbors in a search's set of visited nodes, and adds them.
 *
 * <ul>
 *   <li>{@code fixedNew}, {@code sparseNew}: a new set for each search, as in Lucene, which uses
 *       the sparse one if it expects to visit fewer than one of 128 nodes.
 *   <li>{@code fixedCleared}, {@code sparseCleared}: the set is reused and cleared as a whole.
 *   <li>{@code fixedUndone}: the set is reused, and the nodes that the search added are removed one
 *       by one.
 * </ul>
 *
 * <p>A search visits the random nodes of {@value #EXPANSIONS_PER_SEARCH} expansions. The time is
 * that of one expansion, with its share of creating or clearing the set.
 */
public class ExpansionVisited extends Expansion {

  private static final int SEARCHES = 64;

  @Param({"100000", "1000000"})
  int nodes;

  private int[][] searches;
  private int search;
  private FixedBitSet fixed;
  private SparseFixedBitSet sparse;

  /** For JMH. */
  public ExpansionVisited() {}

  /** Chooses nodes. */
  @Setup
  public void setUp() {
    SplittableRandom random = new SplittableRandom(SEED);
    searches = new int[SEARCHES][];
    for (int i = 0; i < SEARCHES; i++) {
      searches[i] = random.ints(EXPANSIONS_PER_SEARCH * NEIGHBORS, 0, nodes).toArray();
    }
    fixed = new FixedBitSet(nodes);
    sparse = new SparseFixedBitSet(nodes);
  }

  private int[] next() {
    search = search + 1 & SEARCHES - 1;
    return searches[search];
  }

  /** A new {@link FixedBitSet}. */
  @Benchmark
  @OperationsPerInvocation(EXPANSIONS_PER_SEARCH)
  public int fixedNew() {
    return visit(next(), new FixedBitSet(nodes));
  }

  /** A {@link FixedBitSet}, cleared. */
  @Benchmark
  @OperationsPerInvocation(EXPANSIONS_PER_SEARCH)
  public int fixedCleared() {
    fixed.clear();
    return visit(next(), fixed);
  }

  /** A {@link FixedBitSet}, cleared bit by bit. */
  @Benchmark
  @OperationsPerInvocation(EXPANSIONS_PER_SEARCH)
  public int fixedUndone() {
    int[] visited = next();
    int added = visit(visited, fixed);
    for (int node : visited) {
      fixed.clear(node);
    }
    return added;
  }

  /** A new {@link SparseFixedBitSet}. */
  @Benchmark
  @OperationsPerInvocation(EXPANSIONS_PER_SEARCH)
  public int sparseNew() {
    return visit(next(), new SparseFixedBitSet(nodes));
  }

  /** A {@link SparseFixedBitSet}, cleared. */
  @Benchmark
  @OperationsPerInvocation(EXPANSIONS_PER_SEARCH)
  public int sparseCleared() {
    sparse.clear();
    return visit(next(), sparse);
  }

  /** Returns the number of nodes that were not in the set. */
  private static int visit(int[] nodes, BitSet visited) {
    int added = 0;
    for (int node : nodes) {
      if (visited.getAndSet(node) == false) {
        added++;
      }
    }
    return added;
  }
}
