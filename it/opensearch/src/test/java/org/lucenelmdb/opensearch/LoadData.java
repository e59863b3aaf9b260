/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.bench.data.BadDataException;
import org.lucenelmdb.bench.data.ClusteredVectors;
import org.lucenelmdb.bench.data.VectorFile;
import org.lucenelmdb.bench.data.VectorSource;

/** The vectors of a load test, all of length 1: those of documents, of queries, and of changes. */
final class LoadData {

  /** The number of queries, which are not in the index. */
  static final int QUERIES = 1000;

  private static final int MAX_CHANGES = 20_000;

  private final String name;
  private final float[][] documents;
  private final float[][] queries = new float[QUERIES][];
  private final float[][] changes;

  private LoadData(VectorSource source, int count) throws IOException {
    name = source.name();
    if (source.count() <= count + QUERIES) {
      throw new BadDataException(
          name
              + (": expected more than " + (count + QUERIES) + " vectors, of which ")
              + (QUERIES + " are queries; found " + source.count()));
    }
    documents = new float[count][];
    changes = new float[Math.min(MAX_CHANGES, source.count() - count - QUERIES)][];
    int index = 0;
    for (float[][] part : new float[][][] {documents, queries, changes}) {
      for (int i = 0; i < part.length; i++) {
        part[i] = new float[source.dimension()];
        source.read(index++, part[i]);
        VectorUtil.l2normalize(part[i]);
      }
    }
  }

  /** Reads the first vectors of a file. */
  static LoadData read(Path file, int count) throws IOException {
    try (VectorFile source = VectorFile.open(file)) {
      return new LoadData(source, count);
    }
  }

  /** Makes clustered vectors. */
  static LoadData generate(int count, int dimension, long seed) throws IOException {
    return new LoadData(
        new ClusteredVectors(count + QUERIES + MAX_CHANGES, dimension, seed), count);
  }

  String name() {
    return name;
  }

  int dimension() {
    return queries[0].length;
  }

  /** The number of documents before the first change. */
  int documents() {
    return documents.length;
  }

  float[] document(int index) {
    return documents[index];
  }

  float[] query(int index) {
    return queries[index];
  }

  /** The vector of a new or changed document; after the last one follows the first. */
  float[] change(int index) {
    return changes[index % changes.length];
  }
}
