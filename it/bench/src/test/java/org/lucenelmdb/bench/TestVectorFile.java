/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.lucene.tests.util.LuceneTestCase;

/** The files that vectors are read from. */
public class TestVectorFile extends LuceneTestCase {

  private static final float[][] VECTORS = {{1, -0.5f, 0.25f}, {0, 1024, -3}};

  private static byte[] f16bin(float[][] vectors) {
    ByteBuffer bytes = VectorFile.littleEndian(8 + vectors.length * vectors[0].length * 2);
    bytes.putInt(vectors.length).putInt(vectors[0].length);
    for (float[] vector : vectors) {
      for (float x : vector) {
        bytes.putShort(Float.floatToFloat16(x));
      }
    }
    return bytes.array();
  }

  private static byte[] fvecs(float[][] vectors) {
    ByteBuffer bytes = VectorFile.littleEndian(vectors.length * (4 + vectors[0].length * 4));
    for (float[] vector : vectors) {
      bytes.putInt(vector.length);
      for (float x : vector) {
        bytes.putFloat(x);
      }
    }
    return bytes.array();
  }

  private static Path write(String name, byte[] bytes) throws IOException {
    return Files.write(createTempDir().resolve(name), bytes);
  }

  public void testReads() throws IOException {
    assertReads(write("a.f16bin", f16bin(VECTORS)));
    assertReads(write("a.fvecs", fvecs(VECTORS)));
  }

  private static void assertReads(Path path) throws IOException {
    assertArrayEquals(VECTORS, VectorFile.readAll(path));
    try (VectorFile file = VectorFile.open(path)) {
      float[] vector = new float[file.dimension()];
      file.read(1, vector);
      assertArrayEquals(VECTORS[1], vector, 0);
    }
  }

  public void testSplitIsReadBack() throws IOException {
    Path path = write("a.f16bin", f16bin(new float[][] {{3, 4}, {0, -2}, {5, 0}, {8, 6}}));
    Workspace work = new Workspace(createTempDir());
    Split split = Split.of(4, 2, 10);
    try (VectorFile vectors = VectorFile.open(path)) {
      split.write(vectors, work);
    }
    assertArrayEquals(new float[][] {{0.6f, 0.8f}, {1, 0}}, VectorFile.readAll(work.queries()));
    float[][] base = VectorFile.readAll(work.base());
    Arrays.sort(base, (a, b) -> Float.compare(a[0], b[0]));
    assertArrayEquals(new float[][] {{0, -1}, {0.8f, 0.6f}}, base);
  }

  public void testWrongSize() throws IOException {
    for (int change : new int[] {-1, 1}) {
      byte[] half = f16bin(VECTORS);
      assertRejected(write("a.f16bin", Arrays.copyOf(half, half.length + change)), "2 vectors");
      byte[] single = fvecs(VECTORS);
      assertRejected(
          write("a.fvecs", Arrays.copyOf(single, single.length + change)), "whole vectors");
    }
    assertRejected(write("a.f16bin", new byte[7]), "too short");
    assertRejected(write("a.fvecs", new byte[0]), "too short");
    assertRejected(write("a.f16bin", new byte[8]), "dimension 0");
    byte[] huge = new byte[8];
    Arrays.fill(huge, (byte) 0x7f);
    assertRejected(write("a.f16bin", huge), "dimension 2139062143");
    assertRejected(write("a.fvecs", huge), "dimension 2139062143");
  }

  public void testOtherDimensionInside() throws IOException {
    byte[] bytes = fvecs(VECTORS);
    bytes[4 + VECTORS[0].length * 4] = 2;
    Path path = write("a.fvecs", bytes);
    BadDataException e = expectThrows(BadDataException.class, () -> VectorFile.readAll(path));
    assertTrue(e.getMessage(), e.getMessage().contains("vector 1 has dimension 2"));
  }

  public void testOtherFiles() throws IOException {
    assertRejected(write("a.npy", fvecs(VECTORS)), "unknown extension");
    assertRejected(createTempDir().resolve("missing.fvecs"), "no such file");
  }

  private static void assertRejected(Path path, String reason) {
    BadDataException e = expectThrows(BadDataException.class, () -> VectorFile.open(path).close());
    assertTrue(e.getMessage(), e.getMessage().contains(reason));
  }
}
