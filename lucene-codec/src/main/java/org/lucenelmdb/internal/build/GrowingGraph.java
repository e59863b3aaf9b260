/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.Closeable;
import java.io.IOException;
import java.util.function.IntUnaryOperator;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.util.FixedBitSet;
import org.lucenelmdb.internal.codes.CodeLayout;
import org.lucenelmdb.internal.codes.CodeModel;
import org.lucenelmdb.internal.offheap.MemoryBudget;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.vectors.VectorPairs;
import org.lucenelmdb.internal.workers.Workers;

/**
 * A graph that grows while vectors are added, so that little work is left when the segment is
 * written. A {@link GraphBuilder} then starts from it, as a merge starts from the graph of a
 * segment. For one thread.
 *
 * <p>The first nodes are inserted by searches that score vectors. Once there are enough vectors,
 * codes are trained, and searches score the codes. Codes are trained again when the number of
 * vectors has multiplied. These codes are not those of the segment, and are not written.
 *
 * <p>A {@linkplain HeldOutReservoir sample} of the nodes is held out.
 */
public final class GrowingGraph implements Closeable {

  /** The number of vectors at which the graph is started. */
  private static final int FIRST = 512;

  /**
   * The number of vectors of a segment that must be worth a graph; otherwise no graphs are grown.
   */
  private static final int MAX_FIRST = 2048;

  /** The number of vectors from which on searches score codes. */
  private static final int WITH_CODES = 2048;

  /** Codes are trained again when the number of vectors has grown by this factor. */
  private static final int RETRAINING_FACTOR = 16;

  /**
   * The number of vectors from which the segment is expected to have codes. From then on, the graph
   * is as sparse as quantized searches allow.
   */
  private static final int SPARSE = 8192;

  private static final long SEED = 42;

  private final GrowingMemory.Inputs in;
  private final GraphParameters parameters;
  private final KnnVectorValues values;
  private final Training training;
  private final int withCodes;
  private final LevelSampler levels;
  private final HeldOutReservoir heldOut;
  private final float[] vector;
  private final float[] other;

  private GrowingMemory memory; // null before the first node, and after closing
  private int size; // the number of nodes, including duplicates and held-out ones
  private int trainedAt; // the size when codes were last trained; 0 if they were not
  private FixedBitSet absent = new FixedBitSet(FIRST); // duplicates and held-out nodes

  /** Trains codes. */
  @FunctionalInterface
  public interface Training {
    /** Returns a model; null if searches should score vectors. */
    CodeModel train(KnnVectorValues values) throws IOException;
  }

  /**
   * Creates a graph without nodes.
   *
   * @param values the values to which vectors are added
   * @param heldOutCount returns the number of nodes to hold out of a graph of a given size
   */
  public GrowingGraph(
      GraphParameters parameters,
      KnnVectorValues values,
      VectorMetric metric,
      Training training,
      IntUnaryOperator heldOutCount) {
    this(parameters, values, metric, training, heldOutCount, WITH_CODES);
  }

  /** Creates a graph that has codes from a given number of vectors, for tests. */
  GrowingGraph(
      GraphParameters parameters,
      KnnVectorValues values,
      VectorMetric metric,
      Training training,
      IntUnaryOperator heldOutCount,
      int withCodes) {
    MemoryBudget unlimited = new MemoryBudget(Long.MAX_VALUE);
    this.in = new GrowingMemory.Inputs(parameters, values, metric, unlimited, Workers.callerOnly());
    this.parameters = parameters;
    this.values = values;
    this.training = training;
    this.withCodes = withCodes;
    Density density = Density.of(metric, values.getEncoding(), false);
    this.levels = new LevelSampler(density.nodesPerUpperNode(parameters.maxConn()), SEED);
    this.heldOut = new HeldOutReservoir(heldOutCount, SEED);
    this.vector = new float[values.dimension()];
    this.other = new float[values.dimension()];
  }

  /** Returns whether graphs should grow, because even small segments have one. */
  public static boolean isWorthwhile(GraphParameters parameters) {
    return parameters.worthwhile(MAX_FIRST);
  }

  /** Inserts the vectors that were added since the last call. */
  public void grow() throws IOException {
    if (values.size() >= FIRST && parameters.worthwhile(values.size())) {
      while (size < values.size()) {
        add(size);
      }
    }
  }

  private void add(int node) throws IOException {
    int capacity = memory == null ? 0 : memory.capacity();
    if (node == capacity) {
      CodeModel model = memory == null || memory.codes() == null ? null : memory.codes().model();
      reallocate(Math.max(FIRST, Math.max(values.size(), capacity + capacity / 2)), model);
    }
    VectorPairs.copy(values, node, vector);
    if (memory.codes() != null) {
      memory.codes().add(vector);
    }
    memory
        .duplicates()
        .add(node, vector, (earlier, into) -> VectorPairs.copy(values, earlier, into), other);
    size++;
    trainIfDue();
    absent.set(node);
    if (memory.duplicates().isDuplicate(node) == false) {
      int inserted = heldOut.offer(node, size);
      if (inserted != HeldOutReservoir.NO_NODE) {
        insert(inserted);
      }
    }
  }

  private void insert(int node) throws IOException {
    absent.clear(node);
    GraphMemory graph = memory.graph();
    int entry = graph.entryNode();
    int top = graph.topLevel();
    int level = levels.next();
    graph.setLevel(node, level);
    if (entry >= 0) {
      graph.setEntryNode(entry, top);
      memory.inserter().insert(node);
      if (level > top) {
        graph.setEntryNode(node, level);
      }
    }
  }

  private void trainIfDue() throws IOException {
    if (size >= withCodes && size >= RETRAINING_FACTOR * trainedAt) {
      CodeModel model = training.train(values);
      trainedAt = size;
      reallocate(memory.capacity(), model);
    }
  }

  private void reallocate(int capacity, CodeModel model) throws IOException {
    CodeLayout layout = model == null ? null : model.layout();
    boolean isSparse = layout != null && size >= SPARSE && GraphBuilder.isSparse(layout);
    Density density = Density.of(in.metric(), values.getEncoding(), isSparse);
    GrowingMemory old = memory;
    memory = GrowingMemory.allocate(in, model, density, capacity, old, size);
    absent = FixedBitSet.ensureCapacity(absent, capacity);
    if (old != null) {
      old.close();
    }
  }

  /**
   * Returns the current graph, from which a build can start. It is valid until this object is
   * closed.
   *
   * @param newOrdinals the new ordinals of the vectors; null if they do not change
   * @return null if there is no graph
   */
  public SourceGraph source(int[] newOrdinals) {
    return memory == null || size < values.size()
        ? null
        : new GrownGraph(memory.graph(), size, absent, heldOut.nodes(), newOrdinals);
  }

  /** Returns the memory outside the heap, in bytes. */
  public long memoryBytes() {
    return memory == null ? 0 : memory.bytes();
  }

  @Override
  public void close() {
    if (memory != null) {
      memory.close();
      memory = null;
    }
  }

  @Override
  public String toString() {
    return "GrowingGraph(" + size + " nodes)";
  }
}
