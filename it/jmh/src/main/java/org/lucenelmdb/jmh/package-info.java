/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Micro-benchmarks of what one expansion of a graph search costs, one class for each part of a
 * expansion.
 *
 * <p>A expansion takes the best candidate, finds and decodes its links, keeps the neighbors that
 * were not visited, scores them, and offers them to the queues. All figures are nanoseconds for a
 * expansion to a node with {@value org.lucenelmdb.jmh.Expansion#NEIGHBORS} neighbors, of which none
 * was visited before: so they can be added up, and the sum is the most that a expansion costs. A
 * real search has seen many of the neighbors, and scores fewer.
 *
 * <p>{@link org.lucenelmdb.jmh.Filters} measures whole searches instead, by each strategy for
 * filters, of which the choice among them knows the costs.
 *
 * <p>The benchmarks have generated data, which {@link org.lucenelmdb.jmh.Indexes} writes once for
 * all of a run's JVMs.
 */
package org.lucenelmdb.jmh;
