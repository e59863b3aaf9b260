/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.search;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.Bits;
import org.lucenelmdb.codes.CodesInput;
import org.lucenelmdb.graph.CandidateQueue;
import org.lucenelmdb.graph.GraphGeometry;
import org.lucenelmdb.graph.ImageHnswGraph;
import org.lucenelmdb.graph.LinksInput;

/**
 * Finds candidates by their codes: scans them, or walks through a graph on them, as HNSW's search
 * (Malkov and Yashunin, Efficient and robust approximate nearest neighbor search using Hierarchical
 * Navigable Small World graphs, 2018, algorithms 2 and 5) does. A walk in two hops expands
 * neighbours that a filter rejects to those of theirs that it accepts, as ACORN-1 (Patel et al.,
 * ACORN: Performant and Predicate-Agnostic Search Over Vector Embeddings and Structured Data,
 * 2024), but only where they are near enough to be candidates otherwise. For one thread, and one
 * query after the other: everything that it needs is kept for the next one.
 *
 * <p>Most of the time goes into waiting for memory. So the codes of all new neighbours of a node
 * are touched before the first one is scored, and so are the links of the node that is likely to be
 * next.
 */
final class CandidateSearch {

  private static final long UNKNOWN = Long.MAX_VALUE;

  /** So often it is looked whether a walk may pause. */
  private static final int PAUSE_HOPS = 4;

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

  private final CandidateScan scan;
  private final int[] sample = new int[SEED_BATCH];
  private long[] sorted = new long[0];

  /** How many codes the walk or the scan has scored, and how many it may. */
  private long visits;

  private long limit;

  /** How many codes were scored before, by what was given up. */
  private long visitsBefore;

  /** How many nodes' links were read on level 0, and how many of these nodes are accepted. */
  private int hops;

  private int acceptedHops;
  private boolean isSeeded;

  /** What was touched, which somebody might want to know: so the JVM cannot leave it out. */
  private int touched;

  /** Looks at what a walk has found. */
  @FunctionalInterface
  interface Pause {
    /**
     * Says what the walk need not go below.
     *
     * @param next the best node whose neighbours are not known
     * @return the least of all longs if that is not known yet
     */
    long enough(long next) throws IOException;
  }

  CandidateSearch(
      GraphGeometry graph, LinksInput links, CodesInput codes, ImageHnswGraph.Order order) {
    this.graph = graph;
    this.links = links;
    this.codes = codes;
    this.order = order;
    this.visited = new VisitedNodes(graph.size());
    int most = Math.max(graph.maxDegree(), SEED_BATCH);
    this.scan = new CandidateScan(codes, queue);
    this.nodes = new int[most];
    this.scores = new float[most];
    this.entries = new long[most];
  }

  /** Begins a search: nothing is found yet. */
  void begin(float[] target, int candidates) {
    codes.setTarget(target);
    queue.reset(candidates);
    visits = 0;
    visitsBefore = 0;
    hops = 0;
    acceptedHops = 0;
    isSeeded = false;
  }

  /**
   * Walks through the graph, for {@link #sorted}.
   *
   * @param collector says when to stop; nothing is collected, nor counted
   * @param accepted candidates are among these
   * @param plan how; the walk ends as soon as it is not to walk any more
   * @param first after so many candidates, better than all whose neighbours are not known, the walk
   *     pauses, unless it is to find no more
   * @param pause what to do then
   * @return whether it has found enough; if not, there was no way on, or it has to stop
   */
  boolean walk(
      KnnCollector collector, AcceptedVectors accepted, FilterPlan plan, int first, Pause pause)
      throws IOException {
    long enough = UNKNOWN; // what the walk need not go below
    Bits ords = accepted.ords();
    visited.clear();
    limit = collector.visitLimit() - collector.visitedCount();
    boolean twoHop = plan.strategy() == FilterStrategy.TWO_HOP;
    KnnSearchStrategy strategy = collector.getSearchStrategy();
    if ((strategy instanceof KnnSearchStrategy.Seeded seeds && openSeeds(seeds, ords)) == false) {
      openEntry(collector, ords);
    }
    if (twoHop) {
      openAccepted(accepted);
    }
    while (queue.hasOpen() && isStopped(collector) == false) {
      long next = queue.bestOpen();
      if (next < queue.bound()) {
        return true;
      }
      if (enough == UNKNOWN
          ? hops % PAUSE_HOPS == 0 && first < queue.capacity() && queue.countAbove(next) >= first
          : next < enough) {
        enough = pause.enough(next);
        if (next < enough) {
          return true;
        }
        if (enough == Long.MIN_VALUE) {
          enough = UNKNOWN;
          first += (first + 1) / 2;
        }
      }
      int node = CandidateQueue.node(queue.closeBest());
      boolean isAccepted = ords == null || ords.get(codes.ordinal(node));
      hops++;
      acceptedHops += isAccepted ? 1 : 0;
      int degree = links.read(0, node, nodes);
      boolean all = isAccepted || twoHop == false;
      score(all ? visited.retainNew(nodes, degree) : retainNew(degree, ords), ords);
      if (strategy != null) {
        strategy.nextVectorsBlock();
      }
      if (ords != null && plan.isReviewDue(hops)) {
        if (isSeeded == false && plan.isFar(hops, acceptedHops)) {
          openAccepted(accepted);
        }
        plan.review(hops, acceptedHops);
        if (plan.strategy() == FilterStrategy.SCAN) {
          return false;
        }
        if (twoHop == false && plan.strategy() == FilterStrategy.TWO_HOP) {
          twoHop = true;
          first = plan.twoHopCandidates(first);
          queue.enlarge(plan.twoHopCandidates(queue.capacity()));
        }
      }
    }
    return queue.hasOpen() == false
        && queue.bestSize() >= Math.min(queue.capacity(), accepted.count());
  }

  /** Whether a walk or a scan may not go on. */
  private boolean isStopped(KnnCollector collector) {
    return isOutOfVisits() || collector.earlyTerminated();
  }

  /** Whether a walk or a scan has scored as many codes as it may. */
  boolean isOutOfVisits() {
    return visits >= limit;
  }

  /** Whether a scan may score so many codes. */
  boolean canVisit(int codes) {
    return codes <= limit;
  }

  /** Moves those of {@link #nodes} to the front that are new and accepted, and remembers them. */
  private int retainNew(int degree, Bits ords) throws IOException {
    int count = visited.moveNew(nodes, degree);
    touched += codes.touch(nodes, count);
    int retained = 0;
    for (int i = 0; i < count; i++) {
      if (ords.get(codes.ordinal(nodes[i]))) {
        nodes[retained++] = nodes[i];
      }
    }
    return visited.retainNew(nodes, retained);
  }

  /** Scores the first of {@link #nodes}, and opens and keeps those that are good enough. */
  private void score(int found, Bits ords) throws IOException {
    int count = (int) Math.min(found, limit - visits);
    if (count <= 0) {
      return;
    }
    touched += codes.touch(nodes, count);
    if (queue.hasOpen()) {
      touched += links.touch(CandidateQueue.node(queue.bestOpen()));
    }
    codes.score(count, scores);
    visits += count;
    long bound = queue.bound();
    int competitive = 0;
    for (int i = 0; i < count; i++) {
      long entry = CandidateQueue.entry(nodes[i], scores[i]);
      entries[competitive] = entry;
      competitive += entry > bound ? 1 : 0; // no branch, as none would be predicted
    }
    for (int i = 0; i < competitive; i++) {
      offer(entries[i], ords);
    }
  }

  private void offer(long entry, Bits ords) throws IOException {
    if (entry > queue.bound()) {
      queue.open(entry);
      if (ords == null || ords.get(codes.ordinal(CandidateQueue.node(entry)))) {
        queue.keep(entry);
      }
    }
  }

  /**
   * Scans what is accepted; what was found before is forgotten.
   *
   * @param candidates how many to find
   * @param collector says when to stop; nothing is collected, nor counted
   * @param batches of nodes, each once
   */
  void scan(int candidates, KnnCollector collector, AcceptedVectors.Batches batches)
      throws IOException {
    queue.reset(candidates);
    visitsBefore += visits; // the limit is for each walk and scan
    limit = collector.visitLimit() - collector.visitedCount();
    visits = scan.scan(limit, collector, batches);
  }

  /**
   * Scans what is accepted and was not met by the walk, within the walk's limit; what was found
   * stays.
   *
   * @param collector says when to stop; nothing is collected, nor counted
   * @param batches of nodes, each once
   */
  void scanRest(KnnCollector collector, AcceptedVectors.Batches batches) throws IOException {
    visits += scan.scan(limit - visits, collector, batches.retain(visited::add));
  }

  /** Begins with some of what is accepted, too, from all over it. */
  private void openAccepted(AcceptedVectors accepted) throws IOException {
    isSeeded = true;
    int count = accepted.sample(sample, SEED_BATCH);
    for (int i = 0; i < count; i++) {
      nodes[i] = order.node(sample[i]);
    }
    score(visited.retainNew(nodes, count), accepted.ords());
  }

  /** Begins with nodes that somebody else has found; false if there are none. */
  private boolean openSeeds(KnnSearchStrategy.Seeded seeds, Bits ords) throws IOException {
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
        score(visited.retainNew(nodes, count), ords);
        count = 0;
      }
    }
    score(visited.retainNew(nodes, count), ords);
    return any;
  }

  /** Begins with the node to which a descent through the levels leads. */
  private void openEntry(KnnCollector collector, Bits ords) throws IOException {
    nodes[0] = graph.entryNode();
    touched += codes.touch(nodes, 1);
    codes.score(1, scores);
    visits++;
    long best = CandidateQueue.entry(nodes[0], scores[0]);
    for (int level = graph.levels() - 1; level > 0; level--) {
      long before;
      do {
        if (isStopped(collector)) {
          return;
        }
        before = best;
        int degree = links.read(level, CandidateQueue.node(best), nodes);
        touched += codes.touch(nodes, degree);
        codes.score(degree, scores);
        visits += degree;
        for (int i = 0; i < degree; i++) {
          best = Math.max(best, CandidateQueue.entry(nodes[i], scores[i]));
        }
      } while (best > before);
    }
    nodes[0] = CandidateQueue.node(best);
    visited.retainNew(nodes, 1);
    offer(best, ords);
  }

  /**
   * How many codes count as visited: those of the last scan, if there was one. What was given up
   * before is not held against it: who gives as many visits as vectors are accepted, as Lucene's
   * queries do, would have to scan once more.
   */
  long visits() {
    return visits;
  }

  /** How many codes were scored. */
  long allVisits() {
    return visitsBefore + visits;
  }

  /** How many nodes' links were read on level 0. */
  int hops() {
    return hops;
  }

  /** Whether a walk began with accepted nodes, too. */
  boolean isSeeded() {
    return isSeeded;
  }

  /** Which nodes are which ordinals. */
  ImageHnswGraph.Order order() {
    return order;
  }

  /** The number of candidates that were found. */
  int found() {
    return queue.bestSize();
  }

  /** The ordinal of a candidate. */
  int ordinal(int node) throws IOException {
    return codes.ordinal(node);
  }

  /** The candidates that were found, ascending. */
  long[] sorted() {
    int count = queue.bestSize();
    sorted = ArrayUtil.growNoCopy(sorted, count);
    for (int i = 0; i < count; i++) {
      sorted[i] = queue.bestEntry(i);
    }
    Arrays.sort(sorted, 0, count);
    return sorted;
  }

  long ramBytesUsed() {
    return visited.ramBytesUsed() + scan.ramBytesUsed();
  }

  @Override
  public String toString() {
    return "CandidateSearch(" + graph.size() + " nodes, touched " + touched + ")";
  }
}
