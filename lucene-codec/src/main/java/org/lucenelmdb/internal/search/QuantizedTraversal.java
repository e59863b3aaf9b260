/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.io.IOException;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.apache.lucene.util.Bits;
import org.lucenelmdb.internal.codes.SegmentCodeScorer;
import org.lucenelmdb.internal.graph.Beam;
import org.lucenelmdb.internal.graph.GraphGeometry;
import org.lucenelmdb.internal.graph.LinksInput;
import org.lucenelmdb.internal.graph.NodeOrdinals;

/**
 * Traverses a graph by the codes of its nodes, as HNSW's search does: algorithms 2 and 5 of <a
 * href="https://arxiv.org/abs/1603.09320">Malkov and Yashunin, 2018</a>. A filtered traversal
 * bridges over neighbors that do not match, as ACORN-1 does (<a
 * href="https://arxiv.org/abs/2403.04871">Patel et al., 2024</a>), but only over neighbors that are
 * near enough to be expanded. For one thread; reusable for one search after another, so that its
 * arrays are allocated once.
 *
 * <p>A traversal first finds the best {@code ef} nodes. It can then be extended to all nodes down
 * to any score, because {@link Candidates} also keeps the other scored nodes.
 *
 * <p>Most of the time is spent waiting for memory. Therefore the codes of all new neighbors of a
 * node are prefetched before the first one is scored, and so are the links of the node that is
 * likely to be expanded next.
 */
final class QuantizedTraversal {

  /** Why a traversal ended. */
  enum End {
    /** No node of the frontier is competitive. */
    ENOUGH,
    /** All reachable nodes were expanded. */
    EXHAUSTED,
    /** The planner has replaced the traversal with a scan. */
    SWITCHED_TO_SCAN,
    /** The collector terminated early, or the visit limit is reached. */
    STOPPED
  }

  private final GraphGeometry graph;
  private final LinksInput links;
  private final SegmentCodeScorer codes;
  private final NodeOrdinals order;
  private final Candidates candidates;
  private final VisitCounter visits;
  private final VisitedNodes visited;
  private final Beam beam;
  private final ScoredNodeList deferred;
  private final int[] nodes;
  private final float[] scores;
  private final long[] entries;
  private final int[] sample = new int[SearchHeuristics.MAX_SEEDS];

  /** Whether {@link #minEntry} limits the candidates, instead of the capacity of the beam. */
  private boolean isExtended;

  /** The lowest entry of an extended traversal. Nodes with lower entries are deferred. */
  private long minEntry;

  private int expandedNodes;
  private int matchingExpandedNodes;
  private boolean isSeeded;
  private boolean isFiltered;

  // the current search
  private KnnCollector collector;
  private MatchingVectors matching;
  private Bits ords;
  private FilterPlanner planner; // null if all vectors match
  private HeldOutNodes heldOut; // null if there are none
  private SearchObserver observer; // null if the search has none

  /** Accumulates prefetch reads so that the JIT cannot eliminate them. */
  private int touched;

  /**
   * @param candidates receives the scored nodes
   * @param visits counts the scored codes
   */
  QuantizedTraversal(
      GraphGeometry graph,
      LinksInput links,
      SegmentCodeScorer codes,
      NodeOrdinals order,
      Candidates candidates,
      VisitCounter visits) {
    this.graph = graph;
    this.links = links;
    this.codes = codes;
    this.order = order;
    this.candidates = candidates;
    this.visits = visits;
    this.beam = candidates.beam;
    this.deferred = candidates.deferred;
    this.visited = new VisitedNodes(graph.size());
    int capacity = Math.max(graph.maxDegree(), SearchHeuristics.MAX_SEEDS);
    this.nodes = new int[capacity];
    this.scores = new float[capacity];
    this.entries = new long[capacity];
  }

  /**
   * Begins a search. The caller has set the target of the codes.
   *
   * @param collector may terminate the traversal; it receives no vectors and no visits
   * @param planner reviews the filter strategy; null if all vectors match
   * @param heldOut the nodes that the search must not find; null if there are none
   */
  void begin(
      KnnCollector collector,
      MatchingVectors matching,
      FilterPlanner planner,
      HeldOutNodes heldOut) {
    this.collector = collector;
    this.matching = matching;
    this.ords = matching.ords();
    this.planner = planner;
    this.heldOut = heldOut;
    expandedNodes = 0;
    matchingExpandedNodes = 0;
    isSeeded = false;
    isExtended = false;
  }

  /** Sets the observer of the search that has begun. */
  void observe(SearchObserver newObserver) {
    observer = newObserver;
  }

  /** Ends a search, and drops all references to it. */
  void end() {
    collector = null;
    matching = null;
    ords = null;
    planner = null;
    heldOut = null;
    observer = null;
  }

  /**
   * Traverses the graph, and takes the best candidates.
   *
   * @param ef the number of candidates
   */
  End traverse(int ef) throws IOException {
    beam.reset(ef);
    visited.clear();
    if (heldOut != null) {
      heldOut.hide(visited);
    }
    visits.restart(collector);
    isFiltered = planner != null && planner.strategy() == FilterStrategy.FILTERED;
    if (observer != null) {
      observer.onTraversal(ef);
    }
    KnnSearchStrategy strategy = collector.getSearchStrategy();
    if ((strategy instanceof KnnSearchStrategy.Seeded seeds && pushSeeds(seeds)) == false) {
      pushEntryNode();
    }
    if (isFiltered) {
      pushMatching();
    }
    End end = expand(strategy);
    observeEnd();
    candidates.takeBest();
    return end;
  }

  /**
   * Extends the traversal to all nodes with at least the given entry, and takes the new candidates.
   */
  End extend(long minEntry) throws IOException {
    isExtended = true;
    this.minEntry = minEntry;
    candidates.takeEvicted(minEntry);
    int kept = 0;
    for (int i = 0; i < deferred.size(); i++) {
      long entry = deferred.get(i);
      if (entry >= minEntry) {
        push(entry);
      } else {
        deferred.set(kept++, entry);
      }
    }
    deferred.truncate(kept);
    End end = expand(collector.getSearchStrategy());
    observeEnd();
    return end;
  }

  /** Expands nodes, best first. */
  private End expand(KnnSearchStrategy strategy) throws IOException {
    while (beam.hasFrontier()) {
      if (isStopped()) {
        return End.STOPPED;
      }
      if (beam.peek() < minCompetitive()) {
        return End.ENOUGH;
      }
      long best = beam.pop();
      int node = Beam.node(best);
      if (observer != null) {
        observeLinks(0, best);
      }
      boolean isMatching = ords == null || ords.get(codes.ordinal(node));
      expandedNodes++;
      matchingExpandedNodes += isMatching ? 1 : 0;
      int degree = links.read(0, node, nodes);
      if (heldOut != null) {
        degree = heldOut.replace(node, nodes, degree);
      }
      boolean all = isMatching || isFiltered == false;
      score(all ? visited.retainNew(nodes, degree) : retainNewMatching(degree));
      if (strategy != null) {
        strategy.nextVectorsBlock();
      }
      if (planner != null && planner.isReviewDue(expandedNodes)) {
        if (isSeeded == false && planner.isFar(expandedNodes, matchingExpandedNodes)) {
          pushMatching();
        }
        planner.review(expandedNodes, matchingExpandedNodes);
        if (planner.strategy() == FilterStrategy.EXHAUSTIVE) {
          return End.SWITCHED_TO_SCAN;
        }
        if (isFiltered == false && planner.strategy() == FilterStrategy.FILTERED) {
          isFiltered = true;
          beam.enlarge(planner.filteredEf(beam.ef()));
        }
      }
    }
    return End.EXHAUSTED;
  }

  /** The largest entry that is not competitive: nodes up to it are deferred. */
  private long minCompetitive() {
    return isExtended ? minEntry - 1 : beam.minCompetitive();
  }

  /** Kept out of the loops, so that the JIT inlines them as without an observer. */
  private void observeLinks(int level, long entry) {
    float score = Beam.score(entry);
    observer.onLinks(level, Beam.node(entry), score, level == 0 ? worst() : score);
  }

  /** The score of the worst node that is competitive, for the observer. */
  private float worst() {
    long worst = isExtended ? minEntry : beam.minCompetitive();
    return worst == Long.MIN_VALUE ? SearchObserver.NONE : Beam.score(worst);
  }

  private void observeEnd() {
    if (observer != null) {
      observer.onTraversalEnd(worst(), beam.hasFrontier() == false && deferred.size() == 0);
    }
  }

  private boolean isStopped() {
    return visits.isExhausted() || collector.earlyTerminated();
  }

  /**
   * Moves the unvisited matching nodes of {@link #nodes} to the front, and marks them as visited.
   */
  private int retainNewMatching(int degree) throws IOException {
    int count = visited.moveNew(nodes, degree);
    touched += codes.prefetch(nodes, count);
    int retained = 0;
    for (int i = 0; i < count; i++) {
      if (ords.get(codes.ordinal(nodes[i]))) {
        nodes[retained++] = nodes[i];
      }
    }
    return visited.retainNew(nodes, retained);
  }

  /** Scores the first of {@link #nodes}, and pushes competitive ones to the frontier. */
  private void score(int size) throws IOException {
    int count = (int) Math.min(size, visits.left());
    if (count <= 0) {
      return;
    }
    touched += codes.prefetch(nodes, count);
    if (beam.hasFrontier()) {
      touched += links.prefetch(Beam.node(beam.peek()));
    }
    codes.score(count, scores);
    if (observer != null) {
      observer.onScores(nodes, scores, count);
    }
    visits.add(count);
    long bound = minCompetitive();
    int competitive = 0;
    int rest = count;
    for (int i = 0; i < count; i++) { // branchless: the outcome is unpredictable
      long entry = Beam.entry(nodes[i], scores[i]);
      boolean isCompetitive = entry > bound;
      entries[isCompetitive ? competitive : rest - 1] = entry;
      competitive += isCompetitive ? 1 : 0;
      rest -= isCompetitive ? 0 : 1;
    }
    deferred.addAll(entries, competitive, count);
    for (int i = 0; i < competitive; i++) {
      long entry = entries[i];
      if (entry > minCompetitive()) {
        push(entry);
      } else {
        deferred.add(entry);
      }
    }
  }

  /** Adds a node to the frontier, and collects it if it matches. */
  private void push(long entry) throws IOException {
    beam.push(entry);
    if (ords == null || ords.get(codes.ordinal(Beam.node(entry)))) {
      if (isExtended) {
        candidates.taken.add(entry);
      } else {
        long evicted = beam.collect(entry);
        if (evicted != Beam.NONE) {
          candidates.evicted.add(evicted);
        }
      }
    }
  }

  /** Scans the matching nodes that the traversal did not visit, and takes the best candidates. */
  void completeWith(QuantizedScan scan, Batches matchingNodes) throws IOException {
    scan.begin();
    scan.scan(visits.left(), collector, matchingNodes.retain(visited::add));
    candidates.takeBest();
  }

  /** Adds a sample of the matching nodes to the frontier. */
  private void pushMatching() throws IOException {
    isSeeded = true;
    observeSeeds();
    int count = matching.sample(sample, SearchHeuristics.MAX_SEEDS);
    for (int i = 0; i < count; i++) {
      nodes[i] = order.node(sample[i]);
    }
    score(visited.retainNew(nodes, count));
  }

  /** Adds the seeds of the query to the frontier, and returns whether there are any. */
  private boolean pushSeeds(KnnSearchStrategy.Seeded seeds) throws IOException {
    observeSeeds();
    DocIdSetIterator seedOrds = seeds.entryPoints();
    boolean any = false;
    int count = 0;
    for (int i = 0; i < seeds.numberOfEntryPoints(); i++) {
      int ord = seedOrds.nextDoc();
      if (ord == NO_MORE_DOCS || ord >= graph.size()) {
        break;
      }
      nodes[count++] = order.node(ord);
      any = true;
      if (count == SearchHeuristics.MAX_SEEDS) {
        score(visited.retainNew(nodes, count));
        count = 0;
      }
    }
    score(visited.retainNew(nodes, count));
    return any;
  }

  private void observeSeeds() {
    if (observer != null) {
      observer.onSeeds();
    }
  }

  /** Descends from the entry node to level 0, and adds the node there to the frontier. */
  private void pushEntryNode() throws IOException {
    nodes[0] = graph.entryNode();
    touched += codes.prefetch(nodes, 1);
    codes.score(1, scores);
    if (observer != null) {
      observer.onScores(nodes, scores, 1);
    }
    visits.add(1);
    long best = Beam.entry(nodes[0], scores[0]);
    for (int level = graph.levels() - 1; level > 0; level--) {
      long before;
      do {
        if (isStopped()) {
          return;
        }
        before = best;
        int degree = links.read(level, Beam.node(best), nodes);
        touched += codes.prefetch(nodes, degree);
        codes.score(degree, scores);
        if (observer != null) {
          observeLinks(level, best);
          observer.onScores(nodes, scores, degree);
        }
        visits.add(degree);
        for (int i = 0; i < degree; i++) {
          best = Math.max(best, Beam.entry(nodes[i], scores[i]));
        }
      } while (best > before);
    }
    nodes[0] = Beam.node(best);
    if (observer != null) {
      observer.onStart(nodes[0], Beam.score(best));
    }
    visited.retainNew(nodes, 1);
    push(best);
  }

  /** The number of nodes that were expanded on level 0. */
  int expandedNodes() {
    return expandedNodes;
  }

  /** The number of matching nodes that were expanded on level 0. */
  int matchingExpandedNodes() {
    return matchingExpandedNodes;
  }

  /** Whether matching nodes were added to the frontier. */
  boolean isSeeded() {
    return isSeeded;
  }

  long ramBytesUsed() {
    return visited.ramBytesUsed();
  }

  @Override
  public String toString() {
    return "QuantizedTraversal(" + graph.size() + " nodes, touched " + touched + ")";
  }
}
