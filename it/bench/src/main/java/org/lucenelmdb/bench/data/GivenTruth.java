/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** Compares neighbors that came with the vectors with the computed ones. */
final class GivenTruth {

  /**
   * The given neighbors may have been computed with other rounding, and may prefer the other of two
   * nearly equal scores.
   */
  private static final float TOLERANCE = 1e-5f;

  private final Path path;
  private final int[][] rows;

  private GivenTruth(Path path, int[][] rows) {
    this.path = path;
    this.rows = rows;
  }

  /**
   * Reads the neighbors.
   *
   * @param path an {@code .ivecs} file
   * @param expected the expected number of rows
   * @param chosen the rows of the queries
   * @param sourceCount the number of vectors in the source that the indices refer to
   */
  static GivenTruth read(Path path, int expected, int[] chosen, int sourceCount)
      throws IOException {
    int[][] rows = VectorFile.readIvecs(path);
    if (rows.length != expected) {
      throw new BadDataException(
          path + ": expected " + expected + " rows, one for each query, found " + rows.length);
    }
    for (int q = 0; q < rows.length; q++) {
      for (int index : rows[q]) {
        if (index < 0 || index >= sourceCount) {
          throw new BadDataException(
              path
                  + (": expected indices from 0 to " + (sourceCount - 1))
                  + (", found " + index + " in row " + q));
        }
      }
    }
    return new GivenTruth(path, Arrays.stream(chosen).mapToObj(q -> rows[q]).toArray(int[][]::new));
  }

  /**
   * Returns the number of queries for which a given neighbor is not among the nearest, or one of
   * the nearest is missing. Of a longer row only the first neighbors count, of a shorter one all.
   * Neighbors outside the base, which may be a part of the source, do not count.
   *
   * @param truth the computed neighbors, as ordinals of the base
   * @param baseIndices the base vectors as indices into the source
   */
  int differences(
      int[][] truth,
      int[] baseIndices,
      int sourceCount,
      float[][] queries,
      Metric metric,
      Path base)
      throws IOException {
    int[] ordinals = new int[sourceCount];
    Arrays.fill(ordinals, -1);
    for (int ordinal = 0; ordinal < baseIndices.length; ordinal++) {
      ordinals[baseIndices[ordinal]] = ordinal;
    }
    int differences = 0;
    try (VectorFile vectors = VectorFile.open(base)) {
      float[] vector = new float[vectors.dimension()];
      for (int q = 0; q < rows.length; q++) {
        int length = Math.min(rows[q].length, truth[q].length);
        int[] present = Arrays.stream(rows[q]).map(i -> ordinals[i]).filter(i -> i >= 0).toArray();
        length = Math.min(length, present.length);
        int[] given = Arrays.stream(present, 0, length).distinct().toArray();
        boolean differs = rows[q].length == 0 || given.length < length;
        float worst = 0;
        if (differs == false && length > 0) {
          vectors.read(truth[q][length - 1], vector);
          worst = metric.score(queries[q], vector);
          worst -= TOLERANCE * Math.abs(worst);
        }
        for (int i = 0; i < given.length && differs == false; i++) {
          vectors.read(given[i], vector);
          differs = metric.score(queries[q], vector) < worst;
        }
        differences += differs ? 1 : 0;
      }
    }
    return differences;
  }

  String name() {
    return path.getFileName().toString();
  }
}
