/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Builds the HNSW graph of a field, for a new segment or a merged one. {@link
 * org.lucenelmdb.internal.build.GraphBuilder} is the entry point; {@link
 * org.lucenelmdb.internal.build.GrowingGraph} builds a part of the graph while vectors are added.
 *
 * <p>A graph under construction lies outside the heap, and any number of threads work on it. A
 * build has these steps:
 *
 * <ol>
 *   <li>Copy the graph of the largest source, if there is one, and repair it where nodes were
 *       deleted.
 *   <li>Insert the other nodes. Searches score codes; neighbors are selected by exact scores.
 *   <li>Prune nodes that have more neighbors than the final degree.
 *   <li>Link nodes that cannot be reached.
 *   <li>Insert the held-out nodes.
 *   <li>Link duplicates.
 *   <li>Number the nodes by locality, if the field has codes.
 * </ol>
 *
 * <p>Nodes are ordinals here, until they are numbered. The format of a graph in an image, and
 * reading it, is in {@code graph}, on which this package depends; it also depends on {@code codes},
 * {@code vectors}, {@code offheap} and {@code workers}, and on no others.
 *
 * <p>Internal: not part of the public API, may change in any release.
 */
package org.lucenelmdb.internal.build;
