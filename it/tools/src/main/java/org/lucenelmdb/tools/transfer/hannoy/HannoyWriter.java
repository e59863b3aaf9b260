/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.hannoy;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.apache.lucene.index.VectorEncoding;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.LmdbException;
import org.lmdbjava.PutFlags;
import org.lmdbjava.Txn;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.tools.index.IndexException;
import org.lucenelmdb.tools.output.ProgressLine;
import org.lucenelmdb.tools.transfer.model.GraphExport;
import org.lucenelmdb.tools.transfer.model.Ids;
import org.roaringbitmap.RoaringBitmap;

/**
 * Writes an environment with one index, number 0 in the unnamed database. Its metadata is written
 * last, so that an incomplete environment has no index.
 */
public final class HannoyWriter implements Closeable {

  private static final long MAX_ITEM = (1L << 32) - 1;
  private static final int INDEX = 0;
  private static final int[] VERSION = {0, 1, 3};

  /** The bytes after which a transaction is committed: LMDB keeps its pages in memory. */
  private static final long COMMIT_BYTES = 32L << 20;

  private static final int PAGE_BYTES = 1 << 12;
  private static final int RECORD_OVERHEAD_BYTES = 32;
  private static final long SPARE_BYTES = 64L << 20;

  private final GraphExport export;
  private final HannoyDistance distance;
  private final int dimension;
  private final Env<byte[]> env;
  private final Dbi<byte[]> database;
  private Txn<byte[]> txn;
  private long uncommitted;

  private HannoyWriter(GraphExport export, HannoyDistance distance, Path folder)
      throws IOException {
    this.export = export;
    this.distance = distance;
    this.dimension = distance.dimension(export.values().dimension());
    this.env = HannoyEnvironment.create(folder, mapBytes());
    this.database = env.openDbi((byte[]) null, DbiFlags.MDB_CREATE);
  }

  /**
   * Checks whether hannoy has a distance for a metric.
   *
   * @throws IndexException if not
   */
  public static void checkMetric(VectorMetric metric, VectorEncoding encoding)
      throws IndexException {
    HannoyDistance.of(metric, encoding);
  }

  /**
   * Checks whether hannoy has a distance for a field, and whether ids are possible items.
   *
   * @throws IndexException if not
   */
  public static void check(GraphExport export) throws IndexException {
    HannoyDistance.of(export.metric(), export.values().getEncoding());
    Ids ids = export.ids();
    long[] sorted = new long[ids.size()];
    for (int i = 0; i < sorted.length; i++) {
      if (ids.areNumbers() == false || ids.number(i) < 0 || ids.number(i) > MAX_ITEM) {
        throw new IndexException(
            "hannoy: expected ids from 0 to " + MAX_ITEM + "; found " + ids.text(i));
      }
      sorted[i] = ids.number(i);
    }
    Arrays.sort(sorted);
    for (int i = 1; i < sorted.length; i++) {
      if (sorted[i] == sorted[i - 1]) {
        throw new IndexException("hannoy: expected different ids; found " + sorted[i] + " twice");
      }
    }
  }

  /**
   * Writes an environment.
   *
   * @param folder an empty folder
   * @throws IndexException if {@link #check} fails
   */
  public static void write(Path folder, GraphExport export) throws IOException {
    check(export);
    HannoyDistance distance = HannoyDistance.of(export.metric(), export.values().getEncoding());
    try (HannoyWriter writer = new HannoyWriter(export, distance, folder)) {
      writer.write();
    } catch (LmdbException | IllegalArgumentException e) { // the latter for unknown error codes
      throw new IOException("LMDB could not write " + folder + ": " + e.getMessage(), e);
    }
  }

  /** An upper bound of the environment's size: pages may be half empty. */
  private long mapBytes() {
    long item = RECORD_OVERHEAD_BYTES + (long) distance.vectorBytes(dimension);
    long pages = item < PAGE_BYTES / 4 ? 2 * item : item + 2 * PAGE_BYTES;
    long links = RECORD_OVERHEAD_BYTES + PAGE_BYTES / 4; // a list of 64 neighbors has 700 bytes
    return SPARE_BYTES + export.values().size() * (pages + 2 * links);
  }

  private void write() throws IOException {
    int size = export.values().size();
    int[] byItem =
        IntStream.range(0, size)
            .boxed()
            .sorted(Comparator.comparingLong(ordinal -> export.ids().number(ordinal)))
            .mapToInt(Integer::intValue)
            .toArray();
    RoaringBitmap items = new RoaringBitmap();
    try (ProgressLine progress = ProgressLine.begin("hannoy", 2L * size)) {
      int[] levels = export.levels();
      for (int ordinal : byItem) {
        for (int level = 0; level <= levels[ordinal]; level++) {
          append(
              new HannoyKey(INDEX, HannoyKey.LINKS, item(ordinal), level), links(level, ordinal));
        }
        items.add(item(ordinal));
        progress.advance(1);
      }
      for (int ordinal : byItem) {
        append(new HannoyKey(INDEX, HannoyKey.ITEM, item(ordinal), 0), vector(ordinal));
        progress.advance(1);
      }
    }
    byte[] version = ints(VERSION);
    put(HannoyKey.version(INDEX), version);
    int[] entryPoints = {item(export.graph().entryNode())};
    HannoyMetadata metadata =
        new HannoyMetadata(distance, dimension, items, entryPoints, export.graph().numLevels() - 1);
    put(HannoyKey.metadata(INDEX), metadata.bytes());
    commit();
    env.sync(true);
  }

  private int item(int ordinal) {
    return (int) export.ids().number(ordinal);
  }

  private byte[] links(int level, int ordinal) throws IOException {
    RoaringBitmap items = new RoaringBitmap();
    for (int neighbor : export.neighbors(level, ordinal)) {
      items.add(item(neighbor));
    }
    ByteBuffer out = ByteBuffer.allocate(1 + items.serializedSizeInBytes()).put((byte) 1);
    items.serialize(out);
    return out.array();
  }

  private byte[] vector(int ordinal) throws IOException {
    ByteBuffer out =
        ByteBuffer.allocate(1 + distance.headerBytes() + distance.vectorBytes(dimension))
            .order(ByteOrder.LITTLE_ENDIAN);
    out.put((byte) 0);
    if (distance == HannoyDistance.HAMMING) {
      // the first bit of a word is its lowest, so that words are the bytes in their order
      return out.position(1 + distance.headerBytes()).put(export.readBytes(ordinal)).array();
    }
    float[] vector = new float[dimension];
    export.read(ordinal, vector);
    out.putFloat(distance == HannoyDistance.COSINE ? length(vector) : 0);
    for (float component : vector) {
      out.putFloat(component);
    }
    return out.array();
  }

  private static float length(float[] vector) {
    double squares = 0;
    for (float component : vector) {
      squares += (double) component * component;
    }
    return (float) Math.sqrt(squares);
  }

  private static byte[] ints(int... values) {
    ByteBuffer out = ByteBuffer.allocate(values.length * Integer.BYTES);
    for (int value : values) {
      out.putInt(value);
    }
    return out.array();
  }

  /** Puts a record behind all others. */
  private void append(HannoyKey key, byte[] value) {
    begin(value);
    database.put(txn, key.bytes(), value, PutFlags.MDB_APPEND);
  }

  private void put(HannoyKey key, byte[] value) {
    begin(value);
    database.put(txn, key.bytes(), value);
  }

  private void begin(byte[] value) {
    if (uncommitted > COMMIT_BYTES) {
      commit();
    }
    if (txn == null) {
      txn = env.txnWrite();
    }
    uncommitted += RECORD_OVERHEAD_BYTES + value.length;
  }

  private void commit() {
    txn.commit();
    txn.close();
    txn = null;
    uncommitted = 0;
  }

  @Override
  public void close() {
    if (txn != null) {
      txn.close();
    }
    env.close();
  }
}
