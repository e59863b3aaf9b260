/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.jmh;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.GroupVIntUtil;
import org.apache.lucene.util.IOUtils;
import org.lucenelmdb.internal.roaring.PortableRoaring;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.roaringbitmap.BatchIterator;
import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.RoaringBitmap;
import org.roaringbitmap.buffer.ImmutableRoaringBitmap;

/**
 * Decodes the neighbors of a node into an array.
 *
 * <ul>
 *   <li>{@code portableRoaring}: the codec's decoder, from the heap, to which a search has copied
 *       the record.
 *   <li>{@code roaringIterator}, {@code roaringBatch}: the Roaring library on the same bytes, by
 *       single values and in batches.
 *   <li>{@code groupVarint}: Lucene99's encoding, differences in groups of four, decoded from
 *       mapped memory as Lucene does.
 *   <li>{@code copiedRoaring}: the codec's decoder, including the copy from mapped memory, for
 *       comparison with {@code groupVarint}.
 * </ul>
 *
 * <p>A Roaring bitmap has a container for each window of 65,536 values. {@code WINDOW} places all
 * neighbors in one window, as in a small or well-ordered segment; {@code SPREAD} places them
 * anywhere among a million nodes, which gives about 14 containers of two or three values. The lists
 * are stored and decoded in sequence, so that memory is read ahead and decoding dominates; {@link
 * ExpansionAddress} measures the cache misses. There are too many lists for the branch predictor to
 * learn them.
 */
public class ExpansionEdges extends Expansion {

  /** The distribution of a node's neighbors. */
  public enum Placement {
    /** In one window of Roaring bitmaps. */
    WINDOW,
    /** Anywhere. */
    SPREAD
  }

  static final int NODES = 1_000_000;
  private static final int WINDOW = 1 << Character.SIZE;

  private static final String ROARING = "roaring";
  private static final String GROUP_VARINT = "groupvarint";

  @Param({"WINDOW", "SPREAD"})
  Placement placement;

  @Param("100000")
  int lists;

  private Directory directory;
  private IndexInput roaring;
  private IndexInput groupVarint;
  private byte[] bytes;
  private ByteBuffer buffer;
  private int[] offsets;
  private byte[] record;
  private int list;

  private final int[] neighbors = new int[NEIGHBORS];
  private final int[] batch = new int[NEIGHBORS];

  /** For JMH. */
  public ExpansionEdges() {}

  /** Encodes the lists. */
  @Setup
  public void setUp() throws IOException {
    Path path = Indexes.path("edges-" + placement + "-" + lists, this::write);
    directory = new MMapDirectory(path);
    roaring = directory.openInput(ROARING, IOContext.DEFAULT);
    groupVarint = directory.openInput(GROUP_VARINT, IOContext.DEFAULT);
    offsets = new int[lists + 1];
    int at = 0;
    int longest = 0;
    for (int i = 0; i < lists; i++) {
      int length = roaring.readInt();
      longest = Math.max(longest, length);
      at += length;
      offsets[i + 1] = at;
    }
    roaring = roaring.slice("lists", roaring.getFilePointer(), at);
    bytes = new byte[at];
    roaring.readBytes(bytes, 0, at);
    buffer = ByteBuffer.wrap(bytes);
    record = new byte[longest];
  }

  /** Writes the lengths of the bitmaps, the bitmaps, and the group-varint lists. */
  private void write(Directory to) throws IOException {
    try (IndexOutput bitmapsOut = to.createOutput(ROARING, IOContext.DEFAULT);
        IndexOutput varints = to.createOutput(GROUP_VARINT, IOContext.DEFAULT)) {
      byte[][] bitmaps = new byte[lists][];
      for (int i = 0; i < lists; i++) {
        int[] values = list(i);
        RoaringBitmap bitmap = RoaringBitmap.bitmapOf(values);
        bitmaps[i] = new byte[bitmap.serializedSizeInBytes()];
        bitmap.serialize(ByteBuffer.wrap(bitmaps[i]));
        bitmapsOut.writeInt(bitmaps[i].length);
        for (int j = NEIGHBORS - 1; j > 0; j--) {
          values[j] -= values[j - 1];
        }
        varints.writeVInt(NEIGHBORS);
        varints.writeGroupVInts(values, NEIGHBORS);
      }
      for (byte[] bitmap : bitmaps) {
        bitmapsOut.writeBytes(bitmap, bitmap.length);
      }
    }
  }

  /** The neighbors in a list, ascending. */
  int[] list(int i) {
    SplittableRandom random = new SplittableRandom(SEED + i);
    int size = placement == Placement.WINDOW ? WINDOW : NODES;
    int base = placement == Placement.WINDOW ? random.nextInt(NODES / WINDOW) * WINDOW : 0;
    int[] values = random.ints(base, base + size).distinct().limit(NEIGHBORS).toArray();
    Arrays.sort(values);
    return values;
  }

  /** Closes the files. */
  @TearDown
  public void tearDown() throws IOException {
    IOUtils.close(roaring, groupVarint, directory);
  }

  private int next() {
    int next = list;
    list = next + 1 == lists ? 0 : next + 1;
    return next;
  }

  /** The neighbors that were decoded last. */
  int[] neighbors() {
    return neighbors;
  }

  /** The codec's decoder. */
  @Benchmark
  public int portableRoaring() throws IOException {
    int i = next();
    return PortableRoaring.decode(
        bytes, offsets[i], offsets[i + 1] - offsets[i], neighbors, NODES, ROARING);
  }

  /** The codec's decoder, after a copy. */
  @Benchmark
  public int copiedRoaring() throws IOException {
    int i = next();
    int length = offsets[i + 1] - offsets[i];
    roaring.seek(offsets[i]);
    roaring.readBytes(record, 0, length);
    return PortableRoaring.decode(record, 0, length, neighbors, NODES, ROARING);
  }

  /** The library's iterator. */
  @Benchmark
  public int roaringIterator() {
    PeekableIntIterator values = bitmap(next()).getIntIterator();
    int count = 0;
    while (values.hasNext()) {
      neighbors[count++] = values.next();
    }
    return count;
  }

  /** The library's batches. */
  @Benchmark
  public int roaringBatch() {
    BatchIterator values = bitmap(next()).getBatchIterator();
    int count = 0;
    while (values.hasNext()) {
      int decoded = values.nextBatch(batch); // fills an array from its beginning
      System.arraycopy(batch, 0, neighbors, count, decoded);
      count += decoded;
    }
    return count;
  }

  private ImmutableRoaringBitmap bitmap(int i) {
    return new ImmutableRoaringBitmap(buffer.position(offsets[i]));
  }

  /** Lucene's decoder. */
  @Benchmark
  public int groupVarint() throws IOException {
    // Lucene also seeks to a node's list
    groupVarint.seek(next() == 0 ? 0 : groupVarint.getFilePointer());
    int count = groupVarint.readVInt();
    GroupVIntUtil.readGroupVInts(groupVarint, neighbors, count);
    int sum = 0;
    for (int i = 0; i < count; i++) {
      sum += neighbors[i];
      neighbors[i] = sum;
    }
    return count;
  }
}
