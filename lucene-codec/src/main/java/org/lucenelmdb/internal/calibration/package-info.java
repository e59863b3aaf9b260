/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * What effort reaches what recall in a segment: measured when it is written, with some of its own
 * vectors as queries, by the searches that will answer others. How a recall curve is used by a
 * search is not here, but in {@code search}.
 *
 * <p>Internal: not part of the public API, may change in any release.
 */
package org.lucenelmdb.internal.calibration;
