/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.search;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.io.IOException;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.apache.lucene.util.Bits;
import org.lucenelmdb.codes.CodesInput;
import org.lucenelmdb.graph.CandidateQueue;
import org.lucenelmdb.graph.GraphGeometry;
import org.lucenelmdb.graph.ImageHnswGraph;
import org.lucenelmdb.graph.LinksInput;

/**
 * Walks through a graph on codes and finds candidates: HNSW's search (Malkov and Yashunin,
 * Efficient and robust approximate nearest neighbor search using Hierarchical Navigable Small World
 * graphs, 2018, algorithms 2 and 5). For one thread, and one query after the other: everything that
 * it needs is kept for the next one.
 *
 * <p>Most of the time goes into waiting for memory. So the codes of all new neighbours of a node
 * are touched before the first one is scored, and so are the links of the node that is likely to be
 * next.
 */
final class CandidateSearch {

  private static final int SEED_BATCH = 64;

  private final GraphGeometry graph;
  private final LinksInput links;
  private final CodesInput codes;
  private final ImageHnswGraph.Order order;
  private final VisitedNodes visited;
  private final CandidateQueue queue = new CandidateQueue();
  private final int[] nodes;
  private final float[] scores;
  private final long[] entries;

  /** What was touched, which somebody might want to know: so the JVM cannot leave it out. */
  private int touched;

  CandidateSearch(
      GraphGeometry graph, LinksInput links, CodesInput codes, ImageHnswGraph.Order order) {
    this.graph = graph;
    this.links = links;
    this.codes = codes;
    this.order = order;
    this.visited = new VisitedNodes(graph.size());
    int most = Math.max(graph.maxDegree(), SEED_BATCH);
    this.nodes = new int[most];
    this.scores = new float[most];
    this.entries = new long[most];
  }

  /**
   * Finds candidates, for {@link #ordinals}.
   *
   * @param candidates how many, at least 1
   * @param collector says when to stop, and counts the nodes that are scored; nothing is collected
   * @param acceptOrds candidates are among these; null for all
   */
  void search(float[] target, int candidates, KnnCollector collector, Bits acceptOrds)
      throws IOException {
    codes.setTarget(target);
    queue.reset(candidates);
    visited.clear();
    KnnSearchStrategy strategy = collector.getSearchStrategy();
    boolean seeded =
        strategy instanceof KnnSearchStrategy.Seeded seeds
            && openSeeds(seeds, collector, acceptOrds);
    if (seeded == false) {
      openEntry(collector, acceptOrds);
    }
    while (queue.hasOpen() && collector.earlyTerminated() == false) {
      if (queue.bestOpen() < queue.bound()) {
        break;
      }
      int degree = links.read(0, CandidateQueue.node(queue.closeBest()), nodes);
      score(visited.retainNew(nodes, degree), collector, acceptOrds);
      if (strategy != null) {
        strategy.nextVectorsBlock();
      }
    }
  }

  /** Scores the first of {@link #nodes}, and opens and keeps those that are good enough. */
  private void score(int found, KnnCollector collector, Bits acceptOrds) throws IOException {
    int count = (int) Math.min(found, collector.visitLimit() - collector.visitedCount());
    if (count <= 0) {
      return;
    }
    touched += codes.touch(nodes, count);
    if (queue.hasOpen()) {
      touched += links.touch(CandidateQueue.node(queue.bestOpen()));
    }
    codes.score(count, scores);
    collector.incVisitedCount(count);
    long bound = queue.bound();
    int competitive = 0;
    for (int i = 0; i < count; i++) {
      long entry = CandidateQueue.entry(nodes[i], scores[i]);
      entries[competitive] = entry;
      competitive += entry > bound ? 1 : 0; // no branch, as none would be predicted
    }
    for (int i = 0; i < competitive; i++) {
      offer(entries[i], acceptOrds);
    }
  }

  private void offer(long entry, Bits acceptOrds) throws IOException {
    if (entry > queue.bound()) {
      queue.open(entry);
      if (acceptOrds == null || acceptOrds.get(codes.ordinal(CandidateQueue.node(entry)))) {
        queue.keep(entry);
      }
    }
  }

  /** Begins with nodes that somebody else has found; false if there are none. */
  private boolean openSeeds(KnnSearchStrategy.Seeded seeds, KnnCollector collector, Bits acceptOrds)
      throws IOException {
    DocIdSetIterator ords = seeds.entryPoints();
    boolean any = false;
    int batch = 0;
    for (int i = 0; i < seeds.numberOfEntryPoints(); i++) {
      int ord = ords.nextDoc();
      if (ord == NO_MORE_DOCS || ord >= graph.size()) {
        break;
      }
      nodes[batch++] = order.node(ord);
      any = true;
      if (batch == SEED_BATCH) {
        score(visited.retainNew(nodes, batch), collector, acceptOrds);
        batch = 0;
      }
    }
    score(visited.retainNew(nodes, batch), collector, acceptOrds);
    return any;
  }

  /** Begins with the node to which a descent through the levels leads. */
  private void openEntry(KnnCollector collector, Bits acceptOrds) throws IOException {
    nodes[0] = graph.entryNode();
    touched += codes.touch(nodes, 1);
    codes.score(1, scores);
    collector.incVisitedCount(1);
    long best = CandidateQueue.entry(nodes[0], scores[0]);
    for (int level = graph.levels() - 1; level > 0; level--) {
      long before;
      do {
        if (collector.earlyTerminated()) {
          return;
        }
        before = best;
        int degree = links.read(level, CandidateQueue.node(best), nodes);
        touched += codes.touch(nodes, degree);
        codes.score(degree, scores);
        collector.incVisitedCount(degree);
        for (int i = 0; i < degree; i++) {
          best = Math.max(best, CandidateQueue.entry(nodes[i], scores[i]));
        }
      } while (best > before);
    }
    nodes[0] = CandidateQueue.node(best);
    visited.retainNew(nodes, 1);
    offer(best, acceptOrds);
  }

  /** The number of candidates that were found. */
  int found() {
    return queue.bestSize();
  }

  /**
   * Copies the candidates' ordinals, in no order.
   *
   * @param ords with room for all that were found
   */
  void ordinals(int[] ords) throws IOException {
    for (int i = 0; i < queue.bestSize(); i++) {
      ords[i] = codes.ordinal(queue.bestNode(i));
    }
  }

  long ramBytesUsed() {
    return visited.ramBytesUsed();
  }

  @Override
  public String toString() {
    return "CandidateSearch(" + graph.size() + " nodes, touched " + touched + ")";
  }
}
