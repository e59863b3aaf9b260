/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes {@code .fvecs} and {@code .ivecs} files, which {@link VectorFile} reads. */
public final class VecsWriter implements Closeable {

  private static final int BUFFER_BYTES = 1 << 16;

  private final OutputStream out;
  private ByteBuffer row = VectorFile.littleEndian(0);

  /** Creates a file, or replaces it. */
  public VecsWriter(Path path) throws IOException {
    this(Files.newOutputStream(path));
  }

  /** Writes to a stream, which is closed with this. */
  VecsWriter(OutputStream out) {
    this.out = new BufferedOutputStream(out, BUFFER_BYTES);
  }

  /** Writes a file with rows of integers, of any lengths. */
  public static void writeIvecs(Path path, int[][] rows) throws IOException {
    try (VecsWriter writer = new VecsWriter(path)) {
      for (int[] row : rows) {
        writer.write(row);
      }
    }
  }

  /** Appends a row of floats. All rows of an {@code .fvecs} file must have the same length. */
  public void write(float[] vector) throws IOException {
    begin(vector.length).asFloatBuffer().put(vector);
    out.write(row.array(), 0, row.limit());
  }

  /** Appends a row of integers. */
  public void write(int[] integers) throws IOException {
    begin(integers.length).asIntBuffer().put(integers);
    out.write(row.array(), 0, row.limit());
  }

  private ByteBuffer begin(int length) {
    int bytes = Math.addExact(Integer.BYTES, Math.multiplyExact(Integer.BYTES, length));
    if (row.capacity() < bytes) {
      row = VectorFile.littleEndian(bytes);
    }
    return row.clear().limit(bytes).putInt(length);
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
