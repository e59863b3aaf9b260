/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * A benchmark of vector indexes, ours beside what users would pick instead: the program and its
 * options.
 *
 * <p>Below: {@code data} (vectors, filters and the exact answers), {@code engine} (who is
 * compared), {@code external} (engines outside the JVM), {@code measure} (what is measured, in
 * child JVMs), {@code run} (in which order), {@code result} (what was found) and {@code report}
 * (how it is shown). Results are all that {@code report} sees.
 */
package org.lucenelmdb.bench;
