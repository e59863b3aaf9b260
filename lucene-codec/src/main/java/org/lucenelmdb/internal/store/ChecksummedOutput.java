/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import java.io.IOException;
import java.util.zip.CRC32C;
import org.apache.lucene.store.FilterIndexOutput;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;

/** Computes the CRC-32C of a file while it is written, besides the CRC-32 that Lucene computes. */
public final class ChecksummedOutput extends FilterIndexOutput {

  private final CRC32C checksum = new CRC32C();

  /** Creates an output that writes to another one, which it closes. */
  public ChecksummedOutput(IndexOutput out) {
    super("ChecksummedOutput(" + out + ")", out.getName(), out);
  }

  @Override
  public void writeByte(byte b) throws IOException {
    checksum.update(b);
    super.writeByte(b);
  }

  @Override
  public void writeBytes(byte[] bytes, int offset, int length) throws IOException {
    checksum.update(bytes, offset, length);
    super.writeBytes(bytes, offset, length);
  }

  /** Writes the checksum of all bytes so far, as [int32]. */
  public void writeChecksum() throws IOException {
    writeInt((int) checksum.getValue());
  }

  /**
   * Whether the checksum at a position of a file is that of all bytes before it.
   *
   * @param file the file; its position does not change
   */
  public static boolean isRight(IndexInput file, long position) throws IOException {
    IndexInput in = file.clone();
    in.seek(0);
    CRC32C checksum = new CRC32C();
    byte[] buffer = new byte[(int) Math.min(position, ImageChecksums.BLOCK_BYTES)];
    for (long left = position; left > 0; ) {
      int length = (int) Math.min(buffer.length, left);
      in.readBytes(buffer, 0, length);
      checksum.update(buffer, 0, length);
      left -= length;
    }
    return in.readInt() == (int) checksum.getValue();
  }
}
