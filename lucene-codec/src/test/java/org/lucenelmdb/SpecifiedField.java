/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.LongValues;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.apache.lucene.util.packed.DirectReader;
import org.junit.Assert;
import org.roaringbitmap.RoaringBitmap;

/** Reads the metadata and records of a field as specified, and compares them with its vectors. */
final class SpecifiedField {
  final ByteBuffer vem;
  final ByteBuffer image;
  final Map<String, Map<String, byte[]>> databases; // records are removed once they have been read
  final int field;
  final GoldenField spec;
  final int[] docOf; // by ordinal
  final int size;

  SpecifiedField(
      ByteBuffer vem,
      ByteBuffer image,
      Map<String, Map<String, byte[]>> databases,
      int field,
      GoldenField spec,
      int maxDoc) {
    this.vem = vem;
    this.image = image;
    this.databases = databases;
    this.field = field;
    this.spec = spec;
    int[] docs = new int[maxDoc];
    int ords = 0;
    for (int doc = 0; doc < maxDoc; doc++) {
      if (spec.vector(doc) != null) {
        docs[ords++] = doc;
      }
    }
    docOf = Arrays.copyOf(docs, ords);
    size = ords;
  }

  byte[] remove(String database, String keyFormat, Object... key) {
    Map<String, byte[]> records = databases.getOrDefault(database, new TreeMap<>());
    return records.remove(String.format(Locale.ROOT, keyFormat, key));
  }

  void check(int version, HnswGraph graph) throws IOException {
    Assert.assertEquals(spec.isFloat() ? 1 : 0, vem.get()); // encoding
    Assert.assertEquals(spec.metric(), vem.get()); // similarity
    Assert.assertEquals(spec.dimension(), vem.getInt());
    Assert.assertEquals(size, vem.getInt());
    checkVectors();
    checkDocs();
    Links links = readGraph(graph);
    int[] ordinals;
    if (version == 0 || spec.bits() == 0) {
      Assert.assertTrue("no codes", version == 0 || vem.get() == 0);
      ordinals = new int[size];
      Arrays.setAll(ordinals, node -> node);
    } else {
      Assert.assertEquals(spec.bits(), vem.get());
      ordinals = checkCodes(version);
    }
    links.check(graph, ordinals);
  }

  /** Reads the values of blocks, each from its first vector to its end. */
  ByteBuffer[] blocks(String database, int vectorBytes) {
    int shift = vem.getInt();
    int blocks = (size + (1 << shift) - 1) >>> shift;
    Assert.assertEquals(1, blocks);
    ByteBuffer[] values = new ByteBuffer[blocks];
    for (int block = 0; block < blocks; block++) {
      long address = vem.getLong();
      Assert.assertEquals(0, address % vectorBytes);
      byte[] record = remove(database, "%04x%08x", field, block);
      ByteBuffer value = ByteBuffer.wrap(record).order(LITTLE_ENDIAN);
      int first = value.getInt();
      int count = value.getInt();
      Assert.assertEquals(Math.min(1 << shift, size - (block << shift)), count);
      while (value.position() < first) {
        Assert.assertEquals(0, value.get());
      }
      byte[] atAddress = new byte[value.remaining()];
      image.get((int) address, atAddress);
      values[block] = value.slice().order(LITTLE_ENDIAN);
      Assert.assertEquals(ByteBuffer.wrap(atAddress), values[block]);
    }
    return values;
  }

  void checkVectors() {
    ByteBuffer value = blocks("vectors", spec.dimension() * (spec.isFloat() ? 4 : 1))[0];
    for (int doc : docOf) {
      for (float x : spec.vector(doc)) {
        Assert.assertEquals(x, spec.isFloat() ? value.getFloat() : value.get(), 0);
      }
    }
    while (value.hasRemaining()) {
      Assert.assertEquals(0, value.get());
    }
  }

  void checkDocs() throws IOException {
    Assert.assertEquals(spec.sparse() ? 1 : 0, vem.get());
    byte[] record = remove("docs", "%04x", field);
    if (spec.sparse()) {
      Assert.assertArrayEquals(docOf, bitmap(record));
      long[] table = table(vem, size);
      for (int ord = 0; ord < size; ord++) {
        Assert.assertEquals(docOf[ord], table[ord]);
      }
    } else {
      Assert.assertNull(record);
    }
  }

  /** The neighbors of each node, as nodes. */
  record Links(int entryNode, int[][] nodes, int[][][] neighbors) {

    /** Compares the links with the graph that Lucene reads, whose nodes are ordinals. */
    void check(HnswGraph graph, int[] ordinals) throws IOException {
      Assert.assertEquals(ordinals[entryNode], graph.entryNode());
      for (int level = 0; level < nodes.length; level++) {
        Assert.assertEquals(nodes[level].length, graph.getNodesOnLevel(level).size());
        for (int i = 0; i < nodes[level].length; i++) {
          int[] expected = neighbors[level][i].clone();
          for (int n = 0; n < expected.length; n++) {
            expected[n] = ordinals[expected[n]];
          }
          Arrays.sort(expected);
          graph.seek(level, ordinals[nodes[level][i]]);
          for (int neighbor : expected) {
            Assert.assertEquals(neighbor, graph.nextNeighbor());
          }
          Assert.assertEquals(DocIdSetIterator.NO_MORE_DOCS, graph.nextNeighbor());
        }
      }
    }
  }

  Links readGraph(HnswGraph graph) throws IOException {
    int levels = vem.getInt();
    Assert.assertEquals(graph.numLevels(), levels);
    Assert.assertTrue("the graph has upper levels", levels > 1);
    Assert.assertEquals(3, vem.getInt()); // M
    int maxDegree = vem.getInt();
    int entryNode = vem.getInt();
    long linksBytes = vem.getLong();
    int[][] nodes = new int[levels][];
    int[][][] neighbors = new int[levels][][];
    nodes[0] = new int[size];
    Arrays.setAll(nodes[0], i -> i);
    int records = size;
    for (int level = 1; level < levels; level++) {
      nodes[level] = bitmap(remove("levels", "%04x%04x", field, level));
      Assert.assertEquals(nodes[level].length, vem.getInt());
      records += nodes[level].length;
    }
    long[] addresses = table(vem, records);
    int record = 0;
    int largest = 0;
    long bytes = 0;
    for (int level = 0; level < levels; level++) {
      neighbors[level] = new int[nodes[level].length][];
      for (int i = 0; i < nodes[level].length; i++) {
        byte[] links = remove("links", "%04x%04x%08x", field, level, nodes[level][i]);
        byte[] atAddress = new byte[links.length];
        image.get((int) (2 * addresses[record++]), atAddress);
        Assert.assertArrayEquals(links, atAddress);
        neighbors[level][i] = bitmap(links);
        largest = Math.max(largest, neighbors[level][i].length);
        bytes += links.length + 18; // plus the key and LMDB's header
      }
    }
    Assert.assertEquals(largest, maxDegree);
    Assert.assertEquals(bytes, linksBytes);
    return new Links(entryNode, nodes, neighbors);
  }

  /** Checks codes, and returns the ordinals of the nodes. */
  int[] checkCodes(int version) throws IOException {
    float oversampling = vem.getFloat();
    boolean isAdaptive = version > 1 && oversampling == 0;
    Assert.assertTrue("" + oversampling, isAdaptive || oversampling >= 1 && oversampling <= 1000);
    if (version > 1) {
      int queryBits = vem.get();
      Assert.assertTrue("" + queryBits, queryBits == 4 || queryBits == 8);
      float error = vem.getFloat();
      Assert.assertTrue("" + error, error > 0 && error < 1);
      float depth = vem.getFloat();
      Assert.assertTrue("" + depth, depth >= 10 && depth < size);
    }
    boolean isManhattan = spec.metric() == GoldenField.MANHATTAN;
    GoldenCodes codes =
        new GoldenCodes(
            version,
            spec.metric(),
            spec.dimension(),
            spec.bits(),
            vem,
            spec.name().equals("clusters"));
    boolean hasBitPlanes = spec.bits() < 8 || isManhattan;
    int planeBytes = (spec.dimension() + 7) / 8;
    int codeBytes = hasBitPlanes ? spec.bits() * planeBytes : spec.dimension();
    int recordBytes = (4 + (isManhattan ? 0 : 12) + codeBytes + 3) / 4 * 4;
    ByteBuffer value = blocks("codes", recordBytes)[0];
    int[] ordinals = new int[size];
    for (int node = 0; node < size; node++) {
      int end = value.position() + recordBytes;
      ordinals[node] = value.getInt();
      codes.check(spec.vector(docOf[ordinals[node]]), value);
      while (value.position() < end) {
        Assert.assertEquals(0, value.get());
      }
    }
    codes.checkError();
    Assert.assertTrue(value.remaining() + " bytes after the last record", value.remaining() >= 64);
    while (value.hasRemaining()) {
      Assert.assertEquals(0, value.get());
    }
    long[] nodes = table(vem, size);
    for (int node = 0; node < size; node++) {
      Assert.assertEquals(node, nodes[ordinals[node]]); // so all ordinals are distinct
    }
    return ordinals;
  }

  private static int[] bitmap(byte[] record) throws IOException {
    RoaringBitmap bitmap = new RoaringBitmap();
    bitmap.deserialize(ByteBuffer.wrap(record));
    Assert.assertEquals(record.length, bitmap.serializedSizeInBytes());
    return bitmap.toArray();
  }

  private static long[] table(ByteBuffer vem, int size) throws IOException {
    int bits = vem.get();
    try (Directory directory = new ByteBuffersDirectory()) {
      try (IndexOutput out = directory.createOutput("table", IOContext.DEFAULT)) {
        out.writeBytes(vem.array(), vem.position(), vem.remaining());
      }
      try (IndexInput in = directory.openInput("table", IOContext.DEFAULT)) {
        LongValues values = DirectReader.getInstance(in.randomAccessSlice(0, in.length()), bits);
        long[] table = new long[size];
        for (int i = 0; i < size; i++) {
          table[i] = values.get(i);
        }
        int padding = bits > 32 ? 64 - bits : bits > 16 ? 32 - bits : bits > 8 ? 16 - bits : 0;
        vem.position(vem.position() + (size * bits + 7) / 8 + (padding + 7) / 8);
        return table;
      }
    }
  }
}
