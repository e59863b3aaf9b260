/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Microbenchmarks of the parts of an expansion in a graph search, one class for each part.
 *
 * <p>An expansion takes the best node of the frontier, finds and decodes its links, selects the
 * neighbors that were not visited, scores them, and offers them to the queues. All figures are
 * nanoseconds per expansion of a node with {@value org.lucenelmdb.jmh.Expansion#NEIGHBORS}
 * unvisited neighbors, so they can be added up; the sum is an upper bound of the cost of an
 * expansion. In a real search many neighbors were visited before, and fewer are scored.
 *
 * <p>{@link org.lucenelmdb.jmh.Filters} measures complete searches instead, by each filter
 * strategy. The choice of a strategy is based on these costs.
 *
 * <p>The benchmarks use generated data, which {@link org.lucenelmdb.jmh.Indexes} writes once for
 * all JVMs of a run.
 */
package org.lucenelmdb.jmh;
