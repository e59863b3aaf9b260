/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.build;

import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.apache.lucene.util.hnsw.HnswGraph.NodesIterator;
import org.lucenelmdb.codes.BuiltCodes;
import org.lucenelmdb.kernels.OffHeapBytes;
import org.lucenelmdb.resources.BuildMemory;
import org.lucenelmdb.resources.OffHeapBits;
import org.lucenelmdb.resources.OffHeapInts;
import org.lucenelmdb.resources.Workers;
import org.lucenelmdb.vectors.VectorMetric;
import org.lucenelmdb.vectors.VectorPairs;

/** The construction of one graph, step by step. */
final class GraphConstruction {

  /** The same vectors give the same graph, if one thread builds it. */
  private static final long SEED = 42;

  /** From this width on, searches on codes keep hardly more candidates than searches on vectors. */
  private static final int DENSE_BITS = 4;

  /** Nodes that are looked at between checks whether the build is to end. */
  static final int CHECK_INTERVAL = 1024;

  private final GraphBuilder options;
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

  /** Marks those of them that lost too many neighbours; null if there is no base. */
  private OffHeapBytes lonely;

  private GraphMemory graph;

  private Copies copies;

  GraphConstruction(
      GraphBuilder options,
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
        Density.of(metric, values.getEncoding(), codes != null && codes.bits() < DENSE_BITS);
  }

  /** What {@link #build} allocates. */
  static long memoryBytes(GraphBuilder options, int size, SourceGraph base, int threads) {
    return GraphMemory.memoryBytes(size, options.maxConn(), upperRecords(options, size, base))
        + (3L + threads) * BuildMemory.costOfBits(size)
        + Copies.memoryBytes(size)
        + Connector.memoryBytes(size)
        + (base == null ? 0 : base.memoryBytes() + BuildMemory.cost(size));
  }

  /**
   * An upper bound: not all nodes of the base are there, and not all others are new; and a graph
   * may have fewer nodes above level 0.
   */
  private static int upperRecords(GraphBuilder options, int size, SourceGraph base) {
    return Levels.maxUpperRecords(size, options.maxConn())
        + (base == null ? 0 : base.upperRecords());
  }

  HnswGraph build(SourceGraph base) throws IOException {
    int size = values.size();
    graph =
        new GraphMemory(
            size, options.maxConn(), density, upperRecords(options, size, base), memory);
    copies = Copies.of(values, memory, workers);
    present = memory.bits(size);
    for (int i = 0; i < workers.threads() + 2; i++) { // for what comes before and afterwards
      visited.add(memory.bits(size));
    }
    Connector connector = connector();
    if (base != null) {
      copy(base);
    }
    if (graph.entryNode() >= 0 && base.live() < base.size()) {
      connector.connect(present::get); // deletes may have left parts, and others are to find all
    }
    int baseEntry = graph.entryNode();
    int baseLevel = graph.topLevel();
    drawLevels();
    if (baseEntry >= 0) {
      insertEntryNode(baseEntry, baseLevel);
      forgetLonely();
    }
    workers.forEach("graph", size, () -> new Tools().inserter());
    workers.forEach("pruning", size, () -> new Tools()::prune);
    connector.connect(node -> copies.isCopy(node) == false);
    copies.link(graph);
    return new BuiltGraph(graph);
  }

  /** What one thread works with. */
  private final class Tools {
    final VectorPairs pairs = new VectorPairs(values, metric);
    final NeighborSelector selector = new NeighborSelector(pairs, metric, alpha, workers);
    final LinkWriter writer = new LinkWriter(graph, pairs, selector);

    Tools() throws IOException {}

    void prune(int node) throws IOException {
      for (int level = graph.level(node); level >= 0; level--) {
        writer.prune(level, node);
      }
    }

    NeighborSearch search() throws IOException {
      NodeScorer scorer =
          codes == null
              ? new ExactNodeScorer(new VectorPairs(values, metric))
              : new CodesNodeScorer(codes.open(), pairs, values.dimension());
      return new NeighborSearch(graph, scorer, visited.remove());
    }

    Workers.Worker inserter() throws IOException {
      NodeInserter inserter =
          new NodeInserter(graph, search(), pairs, selector, writer, options.beamWidth(), workers);
      return node -> {
        if (node != graph.entryNode()
            && present.get(node) == false
            && copies.isCopy(node) == false) {
          inserter.insert(node);
        }
      };
    }
  }

  /** Copies the graph of a source, and repairs what is deleted. */
  private void copy(SourceGraph base) throws IOException {
    OffHeapInts newOrdinals = base.newOrdinals(values, memory, workers);
    HnswGraph source = base.open();
    if (new BaseNodes(source, newOrdinals, copies, present, workers).find() == false) {
      return;
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
          Tools tools = new Tools();
          return new GraphCopier(
                  base.open(), newOrdinals, graph, tools.pairs, tools.selector, lonely)
              ::copy;
        });
  }

  private void drawLevels() throws IOException {
    Levels levels = new Levels(density.nodesPerUpperNode(options.maxConn()), SEED);
    for (int node = 0; node < values.size(); node++) {
      checkNowAndThen(node);
      if (present.get(node) == false && copies.isCopy(node) == false) {
        graph.setLevel(node, levels.next());
      }
    }
  }

  /** Inserts the entry node, if it is a new one, by searches that begin where the base's did. */
  private void insertEntryNode(int baseEntry, int baseLevel) throws IOException {
    int entry = graph.entryNode();
    int level = graph.topLevel();
    if (entry != baseEntry) {
      graph.setEntryNode(baseEntry, baseLevel);
      new Tools().inserter().work(entry);
      graph.setEntryNode(entry, level);
    }
  }

  /** Who has lost too many neighbours, and theirs, is to look for new ones. */
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

  private Connector connector() throws IOException {
    Tools tools = new Tools();
    return new Connector(graph, tools.search(), tools.pairs, options.beamWidth(), memory, workers);
  }
}
