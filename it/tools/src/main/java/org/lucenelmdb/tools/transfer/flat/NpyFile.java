/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.flat;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.store.IndexInput;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.tools.index.IndexException;
import org.lucenelmdb.tools.transfer.model.ForeignIndex;
import org.lucenelmdb.tools.transfer.model.InputFile;
import org.lucenelmdb.tools.transfer.model.VectorTable;

/**
 * A {@code .npy} file of NumPy. Components are float32, float16 or signed bytes, or unsigned bytes
 * if they are the bits of a Hamming distance.
 */
public final class NpyFile implements VectorTable {

  static final String FLOATS = "<f4";
  static final String BYTES = "|i1";
  private static final String HALF_FLOATS = "<f2";
  private static final String UNSIGNED_BYTES = "|u1";

  /** The largest dimension of Lucene's fields of this format. */
  private static final int MAX_DIMENSION = 16_384;

  private final InputFile file;
  private final IndexInput in;
  private final NpyHeader header;
  private final long start;

  private NpyFile(InputFile file, NpyHeader header) {
    this.file = file;
    this.in = file.input();
    this.header = header;
    this.start = in.getFilePointer();
  }

  /**
   * Opens a file.
   *
   * @throws IndexException if it is damaged, or has components that cannot be imported
   */
  public static ForeignIndex open(Path path, VectorMetric metric) throws IOException {
    InputFile file = InputFile.open(path);
    try {
      String resource = path.toString();
      NpyFile npy = new NpyFile(file, NpyHeader.read(file.input(), resource));
      npy.check(resource, metric);
      return new ForeignIndex(npy, metric, IdsFile.read(path, npy.size()), null, null);
    } catch (Throwable t) {
      file.close();
      throw t;
    }
  }

  private void check(String resource, VectorMetric metric) throws IOException {
    boolean isBits = metric == VectorMetric.HAMMING;
    boolean isKnown =
        switch (header.type()) {
          case FLOATS, HALF_FLOATS -> isBits == false;
          case BYTES -> true;
          case UNSIGNED_BYTES -> isBits;
          default -> false;
        };
    if (isKnown == false) {
      throw new IndexException(
          resource
              + ": expected components of the type "
              + (isBits ? "|i1 or |u1" : "<f4, <f2 or |i1")
              + " with the metric "
              + metric
              + "; found "
              + header.type());
    }
    if (header.columns() > MAX_DIMENSION) {
      throw new IndexException(
          resource
              + ": expected a dimension up to "
              + MAX_DIMENSION
              + "; found "
              + header.columns());
    }
    long bytes = start + (long) header.rows() * rowBytes();
    if (in.length() != bytes) {
      throw new IndexException(resource + ": expected " + bytes + " bytes; found " + in.length());
    }
  }

  private int rowBytes() {
    int bytes =
        switch (header.type()) {
          case FLOATS -> Float.BYTES;
          case HALF_FLOATS -> Short.BYTES;
          default -> Byte.BYTES;
        };
    return header.columns() * bytes;
  }

  @Override
  public int size() {
    return header.rows();
  }

  @Override
  public int dimension() {
    return header.columns();
  }

  @Override
  public VectorEncoding encoding() {
    return rowBytes() == header.columns() ? VectorEncoding.BYTE : VectorEncoding.FLOAT32;
  }

  @Override
  public void read(int ordinal, float[] vector) throws IOException {
    in.seek(start + (long) ordinal * rowBytes());
    if (header.type().equals(FLOATS)) {
      in.readFloats(vector, 0, vector.length);
    } else {
      for (int i = 0; i < vector.length; i++) {
        vector[i] = Float.float16ToFloat(in.readShort());
      }
    }
  }

  @Override
  public void read(int ordinal, byte[] vector) throws IOException {
    in.seek(start + (long) ordinal * rowBytes());
    in.readBytes(vector, 0, vector.length);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
