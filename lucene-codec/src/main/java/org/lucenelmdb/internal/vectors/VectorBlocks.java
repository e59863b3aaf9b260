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
import org.lucenelmdb.internal.store.ImageReader;

/**
 * Where the vectors of a field lie in the image.
 *
 * <p>A block holds {@code 2^blockShift} vectors of consecutive ordinals, the last one fewer. Within
 * an image, the addresses of all vectors of a field are multiples of a vector's length. So a vector
 * can be named by a <i>slot</i>: the number of vector lengths from the field's first vector in the
 * image to it. That lets Lucene's scorers, which find the vector of an ordinal by a multiplication,
 * score vectors in blocks, in place.
 */
public final class VectorBlocks {

  /** The image's database of vectors. */
  public static final String DATABASE = "vectors";

  /** A block's value begins with [int32] the offset of its first vector, [int32] their number. */
  static final int BLOCK_HEADER_BYTES = 2 * Integer.BYTES;

  private static final int MIN_BLOCK_BYTES = 256 << 10;
  private static final int MIN_BLOCK_SHIFT = 4;
  private static final int MAX_BLOCK_SHIFT = 18;

  private final int size;
  private final int vectorBytes;
  private final int blockShift;
  private final long[] addresses;
  private final long base;
  private final int[] firstSlots;
  private final int slotCount;

  /**
   * @param size the number of vectors
   * @param vectorBytes the length of a vector
   * @param blockShift the binary logarithm of the number of vectors in a block
   * @param addresses of the first vector of each block, in the image
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
    long slots = (max - base) / vectorBytes;
    // very short vectors far apart in a very large image: they are scored by copying them
    boolean fits = slots <= Integer.MAX_VALUE;
    this.slotCount = fits ? (int) Math.max(0, slots) : 0;
    this.firstSlots = fits ? new int[addresses.length] : null;
    for (int block = 0; fits && block < addresses.length; block++) {
      firstSlots[block] = (int) ((addresses[block] - base) / vectorBytes);
    }
  }

  /** The shift for vectors of a length: blocks of a quarter to half a MiB, at least 16 vectors. */
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

  /**
   * Finds the blocks of a field in an image.
   *
   * @throws CorruptIndexException if a block is not there, or not as it should be
   */
  public static VectorBlocks locate(
      ImageReader image, String database, int field, int size, int vectorBytes) throws IOException {
    int shift = blockShift(vectorBytes);
    long[] addresses = new long[blocks(size, shift)];
    for (int block = 0; block < addresses.length; block++) {
      ImageReader.Value value = image.get(database, key(field, block));
      if (value == null) {
        throw new CorruptIndexException(
            "block " + block + " of field " + field + " should be in the image; found none",
            database);
      }
      int first = image.readInt(value, 0);
      int count = image.readInt(value, Integer.BYTES);
      addresses[block] = value.address() + first;
      long expectedCount = Math.min(1L << shift, size - ((long) block << shift));
      if (first < BLOCK_HEADER_BYTES
          || addresses[block] % vectorBytes != 0
          || count != expectedCount
          || first > value.length() - expectedCount * vectorBytes) {
        throw new CorruptIndexException(
            "block "
                + block
                + " of field "
                + field
                + " at "
                + value
                + " should have "
                + expectedCount
                + " vectors from a multiple of "
                + vectorBytes
                + " on; found "
                + count
                + " from its byte "
                + first
                + " on",
            database);
      }
    }
    return new VectorBlocks(size, vectorBytes, shift, addresses);
  }

  private static int blocks(int size, int shift) {
    return (int) (((long) size + (1L << shift) - 1) >>> shift);
  }

  private int count(int block) {
    return (int) Math.min(1L << blockShift, size - ((long) block << blockShift));
  }

  /** Writes where the blocks are: [int32] shift, then for each block [int64] address. */
  public void write(DataOutput meta) throws IOException {
    meta.writeInt(blockShift);
    for (long address : addresses) {
      meta.writeLong(address);
    }
  }

  /**
   * Reads where the blocks are.
   *
   * @param imageLength in bytes; all vectors are within it
   * @param slackBytes and so many bytes behind each
   * @throws CorruptIndexException if one is not
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

  /** The length of a vector. */
  public int vectorBytes() {
    return vectorBytes;
  }

  /** The bytes of the image that vectors take, without what is between blocks. */
  public long byteSize() {
    return (long) size * vectorBytes;
  }

  /** The heap that the addresses take. */
  public long ramBytesUsed() {
    return RamUsageEstimator.sizeOf(addresses)
        + (firstSlots == null ? 0 : RamUsageEstimator.sizeOf(firstSlots));
  }

  /** The address of an ordinal's vector in the image. */
  public long address(int ord) {
    return addresses[ord >>> blockShift] + (long) (ord & (1 << blockShift) - 1) * vectorBytes;
  }

  /** Whether every vector has a slot. */
  boolean hasSlots() {
    return firstSlots != null;
  }

  /** The slot of an ordinal. */
  int slot(int ord) {
    return firstSlots[ord >>> blockShift] + (ord & (1 << blockShift) - 1);
  }

  /** One more than the largest slot. */
  int slotCount() {
    return slotCount;
  }

  /** All slots, as bytes. */
  IndexInput slots(IndexInput image) throws IOException {
    return image.slice("vectors", base, (long) slotCount * vectorBytes);
  }
}
