/**
 * What is measured on: vectors from files, texts or generators, split into a base and queries, with
 * filters and the exact answers.
 *
 * <p>A {@link org.lucenelmdb.bench.data.VectorSource} gives vectors, a {@link
 * org.lucenelmdb.bench.data.DatasetRequest} says what to make of them, and a {@link
 * org.lucenelmdb.bench.data.Dataset} is a directory with the outcome, in formats that programs
 * outside the JVM read as well.
 *
 * <p>Nothing here knows of indexes, engines, options of the command line or terminals, and nothing
 * is measured here.
 */
package org.lucenelmdb.bench.data;
