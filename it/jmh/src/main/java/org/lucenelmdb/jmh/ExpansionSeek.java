/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.jmh;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.lucene.codecs.hnsw.HnswGraphProvider;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.IOUtils;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Finds, decodes and iterates over a node's links, through Lucene's graph interface: the complete
 * way from a node to its neighbors, whose parts {@link ExpansionAddress} and {@link ExpansionEdges}
 * measure.
 *
 * <p>Both stores have the same graph. Its nodes have the neighbors that the builder found, fewer
 * than {@value #NEIGHBORS} on average.
 */
public class ExpansionSeek extends Expansion {

  private static final int DIMENSION = 16;

  @Param("100000")
  int nodes;

  @Param({"LMDB", "LUCENE99"})
  Store store;

  private Directory directory;
  private DirectoryReader reader;
  private HnswGraph graph;
  private Traversal traversal;
  private int count;

  /** For JMH. */
  public ExpansionSeek() {}

  /** Opens the graph. */
  @Setup
  public void setUp() throws IOException {
    Path index = Indexes.index(store, new Vectors(nodes, DIMENSION, VectorEncoding.FLOAT32), true);
    directory = new MMapDirectory(index);
    reader = DirectoryReader.open(directory);
    HnswGraphProvider provider = (HnswGraphProvider) Indexes.vectorsReader(Indexes.segment(reader));
    graph = provider.getGraph(Indexes.FIELD);
    traversal = new Traversal(graph.size());
  }

  /** Closes the graph. */
  @TearDown
  public void tearDown() throws IOException {
    IOUtils.close(reader, directory);
  }

  /** Uses {@link HnswGraph#seek} and {@link HnswGraph#nextNeighbor}. */
  @Benchmark
  public int seek() throws IOException {
    return sumOfNeighbors(traversal.next(count));
  }

  int sumOfNeighbors(int node) throws IOException {
    graph.seek(0, node);
    count = graph.neighborCount();
    int sum = 0;
    for (int n = graph.nextNeighbor(); n != NO_MORE_DOCS; n = graph.nextNeighbor()) {
      sum += n;
    }
    return sum;
  }
}
