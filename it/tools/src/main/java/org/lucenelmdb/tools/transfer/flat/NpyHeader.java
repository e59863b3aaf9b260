/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.flat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.lucene.store.IndexInput;
import org.lucenelmdb.tools.index.IndexException;

/**
 * The header of a {@code .npy} file with an array of two dimensions in C order: the magic bytes
 * {@code \x93NUMPY}, two bytes of the version, the length of a text in two bytes (in four since
 * version 2), and the text, a dictionary of Python.
 *
 * @param type the type of the components, such as {@code <f4}
 * @param rows the number of vectors
 * @param columns the dimension
 */
record NpyHeader(String type, int rows, int columns) {

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int ALIGNMENT = 64;
  private static final int MAX_TEXT_BYTES = 1 << 16;

  private static final Pattern TYPE = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE =
      Pattern.compile("'shape'\\s*:\\s*\\(\\s*(\\d{1,10})\\s*,\\s*(\\d{1,10})\\s*,?\\s*\\)");

  byte[] bytes() {
    String text =
        "{'descr': '"
            + type
            + "', 'fortran_order': False, 'shape': ("
            + rows
            + ", "
            + columns
            + "), }";
    int start = MAGIC.length + 2 + Short.BYTES;
    int length = (start + text.length() + ALIGNMENT) / ALIGNMENT * ALIGNMENT - start;
    String padded = text + " ".repeat(length - text.length() - 1) + "\n";
    return ByteBuffer.allocate(start + length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .put((byte) 1)
        .put((byte) 0)
        .putShort((short) length)
        .put(padded.getBytes(StandardCharsets.US_ASCII))
        .array();
  }

  /**
   * Reads a header, and leaves the input at the first component.
   *
   * @throws IndexException if the file has no such array
   */
  static NpyHeader read(IndexInput in, String resource) throws IOException {
    int start = MAGIC.length + 2 + Integer.BYTES;
    byte[] magic = new byte[MAGIC.length];
    if (in.length() < start) {
      throw notArray(resource, in.length() + " bytes");
    }
    in.readBytes(magic, 0, magic.length);
    if (Arrays.equals(magic, MAGIC) == false) {
      throw notArray(resource, "another file");
    }
    int version = in.readByte();
    in.readByte();
    long length = version == 1 ? Short.toUnsignedInt(in.readShort()) : in.readInt();
    if (length < 0 || length > Math.min(MAX_TEXT_BYTES, in.length() - in.getFilePointer())) {
      throw notArray(resource, "a header of " + length + " bytes");
    }
    byte[] bytes = new byte[(int) length];
    in.readBytes(bytes, 0, bytes.length);
    String text = new String(bytes, StandardCharsets.UTF_8);
    Matcher type = TYPE.matcher(text);
    Matcher order = ORDER.matcher(text);
    Matcher shape = SHAPE.matcher(text);
    if (type.find() == false || order.find() == false || shape.find() == false) {
      throw notArray(resource, "an array " + text.strip());
    }
    if (order.group(1).equals("True")) {
      throw notArray(resource, "one in Fortran order");
    }
    long rows = Long.parseLong(shape.group(1));
    long columns = Long.parseLong(shape.group(2));
    if (rows < 1 || rows > Integer.MAX_VALUE || columns < 1 || columns > Integer.MAX_VALUE) {
      throw notArray(resource, "one of the shape " + rows + ", " + columns);
    }
    return new NpyHeader(type.group(1), (int) rows, (int) columns);
  }

  private static IndexException notArray(String resource, String found) {
    return new IndexException(
        resource + ": expected a NumPy array of vectors, two-dimensional; found " + found);
  }
}
