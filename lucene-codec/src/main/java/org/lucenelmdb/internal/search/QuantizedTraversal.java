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
 * Finds candidates by their codes: scans them, or traverses a graph on them, as HNSW's search does
 * (Malkov and Yashunin, Efficient and robust approximate nearest neighbor search using Hierarchical
 * Navigable Small World graphs, 2018, algorithms 2 and 5). A traversal in two expandedNodes expands
 * neighbors that a filter rejects to those of theirs that it accepts, as ACORN-1 (Patel et al.,
 * ACORN: Performant and Predicate-Agnostic Search Over Vector Embeddings and Structured Data,
 * 2024), but only where they are near enough to be candidates otherwise. For one thread, and one
 * query after the other: its arrays are kept for the next one.
 *
 * <p>A traversal first finds the best candidates of a number. Nodes that were scored and are not
 * among them are not forgotten: it can be extended to all nodes down to any score.
 *
 * <p>Most of the time goes into waiting for memory. So the codes of all new neighbors of a node are
 * prefetched before the first one is scored, and so are the links of the node that is likely to be
 * next.
 */
final class QuantizedTraversal {

  /** Why a traversal ended. */
  enum End {
    /** No node that is not expanded is good enough. */
    ENOUGH,
    /** All nodes that are connected with the first ones are expanded. */
    EXHAUSTED,
    /** The plan is to scan. */
    EXHAUSTIVE,
    /** The collector wants no more, or the visit limit is reached. */
    STOPPED
  }

  private static final int SEED_BATCH = 64;

  /** A shorter list of others is searched as it is. */
  private static final int MANY_OTHERS = 1024;

  /** For each candidate that a traversal has seen, half of one is as near that it has not. */
  private static final double UNSEEN_BY_TRAVERSAL = 1.5;

  private final GraphGeometry graph;
  private final LinksInput links;
  private final SegmentCodeScorer codes;
  private final NodeOrdinals order;
  private final VisitedNodes visited;
  private final Beam queue = new Beam();
  private final int[] nodes;
  private final float[] scores;
  private final long[] entries;
  private final int[] sample = new int[SEED_BATCH];

  /** Nodes that were scored, but too low to be opened; not all are accepted. */
  private final ScoredNodeList unopened = new ScoredNodeList();

  /** Accepted nodes that were opened or scanned, and are not among the best of their number. */
  private final ScoredNodeList others = new ScoredNodeList();

  /** Others that are too far away to be asked for, put aside to keep {@link #others} short. */
  private final ScoredNodeList far = new ScoredNodeList();

  private double farScore; // the scores of all far nodes are below it

  /** The candidates that were found last. */
  private final ScoredNodeList found = new ScoredNodeList();

  private final ScoredNodeList remaining = new ScoredNodeList();
  private final QuantizedScan scan;

  /** Whether the number of candidates is limited by a score instead of the queue. */
  private boolean isExtended;

  /** That score, as an entry: what is lower is not opened. */
  private long least;

  /** How many codes the traversal or the scan has scored, and how many it may. */
  private long visits;

  private long limit;

  /** How many codes were scored before, by what was given up. */
  private long visitsBefore;

  /** How many nodes' links were read on level 0, and how many of these nodes are accepted. */
  private int expandedNodes;

  private int acceptedExpandedNodes;
  private boolean isSeeded;
  private boolean isScan;

  // of the search
  private KnnCollector collector;
  private AcceptedVectors accepted;
  private Bits ords;
  private FilterPlanner plan;
  private HeldOutNodes hidden; // null if all are there
  private boolean isTwoHop;

  /** Accumulates prefetch reads so that the JIT cannot eliminate them. */
  private int touched;

  QuantizedTraversal(
      GraphGeometry graph, LinksInput links, SegmentCodeScorer codes, NodeOrdinals order) {
    this.graph = graph;
    this.links = links;
    this.codes = codes;
    this.order = order;
    this.visited = new VisitedNodes(graph.size());
    int most = Math.max(graph.maxDegree(), SEED_BATCH);
    this.scan = new QuantizedScan(codes, queue, others);
    this.nodes = new int[most];
    this.scores = new float[most];
    this.entries = new long[most];
  }

  /**
   * Begins a search.
   *
   * @param collector says when to stop; nothing is collected, nor counted
   * @param accepted candidates are among these
   * @param hidden null if all nodes are there; for traversals only
   */
  void begin(
      float[] target,
      KnnCollector collector,
      AcceptedVectors accepted,
      FilterPlanner plan,
      HeldOutNodes hidden) {
    codes.setTarget(target);
    this.collector = collector;
    this.accepted = accepted;
    this.ords = accepted.ords();
    this.plan = plan;
    this.hidden = hidden;
    visits = 0;
    visitsBefore = 0;
    expandedNodes = 0;
    acceptedExpandedNodes = 0;
    isSeeded = false;
    isScan = false;
    clearFound();
  }

  private void clearFound() {
    unopened.clear();
    others.clear();
    far.clear();
    farScore = Double.NEGATIVE_INFINITY;
    found.clear();
    isExtended = false;
  }

  /** Ends a search: nothing of it is kept. */
  void end() {
    collector = null;
    accepted = null;
    ords = null;
    plan = null;
    hidden = null;
  }

  /**
   * Traverses the graph, for {@link #found}.
   *
   * @param candidates how many to find
   */
  End traverse(int candidates) throws IOException {
    queue.reset(candidates);
    visited.clear();
    if (hidden != null) {
      hidden.hide(visited);
    }
    limit = collector.visitLimit() - collector.visitedCount();
    isTwoHop = plan.strategy() == FilterStrategy.FILTERED;
    KnnSearchStrategy strategy = collector.getSearchStrategy();
    if ((strategy instanceof KnnSearchStrategy.Seeded seeds && openSeeds(seeds)) == false) {
      openEntry();
    }
    if (isTwoHop) {
      openAccepted();
    }
    End end = expand(strategy);
    for (int i = 0; i < queue.collectedCount(); i++) {
      found.add(queue.collected(i));
    }
    return end;
  }

  /**
   * Goes on to all nodes down to an entry, which may be one of {@link #remaining}: these are {@link
   * #found}, without what was found before.
   */
  End extend(long leastEntry) throws IOException {
    isExtended = true;
    least = leastEntry;
    found.clear();
    moveOthers(leastEntry);
    int kept = 0;
    for (int i = 0; i < unopened.size(); i++) {
      long entry = unopened.get(i);
      if (entry >= leastEntry) {
        open(entry);
      } else {
        unopened.set(kept++, entry);
      }
    }
    unopened.truncate(kept);
    return expand(collector.getSearchStrategy());
  }

  /** Moves others down to an entry to those that are found. */
  private void moveOthers(long leastEntry) {
    separate(Beam.score(leastEntry));
    int kept = 0;
    for (int i = 0; i < others.size(); i++) {
      long entry = others.get(i);
      if (entry >= leastEntry) {
        found.add(entry);
      } else {
        others.set(kept++, entry);
      }
    }
    others.truncate(kept);
  }

  /** Expands nodes, the best one first. */
  private End expand(KnnSearchStrategy strategy) throws IOException {
    while (queue.hasFrontier()) {
      if (isStopped()) {
        return End.STOPPED;
      }
      if (queue.peek() < bound()) {
        return End.ENOUGH;
      }
      int node = Beam.node(queue.pop());
      boolean isAccepted = ords == null || ords.get(codes.ordinal(node));
      expandedNodes++;
      acceptedExpandedNodes += isAccepted ? 1 : 0;
      int degree = links.read(0, node, nodes);
      if (hidden != null) {
        degree = hidden.replace(node, nodes, degree);
      }
      boolean all = isAccepted || isTwoHop == false;
      score(all ? visited.retainNew(nodes, degree) : retainNew(degree));
      if (strategy != null) {
        strategy.nextVectorsBlock();
      }
      if (ords != null && plan.isReviewDue(expandedNodes)) {
        if (isSeeded == false && plan.isFar(expandedNodes, acceptedExpandedNodes)) {
          openAccepted();
        }
        plan.review(expandedNodes, acceptedExpandedNodes);
        if (plan.strategy() == FilterStrategy.EXHAUSTIVE) {
          return End.EXHAUSTIVE;
        }
        if (isTwoHop == false && plan.strategy() == FilterStrategy.FILTERED) {
          isTwoHop = true;
          queue.enlarge(plan.twoHopCandidates(queue.ef()));
        }
      }
    }
    return End.EXHAUSTED;
  }

  /** What is not larger is not opened. */
  private long bound() {
    return isExtended ? least - 1 : queue.minCompetitive();
  }

  /** Whether a traversal or a scan may not go on. */
  private boolean isStopped() {
    return isOutOfVisits() || collector.earlyTerminated();
  }

  /** Whether a traversal or a scan has scored as many codes as it may. */
  boolean isOutOfVisits() {
    return visits >= limit;
  }

  /** Whether a scan may score a number of codes. */
  boolean canVisit(int count) {
    return count <= collector.visitLimit() - collector.visitedCount();
  }

  /** Moves those of {@link #nodes} to the front that are new and accepted, and remembers them. */
  private int retainNew(int degree) throws IOException {
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

  /** Scores the first of {@link #nodes}, and opens those that are good enough. */
  private void score(int size) throws IOException {
    int count = (int) Math.min(size, limit - visits);
    if (count <= 0) {
      return;
    }
    touched += codes.prefetch(nodes, count);
    if (queue.hasFrontier()) {
      touched += links.prefetch(Beam.node(queue.peek()));
    }
    codes.score(count, scores);
    visits += count;
    long bound = bound();
    int competitive = 0;
    int rest = count;
    for (int i = 0; i < count; i++) { // no branch, as none would be predicted
      long entry = Beam.entry(nodes[i], scores[i]);
      boolean isCompetitive = entry > bound;
      entries[isCompetitive ? competitive : rest - 1] = entry;
      competitive += isCompetitive ? 1 : 0;
      rest -= isCompetitive ? 0 : 1;
    }
    unopened.addAll(entries, competitive, count);
    for (int i = 0; i < competitive; i++) {
      long entry = entries[i];
      if (entry > bound()) {
        open(entry);
      } else {
        unopened.add(entry);
      }
    }
  }

  private void open(long entry) throws IOException {
    queue.push(entry);
    if (ords == null || ords.get(codes.ordinal(Beam.node(entry)))) {
      if (isExtended) {
        found.add(entry);
      } else {
        long evicted = queue.collect(entry);
        if (evicted != Beam.NONE) {
          others.add(evicted);
        }
      }
    }
  }

  /** Ends a traversal whose visits are not to be counted: see {@link #visits}. */
  void giveUp() {
    visitsBefore += visits;
    visits = 0;
  }

  /**
   * Scans what is accepted, for {@link #found}; what was found before is forgotten.
   *
   * @param candidates how many to find
   * @param batches of nodes, each once
   */
  void scan(int candidates, AcceptedVectors.Batches batches) throws IOException {
    isScan = true;
    clearFound();
    queue.reset(candidates);
    scan.begin();
    giveUp(); // the limit is for each traversal and scan
    limit = collector.visitLimit() - collector.visitedCount();
    visits = scan.scan(limit, collector, batches);
    for (int i = 0; i < queue.collectedCount(); i++) {
      found.add(queue.collected(i));
    }
  }

  /**
   * Scans what is accepted and was not met by the traversal, within its limit, for {@link #found}.
   *
   * @param batches of nodes, each once
   */
  void scanRest(AcceptedVectors.Batches batches) throws IOException {
    found.clear();
    scan.begin();
    visits += scan.scan(limit - visits, collector, batches.retain(visited::add));
    for (int i = 0; i < queue.collectedCount(); i++) {
      found.add(queue.collected(i));
    }
  }

  /**
   * Finds those of {@link #remaining} down to an entry.
   *
   * @param leastEntry one of them
   */
  void find(long leastEntry) {
    found.clear();
    moveOthers(leastEntry);
  }

  /** Whether a scan has dropped nodes with some score. */
  boolean isDropped(double score) {
    return isScan && score < scan.floor();
  }

  /**
   * Scans once more, as nodes with some score were dropped.
   *
   * @param batches of the same nodes
   */
  void findDropped(double score, AcceptedVectors.Batches batches) throws IOException {
    visitsBefore += scan.lowerFloor((float) score, collector, batches);
  }

  /**
   * The accepted nodes that were scored, but not {@link #found} yet, with a score from some on; a
   * list that is overwritten by the next call.
   */
  ScoredNodeList remaining(double leastScore) throws IOException {
    remaining.clear();
    separate(leastScore);
    long lowest = Beam.least(leastScore); // entries are compared faster than their scores
    for (int i = 0; i < others.size(); i++) {
      if (others.get(i) >= lowest) {
        remaining.add(others.get(i));
      }
    }
    for (int i = 0; i < unopened.size(); i++) {
      long entry = unopened.get(i);
      if (entry >= lowest && (ords == null || ords.get(codes.ordinal(Beam.node(entry))))) {
        remaining.add(entry);
      }
    }
    return remaining;
  }

  /**
   * Prepares {@link #others} for a least score: it has all nodes from that score on, and, if it was
   * long, no other.
   */
  private void separate(double leastScore) {
    if (leastScore < farScore) {
      others.addAll(far.array(), 0, far.size());
      far.clear();
      farScore = Double.NEGATIVE_INFINITY;
    }
    if (others.size() >= MANY_OTHERS) {
      others.moveBelow(leastScore, far);
      farScore = leastScore;
    }
  }

  /** How many nodes there are for one of {@link #remaining}, as a traversal does not see all. */
  double unseenFactor() {
    return isScan ? 1 : UNSEEN_BY_TRAVERSAL;
  }

  /** Begins with some of what is accepted, too, from all over it. */
  private void openAccepted() throws IOException {
    isSeeded = true;
    int count = accepted.sample(sample, SEED_BATCH);
    for (int i = 0; i < count; i++) {
      nodes[i] = order.node(sample[i]);
    }
    score(visited.retainNew(nodes, count));
  }

  /** Begins with nodes that the caller has found; false if there are none. */
  private boolean openSeeds(KnnSearchStrategy.Seeded seeds) throws IOException {
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
      if (count == SEED_BATCH) {
        score(visited.retainNew(nodes, count));
        count = 0;
      }
    }
    score(visited.retainNew(nodes, count));
    return any;
  }

  /** Begins with the node to which a descent through the levels leads. */
  private void openEntry() throws IOException {
    nodes[0] = graph.entryNode();
    touched += codes.prefetch(nodes, 1);
    codes.score(1, scores);
    visits++;
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
        visits += degree;
        for (int i = 0; i < degree; i++) {
          best = Math.max(best, Beam.entry(nodes[i], scores[i]));
        }
      } while (best > before);
    }
    nodes[0] = Beam.node(best);
    visited.retainNew(nodes, 1);
    open(best);
  }

  /** The candidates that were found last, in no order; to be sorted by the caller if it likes. */
  ScoredNodeList found() {
    return found;
  }

  /**
   * How many codes count as visited: those of the last scan, if there was one. What was given up
   * before is not held against it: with a limit of as many visits as vectors are accepted, as
   * Lucene's queries have it, Lucene would have to scan once more.
   */
  long visits() {
    return visits;
  }

  /** How many codes were scored. */
  long allVisits() {
    return visitsBefore + visits;
  }

  /** How many nodes' links were read on level 0. */
  int expandedNodes() {
    return expandedNodes;
  }

  /** How many of these nodes are accepted. */
  int acceptedExpandedNodes() {
    return acceptedExpandedNodes;
  }

  /** Whether a traversal began with accepted nodes, too. */
  boolean isSeeded() {
    return isSeeded;
  }

  /** Which nodes are which ordinals. */
  NodeOrdinals order() {
    return order;
  }

  /** The ordinal of a node. */
  int ordinal(int node) throws IOException {
    return codes.ordinal(node);
  }

  /** The standard deviation that the error of a node's score is expected to have. */
  double error(int node, float score) throws IOException {
    return codes.error(node, score);
  }

  long ramBytesUsed() {
    return visited.ramBytesUsed()
        + queue.ramBytesUsed()
        + unopened.ramBytesUsed()
        + others.ramBytesUsed()
        + far.ramBytesUsed()
        + found.ramBytesUsed()
        + remaining.ramBytesUsed();
  }

  @Override
  public String toString() {
    return "QuantizedTraversal(" + graph.size() + " nodes, touched " + touched + ")";
  }
}
