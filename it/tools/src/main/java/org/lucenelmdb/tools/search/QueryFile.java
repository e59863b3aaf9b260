/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.search;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.lucenelmdb.bench.data.BadDataException;
import org.lucenelmdb.bench.data.VectorFile;
import org.lucenelmdb.internal.vectors.VectorMetric;

/** Queries in a file of vectors. */
public final class QueryFile {

  private QueryFile() {}

  /**
   * Reads at most a number of queries, spread evenly over the file.
   *
   * @throws BadDataException if the file has no vectors that the field can be searched for
   */
  public static List<QueryVector> read(Path path, SearchedField field, int max) throws IOException {
    List<QueryVector> queries = new ArrayList<>();
    try (VectorFile file = VectorFile.open(path)) {
      if (file.count() == 0) {
        throw new BadDataException(path + ": expected at least one query; found none");
      }
      if (file.dimension() != field.dimension()) {
        throw new BadDataException(
            path
                + (": expected vectors of dimension " + field.dimension())
                + (" for the field " + field.name() + "; found " + file.dimension()));
      }
      int count = Math.min(max, file.count());
      for (int i = 0; i < count; i++) {
        int number = (int) ((long) i * file.count() / count);
        float[] vector = new float[file.dimension()];
        file.read(number, vector);
        queries.add(query(path, field, number, vector));
      }
    }
    return queries;
  }

  private static QueryVector query(Path path, SearchedField field, int number, float[] vector)
      throws BadDataException {
    byte[] bytes = field.isBytes() ? new byte[vector.length] : null;
    boolean isZero = true;
    for (int i = 0; i < vector.length; i++) {
      isZero &= vector[i] == 0;
      if (Float.isFinite(vector[i]) == false) {
        throw new BadDataException(
            path + ": expected finite components of vector " + number + "; found " + vector[i]);
      }
      if (bytes != null) {
        bytes[i] = (byte) vector[i];
        if (bytes[i] != vector[i]) {
          throw new BadDataException(
              path
                  + (": expected integers from -128 to 127, as the field has bytes; found ")
                  + (vector[i] + " in vector " + number));
        }
      }
    }
    if (isZero && field.metric() == VectorMetric.COSINE) {
      throw new BadDataException(
          path + ": expected a direction of vector " + number + " (COSINE); found zeros");
    }
    return new QueryVector(number, bytes == null ? vector : null, bytes, -1, -1);
  }
}
