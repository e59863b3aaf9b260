/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import org.apache.lucene.index.KnnVectorValues;
import org.lucenelmdb.internal.codes.BuiltCodes;
import org.lucenelmdb.internal.codes.CodeLayout;
import org.lucenelmdb.internal.codes.CodeModel;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.MemoryBudget;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.vectors.VectorPairs;
import org.lucenelmdb.internal.workers.Workers;

/**
 * The data that a {@link GrowingGraph} keeps outside the heap. It has a fixed capacity and fixed
 * codes, and is replaced when either changes.
 */
final class GrowingMemory implements Closeable {

  /**
   * The inputs of a growing graph.
   *
   * @param values the vectors, to which more will be added
   * @param budget limits the memory outside the heap
   */
  record Inputs(
      GraphParameters parameters,
      KnnVectorValues values,
      VectorMetric metric,
      MemoryBudget budget,
      Workers workers) {}

  private final BuildMemory memory;
  private final int capacity;
  private final long bytes;
  private final GraphMemory graph;
  private final DuplicateVectors duplicates;
  private final BuiltCodes codes;
  private final NodeInserter inserter;

  private GrowingMemory(
      Inputs in, CodeModel model, Density density, int capacity, long bytes, BuildMemory memory)
      throws IOException {
    this.memory = memory;
    this.capacity = capacity;
    this.bytes = bytes;
    int maxConn = in.parameters.maxConn();
    int upperRecords = LevelSampler.maxUpperRecords(capacity, maxConn);
    this.graph = new GraphMemory(capacity, maxConn, density, upperRecords, memory);
    this.duplicates = new DuplicateVectors(capacity, memory, in.workers);
    this.codes = model == null ? null : BuiltCodes.empty(model, capacity, memory);
    BuildContext build =
        new BuildContext(
            in.parameters,
            in.values,
            in.metric,
            codes,
            graph,
            new ArrayDeque<>(List.of(memory.bits(capacity))),
            in.workers);
    this.inserter = new WorkerContext(build).newInserter();
  }

  /**
   * Allocates memory, and copies nodes to it.
   *
   * @param model the model of codes; null for no codes
   * @param capacity the number of nodes
   * @param from the memory to replace, which is not closed; null for none
   * @param size the number of nodes to copy
   */
  static GrowingMemory allocate(
      Inputs in, CodeModel model, Density density, int capacity, GrowingMemory from, int size)
      throws IOException {
    long bytes = memoryBytes(in.parameters.maxConn(), model, capacity);
    BuildMemory memory = in.budget.take(bytes, () -> {});
    boolean success = false;
    try {
      GrowingMemory created = new GrowingMemory(in, model, density, capacity, bytes, memory);
      if (from != null) {
        created.copy(in.values, from, size);
      }
      success = true;
      return created;
    } finally {
      if (success == false) {
        memory.close();
      }
    }
  }

  private static long memoryBytes(int maxConn, CodeModel model, int capacity) {
    int upperRecords = LevelSampler.maxUpperRecords(capacity, maxConn);
    CodeLayout layout = model == null ? null : model.layout();
    return GraphMemory.memoryBytes(capacity, maxConn, upperRecords)
        + DuplicateVectors.memoryBytes(capacity)
        + BuildMemory.costOfBits(capacity)
        + (layout == null ? 0 : BuiltCodes.memoryBytes(capacity, layout));
  }

  private void copy(KnnVectorValues values, GrowingMemory from, int size) throws IOException {
    graph.copy(from.graph, from.capacity);
    boolean sameCodes = codes != null && from.codes != null && codes.model() == from.codes.model();
    if (sameCodes) {
      codes.addAll(from.codes);
    }
    float[] vector = new float[values.dimension()];
    float[] other = new float[values.dimension()];
    NodeVectors.Reader reader = (earlier, into) -> VectorPairs.copy(values, earlier, into);
    for (int node = 0; node < size; node++) {
      VectorPairs.copy(values, node, vector);
      duplicates.add(node, vector, reader, other);
      if (codes != null && sameCodes == false) {
        codes.add(vector);
      }
    }
  }

  /** Returns the number of nodes for which there is memory. */
  int capacity() {
    return capacity;
  }

  /** Returns the memory outside the heap, in bytes. */
  long bytes() {
    return bytes;
  }

  GraphMemory graph() {
    return graph;
  }

  DuplicateVectors duplicates() {
    return duplicates;
  }

  /** Returns the codes; null if there are none. */
  BuiltCodes codes() {
    return codes;
  }

  NodeInserter inserter() {
    return inserter;
  }

  @Override
  public void close() {
    memory.close();
  }
}
