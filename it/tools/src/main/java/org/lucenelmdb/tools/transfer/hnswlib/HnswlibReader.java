/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.hnswlib;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.FixedBitSet;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.tools.index.IndexException;
import org.lucenelmdb.tools.transfer.model.FloatTable;
import org.lucenelmdb.tools.transfer.model.ForeignIndex;
import org.lucenelmdb.tools.transfer.model.Ids;
import org.lucenelmdb.tools.transfer.model.InputFile;
import org.lucenelmdb.tools.transfer.model.LinkLists;

/** Reads an index file. The vectors stay in the file. */
public final class HnswlibReader implements FloatTable {

  private final String resource;
  private final InputFile file;
  private final IndexInput in;
  private final HnswlibHeader header;

  private HnswlibReader(Path path, InputFile file) throws IOException {
    this.resource = path.toString();
    this.file = file;
    this.in = file.input();
    this.header = HnswlibHeader.read(in, resource);
  }

  /**
   * Opens a file.
   *
   * @param metric the metric of the index, which the file does not tell
   * @throws IndexException if it is damaged, or no index of float vectors
   */
  public static ForeignIndex open(Path path, VectorMetric metric) throws IOException {
    InputFile file = InputFile.open(path);
    try {
      return new HnswlibReader(path, file).read(metric);
    } catch (Throwable t) {
      file.close();
      throw t;
    }
  }

  private ForeignIndex read(VectorMetric metric) throws IOException {
    int size = header.size();
    int[][][] links = new int[header.maxLevel() + 1][size][];
    long[] labels = new long[size];
    FixedBitSet live = new FixedBitSet(size);
    in.seek(HnswlibHeader.BYTES);
    for (int node = 0; node < size; node++) {
      long element = element(node);
      in.seek(element);
      int start = in.readInt();
      links[0][node] = neighbors(node, start & 0xFFFF, header.maxDegree0());
      if ((start >>> 16 & 1) == 0) {
        live.set(node);
      }
      in.seek(element + header.labelOffset());
      labels[node] = in.readLong();
    }
    in.seek(element(size));
    for (int node = 0; node < size; node++) {
      int bytes = in.length() - in.getFilePointer() < Integer.BYTES ? -1 : in.readInt();
      int levels = bytes / header.linksBytes();
      if (bytes < 0
          || bytes % header.linksBytes() != 0
          || levels > header.maxLevel()
          || bytes > in.length() - in.getFilePointer()) {
        throw damaged("links of node " + node, bytes + " bytes");
      }
      long end = in.getFilePointer() + bytes;
      for (int level = 1; level <= levels; level++) {
        long next = in.getFilePointer() + header.linksBytes();
        links[level][node] = neighbors(node, in.readInt() & 0xFFFF, header.maxDegree());
        in.seek(next);
      }
      in.seek(end);
    }
    if (in.getFilePointer() != in.length()) {
      throw damaged(in.getFilePointer() + " bytes", Long.toString(in.length()));
    }
    LinkLists graph = LinkLists.checked(links, header.entryNode(), resource);
    return new ForeignIndex(
        this, metric, Ids.ofNumbers(labels), graph, live.cardinality() == size ? null : live);
  }

  private int[] neighbors(int node, int count, int max) throws IOException {
    if (count > max) {
      throw damaged("at most " + max + " neighbors of node " + node, Integer.toString(count));
    }
    int[] neighbors = new int[count];
    in.readInts(neighbors, 0, count);
    return neighbors;
  }

  private long element(int node) {
    return HnswlibHeader.BYTES + (long) node * header.elementBytes();
  }

  private IndexException damaged(String expected, String found) {
    return new IndexException(resource + ": expected " + expected + "; found " + found);
  }

  @Override
  public int size() {
    return header.size();
  }

  @Override
  public int dimension() {
    return header.dimension();
  }

  @Override
  public void read(int ordinal, float[] vector) throws IOException {
    in.seek(element(ordinal) + header.linksBytes0());
    in.readFloats(vector, 0, vector.length);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
