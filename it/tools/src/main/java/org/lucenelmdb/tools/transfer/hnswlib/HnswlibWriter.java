/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.hnswlib;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.lucene.index.VectorEncoding;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.tools.index.IndexException;
import org.lucenelmdb.tools.output.ProgressLine;
import org.lucenelmdb.tools.transfer.model.GraphExport;

/**
 * Writes an index file. The metric decides the space with which hnswlib must open it: {@code l2},
 * {@code ip}, or for cosine {@code cosine}, whose vectors have unit length.
 */
public final class HnswlibWriter {

  private static final int BUFFER_BYTES = 1 << 16;
  private static final int BEAM_WIDTH = 200; // of elements that are added later: hnswlib's default

  private final GraphExport export;
  private final HnswlibHeader header;
  private final int[] levels;

  private HnswlibWriter(GraphExport export) throws IOException {
    this.export = export;
    this.levels = export.levels();
    this.header = header();
  }

  /**
   * Returns hnswlib's space of a field.
   *
   * @throws IndexException if it has none
   */
  public static String space(VectorMetric metric, VectorEncoding encoding) throws IndexException {
    if (encoding == VectorEncoding.BYTE) {
      throw new IndexException("hnswlib: expected vectors of floats; found bytes");
    }
    return switch (metric) {
      case EUCLIDEAN -> "l2";
      case COSINE -> "cosine";
      case DOT_PRODUCT, MAXIMUM_INNER_PRODUCT -> "ip";
      case MANHATTAN, HAMMING ->
          throw new IndexException(
              "hnswlib: expected a metric that hnswlib has (EUCLIDEAN, COSINE, DOT_PRODUCT,"
                  + " MAXIMUM_INNER_PRODUCT); found "
                  + metric);
    };
  }

  /**
   * Checks whether hnswlib has the metric of a field, and whether ids are possible labels.
   *
   * @throws IndexException if not
   */
  public static void check(GraphExport export) throws IndexException {
    space(export.metric(), export.values().getEncoding());
    for (int i = 0; i < export.ids().size(); i++) {
      if (export.ids().areNumbers() == false || export.ids().number(i) < 0) {
        throw new IndexException(
            "hnswlib: expected ids that are numbers from 0; found " + export.ids().text(i));
      }
    }
  }

  /**
   * Writes a file.
   *
   * @param path a file that does not exist
   * @throws IndexException if {@link #check} fails
   */
  public static void write(Path path, GraphExport export) throws IOException {
    check(export);
    HnswlibWriter writer = new HnswlibWriter(export);
    try (OutputStream out =
        new BufferedOutputStream(
            Files.newOutputStream(path, StandardOpenOption.CREATE_NEW), BUFFER_BYTES)) {
      writer.write(out);
    }
  }

  /** A node may have more neighbors than M, because it links to nodes that were unreachable. */
  private HnswlibHeader header() throws IOException {
    int maxDegree = Math.max(2, export.graph().maxConn());
    int maxDegree0 = 2 * maxDegree;
    for (int node = 0; node < levels.length; node++) {
      maxDegree0 = Math.max(maxDegree0, export.neighbors(0, node).length);
      for (int level = 1; level <= levels[node]; level++) {
        maxDegree = Math.max(maxDegree, export.neighbors(level, node).length);
      }
    }
    return new HnswlibHeader(
        levels.length,
        export.values().dimension(),
        export.graph().numLevels() - 1,
        export.graph().entryNode(),
        maxDegree,
        maxDegree0,
        Math.max(2, export.graph().maxConn()),
        BEAM_WIDTH);
  }

  private void write(OutputStream out) throws IOException {
    out.write(header.bytes());
    float[] vector = new float[header.dimension()];
    try (ProgressLine progress = ProgressLine.begin("hnswlib", 2L * levels.length)) {
      for (int node = 0; node < levels.length; node++) {
        ByteBuffer element = buffer(header.elementBytes());
        putLinks(element, 0, node);
        element.position(header.linksBytes0());
        export.read(node, vector);
        if (export.metric() == VectorMetric.COSINE) {
          normalize(vector);
        }
        for (float component : vector) {
          element.putFloat(component);
        }
        out.write(element.putLong(export.ids().number(node)).array());
        progress.advance(1);
      }
      for (int node = 0; node < levels.length; node++) {
        int bytes = levels[node] * header.linksBytes();
        ByteBuffer links = buffer(Integer.BYTES + bytes).putInt(bytes);
        for (int level = 1; level <= levels[node]; level++) {
          links.position(Integer.BYTES + (level - 1) * header.linksBytes());
          putLinks(links, level, node);
        }
        out.write(links.array());
        progress.advance(1);
      }
    }
  }

  private void putLinks(ByteBuffer to, int level, int node) throws IOException {
    int[] neighbors = export.neighbors(level, node);
    to.putInt(neighbors.length);
    for (int neighbor : neighbors) {
      to.putInt(neighbor);
    }
  }

  private static void normalize(float[] vector) {
    double squares = 0;
    for (float component : vector) {
      squares += (double) component * component;
    }
    double factor = squares == 0 ? 0 : 1 / Math.sqrt(squares);
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (vector[i] * factor);
    }
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
