/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import org.apache.lucene.index.KnnVectorValues;
import org.lucenelmdb.internal.vectors.CompactVectors;
import org.lucenelmdb.internal.vectors.VectorPairs;

/**
 * The vectors of the nodes of a build.
 *
 * @param scored the vectors that are scored, by node: the stored ones, or approximate copies
 * @param stored the stored vectors, by ordinal
 * @param order the nodes of the ordinals; null if nodes are ordinals
 */
public record NodeVectors(KnnVectorValues scored, KnnVectorValues stored, Permutation order) {

  /** Reads stored vectors by node. */
  @FunctionalInterface
  interface Reader {
    /** Copies the vector of a node. */
    void read(int node, float[] vector) throws IOException;
  }

  /** Returns vectors whose ordinals are the nodes. */
  public static NodeVectors of(KnnVectorValues values) {
    return new NodeVectors(values, values, null);
  }

  /** Returns vectors of which copies in another order are scored. */
  public static NodeVectors of(KnnVectorValues values, CompactVectors copies, Permutation order) {
    return new NodeVectors(copies.values(), values, order);
  }

  int size() {
    return stored.size();
  }

  /** Returns the node of an ordinal. */
  public int node(int ordinal) {
    return order == null ? ordinal : order.node(ordinal);
  }

  /** Returns a new reader of stored vectors, for one thread. */
  Reader reader() throws IOException {
    KnnVectorValues values = stored.copy();
    return (node, vector) ->
        VectorPairs.copy(values, order == null ? node : order.ordinal(node), vector);
  }
}
