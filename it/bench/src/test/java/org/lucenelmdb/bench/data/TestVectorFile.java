/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import com.carrotsearch.randomizedtesting.generators.RandomNumbers;
import com.carrotsearch.randomizedtesting.generators.RandomPicks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Vector files. */
public class TestVectorFile extends LuceneTestCase {

  /** The expected file of vectors of small integers, which every format can store. */
  private static byte[] bytes(FileFormat format, float[][] vectors) {
    int dimension = vectors[0].length;
    int rowBytes = format.prefixBytes() + dimension * format.componentBytes;
    ByteBuffer bytes = VectorFile.littleEndian(format.headerBytes() + vectors.length * rowBytes);
    if (format.header) {
      bytes.putInt(vectors.length).putInt(dimension);
    }
    for (float[] vector : vectors) {
      if (format.header == false) {
        bytes.putInt(dimension);
      }
      for (float x : vector) {
        switch (format) {
          case FVECS, FBIN -> bytes.putFloat(x);
          case F16BIN -> bytes.putShort(Float.floatToFloat16(x));
          case IVECS -> bytes.putInt((int) x);
          case BVECS, U8BIN, I8BIN -> bytes.put((byte) x);
        }
      }
    }
    assertFalse(bytes.hasRemaining());
    return bytes.array();
  }

  private static float[][] vectors(FileFormat format, int count, int dimension) {
    boolean signed = format != FileFormat.BVECS && format != FileFormat.U8BIN;
    float[][] vectors = new float[count][dimension];
    for (float[] vector : vectors) {
      for (int i = 0; i < dimension; i++) {
        vector[i] = random().nextInt(signed ? 128 : 256);
        if (signed && random().nextBoolean()) {
          vector[i] = -1 - vector[i];
        }
      }
    }
    return vectors;
  }

  private static Path write(String name, byte[] bytes) throws IOException {
    return Files.write(createTempDir().resolve(name), bytes);
  }

  private static Path write(FileFormat format, byte[] bytes) throws IOException {
    return write("a" + format.extension, bytes);
  }

  private static void assertRejected(Path path, String expected, String found) {
    BadDataException e = expectThrows(BadDataException.class, () -> VectorFile.open(path).close());
    assertMessage(e, path, expected, found);
  }

  private static void assertMessage(BadDataException e, Path path, String expected, String found) {
    String message = e.getMessage();
    assertTrue(message, message.startsWith(path + ": expected "));
    assertTrue(message, message.contains(expected));
    assertTrue(message, message.contains("found " + found));
    assertEquals(message, 1, message.lines().count());
  }

  public void testAllFormatsInAnyOrder() throws IOException {
    for (FileFormat format : FileFormat.values()) {
      // several windows of read-ahead
      int dimension = RandomNumbers.randomIntBetween(random(), 1, 300);
      int count = RandomNumbers.randomIntBetween(random(), 1, 2_000);
      float[][] vectors = vectors(format, count, dimension);
      Path path = write(format, bytes(format, vectors));
      assertArrayEquals(format.extension, vectors, VectorFile.readAll(path));
      try (VectorFile file = VectorFile.open(path)) {
        assertEquals(count, file.count());
        assertEquals(dimension, file.dimension());
        assertEquals("a" + format.extension, file.name());
        float[] vector = new float[dimension];
        int index = 0;
        for (int i = 0; i < 2_000; i++) {
          boolean next = random().nextInt(5) > 0 && index + 1 < count;
          index = next ? index + 1 : random().nextInt(count);
          file.read(index, vector);
          assertArrayEquals(format + " " + index, vectors[index], vector, 0);
        }
      }
    }
  }

  public void testFractions() throws IOException {
    float[][] vectors = {{1, -0.5f, 0.25f}, {0, 1024, -3}};
    for (FileFormat format : new FileFormat[] {FileFormat.FVECS, FileFormat.FBIN}) {
      assertArrayEquals(vectors, VectorFile.readAll(write(format, bytes(format, vectors))));
    }
    Path half = write(FileFormat.F16BIN, bytes(FileFormat.F16BIN, vectors));
    assertArrayEquals(vectors, VectorFile.readAll(half));
  }

  public void testWriterAndExtensionInCapitals() throws IOException {
    float[][] vectors = {{1, -0.5f, Float.MIN_VALUE}, {0, 1e30f, -3}};
    Path path = createTempDir().resolve("A.FVECS");
    try (VecsWriter writer = new VecsWriter(path)) {
      for (float[] vector : vectors) {
        writer.write(vector);
      }
    }
    assertArrayEquals(bytes(FileFormat.FVECS, vectors), Files.readAllBytes(path));
    assertArrayEquals(vectors, VectorFile.readAll(path));
  }

  public void testTruncatedOrLonger() throws IOException {
    for (FileFormat format : FileFormat.values()) {
      float[][] vectors = vectors(format, 3, 5);
      byte[] good = bytes(format, vectors);
      int rowBytes = (good.length - format.headerBytes()) / 3;
      for (int length = 0; length < good.length + 2 * rowBytes; length++) {
        Path path = write(format, Arrays.copyOf(good, length));
        boolean wholeRows = format.header == false && length % rowBytes == 0 && length > 0;
        if (length == good.length || wholeRows && length < good.length) {
          assertEquals((length - format.headerBytes()) / rowBytes, VectorFile.readAll(path).length);
        } else if (wholeRows) {
          // zeros, whose dimension is not the first one's
          assertMessage(
              expectThrows(BadDataException.class, () -> VectorFile.readAll(path)),
              path,
              "dimension 5 of vector 3",
              "0");
        } else {
          assertRejected(path, "bytes", "" + length);
        }
      }
    }
  }

  public void testWrongCount() throws IOException {
    for (FileFormat format : FileFormat.values()) {
      if (format.header) {
        byte[] bytes = bytes(format, vectors(format, 3, 5));
        for (int count : new int[] {2, 4, 259, Integer.MAX_VALUE}) {
          ByteBuffer.wrap(bytes).putInt(0, Integer.reverseBytes(count));
          assertRejected(write(format, bytes), count + " vectors", "" + bytes.length);
        }
        for (int count : new int[] {0, -1, Integer.MIN_VALUE}) {
          ByteBuffer.wrap(bytes).putInt(0, Integer.reverseBytes(count));
          assertRejected(write(format, bytes), "count of at least 1", "" + count);
        }
      }
    }
  }

  public void testWrongDimension() throws IOException {
    for (FileFormat format : FileFormat.values()) {
      byte[] bytes = bytes(format, vectors(format, 3, 5));
      int position = format.header ? Integer.BYTES : 0;
      int[] wrong = {0, -1, Integer.MIN_VALUE, VectorFile.MAX_DIMENSION + 1, Integer.MAX_VALUE};
      for (int dimension : wrong) {
        ByteBuffer.wrap(bytes).putInt(position, Integer.reverseBytes(dimension));
        assertRejected(write(format, bytes), "dimension from 1 to 16384", "" + dimension);
      }
      for (int dimension : new int[] {4, 6, VectorFile.MAX_DIMENSION}) {
        ByteBuffer.wrap(bytes).putInt(position, Integer.reverseBytes(dimension));
        assertRejected(write(format, bytes), "dimension " + dimension, "" + bytes.length);
      }
    }
  }

  public void testLargestDimension() throws IOException {
    for (FileFormat format : FileFormat.values()) {
      float[][] vectors = vectors(format, 2, VectorFile.MAX_DIMENSION);
      assertArrayEquals(vectors, VectorFile.readAll(write(format, bytes(format, vectors))));
    }
  }

  public void testOtherDimensionInside() throws IOException {
    for (FileFormat format : FileFormat.values()) {
      if (format.header == false) {
        byte[] bytes = bytes(format, vectors(format, 3, 5));
        int row = RandomNumbers.randomIntBetween(random(), 1, 2);
        int wrong = RandomPicks.randomFrom(random(), new Integer[] {-1, 0, 4, 6, 1 << 30});
        ByteBuffer.wrap(bytes).putInt(row * bytes.length / 3, Integer.reverseBytes(wrong));
        Path path = write(format, bytes);
        BadDataException e = expectThrows(BadDataException.class, () -> VectorFile.readAll(path));
        assertMessage(e, path, "dimension 5 of vector " + row, "" + wrong);
      }
    }
  }

  public void testOtherFiles() throws IOException {
    assertRejected(write("a.npy", new byte[8]), ".fvecs .bvecs .ivecs .fbin", "another");
    assertRejected(write("fvecs", new byte[8]), ".f16bin", "another");
    assertRejected(createTempDir().resolve("missing.fvecs"), "a file", "none");
    assertRejected(Files.createDirectory(createTempDir().resolve("a.fbin")), "a file", "none");
  }

  public void testCallersMistakes() throws IOException {
    Path path = write(FileFormat.FVECS, bytes(FileFormat.FVECS, new float[][] {{1, 2}, {3, 4}}));
    try (VectorFile file = VectorFile.open(path)) {
      expectThrows(IndexOutOfBoundsException.class, () -> file.read(2, new float[2]));
      expectThrows(IndexOutOfBoundsException.class, () -> file.read(-1, new float[2]));
      expectThrows(IllegalArgumentException.class, () -> file.read(0, new float[3]));
    }
  }

  public void testFileThatShrinks() throws IOException {
    byte[] bytes = bytes(FileFormat.FVECS, new float[][] {{1, 2}, {3, 4}});
    Path path = write(FileFormat.FVECS, bytes);
    try (VectorFile file = VectorFile.open(path)) {
      Files.write(path, Arrays.copyOf(bytes, bytes.length - 1));
      BadDataException e = expectThrows(BadDataException.class, () -> file.read(1, new float[2]));
      assertMessage(e, path, "byte 24", "fewer");
    }
  }

  public void testIvecsOfVaryingLengths() throws IOException {
    int[][] rows = new int[random().nextInt(50)][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = random().ints(random().nextInt(3_000)).toArray();
    }
    Path path = createTempDir().resolve("a.ivecs");
    VecsWriter.writeIvecs(path, rows);
    assertArrayEquals(rows, VectorFile.readIvecs(path));
  }

  public void testIvecsWithoutRowsOrNumbers() throws IOException {
    assertEquals(0, VectorFile.readIvecs(write("a.ivecs", new byte[0])).length);
    assertArrayEquals(new int[2][0], VectorFile.readIvecs(write("a.ivecs", new byte[8])));
  }

  public void testDamagedIvecs() throws IOException {
    int[][] rows = {{1, 2}, {}, {3}};
    Path good = createTempDir().resolve("a.ivecs");
    VecsWriter.writeIvecs(good, rows);
    byte[] bytes = Files.readAllBytes(good);
    for (int length = 0; length < bytes.length; length++) {
      Path path = write("a.ivecs", Arrays.copyOf(bytes, length));
      if (length == 0 || length == 12 || length == 16) { // at the end of a row
        assertEquals(length / 4 / 2, VectorFile.readIvecs(path).length);
      } else {
        expectThrows(BadDataException.class, () -> VectorFile.readIvecs(path));
      }
    }
    for (int wrong : new int[] {-1, 6, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      ByteBuffer.wrap(bytes).putInt(0, Integer.reverseBytes(wrong));
      Path path = write("a.ivecs", bytes);
      BadDataException e = expectThrows(BadDataException.class, () -> VectorFile.readIvecs(path));
      assertMessage(e, path, "length from 0 to 5 of row 0", "" + wrong);
    }
    Path other = write("a.fvecs", bytes);
    BadDataException e = expectThrows(BadDataException.class, () -> VectorFile.readIvecs(other));
    assertMessage(e, other, ".ivecs", "another");
    Path missing = createTempDir().resolve("missing.ivecs");
    e = expectThrows(BadDataException.class, () -> VectorFile.readIvecs(missing));
    assertMessage(e, missing, "a file", "none");
  }
}
