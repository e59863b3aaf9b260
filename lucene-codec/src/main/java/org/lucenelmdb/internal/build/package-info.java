/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Builds the HNSW graph of a field, for a new segment or a merged one. {@link
 * org.lucenelmdb.internal.build.GraphBuilder} is the entry point; {@link
 * org.lucenelmdb.internal.build.GrowingGraph} builds a part of the graph while vectors are added.
 *
 * <p>A graph under construction is outside the heap, and several threads can work on it. A build
 * has these steps:
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
 * <p>These classes represent a graph, in the order of its life:
 *
 * <ol>
 *   <li>{@code GrowingGraph}: the graph of a segment to which documents are being added. Its nodes
 *       are in a {@code GrowingMemory}.
 *   <li>{@code SourceGraph}: a graph from which a build starts. It is either a {@code GrownGraph},
 *       a growing graph with all vectors of the segment, or in a merge a {@code SegmentGraph}, the
 *       graph of a merged segment.
 *   <li>{@code GraphMemory}: the graph under construction.
 *   <li>{@code BuiltGraph}: the complete graph as Lucene's {@code HnswGraph}, whose nodes {@code
 *       NodeOrder} numbers. {@code GraphWriter} in {@code graph} writes it into the image.
 * </ol>
 *
 * <p>Nodes are ordinals until they are numbered. In a build whose memory is a file, they have the
 * numbers of a {@code LocalOrder} until {@code BuiltGraph} translates them. The package {@code
 * graph} specifies the format of a graph in an image, and reads it. This package depends on {@code
 * graph}, {@code codes}, {@code vectors}, {@code offheap} and {@code workers}.
 *
 * <p>Internal: not part of the public API, may change in any release.
 */
package org.lucenelmdb.internal.build;
