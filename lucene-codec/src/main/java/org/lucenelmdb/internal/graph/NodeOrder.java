/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.graph;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.io.IOException;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.OffHeapBits;
import org.lucenelmdb.internal.offheap.OffHeapInts;
import org.lucenelmdb.internal.workers.Workers;

/**
 * Which node of a graph in the image is which ordinal. Nodes are numbered so that those which a
 * search visits together lie together. Outside the heap, and good until the memory that it was
 * allocated from is given back; may be read by all threads.
 *
 * <p>Groups of {@value #GROUP} are filled one after the other, each with the node that most nodes
 * of the group link to; the next group begins with the node to which most of the last one link
 * among those that are left. On 116,000 vectors of 384 dimensions, the 827 nodes that a search for
 * 36 neighbors visits lie on 653 pages of 64 in a random order, on 410 in the order of a
 * breadth-first walk, on 388 after eight rounds of recursive bisection, on 334 so; it takes 0.1 s.
 * Optimizing a sliding window of 64 over common neighbors, as Gorder does (Wei et al., Speedup
 * Graph Processing by Graph Ordering, SIGMOD 2016), comes to 312 and takes 6 s.
 *
 * <p>Of a larger graph, windows of {@value #WINDOW} nodes are filled in the same way first, and
 * groups within these: a Roaring bitmap has a container for each window. With 1,000,000 nodes of 17
 * neighbors, theirs are in 4.3 windows on the average, and in 8.0 without; the links take 30 bytes
 * a node less, for 1 s.
 */
public final class NodeOrder {

  private static final int GROUP = 64;

  private static final int WINDOW = 1 << 16;

  private static final int NO_NODE = -1;

  private final int size;

  // null if each node has its own number as ordinal
  private final OffHeapInts ordinals;
  private final OffHeapInts nodes;

  private NodeOrder(int size, OffHeapInts ordinals, OffHeapInts nodes) {
    this.size = size;
    this.ordinals = ordinals;
    this.nodes = nodes;
  }

  /**
   * Finds an order.
   *
   * @param graph of ordinals, with all from 0 to its size on level 0
   * @param memory of which {@link #memoryBytes} are taken
   */
  public static NodeOrder of(HnswGraph graph, BuildMemory memory, Workers workers)
      throws IOException {
    int size = graph.size();
    Filler filler = new Filler(graph, memory, workers);
    OffHeapInts ordinals = memory.ints(size);
    OffHeapInts nodes = memory.ints(size);
    if (size > WINDOW) {
      filler.fill(nodes, 0, size, WINDOW, graph.entryNode(), ord -> true, ord -> ord);
      filler.forget();
      OffHeapInts places = memory.ints(size);
      invert(nodes, places, workers);
      for (int w = 0; w <= (size - 1) / WINDOW; w++) {
        int window = w;
        int begin = window * WINDOW;
        filler.fill(
            ordinals,
            begin,
            size - begin > WINDOW ? begin + WINDOW : size,
            GROUP,
            nodes.get(begin),
            ord -> places.get(ord) / WINDOW == window,
            nodes::get);
      }
    } else {
      filler.fill(ordinals, 0, size, GROUP, graph.entryNode(), ord -> true, ord -> ord);
    }
    invert(ordinals, nodes, workers);
    return new NodeOrder(size, ordinals, nodes);
  }

  private static void invert(OffHeapInts from, OffHeapInts to, Workers workers) throws IOException {
    for (int i = 0; i < from.size(); i++) {
      if (i % Filler.CHECK_INTERVAL == 0) {
        workers.check();
      }
      to.set(from.get(i), i);
    }
  }

  /** Each ordinal is the node of that number. */
  public static NodeOrder identity(int size) {
    return new NodeOrder(size, null, null);
  }

  /** The memory that {@link #of} takes for a graph of so many nodes. */
  public static long memoryBytes(int size) {
    int orders = size > WINDOW ? 3 : 2;
    return orders * BuildMemory.costOfInts(size) + Filler.memoryBytes(size);
  }

  /** The number of nodes. */
  public int size() {
    return size;
  }

  /** The ordinal of a node. */
  public int ordinal(int node) {
    return ordinals == null ? node : ordinals.get(node);
  }

  /** The node of an ordinal. */
  public int node(int ordinal) {
    return nodes == null ? ordinal : nodes.get(ordinal);
  }

  /** Fills groups with ordinals. */
  private static final class Filler {

    private static final int CHECK_INTERVAL = 1024;

    private final HnswGraph graph;
    private final Workers workers;
    private final OffHeapBits placed;

    /** How many ordinals of the group link to one that is not placed. */
    private final LinkCounts links;

    /** Ordinals that groups linked to, which may be left over, in a queue. */
    private final OffHeapInts leftOver;

    private final OffHeapBits queued;

    Filler(HnswGraph graph, BuildMemory memory, Workers workers) throws IOException {
      this.graph = graph;
      this.workers = workers;
      this.placed = memory.bits(graph.size());
      this.links = new LinkCounts(graph.size(), memory);
      this.leftOver = memory.ints(graph.size());
      this.queued = memory.bits(graph.size());
    }

    /** What the constructor allocates. */
    static long memoryBytes(int size) {
      return 2 * BuildMemory.costOfBits(size)
          + LinkCounts.memoryBytes(size)
          + BuildMemory.costOfInts(size);
    }

    /** Makes that nothing is placed. */
    void forget() {
      for (int ord = 0; ord < graph.size(); ord++) {
        placed.clear(ord);
        queued.clear(ord);
      }
    }

    /**
     * Fills a part of an order.
     *
     * @param first what to begin with
     * @param eligible which ordinals are to be there: as many as there is room for
     * @param all from the same indexes on, the same ordinals, for those that nobody links to
     */
    void fill(
        OffHeapInts order,
        int begin,
        int end,
        int group,
        int first,
        IntPredicate eligible,
        IntUnaryOperator all)
        throws IOException {
      int head = 0;
      int tail = 0;
      int unseen = begin;
      int seed = first;
      for (int place = begin; place < end; ) {
        int groupEnd = end - place > group ? place + group : end;
        for (int ord = seed; ord != NO_NODE; ord = place < groupEnd ? links.best() : NO_NODE) {
          if (place % CHECK_INTERVAL == 0) {
            workers.check();
          }
          order.set(place++, ord);
          place(ord, eligible);
        }
        seed = links.best();
        for (int ord = seed; ord != NO_NODE; ord = links.best()) {
          links.remove(ord);
          if (queued.getAndSet(ord) == false) {
            leftOver.set(tail++, ord);
          }
        }
        while (seed == NO_NODE && head < tail) {
          int ord = leftOver.get(head++);
          seed = placed.get(ord) ? NO_NODE : ord;
        }
        while (seed == NO_NODE && unseen < end) {
          int ord = all.applyAsInt(unseen++);
          seed = placed.get(ord) ? NO_NODE : ord;
        }
      }
    }

    private void place(int ord, IntPredicate eligible) throws IOException {
      placed.getAndSet(ord);
      links.remove(ord);
      graph.seek(0, ord);
      for (int n = graph.nextNeighbor(); n != NO_MORE_DOCS; n = graph.nextNeighbor()) {
        if (placed.get(n) == false && eligible.test(n)) {
          links.add(n);
        }
      }
    }
  }
}
