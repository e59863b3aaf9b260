/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * What is measured, of one engine, in a JVM of its own.
 *
 * <p>{@link org.lucenelmdb.bench.measure.Worker} is that JVM's program: it carries out one {@link
 * org.lucenelmdb.bench.measure.Job} and reports samples on its standard output. Two engines in one
 * JVM would share its profile of the call sites, and the second one would look slower than it is.
 * Which jobs are run, and in which order, is decided in {@code org.lucenelmdb.bench.run}.
 */
package org.lucenelmdb.bench.measure;
