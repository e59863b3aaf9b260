/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.jmh;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.IOUtils;
import org.apache.lucene.util.LongValues;
import org.apache.lucene.util.SuppressForbidden;
import org.lmdbjava.ByteBufferProxy;
import org.lmdbjava.Dbi;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.Txn;
import org.lucenelmdb.internal.graph.GraphGeometry;
import org.lucenelmdb.internal.roaring.PortableRoaring;
import org.lucenelmdb.internal.store.ImageReader;
import org.lucenelmdb.internal.store.RecordInput;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Finds a node's links and copies them to the heap, undecoded.
 *
 * <ul>
 *   <li>{@code addressTable}: as in a search. The address is in the packed table of the .vem file.
 *   <li>{@code treeDescent}: without the table. The codec's reader descends LMDB's two trees, of
 *       the named databases and of the links, and checks each page on the way.
 *   <li>{@code lmdbjava}: LMDB's own get, through lmdbjava's fastest buffers, in a transaction that
 *       stays open. LMDB has the database open and descends one tree.
 * </ul>
 *
 * <p>{@code addressTable} should take little more than its two cache misses, one in the table and
 * one at the record; the difference from {@code treeDescent} is the benefit of the table. The nodes
 * are random, each node depends on the record read before, and the links of 100,000 nodes exceed an
 * L2 cache.
 */
@Fork(
    value = 1,
    jvmArgsAppend = {
      Expansion.SERIAL_GC,
      "--add-opens=java.base/java.nio=ALL-UNNAMED",
      "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED"
    })
public class ExpansionAddress extends Expansion {

  private static final int DIMENSION = 16;

  @Param("100000")
  int nodes;

  private Directory directory;
  private ImageFiles files;
  private Env<ByteBuffer> env;
  private Txn<ByteBuffer> txn;
  private Dbi<ByteBuffer> links;

  private Traversal traversal;
  private LongValues addresses;
  private RecordInput records;
  private int maxBytes;
  private final ByteBuffer heapKey = ByteBuffer.allocate(RecordInput.KEY_BYTES);
  private final ByteBuffer nativeKey = ByteBuffer.allocateDirect(RecordInput.KEY_BYTES);
  private byte[] record;

  /** For JMH. */
  public ExpansionAddress() {}

  /** Opens the same image in three ways. */
  @Setup
  public void setUp() throws IOException {
    Path index =
        Indexes.index(Store.LMDB, new Vectors(nodes, DIMENSION, VectorEncoding.FLOAT32), true);
    directory = new MMapDirectory(index);
    files = new ImageFiles(directory);
    GraphGeometry graph = files.graph();
    traversal = new Traversal(graph.size());
    addresses = graph.addresses().open(files.meta());
    maxBytes = Math.toIntExact(PortableRoaring.maxBytes(graph.maxDegree(), graph.size()));
    records = new RecordInput(files.image(), files.reader().pageSize(), maxBytes);
    record = new byte[maxBytes];
    Path image = Indexes.path("image-" + nodes, files::copyImage);
    env = openEnvironment(image.resolve(ImageFiles.COPY), files.image().length());
    links = env.openDbi(ImageFiles.LINKS);
    txn = env.txnRead();
  }

  @SuppressForbidden(reason = "lmdbjava has no method that takes a Path")
  private static Env<ByteBuffer> openEnvironment(Path image, long mapSize) {
    return Env.create(ByteBufferProxy.PROXY_OPTIMAL)
        .setMapSize(mapSize)
        .setMaxDbs(8)
        .open(image.toFile(), EnvFlags.MDB_NOSUBDIR, EnvFlags.MDB_RDONLY_ENV, EnvFlags.MDB_NOLOCK);
  }

  /** Closes the three readers. */
  @TearDown
  public void tearDown() throws IOException {
    txn.close();
    env.close();
    IOUtils.close(files, directory);
  }

  /** Uses the segment's address table. */
  @Benchmark
  public int addressTable() throws IOException {
    return readByTable(traversal.next(records.bytes()[records.offset()]));
  }

  /** Descends LMDB's trees with the codec's reader. */
  @Benchmark
  public int treeDescent() throws IOException {
    return readByTree(traversal.next(record[0]));
  }

  /** Descends LMDB's trees with LMDB. */
  @Benchmark
  public int lmdbjava() {
    return readByLmdb(traversal.next(record[0]));
  }

  int readByTable(int node) throws IOException {
    return records.read(addresses.get(node) << 1, ImageFiles.linksKey(node));
  }

  int readByTree(int node) throws IOException {
    heapKey.putLong(0, ImageFiles.linksKey(node));
    ImageReader.Value value = files.reader().get(ImageFiles.LINKS, heapKey.array());
    record = files.reader().read(value, maxBytes);
    return record.length;
  }

  int readByLmdb(int node) {
    nativeKey.putLong(0, ImageFiles.linksKey(node));
    ByteBuffer value = links.get(txn, nativeKey);
    int length = value.remaining();
    value.get(0, record, 0, length);
    return length;
  }

  /** The record that was read through the table. */
  RecordInput records() {
    return records;
  }

  /** The record that was read in another way. */
  byte[] record() {
    return record;
  }
}
