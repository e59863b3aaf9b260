/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads rows of integers: an int32 length each, then the integers. */
final class IvecsReader {

  private static final int BUFFER_BYTES = 1 << 16;

  private final Path path;
  private final FileChannel channel;
  private final ByteBuffer buffer = VectorFile.littleEndian(BUFFER_BYTES).limit(0);

  /** The number of bytes that were not consumed yet, including those in the buffer. */
  private long remaining;

  IvecsReader(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  int[][] readAll() throws IOException {
    remaining = channel.size();
    List<int[]> rows = new ArrayList<>();
    while (remaining > 0) {
      if (remaining < Integer.BYTES) {
        throw new BadDataException(
            path + ": expected row " + rows.size() + ", found " + remaining + " bytes");
      }
      int length = next();
      // before memory is allocated for the row
      if (length < 0 || length > remaining / Integer.BYTES) {
        throw new BadDataException(
            path
                + (": expected a length from 0 to " + remaining / Integer.BYTES)
                + (" of row " + rows.size() + ", found " + length));
      }
      int[] row = new int[length];
      for (int i = 0; i < length; i++) {
        row[i] = next();
      }
      rows.add(row);
    }
    return rows.toArray(int[][]::new);
  }

  private int next() throws IOException {
    if (buffer.remaining() < Integer.BYTES) {
      buffer.compact();
      while (buffer.position() < Integer.BYTES) {
        if (channel.read(buffer) < 0) {
          throw new BadDataException(path + ": expected " + remaining + " more bytes, found none");
        }
      }
      buffer.flip();
    }
    remaining -= Integer.BYTES;
    return buffer.getInt();
  }
}
