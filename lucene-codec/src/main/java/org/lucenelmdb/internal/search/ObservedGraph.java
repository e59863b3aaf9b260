/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.io.IOException;
import org.apache.lucene.util.hnsw.HnswGraph;

/** Tells an observer which links one of Lucene's searchers reads. */
final class ObservedGraph extends HnswGraph {

  private final HnswGraph in;
  private final SearchObserver observer;

  ObservedGraph(HnswGraph in, SearchObserver observer) {
    this.in = in;
    this.observer = observer;
  }

  @Override
  public void seek(int level, int node) throws IOException {
    observer.onLinks(level, node, Float.NaN, Float.NaN);
    in.seek(level, node);
  }

  @Override
  public int nextNeighbor() throws IOException {
    return in.nextNeighbor();
  }

  @Override
  public int neighborCount() {
    return in.neighborCount();
  }

  @Override
  public int size() {
    return in.size();
  }

  @Override
  public int numLevels() throws IOException {
    return in.numLevels();
  }

  @Override
  public int maxConn() {
    return in.maxConn();
  }

  @Override
  public int entryNode() throws IOException {
    return in.entryNode();
  }

  @Override
  public NodesIterator getNodesOnLevel(int level) throws IOException {
    return in.getNodesOnLevel(level);
  }
}
