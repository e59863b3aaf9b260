/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.util.FixedBitSet;
import org.lucenelmdb.internal.codes.BuiltCodes;
import org.lucenelmdb.internal.codes.CodeLayout;
import org.lucenelmdb.internal.codes.CodeModel;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.MemoryBudget;
import org.lucenelmdb.internal.offheap.OffHeapBits;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.vectors.VectorPairs;
import org.lucenelmdb.internal.workers.Workers;

/**
 * The graph of vectors that are being added: each is inserted when it comes, so that little is left
 * to do when the segment is written. A {@link GraphParameters} begins with it then, as a merge does
 * with the graph of a segment. For one thread.
 *
 * <p>The first vectors are inserted by walks on the vectors. When there are many, codes are
 * trained, and the walks are on these; they are trained again when there are several times as many.
 * Only graphs have these codes, which are not those of the segment.
 *
 * <p>A sample of the nodes is held out: at any time, all nodes are equally likely to be in it.
 */
public final class GrowingGraph implements Closeable {

  /** The number of vectors at which the first ones are inserted. */
  private static final int FIRST = 512;

  /** A graph grows only if a segment of this many vectors would have one. */
  private static final int MAX_FIRST = 2048;

  /** The number of vectors from which on searches compare codes. */
  private static final int WITH_CODES = 2048;

  /** Codes are trained again when the number of vectors has grown by this factor. */
  private static final int TRAIN_AGAIN = 16;

  /**
   * From this number of vectors on, the segment is expected to have codes. Its graph is then as
   * sparse as these allow.
   */
  private static final int SPARSE = 8192;

  /** At most one of this many nodes is held out. */
  private static final int NODES_PER_HELD_OUT = 4;

  private static final long SEED = 42;

  private static final Workers NO_WORKERS =
      new Workers(null, 1, () -> {}, (phase, done, total) -> {});

  private final GraphParameters options;
  private final KnnVectorValues values;
  private final VectorMetric metric;
  private final Training training;
  private final HeldOutCount heldOutCount;
  private final int withCodes;
  private final Density exactDensity;
  private final Levels levels;
  private final Random random = new Random(SEED);
  private final List<Integer> heldOut = new ArrayList<>();
  private final MemoryBudget unlimited = new MemoryBudget(Long.MAX_VALUE);
  private final float[] vector;
  private final float[] other;

  private int size; // nodes that were inserted, held out or found to be copies
  private int capacity;
  private long memoryBytes;
  private BuildMemory memory;
  private GraphMemory graph;
  private Copies copies;
  private OffHeapBits visited;
  private FixedBitSet absent = new FixedBitSet(FIRST); // copies, and what is held out
  private BuiltCodes codes;
  private int trainedAt; // 0 if codes were never trained
  private NodeInserter inserter;

  /** Trains the codes of some vectors. */
  @FunctionalInterface
  public interface Training {
    /** A model; null if the vectors are better off without codes. */
    CodeModel train(KnnVectorValues values) throws IOException;
  }

  /** How many nodes are held out. */
  @FunctionalInterface
  public interface HeldOutCount {
    /** Of so many. */
    int of(int size);
  }

  /**
   * Begins without any node.
   *
   * @param values to which vectors are added
   */
  public GrowingGraph(
      GraphParameters options,
      KnnVectorValues values,
      VectorMetric metric,
      Training training,
      HeldOutCount heldOutCount) {
    this(options, values, metric, training, heldOutCount, WITH_CODES);
  }

  /** With another number of vectors from which on walks are on codes. */
  GrowingGraph(
      GraphParameters options,
      KnnVectorValues values,
      VectorMetric metric,
      Training training,
      HeldOutCount heldOutCount,
      int withCodes) {
    this.withCodes = withCodes;
    this.options = options;
    this.values = values;
    this.metric = metric;
    this.training = training;
    this.heldOutCount = heldOutCount;
    this.exactDensity = Density.of(metric, values.getEncoding(), false);
    this.levels = new Levels(exactDensity.nodesPerUpperNode(options.maxConn()), SEED);
    this.vector = new float[values.dimension()];
    this.other = new float[values.dimension()];
  }

  /** Whether graphs are to grow, as they are worthwhile early. */
  public static boolean isOf(GraphParameters options) {
    return options.worthwhile(MAX_FIRST);
  }

  /** To be called when there are more values. */
  public void grow() throws IOException {
    if (values.size() >= FIRST && options.worthwhile(values.size())) {
      while (size < values.size()) {
        add(size);
      }
    }
  }

  private void add(int node) throws IOException {
    if (node == capacity) {
      allocate(Math.max(FIRST, Math.max(values.size(), capacity + capacity / 2)));
    }
    VectorPairs.copy(values, node, vector);
    if (codes != null) {
      codes.add(vector);
    }
    copies.add(node, vector, values, other);
    size++;
    trainIfDue();
    if (copies.isCopy(node)) {
      absent.set(node);
    } else if (isHeldOut()) {
      absent.set(node);
      heldOut.add(node);
      if (heldOut.size() > count(size)) {
        insert(heldOut.remove(random.nextInt(heldOut.size())));
      }
    } else {
      insert(node);
    }
  }

  private int count(int nodes) {
    return Math.min(nodes / NODES_PER_HELD_OUT, heldOutCount.of(nodes));
  }

  /** Whether the last node is held out, maybe instead of another one. */
  private boolean isHeldOut() {
    return random.nextInt(size) < count(size);
  }

  private void insert(int node) throws IOException {
    absent.clear(node);
    int entry = graph.entryNode();
    int top = graph.topLevel();
    int level = levels.next();
    graph.setLevel(node, level);
    if (entry >= 0) {
      graph.setEntryNode(entry, top);
      inserter.insert(node);
      if (level > top) {
        graph.setEntryNode(node, level);
      }
    }
  }

  private void trainIfDue() throws IOException {
    if (size >= withCodes && size >= TRAIN_AGAIN * trainedAt) {
      CodeModel model = training.train(values);
      trainedAt = size;
      allocate(capacity, model);
    }
  }

  private void allocate(int newCapacity) throws IOException {
    allocate(newCapacity, codes == null ? null : codes.model());
  }

  /** Moves all to other memory. */
  private void allocate(int newCapacity, CodeModel model) throws IOException {
    int maxConn = options.maxConn();
    int upperRecords = Levels.maxUpperRecords(newCapacity, maxConn);
    CodeLayout layout = model == null ? null : model.layout();
    long bytes =
        GraphMemory.memoryBytes(newCapacity, maxConn, upperRecords)
            + Copies.memoryBytes(newCapacity)
            + BuildMemory.costOfBits(newCapacity)
            + (layout == null ? 0 : BuiltCodes.memoryBytes(newCapacity, layout));
    BuildMemory newMemory = unlimited.take(bytes, () -> {});
    boolean success = false;
    try {
      boolean isSparse = layout != null && size >= SPARSE && GraphBuilder.isSparse(layout);
      Density density = Density.of(metric, values.getEncoding(), isSparse);
      GraphMemory newGraph =
          new GraphMemory(newCapacity, maxConn, density, upperRecords, newMemory);
      if (graph != null) {
        newGraph.copy(graph, capacity);
      }
      Copies newCopies = new Copies(newCapacity, newMemory, NO_WORKERS);
      for (int node = 0; node < size; node++) {
        VectorPairs.copy(values, node, vector);
        newCopies.add(node, vector, values, other);
      }
      BuiltCodes newCodes = model == null ? null : codes(model, newCapacity, newMemory);
      OffHeapBits newVisited = newMemory.bits(newCapacity);
      replace(newMemory, newGraph, newCopies, newCodes, newVisited);
      capacity = newCapacity;
      memoryBytes = bytes;
      absent = FixedBitSet.ensureCapacity(absent, newCapacity);
      success = true;
    } finally {
      if (success == false) {
        newMemory.close();
      }
    }
  }

  private BuiltCodes codes(CodeModel model, int newCapacity, BuildMemory newMemory)
      throws IOException {
    BuiltCodes newCodes = BuiltCodes.empty(model, newCapacity, newMemory);
    if (codes != null && codes.model() == model) {
      newCodes.addAll(codes);
    } else {
      for (int node = 0; node < size; node++) {
        VectorPairs.copy(values, node, vector);
        newCodes.add(vector);
      }
    }
    return newCodes;
  }

  private void replace(
      BuildMemory newMemory,
      GraphMemory newGraph,
      Copies newCopies,
      BuiltCodes newCodes,
      OffHeapBits newVisited)
      throws IOException {
    VectorPairs pairs = new VectorPairs(values, metric);
    NodeScorer scorer =
        newCodes == null
            ? new ExactNodeScorer(new VectorPairs(values, metric))
            : new CodesNodeScorer(newCodes.scorer(), pairs, values.dimension());
    float alpha = metric.hasDistances(values.getEncoding()) ? options.alpha() : 1;
    NeighborSelector selector = new NeighborSelector(pairs, metric, alpha, NO_WORKERS);
    LinkWriter writer = new LinkWriter(newGraph, pairs, selector);
    NeighborSearch search = new NeighborSearch(newGraph, scorer, newVisited);
    BuildMemory old = memory;
    memory = newMemory;
    graph = newGraph;
    copies = newCopies;
    codes = newCodes;
    visited = newVisited;
    inserter =
        new NodeInserter(
            newGraph, search, pairs, selector, writer, options.beamWidth(), NO_WORKERS);
    if (old != null) {
      old.close();
    }
  }

  /**
   * The graph as it is now, to begin with. This one is not to be closed before that is done.
   *
   * @param newOrdinals of the vectors; null if they stay as they are
   * @return null if there is no graph
   */
  public SourceGraph source(int[] newOrdinals) {
    return graph == null || size < values.size()
        ? null
        : new GrownGraph(graph, size, absent, heldOut, newOrdinals);
  }

  /** The memory outside the heap, in bytes. */
  public long memoryBytes() {
    return memoryBytes;
  }

  @Override
  public void close() {
    if (memory != null) {
      memory.close();
      memory = null;
      graph = null;
      memoryBytes = 0;
    }
  }

  @Override
  public String toString() {
    return "GrowingGraph(" + size + " nodes, visited " + visited + ")";
  }
}
