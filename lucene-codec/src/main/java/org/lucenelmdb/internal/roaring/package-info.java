/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * A decoder for Roaring bitmaps in their portable format.
 *
 * <p>Every expansion of a traversal decodes one bitmap, so decoding must not allocate. Bitmaps are
 * built and serialized by the RoaringBitmap library, against which the decoder is tested.
 *
 * <p>This package depends on no other package of the library.
 *
 * <p>Internal: not part of the public API, may change in any release.
 */
package org.lucenelmdb.internal.roaring;
