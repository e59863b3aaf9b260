/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.jmh;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.lucene.util.FixedBitSet;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.roaringbitmap.BatchIterator;
import org.roaringbitmap.RoaringBitmap;
import org.roaringbitmap.buffer.ImmutableRoaringBitmap;
import org.roaringbitmap.buffer.MutableRoaringBitmap;

/**
 * Selects the neighbors, of {@value #NEIGHBORS}, that pass a filter.
 *
 * <ul>
 *   <li>{@code ordinals}: the filter is a bit set of ordinals, as Lucene provides it; a table maps
 *       nodes to ordinals.
 *   <li>{@code nodes}: the filter is a bit set of nodes, which must be created first.
 *   <li>{@code roaringContains}: the filter is a Roaring bitmap of nodes, with a lookup for each
 *       neighbor.
 *   <li>{@code roaringAnd}: the intersection of that bitmap with the bitmap of the links, which is
 *       on the heap already.
 *   <li>{@code bufferAnd}: the intersection with the bitmap of the links as it is stored. Only this
 *       variant does not need decoded links; {@link ExpansionEdges} measures the decoding.
 * </ul>
 *
 * <p>The neighbors are anywhere in the graph, and a filter accepts random nodes.
 */
public class ExpansionFilter extends Expansion {

  private static final int LISTS = 1 << 13;

  @Param("116000")
  int nodes;

  @Param({"0.5", "0.1", "0.01"})
  double selectivity;

  private int[] ordinals;
  private FixedBitSet acceptedOrdinals;
  private long[] acceptedNodes;
  private RoaringBitmap accepted;
  private ImmutableRoaringBitmap acceptedBuffer;

  private int[][] lists;
  private RoaringBitmap[] bitmaps;
  private ByteBuffer[] stored;
  private int list;

  private final int[] kept = new int[NEIGHBORS];
  private final int[] batch = new int[NEIGHBORS];

  /** For JMH. */
  public ExpansionFilter() {}

  /** Chooses neighbors and the filters. */
  @Setup
  public void setUp() {
    SplittableRandom random = new SplittableRandom(SEED);
    ordinals = new int[nodes];
    for (int node = 0; node < nodes; node++) {
      int other = random.nextInt(node + 1);
      ordinals[node] = ordinals[other];
      ordinals[other] = node;
    }
    acceptedOrdinals = new FixedBitSet(nodes);
    acceptedNodes = new long[FixedBitSet.bits2words(nodes)];
    accepted = new RoaringBitmap();
    for (int node = 0; node < nodes; node++) {
      if (random.nextDouble() < selectivity) {
        acceptedOrdinals.set(ordinals[node]);
        acceptedNodes[node >> 6] |= 1L << node;
        accepted.add(node);
      }
    }
    acceptedBuffer = new MutableRoaringBitmap(accepted);
    lists = new int[LISTS][];
    bitmaps = new RoaringBitmap[LISTS];
    stored = new ByteBuffer[LISTS];
    for (int i = 0; i < LISTS; i++) {
      lists[i] = random.ints(0, nodes).distinct().limit(NEIGHBORS).toArray();
      Arrays.sort(lists[i]);
      bitmaps[i] = RoaringBitmap.bitmapOf(lists[i]);
      stored[i] = ByteBuffer.allocate(bitmaps[i].serializedSizeInBytes());
      bitmaps[i].serialize(stored[i]);
      stored[i].flip();
    }
  }

  private int next() {
    list = list + 1 & LISTS - 1;
    return list;
  }

  /** The neighbors that were kept last, at the beginning. */
  int[] kept() {
    return kept;
  }

  /** Uses a bit set of ordinals. */
  @Benchmark
  public int ordinals() {
    int count = 0;
    for (int node : lists[next()]) {
      kept[count] = node;
      count += acceptedOrdinals.get(ordinals[node]) ? 1 : 0;
    }
    return count;
  }

  /** Uses a bit set of nodes. */
  @Benchmark
  public int nodes() {
    int count = 0;
    for (int node : lists[next()]) {
      kept[count] = node;
      count += (int) (acceptedNodes[node >> 6] >>> node & 1);
    }
    return count;
  }

  /** Uses lookups in a Roaring bitmap. */
  @Benchmark
  public int roaringContains() {
    int count = 0;
    for (int node : lists[next()]) {
      kept[count] = node;
      count += accepted.contains(node) ? 1 : 0;
    }
    return count;
  }

  /** Uses an intersection on the heap. */
  @Benchmark
  public int roaringAnd() {
    return keep(RoaringBitmap.and(bitmaps[next()], accepted).getBatchIterator());
  }

  /** Uses an intersection with the stored bitmap. */
  @Benchmark
  public int bufferAnd() {
    ImmutableRoaringBitmap links = new ImmutableRoaringBitmap(stored[next()]);
    return keep(ImmutableRoaringBitmap.and(links, acceptedBuffer).getBatchIterator());
  }

  private int keep(BatchIterator values) {
    int count = 0;
    while (values.hasNext()) {
      int decoded = values.nextBatch(batch); // fills an array from its beginning
      System.arraycopy(batch, 0, kept, count, decoded);
      count += decoded;
    }
    return count;
  }
}
