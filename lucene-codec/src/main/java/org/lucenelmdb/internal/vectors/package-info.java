/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Raw vectors: how they are laid out in the image's {@code vectors} database, written, read and
 * scored, and which documents have them.
 *
 * <p>Vectors lie in blocks, one block a record, in the order of their ordinals. Nothing here knows
 * of graphs or of quantized codes.
 *
 * <p>Internal: not part of the public API, may change in any release.
 */
package org.lucenelmdb.internal.vectors;
