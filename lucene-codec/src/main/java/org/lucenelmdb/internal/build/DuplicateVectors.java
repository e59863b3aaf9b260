/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import java.util.Arrays;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.OffHeapInts;
import org.lucenelmdb.internal.workers.Workers;

/**
 * Finds nodes with equal vectors. The first node with a vector is the <i>original</i>; the others
 * are its <i>duplicates</i>.
 *
 * <p>Only originals are inserted into the graph. Duplicates would not help a search, but fill its
 * beam and the neighbor lists of all nodes near them. They would also be linked only with each
 * other, because all other nodes are farther away. When the graph is complete, a {@link
 * DuplicateLinker} links them.
 */
final class DuplicateVectors {

  /**
   * The multiplier of hashes, 2<sup>64</sup> divided by the golden ratio: an odd number without a
   * pattern in its bits.
   */
  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

  private final OffHeapInts originals;

  /** A hash table with linear probing. Its values are nodes plus one, or 0 in empty slots. */
  private final OffHeapInts slots;

  /** Further bits of the hash of each slot's vector. */
  private final OffHeapInts hashes;

  private final Workers workers;
  private int count;

  /**
   * Creates an empty set of nodes.
   *
   * @param size the number of nodes that can be {@linkplain #add added}
   * @param memory has {@link #memoryBytes} left
   */
  DuplicateVectors(int size, BuildMemory memory, Workers workers) throws IOException {
    this.originals = memory.ints(size);
    this.slots = memory.ints(slots(size));
    this.hashes = memory.ints(slots(size));
    this.workers = workers;
  }

  /** Returns the bytes that the constructor and {@link #of} allocate. */
  static long memoryBytes(int size) {
    return BuildMemory.costOfInts(size) + 2 * BuildMemory.costOfInts(slots(size));
  }

  /**
   * Returns the number of slots. A third of them stays empty, so that about two slots are probed
   * per vector.
   */
  private static int slots(int size) {
    return (int) Math.min(Integer.MAX_VALUE - 1, size + size / 2L + 1);
  }

  /** Finds the duplicates among vectors. The first of equal vectors has the lowest ordinal. */
  static DuplicateVectors of(NodeVectors vectors, BuildMemory memory, Workers workers)
      throws IOException {
    DuplicateVectors duplicates = new DuplicateVectors(vectors.size(), memory, workers);
    duplicates.find(vectors);
    return duplicates;
  }

  private void find(NodeVectors vectors) throws IOException {
    NodeVectors.Reader nodes = vectors.reader();
    NodeVectors.Reader others = vectors.reader();
    float[] vector = new float[vectors.stored().dimension()];
    float[] other = new float[vector.length];
    int interval = Workers.checkInterval(vector.length * Float.BYTES);
    for (int ord = 0; ord < originals.size(); ord++) { // in the order of the file
      if (ord % interval == 0) {
        workers.check();
      }
      int node = vectors.node(ord);
      nodes.read(node, vector);
      add(node, vector, others, other);
    }
  }

  /**
   * Adds a node.
   *
   * @param others the vectors of the nodes that were added before
   * @param other a buffer for a vector
   */
  void add(int node, float[] vector, NodeVectors.Reader others, float[] other) throws IOException {
    long hash = hash(vector);
    int check = (int) hash;
    int slot = (int) ((hash >>> Integer.SIZE) * slots.size() >>> Integer.SIZE);
    int original = node;
    while (original == node && slots.get(slot) != 0) {
      if (hashes.get(slot) == check) {
        others.read(slots.get(slot) - 1, other);
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

  /**
   * Returns the hash of a vector, combined from four hashes of every fourth component, so that
   * multiplications need not wait for each other.
   */
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

  /** Returns the number of duplicates. */
  int count() {
    return count;
  }

  /** Returns the first node whose vector equals that of a node. */
  int original(int node) {
    return originals.get(node);
  }

  /** Returns whether an earlier node has the same vector. */
  boolean isDuplicate(int node) {
    return originals.get(node) != node;
  }

  /**
   * Returns a linker, which reuses the memory of the hash table. No node can be added after this.
   */
  DuplicateLinker linker(GraphMemory graph) {
    return new DuplicateLinker(this, graph, slots, hashes, workers);
  }
}
