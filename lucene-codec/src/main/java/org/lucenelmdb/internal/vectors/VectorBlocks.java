/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.DataOutput;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.RamUsageEstimator;

/**
 * Maps the ordinals of a field to the addresses of their vectors in the image.
 *
 * <p>A block holds {@code 2^blockShift} vectors of consecutive ordinals; the last block may have
 * fewer. The address of every vector is a multiple of the vector's length. This gives each vector a
 * <i>slot</i>: its distance from the field's first vector in the image, in units of a vector's
 * length. Lucene's scorers compute the position of a vector as its number times its length. With
 * slots as numbers, they score vectors in blocks, in place.
 */
public final class VectorBlocks {

  /** The name of the image's database of vectors. */
  public static final String DATABASE = "vectors";

  /**
   * The length of a block's header: [int32] offset of its first vector, [int32] number of vectors.
   */
  static final int BLOCK_HEADER_BYTES = 2 * Integer.BYTES;

  private static final int MIN_BLOCK_BYTES = 256 << 10;
  private static final int MIN_BLOCK_SHIFT = 4;
  private static final int MAX_BLOCK_SHIFT = 18;

  private final int size;
  private final int vectorBytes;
  private final int blockShift;
  private final long[] addresses;
  private final long base;
  private final long end;
  private final int[] firstSlots;
  private final int slotCount;

  /**
   * @param size the number of vectors
   * @param vectorBytes the length of a vector in bytes
   * @param blockShift the binary logarithm of the number of vectors in a block
   * @param addresses the address of the first vector of each block
   */
  VectorBlocks(int size, int vectorBytes, int blockShift, long[] addresses) {
    this.size = size;
    this.vectorBytes = vectorBytes;
    this.blockShift = blockShift;
    this.addresses = addresses;
    long min = Long.MAX_VALUE;
    long max = 0;
    for (int block = 0; block < addresses.length; block++) {
      min = Math.min(min, addresses[block]);
      max = Math.max(max, addresses[block] + (long) count(block) * vectorBytes);
    }
    this.base = addresses.length == 0 ? 0 : min;
    this.end = max;
    long slots = (max - base) / vectorBytes;
    // Very short vectors that are far apart in a very large image exceed the range of slots. They
    // are
    // copied for scoring.
    boolean fits = slots <= Integer.MAX_VALUE;
    this.slotCount = fits ? (int) Math.max(0, slots) : 0;
    this.firstSlots = fits ? new int[addresses.length] : null;
    for (int block = 0; fits && block < addresses.length; block++) {
      firstSlots[block] = (int) ((addresses[block] - base) / vectorBytes);
    }
  }

  /** Returns blocks of vectors that follow each other from address 0. */
  public static VectorBlocks contiguous(int size, int vectorBytes) {
    int shift = blockShift(vectorBytes);
    long[] addresses = new long[blocks(size, shift)];
    for (int block = 0; block < addresses.length; block++) {
      addresses[block] = ((long) block << shift) * vectorBytes;
    }
    return new VectorBlocks(size, vectorBytes, shift, addresses);
  }

  /**
   * The block shift for vectors of a length in bytes. A block has from 256 KiB to 512 KiB, and at
   * least 16 vectors.
   */
  static int blockShift(int vectorBytes) {
    int shift = MIN_BLOCK_SHIFT;
    while ((long) vectorBytes << shift < MIN_BLOCK_BYTES) {
      shift++;
    }
    return shift;
  }

  /** The key of a block: [int16] field, [int32] block, big-endian. */
  static byte[] key(int field, int block) {
    return ByteBuffer.allocate(Short.BYTES + Integer.BYTES)
        .putShort((short) field)
        .putInt(block)
        .array();
  }

  private static int blocks(int size, int shift) {
    return (int) (((long) size + (1L << shift) - 1) >>> shift);
  }

  private int count(int block) {
    return (int) Math.min(1L << blockShift, size - ((long) block << blockShift));
  }

  /** Writes the addresses: [int32] block shift, then for each block [int64] address. */
  public void write(DataOutput meta) throws IOException {
    meta.writeInt(blockShift);
    for (long address : addresses) {
      meta.writeLong(address);
    }
  }

  /**
   * Reads the addresses that {@link #write} wrote.
   *
   * @param imageLength the length of the image in bytes
   * @param slackBytes the number of bytes of the image that must follow each block's vectors
   * @throws CorruptIndexException if a block is not within the image, or not aligned
   */
  public static VectorBlocks read(
      IndexInput meta, int size, int vectorBytes, long imageLength, int slackBytes)
      throws IOException {
    int shift = meta.readInt();
    if (shift < 0 || shift > MAX_BLOCK_SHIFT) {
      throw new CorruptIndexException(
          "a block's shift should be from 0 to " + MAX_BLOCK_SHIFT + "; found " + shift, meta);
    }
    int blocks = blocks(size, shift);
    if ((long) blocks * Long.BYTES > meta.length() - meta.getFilePointer()) {
      throw new CorruptIndexException(
          "the addresses of " + blocks + " blocks should follow; found the end of the file", meta);
    }
    long[] addresses = new long[blocks];
    for (int block = 0; block < blocks; block++) {
      long address = meta.readLong();
      long bytes = Math.min(1L << shift, size - ((long) block << shift)) * vectorBytes;
      if (address < 0 || address % vectorBytes != 0 || address > imageLength - bytes - slackBytes) {
        throw new CorruptIndexException(
            "block "
                + block
                + " should be at a multiple of "
                + vectorBytes
                + " within "
                + imageLength
                + " bytes; found "
                + address,
            meta);
      }
      addresses[block] = address;
    }
    return new VectorBlocks(size, vectorBytes, shift, addresses);
  }

  /** The number of vectors. */
  public int size() {
    return size;
  }

  /** The length of a vector in bytes. */
  public int vectorBytes() {
    return vectorBytes;
  }

  /** The total length of the vectors in bytes, without the gaps between blocks. */
  public long byteSize() {
    return (long) size * vectorBytes;
  }

  /** The heap that this object uses, in bytes. */
  public long ramBytesUsed() {
    return RamUsageEstimator.sizeOf(addresses)
        + (firstSlots == null ? 0 : RamUsageEstimator.sizeOf(firstSlots));
  }

  /** The address of an ordinal's vector in the image. */
  public long address(int ord) {
    return addresses[ord >>> blockShift] + (long) (ord & (1 << blockShift) - 1) * vectorBytes;
  }

  /** The address of the first vector; 0 if there is none. */
  public long startAddress() {
    return base;
  }

  /** The address behind the last vector; 0 if there is none. */
  public long endAddress() {
    return end;
  }

  /** Whether every vector has a slot. */
  boolean hasSlots() {
    return firstSlots != null;
  }

  /** The slot of an ordinal. */
  int slot(int ord) {
    return firstSlots[ord >>> blockShift] + (ord & (1 << blockShift) - 1);
  }

  /** The number of slots, including those between blocks, which hold no vectors. */
  int slotCount() {
    return slotCount;
  }

  /** A slice of the image with all slots. */
  IndexInput slots(IndexInput image) throws IOException {
    return image.slice("vectors", base, (long) slotCount * vectorBytes);
  }
}
