/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import java.io.IOException;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.DataOutput;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.LongValues;
import org.apache.lucene.util.packed.DirectReader;
import org.apache.lucene.util.packed.DirectWriter;

/**
 * The location of a table of unsigned integers of equal width, in the format of {@link
 * DirectWriter}. The table is read from the file, not loaded.
 *
 * @param offset the table's first byte in the file
 * @param size the number of values
 * @param bitsPerValue one of the widths that {@link DirectWriter} supports
 */
public record PackedTable(long offset, int size, int bitsPerValue) {

  /** Writes a table value by value: [int8] bits per value, then the table. */
  public static final class Writer {
    private final DirectWriter values;

    /**
     * Starts a table.
     *
     * @param size the number of values that will be added
     * @param maxValue the largest value
     */
    public Writer(DataOutput out, int size, long maxValue) throws IOException {
      int bitsPerValue = DirectWriter.bitsRequired(maxValue);
      out.writeByte((byte) bitsPerValue);
      values = DirectWriter.getInstance(out, size, bitsPerValue);
    }

    /** Adds the next value. */
    public void add(long value) throws IOException {
      values.add(value);
    }

    /** Writes buffered values. Must be called after the last value. */
    public void finish() throws IOException {
      values.finish();
    }
  }

  /**
   * Reads the header of a table and skips its values.
   *
   * @param size the number of values
   * @throws CorruptIndexException if the width is invalid, or the input ends before the table
   */
  public static PackedTable read(IndexInput meta, int size) throws IOException {
    int bitsPerValue = meta.readByte();
    if (bitsPerValue < 1
        || bitsPerValue > Long.SIZE - 1
        || DirectWriter.bitsRequired((1L << bitsPerValue) - 1) != bitsPerValue) {
      throw new CorruptIndexException(
          "a table should have a width of 1 to 56 bits; found " + bitsPerValue, meta);
    }
    long offset = meta.getFilePointer();
    long bytes = DirectWriter.bytesRequired(size, bitsPerValue);
    if (bytes > meta.length() - offset) {
      throw new CorruptIndexException(
          "a table of "
              + size
              + " values should have "
              + bytes
              + " bytes; found "
              + (meta.length() - offset),
          meta);
    }
    meta.skipBytes(bytes);
    return new PackedTable(offset, size, bitsPerValue);
  }

  /** The length of the table in bytes, without its header. */
  public long byteSize() {
    return DirectWriter.bytesRequired(size, bitsPerValue);
  }

  /** Opens the values. They are not thread-safe. */
  public LongValues open(IndexInput file) throws IOException {
    return DirectReader.getInstance(file.randomAccessSlice(offset, byteSize()), bitsPerValue);
  }
}
