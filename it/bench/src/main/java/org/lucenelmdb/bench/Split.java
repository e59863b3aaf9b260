/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Which vectors are queries and which are the base: every (count / queries)-th is a query, the
 * others are shuffled and the first of them are the base.
 */
record Split(List<Integer> queries, List<Integer> base) {

  private static final long SEED = 7;

  static Split of(int count, int queryCount, int maxBase) {
    List<Integer> queries = new ArrayList<>(queryCount);
    List<Integer> rest = new ArrayList<>(count);
    int step = count / queryCount;
    for (int i = 0; i < count; i++) {
      (i % step == 0 && queries.size() < queryCount ? queries : rest).add(i);
    }
    Collections.shuffle(rest, new Random(SEED));
    return new Split(queries, rest.subList(0, Math.min(maxBase, rest.size())));
  }

  /** Writes both parts, normalised. */
  void write(VectorSource vectors, Workspace work) throws IOException {
    write(vectors, queries, work.queries());
    write(vectors, base, work.base());
  }

  private static void write(VectorSource vectors, List<Integer> chosen, Path path)
      throws IOException {
    float[] vector = new float[vectors.dimension()];
    ByteBuffer row = VectorFile.littleEndian(Integer.BYTES + vector.length * Float.BYTES);
    try (OutputStream out = Files.newOutputStream(path)) {
      for (int index : chosen) {
        vectors.read(index, vector);
        normalise(vector, index);
        row.clear().putInt(vector.length).asFloatBuffer().put(vector);
        out.write(row.array());
      }
    }
  }

  // Not VectorUtil's: in this JVM, without the vector API's module, that logs a warning.
  private static void normalise(float[] vector, int index) throws BadDataException {
    double squares = 0;
    for (float x : vector) {
      squares += (double) x * x;
    }
    if (squares == 0 || Double.isFinite(squares) == false) {
      throw new BadDataException("vector " + index + " cannot be normalised: zero or not finite");
    }
    double factor = 1 / Math.sqrt(squares);
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (vector[i] * factor);
    }
  }
}
