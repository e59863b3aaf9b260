/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The HNSW graph of a field in an image: its format, its reader and writer, and the {@link
 * org.lucenelmdb.internal.graph.Beam} of a search.
 *
 * <p>Neighbor lists are Roaring bitmaps in the image's {@code links} database, and the nodes of
 * upper levels are bitmaps in its {@code levels} database. The address of each neighbor list is
 * resolved when the segment is written, so that reading one does not search LMDB's trees.
 *
 * <p>The package {@code build} builds graphs and numbers their nodes. It depends on this package,
 * as {@code codes}, {@code search} and {@code calibration} do. This package is independent of the
 * storage and the scores of vectors.
 *
 * <p>Internal: not part of the public API, may change in any release.
 */
package org.lucenelmdb.internal.graph;
