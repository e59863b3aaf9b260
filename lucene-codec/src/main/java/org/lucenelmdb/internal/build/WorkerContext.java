/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import org.lucenelmdb.internal.vectors.VectorPairs;

/** The scorers, selectors and writers that one thread of a build uses. */
final class WorkerContext {

  final VectorPairs pairs;
  final NeighborSelector selector;
  private final LinkWriter writer;
  private final BuildContext build;

  WorkerContext(BuildContext build) throws IOException {
    this.build = build;
    this.pairs = new VectorPairs(build.values(), build.metric());
    this.selector = new NeighborSelector(pairs, build.metric(), build.alpha(), build.workers());
    this.writer = new LinkWriter(build.graph(), pairs, selector);
  }

  /** Returns a new search, which takes one of the sets of visited nodes. */
  NeighborSearch newSearch() throws IOException {
    NodeScorer scorer =
        build.codes() == null
            ? new ExactNodeScorer(new VectorPairs(build.values(), build.metric()))
            : new CodesNodeScorer(build.codes().scorer(), pairs, build.values().dimension());
    return new NeighborSearch(build.graph(), scorer, build.visited().remove());
  }

  /** Returns a new inserter, with a {@linkplain #newSearch search} of its own. */
  NodeInserter newInserter() throws IOException {
    return new NodeInserter(
        build.graph(),
        newSearch(),
        pairs,
        selector,
        writer,
        build.parameters().beamWidth(),
        build.workers());
  }

  /** Reduces the neighbors of a node to its final degree on all levels. */
  void prune(int node) throws IOException {
    for (int level = build.graph().level(node); level >= 0; level--) {
      writer.prune(level, node);
    }
  }
}
