/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.lucenelmdb.internal.offheap.OffHeapBytes;
import org.lucenelmdb.internal.workers.Workers;

/** Copies vectors in another order, so that those that a build reads together are together. */
public final class OrderedVectors {

  private OrderedVectors() {}

  /**
   * Copies vectors.
   *
   * @param to receives them as an image has them, in the order of the nodes
   */
  public static void copy(
      KnnVectorValues values, Permutation order, OffHeapBytes to, Workers workers)
      throws IOException {
    int bytes = values.getVectorByteLength();
    workers.forEach(
        "ordering",
        values.size(),
        () -> {
          KnnVectorValues copy = values.copy();
          ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
          return ord -> {
            if (copy instanceof FloatVectorValues floats) {
              buffer.asFloatBuffer().put(floats.vectorValue(ord));
            } else {
              buffer.put(0, ((ByteVectorValues) copy).vectorValue(ord));
            }
            to.write((long) order.node(ord) * bytes, buffer.array(), 0, bytes);
          };
        });
  }
}
