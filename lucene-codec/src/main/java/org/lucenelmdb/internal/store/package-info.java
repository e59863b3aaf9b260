/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The storage of a segment: LMDB images, which LMDB writes and this package reads without it, and
 * the packed tables of the metadata file.
 *
 * <p>{@link org.lucenelmdb.internal.store.ImageWriter} writes an image to a temporary file, with
 * {@link org.lucenelmdb.internal.store.TemporaryInts} beside it, and the {@link
 * org.lucenelmdb.internal.store.BuildFile} of a build that exceeds its memory. It is the only class
 * here that calls the native library, which {@code NativeLibrary} loads. {@link
 * org.lucenelmdb.internal.store.ImageReader} and {@link org.lucenelmdb.internal.store.RecordInput}
 * read LMDB's page format from an {@link org.apache.lucene.store.IndexInput}, so a search needs no
 * native library. They verify all data that they read.
 *
 * <p>Keys and values are bytes here. The packages that use this one define their meaning. This
 * package depends on {@code offheap} only.
 *
 * <p>Internal: not part of the public API, may change in any release.
 */
package org.lucenelmdb.internal.store;
