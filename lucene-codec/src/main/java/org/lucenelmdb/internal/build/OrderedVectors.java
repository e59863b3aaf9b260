/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.lucenelmdb.internal.workers.Workers;

/**
 * Copies vectors in another order, so that those that a build reads together are together. Vectors
 * of a cluster follow each other, so each cluster has a buffer, and the file is written in pieces
 * that are larger than a page.
 */
public final class OrderedVectors {

  /** The size of a buffer. All of them take 8 MiB at most, unless vectors are longer. */
  private static final int BUFFER_BYTES = 16 << 10;

  /** Receives the bytes of vectors as an image has them, in the order of the nodes. */
  @FunctionalInterface
  public interface Output {
    /** Writes bytes at a position. */
    void write(ByteBuffer bytes, long position) throws IOException;
  }

  private final int vectorBytes;
  private final Output out;

  /** The buffers by the node whose vector each expects next. */
  private final Map<Integer, ByteBuffer> buffers = new HashMap<>();

  private OrderedVectors(int vectorBytes, Output out) {
    this.vectorBytes = vectorBytes;
    this.out = out;
  }

  /** Copies vectors in the order of their ordinals to the places of their nodes. */
  public static void copy(KnnVectorValues values, Permutation order, Output out, Workers workers)
      throws IOException {
    OrderedVectors copy = new OrderedVectors(values.getVectorByteLength(), out);
    // by one thread: each vector that came out of order would need another buffer
    Workers.Progress progress = workers.begin("ordering", values.size());
    for (int ord = 0; ord < values.size(); ord++) {
      workers.check();
      copy.add(values, ord, order);
      progress.report(ord);
    }
    progress.end();
    for (Map.Entry<Integer, ByteBuffer> left : copy.buffers.entrySet()) {
      workers.check();
      copy.write(left.getValue(), left.getKey());
    }
  }

  private void add(KnnVectorValues values, int ord, Permutation order) throws IOException {
    int node = order.node(ord);
    ByteBuffer buffer = buffers.remove(node);
    if (buffer == null) {
      int bytes = Math.max(1, BUFFER_BYTES / vectorBytes) * vectorBytes;
      buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
    put(values, ord, buffer);
    if (buffer.hasRemaining() == false) {
      write(buffer, node + 1);
    }
    buffers.put(node + 1, buffer);
  }

  private void put(KnnVectorValues values, int ord, ByteBuffer buffer) throws IOException {
    if (values instanceof FloatVectorValues floats) {
      buffer.asFloatBuffer().put(floats.vectorValue(ord));
      buffer.position(buffer.position() + vectorBytes);
    } else {
      buffer.put(((ByteVectorValues) values).vectorValue(ord));
    }
  }

  /** Writes a buffer, which ends before a node. */
  private void write(ByteBuffer buffer, int end) throws IOException {
    long position = (long) end * vectorBytes - buffer.position();
    out.write(buffer.flip(), position);
    buffer.clear();
  }
}
