/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The layouts of vector files, all little-endian, identified by the file name's extension. */
enum FileFormat {
  FVECS(".fvecs", false, Float.BYTES),
  BVECS(".bvecs", false, Byte.BYTES),
  IVECS(".ivecs", false, Integer.BYTES),
  FBIN(".fbin", true, Float.BYTES),
  U8BIN(".u8bin", true, Byte.BYTES),
  I8BIN(".i8bin", true, Byte.BYTES),
  F16BIN(".f16bin", true, Short.BYTES);

  final String extension;

  /**
   * Whether the file begins with count and dimension; otherwise each row begins with the dimension.
   */
  final boolean header;

  /** The size of a component, in bytes. */
  final int componentBytes;

  FileFormat(String extension, boolean header, int componentBytes) {
    this.extension = extension;
    this.header = header;
    this.componentBytes = componentBytes;
  }

  static FileFormat of(Path path) throws BadDataException {
    String name = path.toString().toLowerCase(Locale.ROOT);
    for (FileFormat format : values()) {
      if (name.endsWith(format.extension)) {
        return format;
      }
    }
    String extensions =
        Arrays.stream(values()).map(format -> format.extension).collect(Collectors.joining(" "));
    throw new BadDataException(
        path + ": expected a name that ends with one of " + extensions + ", found another");
  }

  int headerBytes() {
    return header ? 2 * Integer.BYTES : 0;
  }

  /** The number of bytes before the components of each row. */
  int prefixBytes() {
    return header ? 0 : Integer.BYTES;
  }

  /** Reads the components that begin at a position. */
  void decode(ByteBuffer bytes, int position, float[] vector) {
    switch (this) {
      case FVECS, FBIN -> {
        for (int i = 0; i < vector.length; i++) {
          vector[i] = bytes.getFloat(position + i * Float.BYTES);
        }
      }
      case F16BIN -> {
        for (int i = 0; i < vector.length; i++) {
          vector[i] = Float.float16ToFloat(bytes.getShort(position + i * Short.BYTES));
        }
      }
      case IVECS -> {
        for (int i = 0; i < vector.length; i++) {
          vector[i] = bytes.getInt(position + i * Integer.BYTES);
        }
      }
      case BVECS, U8BIN -> {
        for (int i = 0; i < vector.length; i++) {
          vector[i] = Byte.toUnsignedInt(bytes.get(position + i));
        }
      }
      case I8BIN -> {
        for (int i = 0; i < vector.length; i++) {
          vector[i] = bytes.get(position + i);
        }
      }
    }
  }
}
