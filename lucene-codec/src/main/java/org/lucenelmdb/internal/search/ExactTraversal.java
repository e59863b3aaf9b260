/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.lucenelmdb.internal.graph.Beam;
import org.lucenelmdb.internal.graph.GraphGeometry;
import org.lucenelmdb.internal.graph.LinksInput;

/**
 * Traverses the graph of a field without codes, whose nodes are ordinals, by exact scores: HNSW's
 * search (Malkov and Yashunin, 2018, algorithms 2 and 5). Lucene's {@code HnswGraphSearcher} does
 * the same; this one keeps its memory from search to search. It repeats the hot loop of {@link
 * QuantizedTraversal} on purpose: what that needs for codes would cost a tenth of the time here.
 * Vectors are not prefetched: Lucene's scorers read several at once, and of 10,000 vectors of 1,024
 * dimensions a search takes a third less time than one that touches them first. Thread-safe.
 */
public final class ExactTraversal {

  private static final int MAX_POOLED = 4;

  private final GraphGeometry graph;
  private final IndexInput image;
  private final int pageSize;
  private final IndexInput meta;
  private final BlockingQueue<Scratch> pool =
      new ArrayBlockingQueue<>(Math.min(MAX_POOLED, Runtime.getRuntime().availableProcessors()));

  /**
   * @param image the image as a slice of its file
   * @param pageSize of the image
   * @param meta the metadata file
   */
  public ExactTraversal(GraphGeometry graph, IndexInput image, int pageSize, IndexInput meta) {
    this.graph = graph;
    this.image = image;
    this.pageSize = pageSize;
    this.meta = meta;
  }

  /** The heap that searches which are over have left for others. */
  public long ramBytesUsed() {
    long bytes = 0;
    for (Scratch scratch : pool) {
      bytes += scratch.visited.ramBytesUsed() + scratch.queue.ramBytesUsed();
    }
    return bytes;
  }

  /** What one search needs. */
  private final class Scratch {
    final VisitedNodes visited = new VisitedNodes(graph.size());
    final Beam queue = new Beam();
    final LinksInput links = new LinksInput(graph, image, pageSize, meta);
    final int[] nodes = new int[Math.max(1, graph.maxDegree())]; // the entry node, too
    final float[] scores = new float[nodes.length];

    Scratch() throws IOException {}
  }

  /**
   * Collects the nearest accepted vectors that it finds.
   *
   * @param exact scores the vectors
   * @param accepted by ordinal; null if all are
   * @param candidates how many it keeps, at least k
   * @param hidden null if all nodes are there
   * @return how many nodes' links were read on level 0
   */
  int search(
      RandomVectorScorer exact,
      KnnCollector collector,
      Bits accepted,
      int candidates,
      HeldOutNodes hidden)
      throws IOException {
    Scratch scratch = pool.poll();
    if (scratch == null) {
      scratch = new Scratch();
    }
    Run run = new Run(scratch, exact, collector, accepted, hidden);
    run.search(candidates);
    pool.offer(scratch); // not if something was thrown
    return run.expandedNodes;
  }

  /** One search. */
  private final class Run {
    private final VisitedNodes visited;
    private final Beam queue;
    private final LinksInput links;
    private final int[] nodes;
    private final float[] scores;
    private final RandomVectorScorer exact;
    private final KnnCollector collector;
    private final Bits accepted;
    private final HeldOutNodes hidden;
    private int expandedNodes;

    /** Accumulates prefetch reads of links so that the JIT cannot eliminate them. */
    private int touched;

    Run(
        Scratch scratch,
        RandomVectorScorer exact,
        KnnCollector collector,
        Bits accepted,
        HeldOutNodes hidden) {
      this.visited = scratch.visited;
      this.queue = scratch.queue;
      this.links = scratch.links;
      this.nodes = scratch.nodes;
      this.scores = scratch.scores;
      this.exact = exact;
      this.collector = collector;
      this.accepted = accepted;
      this.hidden = hidden;
    }

    void search(int candidates) throws IOException {
      visited.clear();
      if (hidden != null) {
        hidden.hide(visited);
      }
      queue.reset(candidates);
      openEntry();
      while (queue.hasFrontier()
          && queue.peek() >= queue.minCompetitive()
          && collector.earlyTerminated() == false) {
        int node = Beam.node(queue.pop());
        expandedNodes++;
        int degree = links.read(0, node, nodes);
        if (hidden != null) {
          degree = hidden.replace(node, nodes, degree);
        }
        int count = score(visited.retainNew(nodes, degree));
        for (int i = 0; i < count; i++) {
          offer(Beam.entry(nodes[i], scores[i]));
        }
        if (collector.getSearchStrategy() != null) {
          collector.getSearchStrategy().nextVectorsBlock();
        }
      }
      collect();
    }

    /**
     * Scores the first of {@link #nodes}, as many as may be visited; returns how many. As in
     * Lucene's searcher, the collector is asked before each vector whether to go on.
     */
    private int score(int size) throws IOException {
      long left = collector.visitLimit() - collector.visitedCount();
      int count = 0;
      while (count < size && count < left && collector.earlyTerminated() == false) {
        count++;
      }
      if (count == 0) {
        return 0;
      }
      if (queue.hasFrontier()) {
        touched += links.prefetch(Beam.node(queue.peek()));
      }
      exact.bulkScore(nodes, scores, count);
      collector.incVisitedCount(count);
      return count;
    }

    private void offer(long entry) {
      if (entry > queue.minCompetitive()) {
        queue.push(entry);
        if (accepted == null || accepted.get(Beam.node(entry))) {
          queue.collect(entry);
        }
      }
    }

    /** Begins with the node to which a descent through the levels leads. */
    private void openEntry() throws IOException {
      nodes[0] = graph.entryNode();
      if (score(1) == 0) {
        return;
      }
      long best = Beam.entry(nodes[0], scores[0]);
      for (int level = graph.levels() - 1; level > 0; level--) {
        long before;
        do {
          if (collector.earlyTerminated()) {
            return;
          }
          before = best;
          int count = score(links.read(level, Beam.node(best), nodes));
          for (int i = 0; i < count; i++) {
            best = Math.max(best, Beam.entry(nodes[i], scores[i]));
          }
        } while (best > before);
      }
      visited.add(Beam.node(best));
      offer(best);
    }

    private void collect() {
      long[] found = new long[queue.collectedCount()];
      for (int i = 0; i < found.length; i++) {
        found[i] = queue.collected(i);
      }
      Arrays.sort(found);
      for (int i = found.length - 1; i >= Math.max(0, found.length - collector.k()); i--) {
        collector.collect(exact.ordToDoc(Beam.node(found[i])), Beam.score(found[i]));
      }
    }

    @Override
    public String toString() {
      return "Run(touched " + touched + ")";
    }
  }
}
