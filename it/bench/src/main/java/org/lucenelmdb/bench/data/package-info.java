/**
 * The data of a benchmark: vectors from files, texts or generators, split into a base and queries,
 * with filters and exact answers.
 *
 * <p>A {@link org.lucenelmdb.bench.data.VectorSource} provides vectors, a {@link
 * org.lucenelmdb.bench.data.DatasetRequest} describes a data set, and a {@link
 * org.lucenelmdb.bench.data.Dataset} is the prepared directory, in formats that external engines
 * can read.
 *
 * <p>This package does not depend on indexes, engines, command line options or terminals, and
 * measures nothing.
 */
package org.lucenelmdb.bench.data;
