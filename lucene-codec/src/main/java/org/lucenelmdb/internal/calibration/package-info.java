/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Measures the recall curve of a segment when it is written: which effort reaches which recall. The
 * queries are held-out vectors of the segment, and are answered by the same searches as later
 * queries. How a search uses the curve is in {@code search}, on which this package depends; it also
 * depends on {@code graph}, {@code vectors} and {@code workers}.
 *
 * <p>Internal: not part of the public API, may change in any release.
 */
package org.lucenelmdb.internal.calibration;
