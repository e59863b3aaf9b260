/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Measures the recall curve of a segment when it is written: the recall that each effort reaches.
 * The queries are held-out vectors of the segment, and are answered by the same searches as later
 * queries. The package {@code search} uses the curve. This package depends on it, and on {@code
 * graph}, {@code vectors} and {@code workers}.
 *
 * <p>Internal: not part of the public API, may change in any release.
 */
package org.lucenelmdb.internal.calibration;
