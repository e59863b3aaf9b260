/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Roaring bitmaps in their portable format, decoded in place.
 *
 * <p>Only decoding, because a hop of a search is one decoded bitmap and may not allocate. Bitmaps
 * are made and serialized by the RoaringBitmap library, against which the decoder is tested.
 *
 * <p>Internal: not part of the public API, may change in any release.
 */
package org.lucenelmdb.internal.roaring;
