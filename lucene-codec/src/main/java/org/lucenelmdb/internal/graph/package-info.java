/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The HNSW graph of a field: numbered, written as Roaring bitmaps into the image's {@code links}
 * and {@code levels} databases, and read from there. How it is built is the concern of {@code
 * build}.
 *
 * <p>A node's links are found by an address, resolved when the segment was written; LMDB's trees
 * are not searched on the way. Nothing here knows how vectors are stored or scored.
 *
 * <p>Internal: not part of the public API, may change in any release.
 */
package org.lucenelmdb.internal.graph;
