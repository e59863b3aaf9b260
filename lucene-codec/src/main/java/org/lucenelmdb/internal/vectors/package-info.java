/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The vectors of a field: their layout in the image's {@code vectors} database, reading, writing
 * and exact scoring, and the mapping of ordinals to documents.
 *
 * <p>Each record of the database is a block of vectors of consecutive ordinals. This package
 * depends neither on graphs nor on codes.
 *
 * <p>Internal: not part of the public API, may change in any release.
 */
package org.lucenelmdb.internal.vectors;
