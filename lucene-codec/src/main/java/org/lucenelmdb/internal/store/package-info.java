/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * How bytes get into and out of a segment's files: the LMDB image, written by LMDB and read in
 * place without it, and the packed tables of the metadata file.
 *
 * <p>{@link org.lucenelmdb.internal.store.ImageWriter} is the only class that reaches the native
 * library, which {@code NativeLibrary} loads; it has {@link
 * org.lucenelmdb.internal.store.TemporaryInts} beside the image. {@link
 * org.lucenelmdb.internal.store.ImageReader} reads LMDB's page format over an {@link
 * org.apache.lucene.store.IndexInput}; it trusts no byte of it. Nothing here knows what a vector or
 * a graph is: keys and values are bytes.
 *
 * <p>Internal: not part of the public API, may change in any release.
 */
package org.lucenelmdb.internal.store;
