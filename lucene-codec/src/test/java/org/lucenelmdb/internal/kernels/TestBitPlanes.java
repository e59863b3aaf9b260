/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.kernels;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.internal.offheap.OffHeapBytes;

/** {@link Kernels#bitPlaneProducts} of all kernels, in arrays and in mapped memory. */
public class TestBitPlanes extends LuceneTestCase {

  /** A query of random components, and its bit planes. */
  private static final class Query {
    final Kernels kernels;
    final int dimension;
    final int[] components;
    final int bytesBefore;
    final BitPlaneShape shape;
    final long[] planes;

    Query(Kernels kernels, int dimension, int maxComponent) {
      this.kernels = kernels;
      this.dimension = dimension;
      this.components = new int[dimension];
      this.bytesBefore = random().nextInt(2 * Kernels.BIT_PLANE_SLACK_BYTES);
      this.shape = BitPlaneShape.of(kernels.bitPlaneWords(), (dimension + 7) / 8, bytesBefore);
      this.planes = new long[(Kernels.QUERY_BIT_PLANES + 1) * shape.words()];
      for (int i = 0; i < dimension; i++) {
        components[i] = maxComponent == 15 ? random().nextInt(16) : maxComponent;
        int bit = shape.bit(i);
        for (int plane = 0; plane < Kernels.QUERY_BIT_PLANES; plane++) {
          planes[plane * shape.words() + bit / 64] |=
              (long) (components[i] >> plane & 1) << bit % 64;
        }
        planes[Kernels.QUERY_BIT_PLANES * shape.words() + bit / 64] |= 1L << bit % 64;
      }
    }

    /** The expected result, by the definition. */
    long product(byte[] bytes, int at) {
      long count = 0;
      long sum = 0;
      for (int i = 0; i < dimension; i++) {
        if ((bytes[at + i / 8] >> i % 8 & 1) != 0) {
          count++;
          sum += components[i];
        }
      }
      return count << 32 | sum;
    }
  }

  private static int[] dimensions() {
    return new int[] {
      1,
      2,
      7,
      8,
      9,
      63,
      64,
      65,
      127,
      128,
      129,
      255,
      256,
      257,
      384,
      511,
      512,
      513,
      1000,
      4096,
      1 + random().nextInt(5000),
      16_384
    };
  }

  /** Consecutive bit planes, with random bytes before and after them. */
  private static byte[] bytes(Query query, int count) {
    int slack = reads(query) > planeBytes(query) ? Kernels.BIT_PLANE_SLACK_BYTES : 0;
    byte[] bytes = new byte[query.bytesBefore + count * planeBytes(query) + slack];
    random().nextBytes(bytes);
    for (int i = 0; i < count && random().nextBoolean(); i++) { // some planes have all bits
      Arrays.fill(bytes, at(query, i), at(query, i + 1), (byte) -1);
    }
    return bytes;
  }

  private static int at(Query query, int i) {
    return query.bytesBefore + i * planeBytes(query);
  }

  /** The number of bytes that are read from a plane's first byte on. */
  private static int reads(Query query) {
    return query.shape.tail() + query.kernels.bitPlaneWords() * Long.BYTES;
  }

  private static int planeBytes(Query query) {
    return (query.dimension + 7) / 8;
  }

  private static void checkArrays(Kernels kernels) {
    int words = kernels.bitPlaneWords();
    assertTrue(kernels + ": " + words, words >= 1 && words <= 8);
    for (int dimension : dimensions()) {
      for (int max : new int[] {15, 0, 14}) {
        Query query = new Query(kernels, dimension, max);
        int count = 5;
        byte[] bytes = bytes(query, count);
        for (int i = 0; i < count; i++) {
          int at = at(query, i);
          assertEquals(
              kernels + ", dimension " + dimension,
              query.product(bytes, at),
              kernels.bitPlaneProducts(query.planes, query.shape, bytes, at));
        }
      }
    }
  }

  private static void checkMapped(Kernels kernels) throws IOException {
    for (int dimension : dimensions()) {
      Query query = new Query(kernels, dimension, 15);
      int count = 1 + random().nextInt(20);
      byte[] bytes = bytes(query, count);
      try (Directory directory = new MMapDirectory(createTempDir())) {
        try (IndexOutput out = directory.createOutput("bit planes", IOContext.DEFAULT)) {
          out.writeBytes(bytes, bytes.length);
        }
        int offset = random().nextInt(3) * planeBytes(query);
        long[] addresses = new long[count + 1];
        long[] products = new long[count + 1];
        products[count] = 42;
        for (int i = 0; i < count; i++) {
          addresses[i] = (long) at(query, i) - offset;
        }
        IndexInput in = directory.openInput("bit planes", IOContext.DEFAULT);
        OffHeapBytes memory = OffHeapBytes.of(in.randomAccessSlice(0, in.length()), in.length());
        try (in) {
          kernels.bitPlaneProducts(
              query.planes, query.shape, memory, addresses, count, offset, products);
          for (int i = 0; i < count; i++) {
            String message = kernels + ", dimension " + dimension;
            int at = at(query, i);
            assertEquals(message, query.product(bytes, at), products[i]);
            assertEquals(
                kernels.bitPlaneProducts(query.planes, query.shape, bytes, at), products[i]);
          }
          assertEquals("beyond the count", 42, products[count]);
          long[] outside = {bytes.length + query.bytesBefore};
          expectThrows(
              IndexOutOfBoundsException.class,
              () ->
                  kernels.bitPlaneProducts(
                      query.planes, query.shape, memory, outside, 1, 0, products));
        }
        expectThrows(
            AlreadyClosedException.class,
            () ->
                kernels.bitPlaneProducts(
                    query.planes, query.shape, memory, addresses, 1, offset, products));
      }
    }
  }

  public void testScalar() throws IOException {
    checkArrays(new ScalarKernels());
    checkMapped(new ScalarKernels());
  }

  public void testBest() throws IOException {
    checkArrays(Kernels.best());
    checkMapped(Kernels.best());
  }

  public void testEveryWidthInArrays() throws ReflectiveOperationException {
    for (Kernels kernels : TestKernels.vectorKernels()) {
      checkArrays(kernels);
    }
  }

  public void testEveryWidthMapped() throws ReflectiveOperationException, IOException {
    for (Kernels kernels : TestKernels.vectorKernels()) {
      checkMapped(kernels);
    }
  }
}
