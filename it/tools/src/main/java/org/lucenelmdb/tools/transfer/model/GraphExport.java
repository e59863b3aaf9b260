/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.model;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.apache.lucene.util.hnsw.HnswGraph.NodesIterator;
import org.lucenelmdb.internal.vectors.VectorMetric;

/**
 * A field to export with its graph. The nodes of the graph are ordinals, none of them deleted.
 *
 * @param values the vectors
 * @param metric the metric
 * @param graph the graph
 * @param ids the id of each vector
 */
public record GraphExport(KnnVectorValues values, VectorMetric metric, HnswGraph graph, Ids ids) {

  /** Returns the highest level of each node. */
  public int[] levels() throws IOException {
    int[] levels = new int[graph.size()];
    for (int level = 1; level < graph.numLevels(); level++) {
      NodesIterator nodes = graph.getNodesOnLevel(level);
      while (nodes.hasNext()) {
        levels[nodes.nextInt()] = level;
      }
    }
    return levels;
  }

  /**
   * Reads the neighbors of a node.
   *
   * @return different neighbors, ascending
   */
  public int[] neighbors(int level, int node) throws IOException {
    graph.seek(level, node);
    int[] neighbors = new int[graph.neighborCount()];
    for (int i = 0; i < neighbors.length; i++) {
      neighbors[i] = graph.nextNeighbor();
    }
    Arrays.sort(neighbors);
    int count = 0;
    for (int neighbor : neighbors) { // graphs that Lucene merged may have duplicates
      if (count == 0 || neighbors[count - 1] != neighbor) {
        neighbors[count++] = neighbor;
      }
    }
    return Arrays.copyOf(neighbors, count);
  }

  /** Reads a vector as floats, whatever its encoding. */
  public void read(int ordinal, float[] vector) throws IOException {
    if (values instanceof FloatVectorValues floats) {
      System.arraycopy(floats.vectorValue(ordinal), 0, vector, 0, vector.length);
    } else {
      byte[] bytes = ((ByteVectorValues) values).vectorValue(ordinal);
      for (int i = 0; i < vector.length; i++) {
        vector[i] = bytes[i];
      }
    }
  }

  /** Reads a vector of bytes. */
  public byte[] readBytes(int ordinal) throws IOException {
    return ((ByteVectorValues) values).vectorValue(ordinal);
  }
}
