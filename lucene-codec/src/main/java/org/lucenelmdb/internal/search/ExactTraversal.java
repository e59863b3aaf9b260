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
 * search, algorithms 2 and 5 of <a href="https://arxiv.org/abs/1603.09320">Malkov and Yashunin,
 * 2018</a>. Lucene's {@code HnswGraphSearcher} does the same; this one reuses its memory. It
 * repeats the hot loop of {@link QuantizedTraversal} on purpose: the parts for codes would cost a
 * tenth of the time here. Vectors are not prefetched, because Lucene's scorers read several at
 * once: on 10,000 vectors of 1,024 dimensions, a search without prefetching takes a third less
 * time. Thread-safe.
 */
public final class ExactTraversal {

  /**
   * The number of searches whose memory is pooled. Further concurrent searches allocate their own.
   */
  private static final int MAX_POOLED = 4;

  private final GraphGeometry graph;
  private final IndexInput image;
  private final int pageSize;
  private final IndexInput meta;
  private final BlockingQueue<Workspace> pool =
      new ArrayBlockingQueue<>(Math.min(MAX_POOLED, Runtime.getRuntime().availableProcessors()));

  /**
   * @param image the image as a slice of its file
   * @param pageSize the page size of the image
   * @param meta the metadata file
   */
  public ExactTraversal(GraphGeometry graph, IndexInput image, int pageSize, IndexInput meta) {
    this.graph = graph;
    this.image = image;
    this.pageSize = pageSize;
    this.meta = meta;
  }

  /** The heap that pooled searches use, in bytes. */
  long ramBytesUsed() {
    long bytes = 0;
    for (Workspace workspace : pool) {
      bytes += workspace.visited.ramBytesUsed() + workspace.beam.ramBytesUsed();
    }
    return bytes;
  }

  /** The memory of a search. */
  private final class Workspace {
    final VisitedNodes visited = new VisitedNodes(graph.size());
    final Beam beam = new Beam();
    final LinksInput links = new LinksInput(graph, image, pageSize, meta);
    final int[] nodes = new int[Math.max(1, graph.maxDegree())]; // at least 1, for the entry node
    final float[] scores = new float[nodes.length];

    Workspace() throws IOException {}
  }

  /**
   * Collects the nearest matching vectors that a traversal finds.
   *
   * @param exact scores the vectors
   * @param matching the matching ordinals; null if all match
   * @param ef the number of nodes that the traversal keeps, at least k
   * @param heldOut the nodes that the search must not find; null if there are none
   * @param observer null for none
   * @return the number of nodes that were expanded on level 0
   */
  int search(
      RandomVectorScorer exact,
      KnnCollector collector,
      Bits matching,
      int ef,
      HeldOutNodes heldOut,
      SearchObserver observer)
      throws IOException {
    Workspace workspace = pool.poll();
    if (workspace == null) {
      workspace = new Workspace();
    }
    Run run = new Run(workspace, exact, collector, matching, heldOut, observer);
    run.search(ef);
    pool.offer(workspace); // not reused after an exception
    return run.expandedNodes;
  }

  /** The state of one search. */
  private final class Run {
    private final VisitedNodes visited;
    private final Beam beam;
    private final LinksInput links;
    private final int[] nodes;
    private final float[] scores;
    private final RandomVectorScorer exact;
    private final KnnCollector collector;
    private final Bits matching;
    private final HeldOutNodes heldOut;
    private final SearchObserver observer; // null if the search has none
    private int expandedNodes;

    /** Accumulates prefetch reads of links so that the JIT cannot eliminate them. */
    private int touched;

    Run(
        Workspace workspace,
        RandomVectorScorer exact,
        KnnCollector collector,
        Bits matching,
        HeldOutNodes heldOut,
        SearchObserver observer) {
      this.visited = workspace.visited;
      this.beam = workspace.beam;
      this.links = workspace.links;
      this.nodes = workspace.nodes;
      this.scores = workspace.scores;
      this.exact = exact;
      this.collector = collector;
      this.matching = matching;
      this.heldOut = heldOut;
      this.observer = observer;
    }

    void search(int ef) throws IOException {
      visited.clear();
      if (heldOut != null) {
        heldOut.hide(visited);
      }
      beam.reset(ef);
      if (observer != null) {
        observer.onTraversal(ef);
      }
      pushEntryNode();
      while (beam.hasFrontier()
          && beam.peek() >= beam.minCompetitive()
          && collector.earlyTerminated() == false) {
        long best = beam.pop();
        int node = Beam.node(best);
        if (observer != null) {
          observeLinks(0, best);
        }
        expandedNodes++;
        int degree = links.read(0, node, nodes);
        if (heldOut != null) {
          degree = heldOut.replace(node, nodes, degree);
        }
        int count = score(visited.retainNew(nodes, degree));
        for (int i = 0; i < count; i++) {
          offer(Beam.entry(nodes[i], scores[i]));
        }
        if (collector.getSearchStrategy() != null) {
          collector.getSearchStrategy().nextVectorsBlock();
        }
      }
      if (observer != null) {
        float worst = worst();
        observer.onTraversalEnd(worst, beam.hasFrontier() == false && worst == SearchObserver.NONE);
      }
      collect();
    }

    /** Kept out of the loops, so that the JIT inlines them as without an observer. */
    private void observeLinks(int level, long entry) {
      float score = Beam.score(entry);
      observer.onLinks(level, Beam.node(entry), score, level == 0 ? worst() : score);
    }

    /** The score of the worst node in the beam, for the observer. */
    private float worst() {
      long worst = beam.minCompetitive();
      return worst == Long.MIN_VALUE ? SearchObserver.NONE : Beam.score(worst);
    }

    /**
     * Scores the first of {@link #nodes}, up to the visit limit, and returns their number. As in
     * Lucene's searcher, the collector can terminate the search before each vector.
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
      if (beam.hasFrontier()) {
        touched += links.prefetch(Beam.node(beam.peek()));
      }
      exact.bulkScore(nodes, scores, count);
      collector.incVisitedCount(count);
      return count;
    }

    private void offer(long entry) {
      if (entry > beam.minCompetitive()) {
        beam.push(entry);
        if (matching == null || matching.get(Beam.node(entry))) {
          beam.collect(entry);
        }
      }
    }

    /** Descends from the entry node to level 0, and adds the node there to the frontier. */
    private void pushEntryNode() throws IOException {
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
          if (observer != null) {
            observeLinks(level, best);
          }
          int count = score(links.read(level, Beam.node(best), nodes));
          for (int i = 0; i < count; i++) {
            best = Math.max(best, Beam.entry(nodes[i], scores[i]));
          }
        } while (best > before);
      }
      if (observer != null) {
        observer.onStart(Beam.node(best), Beam.score(best));
      }
      visited.add(Beam.node(best));
      offer(best);
    }

    private void collect() {
      long[] found = new long[beam.collectedCount()];
      for (int i = 0; i < found.length; i++) {
        found[i] = beam.collected(i);
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
