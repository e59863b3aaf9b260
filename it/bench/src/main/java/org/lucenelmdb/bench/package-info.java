/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * A benchmark of {@code LmdbHnswVectorsFormat} beside Lucene's own format.
 *
 * <p>{@link org.lucenelmdb.bench.Bench} is the program: it reads the options, splits the vectors
 * into base and queries, starts a child JVM for each measurement, and prints what they report.
 * {@code Worker} is the program of the child JVMs: two formats in one JVM would share its profile
 * of the scorers' call sites, and the second one measured would look slower than it is.
 */
package org.lucenelmdb.bench;
