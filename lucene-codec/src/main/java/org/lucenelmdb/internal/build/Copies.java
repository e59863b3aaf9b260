/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.KnnVectorValues;
import org.lucenelmdb.internal.graph.Holdout;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.OffHeapInts;
import org.lucenelmdb.internal.vectors.VectorPairs;
import org.lucenelmdb.internal.workers.Workers;

/**
 * Vectors that several nodes have. The first node of a vector is its original, and the only one
 * that is inserted into the graph: copies tell a search nothing new, but they would fill its queue
 * and the links of all nodes near them, and have none that lead elsewhere, as every other node is
 * farther from a copy than the next copy is.
 *
 * <p>In the end, the copies are {@linkplain #link linked} below their original, as a tree in the
 * order of nodes. The original has a link to the first copy only, so that a search that passes by
 * meets few of them; each copy has one to the original, by which a search gets away from it. A
 * search that looks for the vector itself meets the copies in their order, which is how an
 * exhaustive search ranks equal scores.
 */
final class Copies {

  /** An odd number without a pattern in its bits: that of the golden ratio. */
  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

  private final OffHeapInts originals;

  /** While copies are looked for, a hash table of nodes plus one; by original, where to go on. */
  private final OffHeapInts slots;

  /** While copies are looked for, more of each slot's hash; by original, its last copy. */
  private final OffHeapInts hashes;

  private final Workers workers;
  private int count;

  /**
   * Begins without any node.
   *
   * @param size the number of nodes that can be {@linkplain #add added}
   * @param memory of which {@link #memoryBytes} are taken
   */
  Copies(int size, BuildMemory memory, Workers workers) throws IOException {
    this.originals = memory.ints(size);
    this.slots = memory.ints(slots(size));
    this.hashes = memory.ints(slots(size));
    this.workers = workers;
  }

  /** What {@link #of} allocates. */
  static long memoryBytes(int size) {
    return BuildMemory.costOfInts(size) + 2 * BuildMemory.costOfInts(slots(size));
  }

  /** A third of the slots stays empty: about two are looked at for a vector. */
  private static int slots(int size) {
    return (int) Math.min(Integer.MAX_VALUE - 1, size + size / 2L + 1);
  }

  /** Finds the copies among vectors, whose ordinals are the nodes. */
  static Copies of(KnnVectorValues values, BuildMemory memory, Workers workers) throws IOException {
    Copies copies = new Copies(values.size(), memory, workers);
    copies.find(values);
    return copies;
  }

  private void find(KnnVectorValues values) throws IOException {
    KnnVectorValues nodes = values.copy();
    KnnVectorValues others = values.copy();
    float[] vector = new float[values.dimension()];
    float[] other = new float[values.dimension()];
    int interval = Workers.checkInterval(vector.length * Float.BYTES);
    for (int node = 0; node < originals.size(); node++) {
      if (node % interval == 0) {
        workers.check();
      }
      VectorPairs.copy(nodes, node, vector);
      add(node, vector, others, other);
    }
  }

  /**
   * Adds the next node.
   *
   * @param others the vectors of those before
   * @param other with room for a vector
   */
  void add(int node, float[] vector, KnnVectorValues others, float[] other) throws IOException {
    long hash = hash(vector);
    int check = (int) hash;
    int slot = (int) ((hash >>> Integer.SIZE) * slots.size() >>> Integer.SIZE);
    int original = node;
    while (original == node && slots.get(slot) != 0) {
      if (hashes.get(slot) == check) {
        VectorPairs.copy(others, slots.get(slot) - 1, other);
        if (Arrays.equals(vector, other)) {
          original = slots.get(slot) - 1;
        }
      }
      slot = slot + 1 == slots.size() ? 0 : slot + 1;
    }
    originals.set(node, original);
    if (original == node) {
      slots.set(slot, node + 1);
      hashes.set(slot, check);
    } else {
      count++;
    }
  }

  /** Four hashes of every fourth value: a multiplication need not wait for the one before it. */
  private static long hash(float[] vector) {
    long hash0 = 0;
    long hash1 = 1;
    long hash2 = 2;
    long hash3 = 3;
    int i = 0;
    for (int end = vector.length & -4; i < end; i += 4) {
      hash0 = hash(hash0, vector[i]);
      hash1 = hash(hash1, vector[i + 1]);
      hash2 = hash(hash2, vector[i + 2]);
      hash3 = hash(hash3, vector[i + 3]);
    }
    for (; i < vector.length; i++) {
      hash0 = hash(hash0, vector[i]);
    }
    hash0 = hash(hash0, hash1);
    hash0 = hash(hash0, hash2);
    return hash(hash0, hash3) * MULTIPLIER;
  }

  private static long hash(long hash, float value) {
    return hash(hash, Float.floatToIntBits(value));
  }

  private static long hash(long hash, long value) {
    long product = (hash ^ value) * MULTIPLIER;
    return product ^ product >>> Integer.SIZE;
  }

  /** How many nodes are copies of others. */
  int count() {
    return count;
  }

  /** The first node that has a node's vector. */
  int original(int node) {
    return originals.get(node);
  }

  /** Whether an earlier node has the same vector. */
  boolean isCopy(int node) {
    return originals.get(node) != node;
  }

  /**
   * Links all copies, on level 0. Every node that can be reached before still can be then. To be
   * called once, by one thread, when the links of all originals are final.
   */
  void link(GraphMemory graph) throws IOException {
    if (count == 0) {
      return;
    }
    for (int node = 0; node < originals.size(); node++) {
      if (node % GraphBuilder.CHECK_INTERVAL == 0) {
        workers.check();
      }
      slots.set(node, 0);
      hashes.set(node, 0);
    }
    for (int node = 0; node < originals.size(); node++) {
      if (node % GraphBuilder.CHECK_INTERVAL == 0) {
        workers.check();
      }
      if (isCopy(node)) {
        link(graph, originals.get(node), node);
      }
    }
  }

  /**
   * Links copies in the lists that {@link Holdout} has of the graph before, as {@link #link} did in
   * those of the graph. Nodes that are held out have no copies.
   */
  void linkBefore(GraphMemory graph, Holdout holdout) {
    int[] neighbors = new int[graph.maxRoom()];
    for (int original : holdout.links().keySet().toArray(new Integer[0])) {
      int degree = count == 0 ? 0 : graph.read(0, original, neighbors);
      for (int i = 0; i < degree; i++) {
        if (isCopy(neighbors[i])) {
          linkFirstBefore(graph, holdout, original, neighbors[i]);
          break; // an original has a link to one
        }
      }
    }
  }

  /** As {@link #linkFirst}: a full original gives its last link to the copy. */
  private void linkFirstBefore(GraphMemory graph, Holdout holdout, int original, int copy) {
    int[] before = holdout.links().get(original);
    boolean isFull = before.length >= graph.maxDegree(0);
    int kept = isFull ? before.length - 1 : before.length;
    int[] links = Arrays.copyOf(before, kept + 1);
    links[kept] = copy;
    holdout.setLinks(original, links);

    int[] ofCopy = new int[graph.maxRoom()];
    int degree = graph.read(0, copy, ofCopy);
    int count = 0;
    for (int i = 0; i < degree; i++) {
      if (ofCopy[i] == original || isCopy(ofCopy[i])) {
        ofCopy[count++] = ofCopy[i];
      }
    }
    if (isFull) {
      ofCopy[count++] = before[before.length - 1];
    }
    holdout.setLinks(copy, Arrays.copyOf(ofCopy, count));
  }

  /** Links a copy from the first of those before it that has room. */
  private void link(GraphMemory graph, int original, int copy) {
    graph.add(0, copy, original, Float.NaN);
    int parent = slots.get(original) - 1;
    if (parent < 0) {
      linkFirst(graph, original, copy);
      parent = copy;
    } else {
      slots.set(hashes.get(original) - 1, copy + 1); // the next one, of a copy
      if (graph.degree(0, parent) == graph.maxDegree(0)) {
        parent = slots.get(parent) - 1;
      }
      graph.add(0, parent, copy, Float.NaN);
    }
    slots.set(original, parent + 1);
    hashes.set(original, copy + 1);
  }

  /** Links an original to its first copy; if it is full, in place of a node that the copy takes. */
  private static void linkFirst(GraphMemory graph, int original, int copy) {
    int[] neighbors = new int[graph.maxRoom()];
    int degree = graph.read(0, original, neighbors);
    if (degree < graph.maxDegree(0)) {
      graph.add(0, original, copy, Float.NaN);
    } else {
      graph.add(0, copy, neighbors[degree - 1], Float.NaN);
      graph.replace(0, original, degree - 1, copy, Float.NaN);
    }
  }
}
