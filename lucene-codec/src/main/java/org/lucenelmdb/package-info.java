/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * An HNSW vectors format for Lucene whose segments are LMDB images.
 *
 * <p>Begin with {@link org.lucenelmdb.LmdbHnswCodec}, or {@link
 * org.lucenelmdb.LmdbHnswVectorsFormat} for single fields. This package is the public API, and the
 * writer and reader behind it: they put a segment together from what the packages below know, each
 * of its own part. Those are internal, and depend on each other in one direction: search and build
 * on codes and graph, calibration on search, codes on graph and vectors, these on store and
 * roaring, what is built on resources, and all that use memory outside the heap on kernels.
 */
package org.lucenelmdb;
