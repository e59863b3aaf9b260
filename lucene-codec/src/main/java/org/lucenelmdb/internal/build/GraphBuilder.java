/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.lucene.index.KnnVectorValues;
import org.lucenelmdb.internal.codes.BuiltCodes;
import org.lucenelmdb.internal.codes.CodeLayout;
import org.lucenelmdb.internal.graph.Holdout;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.OffHeapBits;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.workers.Workers;

/** Builds the graph of a field's vectors. For one build. */
public final class GraphBuilder {

  /** The seed of random choices. It is fixed, so that a build with one thread is reproducible. */
  private static final long SEED = 42;

  /**
   * The number of code bits with which searches need only slightly wider beams than with vectors.
   */
  private static final int DENSE_BITS = 4;

  /**
   * The number of sets of visited nodes besides those of the threads: one for the repair, one for
   * entry nodes.
   */
  private static final int EXTRA_VISITED = 2;

  private final GraphParameters parameters;
  private final NodeVectors vectors;
  private final KnnVectorValues values;
  private final VectorMetric metric;
  private final BuiltCodes codes;
  private final BuildMemory memory;
  private final Workers workers;
  private final Density density;
  private final Queue<OffHeapBits> visited = new ConcurrentLinkedQueue<>();

  private GraphMemory graph;
  private BuildContext build;
  private DuplicateVectors duplicates;
  private BaseCopier copier;

  /** The held-out nodes, which are inserted last. */
  private Holdout holdout;

  /** The nodes that are inserted near their neighbors in other graphs; null if there are none. */
  private OffHeapBits joining;

  /**
   * Prepares a build.
   *
   * @param vectors all vectors, at least one
   * @param codes the codes of the vectors, by node, by which searches score nodes; null for scores
   *     by vectors
   * @param memory has {@link #memoryBytes} left
   */
  public GraphBuilder(
      GraphParameters parameters,
      NodeVectors vectors,
      VectorMetric metric,
      BuiltCodes codes,
      BuildMemory memory,
      Workers workers) {
    this.parameters = parameters;
    this.vectors = vectors;
    this.values = vectors.scored();
    this.metric = metric;
    this.codes = codes;
    this.memory = memory;
    this.workers = workers;
    this.density =
        Density.of(metric, values.getEncoding(), codes != null && isSparse(codes.model().layout()));
  }

  /** Returns whether graphs of vectors with such codes are {@link Density#SPARSE}. */
  static boolean isSparse(CodeLayout codes) {
    return codes.bits() < DENSE_BITS;
  }

  /**
   * Returns the bytes that {@link #build} allocates.
   *
   * @param size the number of vectors
   * @param base the graph from which the build starts; null for none
   * @param threads the number of threads
   */
  public static long memoryBytes(
      GraphParameters parameters, int size, SourceGraph base, int threads) {
    int upperRecords = maxUpperRecords(parameters, size, base);
    return GraphMemory.memoryBytes(size, parameters.maxConn(), upperRecords)
        + (long) (EXTRA_VISITED + threads) * BuildMemory.costOfBits(size)
        + DuplicateVectors.memoryBytes(size)
        + BaseCopier.memoryBytes(size, base)
        + ReachabilityRepair.memoryBytes(size)
        + (base == null || base.others().isEmpty()
            ? 0
            : JoinSets.memoryBytes(base.others()) + BuildMemory.costOfBits(size));
  }

  /**
   * Returns an upper bound of the neighbor lists above level 0. It counts all nodes of the base as
   * present and all nodes as new.
   */
  private static int maxUpperRecords(GraphParameters parameters, int size, SourceGraph base) {
    return LevelSampler.maxUpperRecords(size, parameters.maxConn())
        + (base == null ? 0 : base.upperRecords());
  }

  /**
   * Builds the graph.
   *
   * @param base the graph from which the build starts; null for none
   * @param heldOut the number of nodes to insert last, so that the graph can be searched as it was
   *     without them; {@link BuiltGraph#holdout} may have fewer
   * @return the graph, which is valid until the memory is released
   */
  public BuiltGraph build(SourceGraph base, int heldOut) throws IOException {
    int size = values.size();
    int upperRecords = maxUpperRecords(parameters, size, base);
    graph = new GraphMemory(size, parameters.maxConn(), density, upperRecords, memory);
    build = new BuildContext(parameters, values, metric, codes, graph, visited, workers);
    duplicates = DuplicateVectors.of(vectors, memory, workers);
    copier = new BaseCopier(build, duplicates, memory);
    for (int i = 0; i < workers.threads() + EXTRA_VISITED; i++) {
      visited.add(memory.bits(size));
    }
    ReachabilityRepair repair = newRepair();
    holdout =
        base instanceof GrownGraph grown && heldOut > 0
            ? HoldoutSample.withoutDuplicates(grown.heldOutOrdinals(), size, duplicates, workers)
            : HoldoutSample.draw(heldOut, size, graph.maxDegree(0), duplicates, SEED, workers);
    if (base != null) {
      BaseCopier.Result copy = copier.copy(base, holdout);
      holdout = copy.holdout();
      if (graph.entryNode() >= 0 && copy.isDamaged()) {
        repair.repair(
            copier::isPresent); // so that searches for neighbors of new nodes reach all nodes
      }
    }
    int baseEntry = graph.entryNode();
    int baseLevel = graph.topLevel();
    drawLevels();
    if (baseEntry >= 0) {
      copier.removeUnderconnected();
      insertEntryNodes(baseEntry, baseLevel);
    }
    insertNodes(base);
    workers.forEach("pruning", size, () -> new WorkerContext(build)::prune);
    repair.repair(node -> isOriginal(node) && holdout.contains(node) == false);
    if (holdout.size() > 0) {
      insertHoldout();
      repair.repair(this::isOriginal);
    }
    graph.recordNeighbors(null);
    DuplicateLinker linker = duplicates.linker(graph);
    linker.link();
    linker.linkRecorded(holdout);
    return new BuiltGraph(graph, holdout);
  }

  private ReachabilityRepair newRepair() throws IOException {
    WorkerContext context = new WorkerContext(build);
    return new ReachabilityRepair(
        graph, context.newSearch(), context.pairs, parameters.beamWidth(), memory, workers);
  }

  private boolean isOriginal(int node) {
    return duplicates.isDuplicate(node) == false;
  }

  /** Returns whether a node has to be inserted before the held-out ones. */
  private boolean isMissing(int node) {
    return copier.isPresent(node) == false && isOriginal(node) && holdout.contains(node) == false;
  }

  private void drawLevels() throws IOException {
    LevelSampler levels = new LevelSampler(density.nodesPerUpperNode(parameters.maxConn()), SEED);
    for (int node = 0; node < values.size(); node++) {
      workers.checkPeriodically(node);
      if (isMissing(node)) {
        graph.setLevel(node, levels.next());
      }
    }
  }

  /**
   * Inserts the nodes from which searches descend. If the base's entry node is underconnected, it
   * is inserted by a search from another node. If the new graph has a different entry node, that
   * one is inserted by a search from the base's entry node.
   */
  private void insertEntryNodes(int baseEntry, int baseLevel) throws IOException {
    int entry = graph.entryNode();
    int level = graph.topLevel();
    NodeInserter inserter = new WorkerContext(build).newInserter();
    int other = copier.isPresent(baseEntry) ? -1 : copier.highestPresent();
    if (other >= 0) {
      graph.setEntryNode(other, graph.level(other));
      inserter.insert(baseEntry);
      copier.setPresent(baseEntry);
    }
    if (entry != baseEntry) {
      graph.setEntryNode(baseEntry, baseLevel);
      inserter.insert(entry);
    }
    graph.setEntryNode(entry, level);
  }

  /** Inserts the missing nodes: those in join sets and new ones first, then the joining ones. */
  private void insertNodes(SourceGraph base) throws IOException {
    if (base == null || base.others().isEmpty()) {
      insert("graph", values.size(), this::newInsertWorker);
      return;
    }
    JoinSets joins = JoinSets.of(base.others(), values, memory, workers);
    findJoining(joins);
    insert("graph", values.size(), this::newInsertWorker);
    insert("joining", joins.size(), () -> newJoinWorker(joins));
  }

  /** Finds the nodes of other graphs that are inserted after the members of their join sets. */
  private void findJoining(JoinSets joins) throws IOException {
    joining = memory.bits(values.size());
    JoinSets.Cursor cursor = joins.open();
    for (int i = 0; i < joins.size(); i++) {
      workers.checkPeriodically(i);
      int node = cursor.seekUnlessMember(i);
      if (node >= 0 && node != graph.entryNode() && graph.level(node) == 0 && isMissing(node)) {
        joining.getAndSet(node);
      }
    }
  }

  /** Runs a loop whose threads take sets of visited nodes, and collects these sets afterwards. */
  private void insert(String phase, int count, Workers.WorkerSource source) throws IOException {
    List<OffHeapBits> free = List.copyOf(visited);
    workers.forEach(phase, count, source);
    visited.clear();
    visited.addAll(free);
  }

  private Workers.Worker newInsertWorker() throws IOException {
    NodeInserter inserter = new WorkerContext(build).newInserter();
    return node -> {
      if (node != graph.entryNode()
          && isMissing(node)
          && (joining == null || joining.get(node) == false)) {
        inserter.insert(node);
      }
    };
  }

  /**
   * Returns a worker that inserts joining nodes near their neighbors in the graphs of their
   * segments.
   */
  private Workers.Worker newJoinWorker(JoinSets joins) throws IOException {
    NodeInserter inserter = new WorkerContext(build).newInserter();
    JoinSets.Cursor cursor = joins.open();
    return i -> {
      int node = cursor.seek(i);
      if (node >= 0 && joining.get(node)) {
        int count = 0;
        int[] seeds = cursor.neighbors();
        for (int j = 0; j < cursor.degree(); j++) {
          int neighbor = duplicates.original(seeds[j]);
          seeds[count] = neighbor;
          count += neighbor != node && graph.degree(0, neighbor) > 0 ? 1 : 0;
        }
        if (count > 0) {
          inserter.insertAt(node, seeds, count);
        } else {
          inserter.insert(node);
        }
      }
    };
  }

  /** Inserts the held-out nodes, and records the earlier neighbors of the nodes that change. */
  private void insertHoldout() throws IOException {
    int[] nodes = holdout.ordinals();
    graph.recordNeighbors(holdout);
    insert(
        "held out",
        nodes.length,
        () -> {
          NodeInserter inserter = new WorkerContext(build).newInserter();
          return i -> inserter.insert(nodes[i]);
        });
    int[] changed = holdout.links().keySet().stream().mapToInt(Integer::intValue).toArray();
    workers.forEach(
        "pruning",
        nodes.length + changed.length,
        () -> {
          WorkerContext context = new WorkerContext(build);
          return i -> context.prune(i < nodes.length ? nodes[i] : changed[i - nodes.length]);
        });
  }
}
