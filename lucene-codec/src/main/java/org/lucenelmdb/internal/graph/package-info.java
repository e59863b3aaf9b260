/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The HNSW graph of a field in an image: its format, writing it, reading it, and the {@link
 * org.lucenelmdb.internal.graph.Beam} of a search.
 *
 * <p>Neighbor lists are Roaring bitmaps in the image's {@code links} database, and the nodes of
 * upper levels are bitmaps in its {@code levels} database. The address of each neighbor list is
 * resolved when the segment is written, so that reading one does not search LMDB's trees.
 *
 * <p>How a graph is built, and how its nodes are numbered, is in {@code build}, which depends on
 * this package; so do {@code codes}, {@code search} and {@code calibration}. Nothing here knows how
 * vectors are stored or scored.
 *
 * <p>Internal: not part of the public API, may change in any release.
 */
package org.lucenelmdb.internal.graph;
