/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * An HNSW vectors format for Lucene that stores each segment in an LMDB image.
 *
 * <p>Start with {@link org.lucenelmdb.LmdbHnswCodec}, or with {@link
 * org.lucenelmdb.LmdbHnswVectorsFormat} for single fields. {@link org.lucenelmdb.LmdbHnswOptions}
 * sets how segments are written, {@link org.lucenelmdb.LmdbHnswSearchStrategy} how a query searches
 * them.
 *
 * <p>This package is the public API, with the writer and the reader that implement it. The packages
 * below {@code internal} are not part of the API. Their dependencies have no cycles: search and
 * build depend on codes and graph, calibration on search, codes on graph and vectors, these on
 * store and roaring. Builds also depend on workers and off-heap memory, and all code that reads
 * memory outside the heap depends on kernels.
 */
package org.lucenelmdb;
