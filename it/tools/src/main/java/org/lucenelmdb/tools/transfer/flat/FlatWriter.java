/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.flat;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.util.IOUtils;
import org.lucenelmdb.tools.index.IndexException;

/** Writes vectors and ids, one after the other. */
public final class FlatWriter implements Closeable {

  private static final int BUFFER_BYTES = 1 << 16;

  private final OutputStream vectors;
  private final OutputStream ids;
  private final boolean hasDimensions;
  private final ByteBuffer row;

  private FlatWriter(
      OutputStream vectors, OutputStream ids, boolean hasDimensions, int componentBytes, int dims) {
    this.vectors = vectors;
    this.ids = ids;
    this.hasDimensions = hasDimensions;
    this.row =
        ByteBuffer.allocate((hasDimensions ? Integer.BYTES : 0) + dims * componentBytes)
            .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Creates a {@code .fvecs} file, to which bytes are written as floats. */
  public static FlatWriter fvecs(Path path, int dimension) throws IOException {
    return create(path, new byte[0], true, Float.BYTES, dimension);
  }

  /**
   * Creates a {@code .npy} file.
   *
   * @param rows the number of vectors that will be written
   */
  public static FlatWriter npy(Path path, VectorEncoding encoding, int rows, int dimension)
      throws IOException {
    String type = encoding == VectorEncoding.BYTE ? NpyFile.BYTES : NpyFile.FLOATS;
    byte[] header = new NpyHeader(type, rows, dimension).bytes();
    return create(path, header, false, encoding.byteSize, dimension);
  }

  private static FlatWriter create(
      Path path, byte[] header, boolean hasDimensions, int componentBytes, int dimension)
      throws IOException {
    OutputStream vectors = newFile(path);
    OutputStream ids = null;
    try {
      ids = newFile(IdsFile.of(path));
      vectors.write(header);
      return new FlatWriter(vectors, ids, hasDimensions, componentBytes, dimension);
    } catch (Throwable t) {
      IOUtils.closeWhileSuppressingExceptions(t, vectors, ids);
      throw t;
    }
  }

  private static OutputStream newFile(Path path) throws IOException {
    return new BufferedOutputStream(
        Files.newOutputStream(path, StandardOpenOption.CREATE_NEW), BUFFER_BYTES);
  }

  private void begin() {
    row.clear();
    if (hasDimensions) {
      row.putInt((row.capacity() - Integer.BYTES) / Float.BYTES);
    }
  }

  /** Appends a vector. */
  public void write(String id, float[] vector) throws IOException {
    begin();
    for (float component : vector) {
      row.putFloat(component);
    }
    end(id);
  }

  /** Appends a vector. */
  public void write(String id, byte[] vector) throws IOException {
    begin();
    for (byte component : vector) {
      if (hasDimensions) {
        row.putFloat(component);
      } else {
        row.put(component);
      }
    }
    end(id);
  }

  private void end(String id) throws IOException {
    if (id.lines().count() > 1 || id.endsWith("\n") || id.endsWith("\r")) {
      throw new IndexException("expected an id of one line; found " + id);
    }
    vectors.write(row.array(), 0, row.position());
    ids.write((id + "\n").getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() throws IOException {
    IOUtils.close(vectors, ids);
  }
}
