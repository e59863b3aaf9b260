/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Vectors in a file, little-endian, read on demand. The extension gives the layout:
 *
 * <ul>
 *   <li>{@code .fvecs}, {@code .bvecs}, {@code .ivecs}: for each vector the int32 dimension, then
 *       its components, which are floats, unsigned bytes or int32
 *   <li>{@code .fbin}, {@code .u8bin}, {@code .i8bin}, {@code .f16bin}: int32 count, int32
 *       dimension, then the components of all vectors, which are floats, unsigned bytes, signed
 *       bytes or half floats
 * </ul>
 *
 * <p>The file's size must match its count and dimension exactly.
 */
public final class VectorFile implements VectorSource {

  /** The largest supported dimension: more than any engine supports. */
  public static final int MAX_DIMENSION = 16_384;

  private static final int READ_AHEAD_BYTES = 1 << 16;

  private final Path path;
  private final FileChannel channel;
  private final FileFormat format;
  private final int count;
  private final int dimension;
  private final int rowBytes;

  // The windowRows rows from windowStart on: one row, or more if a vector follows the one read
  // before.
  private final ByteBuffer window;
  private int windowStart;
  private int windowRows;
  private int lastIndex = -1;

  /**
   * Opens a file.
   *
   * @throws BadDataException if there is no such file, its extension is unknown, its header has no
   *     valid count or dimension, or its size does not match them
   */
  public static VectorFile open(Path path) throws IOException {
    FileFormat format = FileFormat.of(path);
    FileChannel channel = openChannel(path);
    try {
      return new VectorFile(path, channel, format);
    } catch (Throwable t) {
      channel.close();
      throw t;
    }
  }

  private static FileChannel openChannel(Path path) throws IOException {
    if (Files.isRegularFile(path) == false) {
      throw new BadDataException(path + ": expected a file, found none");
    }
    return FileChannel.open(path);
  }

  private VectorFile(Path path, FileChannel channel, FileFormat format) throws IOException {
    this.path = path;
    this.channel = channel;
    this.format = format;
    long size = channel.size();
    int startBytes = format.headerBytes() + format.prefixBytes();
    if (size < startBytes) {
      throw new BadDataException(
          path + ": expected at least " + startBytes + " bytes, found " + size);
    }
    ByteBuffer start = littleEndian(startBytes);
    read(start, 0);
    int declaredCount = format.header ? start.getInt() : 0;
    this.dimension = start.getInt();
    if (format.header && declaredCount < 1) {
      throw new BadDataException(path + ": expected a count of at least 1, found " + declaredCount);
    }
    if (dimension < 1 || dimension > MAX_DIMENSION) {
      throw new BadDataException(
          path + ": expected a dimension from 1 to " + MAX_DIMENSION + ", found " + dimension);
    }
    this.rowBytes = format.prefixBytes() + dimension * format.componentBytes;
    long rows = (size - format.headerBytes()) / rowBytes;
    if (format.header && size != format.headerBytes() + (long) declaredCount * rowBytes) {
      throw new BadDataException(
          path
              + (": expected " + (format.headerBytes() + (long) declaredCount * rowBytes))
              + (" bytes for " + declaredCount + " vectors of dimension " + dimension)
              + (", found " + size));
    }
    if (format.header == false && (rows * rowBytes != size || rows > Integer.MAX_VALUE)) {
      throw new BadDataException(
          path
              + (": expected a multiple of " + rowBytes + " bytes for vectors of dimension ")
              + (dimension + ", at most " + Integer.MAX_VALUE + " of them, found " + size));
    }
    this.count = (int) rows;
    this.window = littleEndian(Math.max(1, READ_AHEAD_BYTES / rowBytes) * rowBytes);
  }

  static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Fills the buffer up to its limit from a position of the file, and flips it. */
  private void read(ByteBuffer buffer, long position) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new BadDataException(
            path
                + ": expected to read up to byte "
                + (position + buffer.limit())
                + ", found fewer");
      }
    }
    buffer.flip();
  }

  @Override
  public String name() {
    return path.getFileName().toString();
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public int dimension() {
    return dimension;
  }

  /**
   * {@inheritDoc}
   *
   * @throws BadDataException if the vector has another dimension than the first one
   */
  @Override
  public void read(int index, float[] vector) throws IOException {
    Objects.checkIndex(index, count);
    if (vector.length != dimension) {
      throw new IllegalArgumentException("expected length " + dimension + ": " + vector.length);
    }
    if (index < windowStart || index >= windowStart + windowRows) {
      fillWindow(index);
    }
    lastIndex = index;
    int position = (index - windowStart) * rowBytes;
    if (format.header == false) {
      int found = window.getInt(position);
      if (found != dimension) {
        throw new BadDataException(
            path
                + ": expected dimension "
                + dimension
                + " of vector "
                + index
                + ", found "
                + found);
      }
    }
    format.decode(window, position + format.prefixBytes(), vector);
  }

  private void fillWindow(int index) throws IOException {
    int rows = index == lastIndex + 1 ? Math.min(window.capacity() / rowBytes, count - index) : 1;
    windowRows = 0; // the window stays empty if the read fails
    window.clear().limit(rows * rowBytes);
    read(window, format.headerBytes() + (long) index * rowBytes);
    windowStart = index;
    windowRows = rows;
  }

  /** Reads all vectors of a file into memory. */
  public static float[][] readAll(Path path) throws IOException {
    try (VectorFile file = open(path)) {
      float[][] vectors = new float[file.count][file.dimension];
      for (int i = 0; i < file.count; i++) {
        file.read(i, vectors[i]);
      }
      return vectors;
    }
  }

  /**
   * Reads an {@code .ivecs} file into memory. Rows may have different lengths, including 0.
   *
   * @return the rows, none for an empty file
   * @throws BadDataException if there is no such file, its extension is another one, or it ends
   *     within a row
   */
  public static int[][] readIvecs(Path path) throws IOException {
    if (FileFormat.of(path) != FileFormat.IVECS) {
      throw new BadDataException(path + ": expected a name that ends with .ivecs, found another");
    }
    try (FileChannel channel = openChannel(path)) {
      return new IvecsReader(path, channel).readAll();
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
