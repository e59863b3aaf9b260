/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * A benchmark of vector indexes, lucene-lmdb and its alternatives: the command line.
 *
 * <p>Packages: {@code data} (vectors, filters and exact answers), {@code engine} (the engines in
 * the JVM), {@code external} (external engines), {@code measure} (the measurements, in child JVMs),
 * {@code run} (their order), {@code result} (the figures) and {@code report} (tables and plots).
 * Reports depend on results only.
 */
package org.lucenelmdb.bench;
