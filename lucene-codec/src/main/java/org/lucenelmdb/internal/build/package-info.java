/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Builds the HNSW graph of a field, for a new segment or a merged one: {@link
 * org.lucenelmdb.internal.build.GraphParameters} is what others see of it.
 *
 * <p>A graph under construction lies outside the heap, and any number of threads work on it. Copy
 * what is left of the largest source's graph, and repair it; insert the other nodes, which are
 * found by a walk on codes, and linked by exact scores; take from nodes the links that are too
 * many; link nodes that cannot be reached; insert the few that were held out until then. Nodes are
 * ordinals here. How a graph is numbered, and lies in the image, is the concern of {@code graph}.
 *
 * <p>Internal: not part of the public API, may change in any release.
 */
package org.lucenelmdb.internal.build;
