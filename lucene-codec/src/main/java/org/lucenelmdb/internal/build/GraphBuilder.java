/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.apache.lucene.util.hnsw.HnswGraph.NodesIterator;
import org.lucenelmdb.internal.codes.BuiltCodes;
import org.lucenelmdb.internal.codes.CodeLayout;
import org.lucenelmdb.internal.graph.Holdout;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.OffHeapBits;
import org.lucenelmdb.internal.offheap.OffHeapBytes;
import org.lucenelmdb.internal.offheap.OffHeapInts;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.vectors.VectorPairs;
import org.lucenelmdb.internal.workers.Workers;

/** The construction of one graph, step by step. */
final class GraphBuilder {

  /** The same vectors give the same graph, if one thread builds it. */
  private static final long SEED = 42;

  /** From this width on, searches on codes keep hardly more candidates than searches on vectors. */
  private static final int DENSE_BITS = 4;

  /** Nodes that are looked at between checks whether the build is to end. */
  static final int CHECK_INTERVAL = 1024;

  private final GraphParameters options;
  private final KnnVectorValues values;
  private final VectorMetric metric;
  private final BuiltCodes codes;
  private final BuildMemory memory;
  private final Workers workers;
  private final float alpha;
  private final Density density;

  /** What threads need for searches: each takes one. */
  private final Queue<OffHeapBits> visited = new ConcurrentLinkedQueue<>();

  /** The nodes that are in the graph before others are inserted. */
  private OffHeapBits present;

  /** Marks those of them that lost too many neighbors; null if there is no base. */
  private OffHeapBytes lonely;

  /** The nodes that are inserted near their neighbors in other sources; null if there are none. */
  private OffHeapBits joining;

  private GraphMemory graph;

  private Copies copies;

  /** The nodes that are inserted last. */
  private Holdout holdout;

  GraphBuilder(
      GraphParameters options,
      KnnVectorValues values,
      VectorMetric metric,
      BuiltCodes codes,
      BuildMemory memory,
      Workers workers) {
    this.options = options;
    this.values = values;
    this.metric = metric;
    this.codes = codes;
    this.memory = memory;
    this.workers = workers;
    this.alpha = metric.hasDistances(values.getEncoding()) ? options.alpha() : 1;
    this.density =
        Density.of(metric, values.getEncoding(), codes != null && isSparse(codes.model().layout()));
  }

  /** Whether graphs of vectors with such codes are sparse. */
  static boolean isSparse(CodeLayout codes) {
    return codes.bits() < DENSE_BITS;
  }

  /** What {@link #build} allocates. */
  static long memoryBytes(GraphParameters options, int size, SourceGraph base, int threads) {
    return GraphMemory.memoryBytes(size, options.maxConn(), upperRecords(options, size, base))
        + (3L + threads) * BuildMemory.costOfBits(size)
        + Copies.memoryBytes(size)
        + ReachabilityRepair.memoryBytes(size)
        + (base == null ? 0 : base.memoryBytes() + BuildMemory.cost(size))
        + (base == null || base.others().isEmpty()
            ? 0
            : JoinSets.memoryBytes(base.others()) + BuildMemory.costOfBits(size));
  }

  /**
   * An upper bound: not all nodes of the base are there, and not all others are new; and a graph
   * may have fewer nodes above level 0.
   */
  private static int upperRecords(GraphParameters options, int size, SourceGraph base) {
    return Levels.maxUpperRecords(size, options.maxConn())
        + (base == null ? 0 : base.upperRecords());
  }

  BuiltGraph build(SourceGraph base, int heldOut) throws IOException {
    int size = values.size();
    graph =
        new GraphMemory(
            size, options.maxConn(), density, upperRecords(options, size, base), memory);
    copies = Copies.of(values, memory, workers);
    present = memory.bits(size);
    for (int i = 0; i < workers.threads() + 2; i++) { // for what comes before and afterwards
      visited.add(memory.bits(size));
    }
    ReachabilityRepair connector = connector();
    holdout =
        base instanceof GrownGraph grown && heldOut > 0
            ? HoldoutSample.withoutCopies(grown.heldOutOrdinals(), size, copies, workers)
            : HoldoutSample.draw(heldOut, size, graph.maxDegree(0), copies, SEED, workers);
    boolean hasLostNodes = base != null && copy(base);
    if (graph.entryNode() >= 0 && hasLostNodes) {
      connector.connect(present::get); // there may be parts, and others are to find all
    }
    int baseEntry = graph.entryNode();
    int baseLevel = graph.topLevel();
    drawLevels();
    if (baseEntry >= 0) {
      forgetLonely();
      insertEntryNodes(baseEntry, baseLevel);
    }
    JoinSets joins = null;
    if (base != null && base.others().isEmpty() == false) {
      joins = JoinSets.of(base.others(), values, memory, workers);
      drawJoining(joins);
    }
    insert("graph", size, () -> new WorkerContext().worker());
    if (joins != null) {
      JoinSets sets = joins;
      insert("joining", joins.size(), () -> new WorkerContext().worker(sets));
    }
    workers.forEach("pruning", size, () -> new WorkerContext()::prune);
    connector.connect(node -> copies.isCopy(node) == false && holdout.contains(node) == false);
    if (holdout.size() > 0) {
      insertHoldout();
      connector.connect(node -> copies.isCopy(node) == false);
    }
    graph.recordLinks(null);
    copies.link(graph);
    copies.linkBefore(graph, holdout);
    return new BuiltGraph(graph, holdout);
  }

  /** Marks the nodes of other sources that are inserted when their join sets are. */
  private void drawJoining(JoinSets joins) throws IOException {
    joining = memory.bits(values.size());
    JoinSets.Cursor cursor = joins.open();
    for (int i = 0; i < joins.size(); i++) {
      checkNowAndThen(i);
      int node = cursor.seekUnlessMember(i);
      if (node >= 0 && node != graph.entryNode() && graph.level(node) == 0 && isMissing(node)) {
        joining.getAndSet(node);
      }
    }
  }

  /** Inserts nodes; when all are, the threads' sets of visited nodes are free again. */
  private void insert(String phase, int count, Workers.WorkerSource source) throws IOException {
    List<OffHeapBits> free = List.copyOf(visited);
    workers.forEach(phase, count, source);
    visited.clear();
    visited.addAll(free);
  }

  /** Inserts the nodes that are held out, and records which links other nodes had before. */
  private void insertHoldout() throws IOException {
    int[] nodes = holdout.ordinals();
    graph.recordLinks(holdout);
    insert(
        "held out",
        nodes.length,
        () -> {
          NodeInserter inserter = new WorkerContext().inserter();
          return i -> inserter.insert(nodes[i]);
        });
    int[] changed = holdout.links().keySet().stream().mapToInt(Integer::intValue).toArray();
    workers.forEach(
        "pruning",
        nodes.length + changed.length,
        () -> {
          WorkerContext tools = new WorkerContext();
          return i -> tools.prune(i < nodes.length ? nodes[i] : changed[i - nodes.length]);
        });
  }

  /** What one thread works with. */
  private final class WorkerContext {
    final VectorPairs pairs = new VectorPairs(values, metric);
    final NeighborSelector selector = new NeighborSelector(pairs, metric, alpha, workers);
    final LinkWriter writer = new LinkWriter(graph, pairs, selector);

    WorkerContext() throws IOException {}

    void prune(int node) throws IOException {
      for (int level = graph.level(node); level >= 0; level--) {
        writer.prune(level, node);
      }
    }

    NeighborSearch search() throws IOException {
      NodeScorer scorer =
          codes == null
              ? new ExactNodeScorer(new VectorPairs(values, metric))
              : new CodesNodeScorer(codes.scorer(), pairs, values.dimension());
      return new NeighborSearch(graph, scorer, visited.remove());
    }

    NodeInserter inserter() throws IOException {
      return new NodeInserter(
          graph, search(), pairs, selector, writer, options.beamWidth(), workers);
    }

    /** Inserts nodes that are not in the graph yet. */
    Workers.Worker worker() throws IOException {
      NodeInserter inserter = inserter();
      return node -> {
        if (node != graph.entryNode()
            && isMissing(node)
            && (joining == null || joining.get(node) == false)) {
          inserter.insert(node);
        }
      };
    }

    /** Inserts nodes of other sources, near those that were their neighbors there. */
    Workers.Worker worker(JoinSets joins) throws IOException {
      NodeInserter inserter = inserter();
      JoinSets.Cursor cursor = joins.open();
      return i -> {
        int node = cursor.seek(i);
        if (node >= 0 && joining.get(node)) {
          int count = 0;
          int[] near = cursor.neighbors();
          for (int j = 0; j < cursor.degree(); j++) {
            int neighbor = copies.original(near[j]);
            near[count] = neighbor;
            count += neighbor != node && graph.degree(0, neighbor) > 0 ? 1 : 0;
          }
          if (count > 0) {
            inserter.insertAt(node, near, count);
          } else {
            inserter.insert(node);
          }
        }
      };
    }
  }

  /**
   * Copies the graph of a source, and repairs what is deleted, or held out.
   *
   * @return whether anything is
   */
  private boolean copy(SourceGraph base) throws IOException {
    if (base instanceof GrownGraph grown && grown.isInOrder()) {
      adopt(grown);
      return false;
    }
    OffHeapInts newOrdinals = base.newOrdinals(values, memory, workers);
    HnswGraph source = base.open();
    boolean holdsOut = holdOut(source, newOrdinals);
    if (new BaseNodes(source, base.isOwn(), newOrdinals, copies, present, workers).find()
        == false) {
      return false;
    }
    lonely = memory.allocate(values.size());
    for (int level = source.numLevels() - 1; level >= 0; level--) {
      NodesIterator nodes = source.getNodesOnLevel(level);
      while (nodes.hasNext()) {
        int sourceNode = nodes.nextInt();
        checkNowAndThen(sourceNode);
        int node = -1 - newOrdinals.get(sourceNode);
        if (node >= 0 && graph.level(node) == 0) {
          graph.setLevel(node, level);
        }
      }
    }
    workers.forEach(
        "copying",
        newOrdinals.size(),
        () -> {
          WorkerContext tools = new WorkerContext();
          return new GraphCopier(
                  base.open(), newOrdinals, graph, tools.pairs, tools.selector, lonely)
              ::copy;
        });
    return holdsOut || base.live() < base.size();
  }

  /** Copies a graph of the same nodes. */
  private void adopt(GrownGraph grown) throws IOException {
    graph.copy(grown.graph(), grown.size());
    lonely = memory.allocate(values.size());
    for (int node = 0; node < grown.size(); node++) {
      checkNowAndThen(node);
      if (grown.absent().get(node) == false) {
        present.getAndSet(node);
      }
    }
  }

  /**
   * Makes nodes of a source that are held out look as if they were deleted. Those that are on
   * higher levels are not held out, as links on all levels would be lost.
   */
  private boolean holdOut(HnswGraph source, OffHeapInts newOrdinals) throws IOException {
    Set<Integer> kept = new HashSet<>();
    if (holdout.size() > 0 && source.numLevels() > 1) {
      NodesIterator nodes = source.getNodesOnLevel(1);
      while (nodes.hasNext()) {
        int node = nodes.nextInt();
        checkNowAndThen(node);
        kept.add(newOrdinals.get(node) - 1);
      }
    }
    holdout =
        new Holdout(IntStream.of(holdout.ordinals()).filter(o -> !kept.contains(o)).toArray());
    boolean holdsOut = false;
    for (int node = 0; holdout.size() > 0 && node < newOrdinals.size(); node++) {
      checkNowAndThen(node);
      if (holdout.contains(newOrdinals.get(node) - 1)) {
        newOrdinals.set(node, 0);
        holdsOut = true;
      }
    }
    return holdsOut;
  }

  private void drawLevels() throws IOException {
    Levels levels = new Levels(density.nodesPerUpperNode(options.maxConn()), SEED);
    for (int node = 0; node < values.size(); node++) {
      checkNowAndThen(node);
      if (isMissing(node)) {
        graph.setLevel(node, levels.next());
      }
    }
  }

  /** Whether a node is to be inserted now. */
  private boolean isMissing(int node) {
    return present.get(node) == false
        && copies.isCopy(node) == false
        && holdout.contains(node) == false;
  }

  /**
   * Inserts the nodes that searches begin at: the base's, if it is lonely, by a search that begins
   * at another node; and the entry node, if it is a new one, by a search that begins at the base's.
   */
  private void insertEntryNodes(int baseEntry, int baseLevel) throws IOException {
    int entry = graph.entryNode();
    int level = graph.topLevel();
    NodeInserter inserter = new WorkerContext().inserter();
    int other = present.get(baseEntry) ? -1 : highestPresent();
    if (other >= 0) {
      graph.setEntryNode(other, graph.level(other));
      inserter.insert(baseEntry);
      present.getAndSet(baseEntry);
    }
    if (entry != baseEntry) {
      graph.setEntryNode(baseEntry, baseLevel);
      inserter.insert(entry);
    }
    graph.setEntryNode(entry, level);
  }

  /** A node on the highest level of those that are in the graph; -1 if there is none. */
  private int highestPresent() throws IOException {
    int highest = -1;
    for (int node = 0; node < values.size(); node++) {
      checkNowAndThen(node);
      if (present.get(node) && (highest < 0 || graph.level(node) > graph.level(highest))) {
        highest = node;
      }
    }
    return highest;
  }

  /** Who has lost too many neighbors, and theirs, is to look for new ones. */
  private void forgetLonely() throws IOException {
    for (int node = 0; node < values.size(); node++) {
      checkNowAndThen(node);
      if (lonely.getByte(node) != 0 || present.get(node) && graph.degree(0, node) == 0) {
        present.clear(node);
      }
    }
  }

  private void checkNowAndThen(int node) throws IOException {
    if (node % CHECK_INTERVAL == 0) {
      workers.check();
    }
  }

  private ReachabilityRepair connector() throws IOException {
    WorkerContext tools = new WorkerContext();
    return new ReachabilityRepair(
        graph, tools.search(), tools.pairs, options.beamWidth(), memory, workers);
  }
}
