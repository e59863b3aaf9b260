/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import java.io.IOException;
import java.util.zip.CRC32C;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.DataOutput;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.ArrayUtil;

/**
 * The checksums of an image, which are in the metadata file: one for every {@value #BLOCK_BYTES}
 * bytes. Lucene's checksum of the whole file tells whether it is damaged; these tell where, and
 * find damage if the file was copied with a new checksum after it was damaged. Searches do not read
 * them.
 *
 * <p>They are CRC-32C, because Lucene's are CRC-32: the CRC-32 of bytes that are followed by their
 * own CRC-32 does not depend on the bytes.
 *
 * @param offset the position of the first checksum in the metadata file
 * @param count the number of checksums
 */
public record ImageChecksums(long offset, int count) {

  /** The number of bytes that have a checksum of their own. A multiple of the size of a page. */
  public static final int BLOCK_BYTES = 1 << 16;

  /** Computes the checksums of an image while it is copied. */
  public static final class Writer {
    private final CRC32C checksum = new CRC32C();
    private int[] checksums = new int[16];
    private int count;

    /** Creates a writer. */
    public Writer() {}

    /** Adds the next {@value #BLOCK_BYTES} bytes of the image, or its last bytes. */
    void add(byte[] block, int length) {
      checksums = ArrayUtil.grow(checksums, count + 1);
      checksums[count++] = of(checksum, block, length);
    }

    /** Writes the checksums, each as [int32]. */
    public void write(DataOutput meta) throws IOException {
      for (int i = 0; i < count; i++) {
        meta.writeInt(checksums[i]);
      }
    }
  }

  private static int of(CRC32C checksum, byte[] bytes, int length) {
    checksum.reset();
    checksum.update(bytes, 0, length);
    return (int) checksum.getValue();
  }

  /**
   * Skips the checksums that {@link Writer#write} wrote.
   *
   * @param imageLength the length of the image in bytes
   */
  public static ImageChecksums read(IndexInput meta, long imageLength) throws IOException {
    long count = (imageLength + BLOCK_BYTES - 1) / BLOCK_BYTES;
    long offset = meta.getFilePointer();
    if (count * Integer.BYTES > meta.length() - offset) {
      throw new CorruptIndexException(
          count + " checksums of the image should follow; found the end of the file", meta);
    }
    meta.skipBytes(count * Integer.BYTES);
    return new ImageChecksums(offset, Math.toIntExact(count));
  }

  /** Receives the blocks whose checksums are wrong. */
  @FunctionalInterface
  public interface Damage {
    /**
     * Receives a block.
     *
     * @param start the address of its first byte
     * @param end the address behind its last byte
     */
    void block(long start, long end, int expected, int found);
  }

  /**
   * Verifies all blocks of an image.
   *
   * @param image a slice of the file that is exactly the image
   * @param meta the metadata file
   */
  public void verify(IndexInput image, IndexInput meta, Damage damage) throws IOException {
    IndexInput blocks = image.clone();
    IndexInput checksums = meta.clone();
    blocks.seek(0);
    checksums.seek(offset);
    CRC32C checksum = new CRC32C();
    byte[] bytes = new byte[BLOCK_BYTES];
    for (int i = 0; i < count; i++) {
      long start = (long) i * BLOCK_BYTES;
      int length = (int) Math.min(BLOCK_BYTES, image.length() - start);
      blocks.readBytes(bytes, 0, length);
      int expected = checksums.readInt();
      int found = of(checksum, bytes, length);
      if (found != expected) {
        damage.block(start, start + length, expected, found);
      }
    }
  }
}
