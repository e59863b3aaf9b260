/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.Closeable;
import java.io.IOException;
import java.util.Random;
import java.util.function.Supplier;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.apache.lucene.store.Directory;

/** A {@link VectorIndex} with random vectors, options and segments. */
final class RandomIndex implements Closeable {

  final DirectoryReader reader;
  final int count;
  private final VectorIndex index;
  private final VectorSimilarityFunction similarity; // null for Manhattan
  private final boolean bytes;
  private final int dimension;
  private final String description;

  RandomIndex(Random random, Directory directory) throws IOException {
    VectorSimilarityFunction[] all = VectorSimilarityFunction.values();
    int which = random.nextInt(all.length + 1);
    this.similarity = which == all.length ? null : all[which];
    this.bytes = random.nextInt(4) == 0;
    this.dimension = 1 + random.nextInt(random.nextBoolean() ? 64 : 8);
    this.count = 1 + random.nextInt(400);
    int bits = new int[] {0, 1, 2, 4, 8}[random.nextInt(5)];
    LmdbHnswOptions options =
        VectorIndex.options(
                bits, random.nextBoolean() ? LmdbHnswOptions.AUTO : 1 + random.nextInt(4))
            .withMaxConn(2 + random.nextInt(7))
            .withBeamWidth(2 + random.nextInt(12));
    boolean compound = random.nextBoolean();
    boolean sorted = random.nextInt(4) == 0;
    Supplier<IndexWriterConfig> config =
        () -> {
          IndexWriterConfig made = VectorIndex.config(options).setUseCompoundFile(compound);
          return sorted ? VectorIndex.sorted(made) : made;
        };
    int missing = random.nextInt(3) == 0 ? 2 + random.nextInt(8) : Integer.MAX_VALUE;
    int deleted = random.nextInt(3) == 0 ? 2 + random.nextInt(8) : Integer.MAX_VALUE;
    int segments = random.nextInt(3) > 0 ? 1 : 2 + random.nextInt(3);
    this.description =
        (similarity == null ? "MANHATTAN" : similarity)
            + (bytes ? ", bytes" : "")
            + (sorted ? ", sorted" : "")
            + (", dimension " + dimension + ", " + count + " documents, 1 of " + missing)
            + (" without a vector, 1 of " + deleted + " deleted, " + segments + " segments, ")
            + options;
    Object[] vectors = bytes ? new byte[count][] : new float[count][];
    for (int i = 0; i < count; i++) {
      vectors[i] = i % missing == 1 ? null : vector(random);
    }
    FieldType type =
        bytes
            ? LmdbHnswFieldTypes.byteManhattan(dimension)
            : LmdbHnswFieldTypes.floatManhattan(dimension);
    this.index = new VectorIndex(directory, vectors, similarity, type).add(config.get(), segments);
    if (deleted < count) {
      index.delete(config.get(), id -> id % deleted == 1);
    }
    this.reader = index.reader;
  }

  /** A random vector of the field's type, to index or to search for. */
  Object vector(Random random) {
    if (bytes) {
      return Vectors.bytes(random, 1, dimension)[0];
    }
    VectorSimilarityFunction like =
        similarity == null ? VectorSimilarityFunction.EUCLIDEAN : similarity;
    return Vectors.clustered(random, like, 1, dimension)[0];
  }

  static void search(LeafReader leaf, Object target, KnnCollector collector, AcceptDocs accepted)
      throws IOException {
    if (target instanceof byte[] of) {
      leaf.searchNearestVectors(VectorIndex.FIELD, of, collector, accepted);
    } else {
      leaf.searchNearestVectors(VectorIndex.FIELD, (float[]) target, collector, accepted);
    }
  }

  static Query query(Object target, int k, Query filter, KnnSearchStrategy strategy) {
    return target instanceof byte[] of
        ? new KnnByteVectorQuery(VectorIndex.FIELD, of, k, filter, strategy)
        : new KnnFloatVectorQuery(VectorIndex.FIELD, (float[]) target, k, filter, strategy);
  }

  @Override
  public String toString() {
    return description;
  }

  @Override
  public void close() throws IOException {
    index.close();
  }
}
