/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * How a query is answered: by a walk through the graph on codes, whose candidates are scored by
 * their vectors, by Lucene's walk on exact scores, or by a scan. Who reads links is in {@code
 * graph}, who compares codes is in {@code codes}, and what is read is checked there.
 *
 * <p>Internal: not part of the public API, may change in any release.
 */
package org.lucenelmdb.search;
