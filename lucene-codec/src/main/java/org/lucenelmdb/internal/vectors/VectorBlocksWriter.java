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
import org.lucenelmdb.internal.store.ImageReader;
import org.lucenelmdb.internal.store.ImageWriter;

/** Writes the vectors of a field in the order of their ordinals, block by block. */
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
  private int written; // blocks

  /** The block that is not in the image yet; when it is full, until the next vector comes. */
  private byte[] block = new byte[0];

  private ByteBuffer buffer = ByteBuffer.wrap(block);

  /**
   * @param image asked for the image at the first full block, so that small segments need none
   *     early
   * @param database of the image
   * @param field the field's number in the image
   * @param vectorBytes the length of a vector
   * @param slackBytes behind the last vector of a block, at least so many are left
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

  /** Gives the image to write to. */
  @FunctionalInterface
  public interface ImageSource {
    /** The image, created if need be. */
    ImageWriter get() throws IOException;
  }

  /**
   * Adds the next vector; it is copied.
   *
   * @throws IOException if a full block cannot be written. The vector is then not added, and the
   *     next call tries again: Lucene drops the one document and goes on.
   */
  public void add(float[] vector) throws IOException {
    int at = next();
    buffer.slice(at, vectorBytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(vector);
    size++;
  }

  /** As {@link #add(float[])}. */
  public void add(byte[] vector) throws IOException {
    int at = next();
    buffer.put(at, vector, 0, vectorBytes);
    size++;
  }

  /** Makes room for a vector and returns where. */
  private int next() throws IOException {
    if (size >>> blockShift > written) {
      ImageWriter writer = image.get();
      writeBlock(writer);
      writer.commit(); // so that no native memory is held between calls
      written++;
    }
    int at = (size & (1 << blockShift) - 1) * vectorBytes;
    int end = at + vectorBytes;
    if (end > block.length) {
      int blockBytes = vectorBytes << blockShift;
      block = Arrays.copyOf(block, Math.min(blockBytes, ArrayUtil.oversize(end, Byte.BYTES)));
      buffer = ByteBuffer.wrap(block);
    }
    return at;
  }

  /** The number of vectors that were added. */
  public int size() {
    return size;
  }

  /** Writes what has not been written; it is committed with what the image gets next. */
  public void finish() throws IOException {
    if (size > (long) written << blockShift) {
      writeBlock(image.get());
      written++;
    }
    block = new byte[0];
    buffer = ByteBuffer.wrap(block);
  }

  private void writeBlock(ImageWriter writer) throws IOException {
    int count = Math.min(1 << blockShift, size - (written << blockShift));
    int bytes = count * vectorBytes;
    long most = VectorBlocks.BLOCK_HEADER_BYTES + (vectorBytes - 1L) + bytes + slackBytes;
    ImageWriter.Run run =
        writer.putRun(
            database,
            VectorBlocks.key(field, written),
            most,
            address -> firstOffset(address) + bytes + slackBytes);
    int first = firstOffset(run.address());
    ByteBuffer value = run.bytes();
    value.putInt(first).putInt(count);
    zero(value, first - value.position());
    value.put(block, 0, bytes);
    zero(value, value.remaining());
  }

  /** Where in a value at an address the first vector is: at a multiple of a vector's length. */
  private int firstOffset(long address) {
    long earliest = address + VectorBlocks.BLOCK_HEADER_BYTES;
    return (int) ((earliest + vectorBytes - 1) / vectorBytes * vectorBytes - address);
  }

  private static void zero(ByteBuffer buffer, int length) {
    buffer.put(new byte[length]);
  }

  /** Finds what was written, after {@link #finish}. */
  public VectorBlocks locate(ImageReader reader) throws IOException {
    return VectorBlocks.locate(reader, database, field, size, vectorBytes);
  }

  @Override
  public long ramBytesUsed() {
    return SHALLOW_SIZE + RamUsageEstimator.sizeOf(block);
  }
}
