/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.hannoy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.apache.lucene.index.VectorEncoding;
import org.lmdbjava.CursorIterable;
import org.lmdbjava.Dbi;
import org.lmdbjava.Env;
import org.lmdbjava.KeyRange;
import org.lmdbjava.LmdbException;
import org.lmdbjava.Txn;
import org.lucenelmdb.tools.index.IndexException;
import org.lucenelmdb.tools.transfer.model.ForeignIndex;
import org.lucenelmdb.tools.transfer.model.Ids;
import org.lucenelmdb.tools.transfer.model.LinkLists;
import org.lucenelmdb.tools.transfer.model.VectorTable;
import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.RoaringBitmap;

/** Reads an index of an environment of hannoy. The vectors stay in the environment. */
public final class HannoyReader implements VectorTable {

  private static final int MAX_NAMES = 20; // in messages

  private final String resource;
  private final Env<byte[]> env;
  private final Txn<byte[]> txn;
  private Dbi<byte[]> database;
  private int index;
  private HannoyMetadata metadata;
  private long[] items; // by ordinal, ascending

  private HannoyReader(String resource, Env<byte[]> env) {
    this.resource = resource;
    this.env = env;
    this.txn = env.txnRead();
  }

  /**
   * Opens an index.
   *
   * @param path the folder of an environment, or its data file
   * @param databaseName the database in the environment; null for the unnamed one
   * @param number the number of the index; null if there is only one
   * @throws IndexException if there is no such index, or it cannot be imported
   */
  public static ForeignIndex open(Path path, String databaseName, Integer number)
      throws IOException {
    Env<byte[]> env = HannoyEnvironment.open(path);
    try {
      HannoyReader reader = new HannoyReader(path.toString(), env);
      try {
        // the transaction protects its pages from writers by now
        HannoyEnvironment.check(path, null, true);
        if (databaseName != null) {
          HannoyEnvironment.check(path, databaseName, true);
        }
        LinkLists graph = reader.read(databaseName, number);
        return new ForeignIndex(
            reader, reader.metadata.distance().metric(), Ids.ofNumbers(reader.items), graph, null);
      } catch (Throwable t) {
        reader.txn.close();
        throw t;
      }
    } catch (LmdbException | IllegalArgumentException e) { // the latter for unknown error codes
      env.close();
      throw new IndexException(
          path + ": expected a healthy LMDB environment; found " + e.getMessage(), e);
    } catch (Throwable t) {
      env.close();
      throw t;
    }
  }

  private LinkLists read(String databaseName, Integer number) throws IOException {
    byte[] name = databaseName == null ? null : databaseName.getBytes(StandardCharsets.UTF_8);
    try {
      database = env.openDbi(txn, name, null, false);
    } catch (LmdbException e) {
      throw new IndexException(
          resource + ": expected the database " + databaseName + "; found " + names(), e);
    }
    index = findIndex(number);
    metadata = HannoyMetadata.of(get(HannoyKey.metadata(index)), resource);
    int size = metadata.items().getCardinality();
    if (size == 0) {
      throw new IndexException(resource + ": expected vectors; found none");
    }
    items = new long[size];
    PeekableIntIterator iterator = metadata.items().getIntIterator();
    for (int i = 0; i < size; i++) {
      items[i] = Integer.toUnsignedLong(iterator.next());
    }
    return readGraph();
  }

  private int findIndex(Integer number) throws IOException {
    TreeSet<Integer> found = new TreeSet<>();
    for (int next = 0; next <= Character.MAX_VALUE; ) {
      HannoyKey key = firstFrom(next);
      if (key == null) {
        break;
      }
      if (key.mode() == HannoyKey.METADATA && key.item() == 0) {
        found.add(key.index());
      }
      next = key.index() + 1;
    }
    if (found.isEmpty()) {
      List<String> names = names();
      throw new IndexException(
          resource
              + ": expected an index of hannoy; found "
              + (names.isEmpty()
                  ? "none"
                  : "the databases " + names + ", of which --database names one"));
    }
    if (number == null && found.size() > 1) {
      throw new IndexException(
          resource + ": expected --index-number, as there are several; found " + found);
    }
    if (number != null && found.contains(number) == false) {
      throw new IndexException(
          resource + ": expected an index with the number " + number + "; found " + found);
    }
    return number == null ? found.first() : number;
  }

  /** Returns the first key of an index or the next one; null if there is none. */
  private HannoyKey firstFrom(int from) {
    byte[] key = HannoyKey.metadata(from).bytes();
    try (CursorIterable<byte[]> records = database.iterate(txn, KeyRange.atLeast(key))) {
      for (CursorIterable.KeyVal<byte[]> entry : records) {
        HannoyKey found = HannoyKey.of(entry.key());
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  /** Returns names of databases, which are keys of the unnamed one. */
  private List<String> names() {
    List<String> names = new ArrayList<>();
    Dbi<byte[]> unnamed = env.openDbi(txn, null, null, false);
    try (CursorIterable<byte[]> records = unnamed.iterate(txn)) {
      for (CursorIterable.KeyVal<byte[]> entry : records) {
        if (HannoyKey.of(entry.key()) == null) {
          names.add(new String(entry.key(), StandardCharsets.UTF_8));
        }
        if (names.size() == MAX_NAMES) {
          break;
        }
      }
    }
    return names;
  }

  private LinkLists readGraph() throws IOException {
    int[][][] links = new int[metadata.maxLevel() + 1][items.length][];
    int itemBytes =
        1 + metadata.distance().headerBytes() + metadata.distance().vectorBytes(dimensionThere());
    int vectors = 0;
    byte[] from = HannoyKey.metadata(index).bytes();
    try (CursorIterable<byte[]> records = database.iterate(txn, KeyRange.atLeast(from))) {
      for (CursorIterable.KeyVal<byte[]> entry : records) {
        HannoyKey key = HannoyKey.of(entry.key());
        if (key == null || key.index() != index) {
          break;
        }
        byte[] value = entry.val();
        switch (key.mode()) {
          case HannoyKey.UPDATED ->
              throw new IndexException(
                  resource + ": expected a complete index; found items that wait for a build");
          case HannoyKey.LINKS -> addLinks(links, key, value);
          case HannoyKey.ITEM -> {
            ordinal(key.item());
            if (value.length != itemBytes || value[0] != 0) {
              throw damaged(
                  "item " + items[ordinal(key.item())] + " of " + itemBytes + " bytes",
                  value.length + " bytes");
            }
            vectors++;
          }
          default -> {} // metadata and version
        }
      }
    }
    if (vectors != items.length) {
      throw damaged(items.length + " vectors", Integer.toString(vectors));
    }
    return LinkLists.checked(withoutEmptyLevels(links), entryNode(links), resource);
  }

  private void addLinks(int[][][] links, HannoyKey key, byte[] value) throws IOException {
    if (key.level() >= links.length || value.length == 0 || value[0] != 1) {
      throw damaged(
          "links on levels up to " + (links.length - 1), "a record of level " + key.level());
    }
    RoaringBitmap neighbors = HannoyBitmap.read(value, 1, value.length - 1, resource);
    int[] ordinals = new int[neighbors.getCardinality()];
    PeekableIntIterator iterator = neighbors.getIntIterator();
    for (int i = 0; i < ordinals.length; i++) {
      ordinals[i] = ordinal(iterator.next());
    }
    links[key.level()][ordinal(key.item())] = ordinals;
  }

  /** Deletes of hannoy may leave the highest levels empty. */
  private static int[][][] withoutEmptyLevels(int[][][] links) {
    int levels = links.length;
    while (levels > 1 && Arrays.stream(links[levels - 1]).allMatch(list -> list == null)) {
      levels--;
    }
    return Arrays.copyOf(links, levels);
  }

  /**
   * Returns the first entry point on the highest level. A graph in Lucene has only one; hannoy has
   * all nodes of that level.
   */
  private int entryNode(int[][][] links) throws IOException {
    int[][] highest = links[withoutEmptyLevels(links).length - 1];
    for (int item : metadata.entryPoints()) {
      if (highest[ordinal(item)] != null) {
        return ordinal(item);
      }
    }
    for (int node = 0; node < highest.length; node++) {
      if (highest[node] != null) {
        return node;
      }
    }
    throw damaged("links", "none");
  }

  private int ordinal(int item) throws IndexException {
    int ordinal = Arrays.binarySearch(items, Integer.toUnsignedLong(item));
    if (ordinal < 0) {
      throw damaged("items that the metadata has", Integer.toUnsignedString(item));
    }
    return ordinal;
  }

  private IndexException damaged(String expected, String found) {
    return new IndexException(resource + ": expected " + expected + "; found " + found);
  }

  private byte[] get(HannoyKey key) throws IOException {
    byte[] value = database.get(txn, key.bytes());
    if (value == null) {
      throw damaged("a record for " + key, "none");
    }
    return value;
  }

  private int dimensionThere() {
    return metadata.dimension();
  }

  @Override
  public int size() {
    return items.length;
  }

  @Override
  public int dimension() {
    return metadata.distance().luceneDimension(metadata.dimension());
  }

  @Override
  public VectorEncoding encoding() {
    return metadata.distance().encoding();
  }

  private byte[] item(int ordinal) throws IOException {
    return get(new HannoyKey(index, HannoyKey.ITEM, (int) items[ordinal], 0));
  }

  @Override
  public void read(int ordinal, float[] vector) throws IOException {
    ByteBuffer.wrap(item(ordinal))
        .position(1 + metadata.distance().headerBytes())
        .slice()
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(vector);
  }

  @Override
  public void read(int ordinal, byte[] vector) throws IOException {
    System.arraycopy(
        item(ordinal), 1 + metadata.distance().headerBytes(), vector, 0, vector.length);
  }

  @Override
  public void close() {
    txn.close();
    env.close();
  }
}
