/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.apache.lucene.util.FixedBitSet;
import org.lucenelmdb.bench.result.DataWarning;
import org.lucenelmdb.bench.result.FilterInfo;

/**
 * A prepared directory: the vectors to index, the queries, and the exact answers. Programs in any
 * language can read it:
 *
 * <ul>
 *   <li>{@code dataset.json}: name, hash, metric, k, counts, dimension, seed, warnings and filters
 *   <li>{@code base.fvecs}: the vectors to search in; a vector's position is its ordinal
 *   <li>{@code queries.fvecs}: the vectors to search for; with the metric cosine, all have unit
 *       length
 *   <li>{@code truth.ivecs}: for each query the ordinals of the k nearest vectors, or of all if the
 *       base has fewer, best first; ties are broken by the lower ordinal
 *   <li>{@code filters/N.accepted.ivecs}: one row, the ordinals that filter N of the description
 *       accepts, ascending
 *   <li>{@code filters/N.queries.ivecs}: one row, the numbers of the queries to use with the
 *       filter, ascending
 *   <li>{@code filters/N.truth.ivecs}: for each of these queries the nearest accepted ordinals
 * </ul>
 *
 * <p>{@code dataset.json} is written last: a directory that has one is complete.
 */
public final class Dataset {

  private final DatasetFiles files;
  private final Description description;
  private final float[][] queries;
  private final int[][] truth;
  private final List<Filter> filters;

  /**
   * Prepares a directory. The exact neighbors are computed with all processors, unless the cache
   * has them.
   *
   * @param directory created if needed; the files of a previous data set are replaced
   * @param cache a directory for exact neighbors, kept across runs; created if needed
   * @param progress receives the share of the work that is done, from 0 to 1; called by one thread
   *     at a time, which is not always the caller's
   * @throws BadDataException if the vectors, attributes or given truth cannot be used
   */
  public static Dataset prepare(
      DatasetRequest request, Path directory, Path cache, DoubleConsumer progress)
      throws IOException {
    new Preparation(request, directory, progress).run(cache);
    return open(directory);
  }

  /** Whether a directory has a complete data set. */
  public static boolean isPrepared(Path directory) {
    return Files.exists(new DatasetFiles(directory).description());
  }

  /**
   * Opens and checks a directory. All but the base is read into memory.
   *
   * @throws BadDataException if files are missing, damaged, or inconsistent
   */
  public static Dataset open(Path directory) throws IOException {
    return new Dataset(new DatasetFiles(directory), true);
  }

  /**
   * Opens a directory for a build of an index, without queries and truths, which would otherwise
   * count toward the measured heap.
   *
   * @throws BadDataException if files are missing, damaged, or inconsistent
   */
  public static Dataset openToBuild(Path directory) throws IOException {
    return new Dataset(new DatasetFiles(directory), false);
  }

  private Dataset(DatasetFiles files, boolean withQueries) throws IOException {
    this.files = files;
    this.description = Description.read(files.description());
    try (VectorFile base = VectorFile.open(files.base())) {
      check(files.base(), "vectors", description.base(), base.count());
      check(files.base(), "dimensions", description.dimension(), base.dimension());
    }
    this.queries = withQueries ? readQueries() : new float[0][];
    this.truth =
        withQueries ? readTruth(files.truth(), queries.length, description.base()) : new int[0][];
    List<Filter> read = new ArrayList<>();
    for (FilterInfo info : description.filters()) {
      read.add(withQueries ? readFilter(read.size(), info) : readFilterToBuild(read.size(), info));
    }
    this.filters = List.copyOf(read);
  }

  private float[][] readQueries() throws IOException {
    float[][] read = VectorFile.readAll(files.queries());
    check(files.queries(), "vectors", description.queries(), read.length);
    check(files.queries(), "dimensions", description.dimension(), read[0].length);
    return read;
  }

  private static void check(Path path, String what, int expected, int found)
      throws BadDataException {
    if (expected != found) {
      throw new BadDataException(path + ": expected " + expected + " " + what + ", found " + found);
    }
  }

  private static void checkRange(Path path, int[] row, int bound) throws BadDataException {
    for (int value : row) {
      if (value < 0 || value >= bound) {
        throw new BadDataException(
            path + ": expected numbers from 0 to " + (bound - 1) + ", found " + value);
      }
    }
  }

  /** Reads rows of neighbors, chosen from {@code candidates} vectors. */
  private int[][] readTruth(Path path, int rows, int candidates) throws IOException {
    int[][] read = VectorFile.readIvecs(path);
    check(path, "rows", rows, read.length);
    for (int[] row : read) {
      check(path, "neighbors in each row", Math.min(description.k(), candidates), row.length);
      checkRange(path, row, description.base());
    }
    return read;
  }

  private FixedBitSet readAccepted(int number, FilterInfo info) throws IOException {
    int[] accepted = readAscending(files.accepted(number), info.accepted(), description.base());
    FixedBitSet set = new FixedBitSet(description.base());
    for (int ordinal : accepted) {
      set.set(ordinal);
    }
    return set;
  }

  /** Documents only need to know which filters accept them. */
  private Filter readFilterToBuild(int number, FilterInfo info) throws IOException {
    return new Filter(info, readAccepted(number, info), new int[0], new int[0][]);
  }

  private Filter readFilter(int number, FilterInfo info) throws IOException {
    FixedBitSet set = readAccepted(number, info);
    int[] numbers =
        readAscending(files.filterQueries(number), info.queries(), description.queries());
    int[][] nearest = readTruth(files.filterTruth(number), numbers.length, info.accepted());
    for (int[] row : nearest) {
      for (int ordinal : row) {
        if (set.get(ordinal) == false) {
          throw new BadDataException(
              files.filterTruth(number) + ": expected accepted vectors, found " + ordinal);
        }
      }
    }
    return new Filter(info, set, numbers, nearest);
  }

  private static int[] readAscending(Path path, int length, int bound) throws IOException {
    int[][] rows = VectorFile.readIvecs(path);
    check(path, "rows", 1, rows.length);
    check(path, "numbers", length, rows[0].length);
    checkRange(path, rows[0], bound);
    for (int i = 1; i < length; i++) {
      if (rows[0][i] <= rows[0][i - 1]) {
        throw new BadDataException(
            path + ": expected ascending numbers, found " + rows[0][i] + " after others");
      }
    }
    return rows[0];
  }

  /** The path of the directory. */
  public Path directory() {
    return files.directory();
  }

  /** The name of the source: {@link VectorSource#name}. */
  public String name() {
    return description.name();
  }

  /** SHA-256, in hexadecimal, of the base file followed by the query file. */
  public String hash() {
    return description.hash();
  }

  /** The number of vectors in the base: at least 1. */
  public int count() {
    return description.base();
  }

  /** The dimension of the vectors. */
  public int dimension() {
    return description.dimension();
  }

  /** The number of neighbors that each query asks for; it may exceed the size of the base. */
  public int k() {
    return description.k();
  }

  /** The metric by which vectors are near. */
  public Metric metric() {
    return description.metric();
  }

  /** The seed of all random choices. */
  public long seed() {
    return description.seed();
  }

  /**
   * The queries, prepared for the metric; empty if this was opened for a build. Must not be
   * changed.
   */
  public float[][] queries() {
    return queries;
  }

  /** Opens the vectors to search in, prepared for the metric. The caller closes them. */
  public VectorSource openBase() throws IOException {
    return VectorFile.open(files.base());
  }

  /** Row q has the ordinals of the nearest vectors of query q, best first. Must not be changed. */
  public int[][] truth() {
    return truth;
  }

  /** The filters, if any: first random ones, then pairs for attribute values. */
  public List<Filter> filters() {
    return filters;
  }

  /** Properties of the data that make its figures untypical, if any. */
  public List<DataWarning> warnings() {
    return description.warnings();
  }
}
