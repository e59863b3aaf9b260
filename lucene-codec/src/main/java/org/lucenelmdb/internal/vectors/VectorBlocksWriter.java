/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.lucene.util.Accountable;
import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.RamUsageEstimator;
import org.lucenelmdb.internal.store.ImageWriter;

/**
 * Writes the vectors of a field to the image in the order of their ordinals, block by block. Only
 * the block that is being filled is on the heap.
 */
public final class VectorBlocksWriter implements Accountable {

  private static final long SHALLOW_SIZE =
      RamUsageEstimator.shallowSizeOfInstance(VectorBlocksWriter.class);

  private final ImageSource image;
  private final String database;
  private final int field;
  private final int vectorBytes;
  private final int slackBytes;
  private final int blockShift;
  private int size;

  private int writtenBlocks;

  /** The address of the first vector of each written block. */
  private long[] addresses = new long[0];

  /** The block that is being filled. A full block is written when the next vector is added. */
  private byte[] block = new byte[0];

  private ByteBuffer buffer = ByteBuffer.wrap(block);

  /**
   * Creates a writer.
   *
   * @param image called when the first block is written, so that a small segment creates no image
   *     before it is flushed
   * @param database the name of the database
   * @param field the field's number in the image
   * @param vectorBytes the length of a vector in bytes
   * @param slackBytes the minimum number of bytes after the last vector of a block
   */
  public VectorBlocksWriter(
      ImageSource image, String database, int field, int vectorBytes, int slackBytes) {
    this.image = image;
    this.database = database;
    this.field = field;
    this.vectorBytes = vectorBytes;
    this.slackBytes = slackBytes;
    this.blockShift = VectorBlocks.blockShift(vectorBytes);
  }

  /** Supplies the image. */
  @FunctionalInterface
  public interface ImageSource {
    /** Returns the image; creates it if necessary. */
    ImageWriter get() throws IOException;
  }

  /**
   * Adds a copy of the next vector.
   *
   * @throws IOException if a full block cannot be written. The vector is not added then, and the
   *     next call tries to write the block again: Lucene drops this document and continues
   */
  public void add(float[] vector) throws IOException {
    int offset = nextOffset();
    buffer.slice(offset, vectorBytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(vector);
    size++;
  }

  /** Adds a copy of the next vector, in the same way as {@link #add(float[])}. */
  public void add(byte[] vector) throws IOException {
    int offset = nextOffset();
    buffer.put(offset, vector, 0, vectorBytes);
    size++;
  }

  /**
   * Returns the offset of the next vector in the block, after making sure that the block has
   * capacity for it.
   */
  private int nextOffset() throws IOException {
    if (size >>> blockShift > writtenBlocks) {
      ImageWriter writer = image.get();
      writeBlock(writer);
      writer.commit(); // so that no native memory is held between calls
      writtenBlocks++;
    }
    int offset = (size & (1 << blockShift) - 1) * vectorBytes;
    int end = offset + vectorBytes;
    if (end > block.length) {
      int blockBytes = vectorBytes << blockShift;
      block = Arrays.copyOf(block, Math.min(blockBytes, ArrayUtil.oversize(end, Byte.BYTES)));
      buffer = ByteBuffer.wrap(block);
    }
    return offset;
  }

  /** The number of vectors that were added. */
  public int size() {
    return size;
  }

  /** Writes the last block. The next commit of the image includes it. */
  public void finish() throws IOException {
    if (size > (long) writtenBlocks << blockShift) {
      writeBlock(image.get());
      writtenBlocks++;
    }
    block = new byte[0];
    buffer = ByteBuffer.wrap(block);
  }

  private void writeBlock(ImageWriter writer) throws IOException {
    int count = Math.min(1 << blockShift, size - (writtenBlocks << blockShift));
    int bytes = count * vectorBytes;
    long maxBytes = VectorBlocks.BLOCK_HEADER_BYTES + (vectorBytes - 1L) + bytes + slackBytes;
    ImageWriter.Run run =
        writer.putRun(
            database,
            VectorBlocks.key(field, writtenBlocks),
            maxBytes,
            address -> firstOffset(address) + bytes + slackBytes);
    int first = firstOffset(run.address());
    ByteBuffer value = run.bytes();
    value.putInt(first).putInt(count);
    zero(value, first - value.position());
    value.put(block, 0, bytes);
    zero(value, value.remaining());
    // LMDB never moves a value that fills whole pages, so this address is final
    addresses = ArrayUtil.grow(addresses, writtenBlocks + 1);
    addresses[writtenBlocks] = run.address() + first;
  }

  /**
   * The offset of the first vector in a value at the given address. It aligns the vector to a
   * multiple of its length.
   */
  private int firstOffset(long address) {
    long earliest = address + VectorBlocks.BLOCK_HEADER_BYTES;
    return (int) ((earliest + vectorBytes - 1) / vectorBytes * vectorBytes - address);
  }

  private static void zero(ByteBuffer buffer, int length) {
    buffer.put(new byte[length]);
  }

  /** Returns the addresses of the vectors, after {@link #finish}. */
  public VectorBlocks blocks() {
    assert size <= (long) writtenBlocks << blockShift : "not finished";
    return new VectorBlocks(size, vectorBytes, blockShift, Arrays.copyOf(addresses, writtenBlocks));
  }

  @Override
  public long ramBytesUsed() {
    return SHALLOW_SIZE + RamUsageEstimator.sizeOf(block) + RamUsageEstimator.sizeOf(addresses);
  }
}
