/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Quantized vectors: how a field's codes are trained, how a vector becomes a short code with
 * constants, how codes lie in memory while a segment is built and in the image later, and how a
 * query is scored against them in place. A code's score is an estimate by which a graph is walked;
 * what a search answers is scored by the vectors themselves.
 *
 * <p>Internal: not part of the public API, may change in any release.
 */
package org.lucenelmdb.internal.codes;
