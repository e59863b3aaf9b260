/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.lucene.codecs.KnnVectorsFormat;

/**
 * Vectors in a file, little-endian, none of them held in memory.
 *
 * <ul>
 *   <li>{@code .f16bin}: int32 count, int32 dimension, then count × dimension half floats
 *   <li>{@code .fvecs}: for each vector int32 dimension, then its floats
 * </ul>
 */
final class VectorFile implements VectorSource {

  static final String FVECS = ".fvecs";
  private static final String F16BIN = ".f16bin";
  static final int MAX_DIMENSION = KnnVectorsFormat.DEFAULT_MAX_DIMENSIONS;

  private final Path path;
  private final FileChannel channel;
  private final boolean half;
  private final int headerBytes;
  private final ByteBuffer row;
  private final int count;
  private final int dimension;

  /**
   * Opens a file.
   *
   * @throws BadDataException if there is no such file, or its size is not what its beginning says
   */
  static VectorFile open(Path path) throws IOException {
    String name = path.toString();
    if (name.endsWith(F16BIN) == false && name.endsWith(FVECS) == false) {
      throw new BadDataException(path + ": unknown extension; expected " + F16BIN + " or " + FVECS);
    }
    if (Files.isRegularFile(path) == false) {
      throw new BadDataException(path + ": no such file");
    }
    FileChannel channel = FileChannel.open(path);
    try {
      return new VectorFile(path, channel, name.endsWith(F16BIN));
    } catch (Throwable t) {
      channel.close();
      throw t;
    }
  }

  private VectorFile(Path path, FileChannel channel, boolean half) throws IOException {
    this.path = path;
    this.channel = channel;
    this.half = half;
    this.headerBytes = half ? 2 * Integer.BYTES : 0;
    ByteBuffer start = read(littleEndian(Math.max(headerBytes, Integer.BYTES)), 0);
    long declaredCount = half ? start.getInt() : -1;
    this.dimension = start.getInt();
    if (dimension < 1 || dimension > MAX_DIMENSION) {
      throw new BadDataException(
          path + ": dimension " + dimension + "; Lucene99 takes 1 to " + MAX_DIMENSION);
    }
    int rowBytes = half ? dimension * Short.BYTES : Integer.BYTES + dimension * Float.BYTES;
    long size = channel.size();
    long rows = (size - headerBytes) / rowBytes;
    boolean whole = headerBytes + rows * rowBytes == size;
    if (whole == false || rows > Integer.MAX_VALUE || (half && rows != declaredCount)) {
      String expected = half ? declaredCount + " vectors" : "whole vectors";
      throw new BadDataException(
          path + ": " + size + " bytes, not those of " + expected + " of dimension " + dimension);
    }
    this.count = (int) rows;
    this.row = littleEndian(rowBytes);
  }

  static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private ByteBuffer read(ByteBuffer buffer, long position) throws IOException {
    buffer.clear();
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new BadDataException(path + ": too short");
      }
    }
    return buffer.flip();
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public void read(int index, float[] vector) throws IOException {
    read(row, headerBytes + (long) index * row.capacity());
    if (half) {
      for (int i = 0; i < dimension; i++) {
        vector[i] = Float.float16ToFloat(row.getShort());
      }
      return;
    }
    int found = row.getInt();
    if (found != dimension) {
      throw new BadDataException(
          path + ": vector " + index + " has dimension " + found + ", vector 0 has " + dimension);
    }
    row.asFloatBuffer().get(vector);
  }

  /** Reads all vectors into memory. */
  static float[][] readAll(Path path) throws IOException {
    try (VectorFile file = open(path)) {
      float[][] vectors = new float[file.count][file.dimension];
      for (int i = 0; i < file.count; i++) {
        file.read(i, vectors[i]);
      }
      return vectors;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
