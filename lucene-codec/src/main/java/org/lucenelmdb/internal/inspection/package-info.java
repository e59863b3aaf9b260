/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * What an open segment shows to tools: its image and the parts of its fields. The reader of a
 * segment implements {@link org.lucenelmdb.internal.inspection.SegmentInspection}. A tool can also
 * observe the steps of searches: see {@link org.lucenelmdb.internal.inspection.SearchTracer}.
 * Nothing here interprets what it shows.
 *
 * <p>Internal: not part of the public API, may change in any release.
 */
package org.lucenelmdb.internal.inspection;
