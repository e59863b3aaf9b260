/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The measurements of one engine, in a JVM of its own.
 *
 * <p>{@link org.lucenelmdb.bench.measure.Worker} is the main class of that JVM: it runs one {@link
 * org.lucenelmdb.bench.measure.Job} and reports samples on standard output. Two engines in one JVM
 * would share its profile of the call sites, and the second one would look slower than it is. The
 * package {@code org.lucenelmdb.bench.run} decides which jobs run, and in which order.
 */
package org.lucenelmdb.bench.measure;
