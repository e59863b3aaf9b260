/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import static org.apache.lucene.tests.util.LuceneTestCase.random;
import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.DocsWithFieldSet;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.internal.store.ImageReader;

/** A field with random vectors, and the documents that have them. */
final class VectorField {

  static final int[] DIMENSIONS = {1, 2, 3, 7, 64, 100, 384, 1023, 4096, 16384};

  final int number;
  final VectorEncoding encoding;
  final int dimension;
  final VectorSimilarityFunction similarity;
  final List<float[]> floats = new ArrayList<>();
  final List<byte[]> bytes = new ArrayList<>();
  final int size;
  final int maxDoc;
  final DocsWithFieldSet docs = new DocsWithFieldSet();
  final int[] docOf;

  VectorField(Random random, int number, VectorEncoding encoding, int dimension, int size) {
    this.number = number;
    this.encoding = encoding;
    this.dimension = dimension;
    this.similarity =
        VectorSimilarityFunction.values()[random.nextInt(VectorSimilarityFunction.values().length)];
    this.size = size;
    for (int i = 0; i < size; i++) {
      if (encoding == VectorEncoding.FLOAT32) {
        floats.add(randomFloats(random, dimension));
      } else {
        bytes.add(randomBytes(random, dimension));
      }
    }
    docOf = new int[size];
    boolean dense = random.nextBoolean();
    int gap = dense ? 1 : TestUtil.nextInt(random, 2, 10);
    int doc = dense ? -1 : random.nextInt(10) - 1;
    for (int ord = 0; ord < size; ord++) {
      doc += dense ? 1 : TestUtil.nextInt(random, 1, gap);
      docOf[ord] = doc;
      docs.add(doc);
    }
    maxDoc = doc + 1 + (dense ? 0 : random.nextInt(10));
  }

  int vectorBytes() {
    return dimension * (encoding == VectorEncoding.FLOAT32 ? Float.BYTES : 1);
  }

  /** The bytes of a vector in the image. */
  byte[] raw(int ord) {
    if (encoding == VectorEncoding.BYTE) {
      return bytes.get(ord);
    }
    ByteBuffer raw = ByteBuffer.allocate(vectorBytes()).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(floats.get(ord));
    return raw.array();
  }

  /** Adds a vector from an array that is changed afterwards. */
  void addTo(VectorBlocksWriter writer, int ord) throws IOException {
    if (encoding == VectorEncoding.FLOAT32) {
      float[] reused = floats.get(ord).clone();
      writer.add(reused);
      Arrays.fill(reused, Float.NaN);
    } else {
      byte[] reused = bytes.get(ord).clone();
      writer.add(reused);
      Arrays.fill(reused, (byte) 99);
    }
  }

  /** The vectors on the heap. */
  KnnVectorValues heap() {
    return encoding == VectorEncoding.FLOAT32
        ? FloatVectorValues.fromFloats(floats, dimension)
        : ByteVectorValues.fromBytes(bytes, dimension);
  }

  void assertVector(int ord, KnnVectorValues values) throws IOException {
    if (encoding == VectorEncoding.FLOAT32) {
      assertArrayEquals(floats.get(ord), ((FloatVectorValues) values).vectorValue(ord), 0);
    } else {
      assertArrayEquals(bytes.get(ord), ((ByteVectorValues) values).vectorValue(ord));
    }
  }

  @Override
  public String toString() {
    return size + " of " + encoding + " " + dimension + ", " + similarity;
  }

  /** Checks addresses and slots, and the vectors there. */
  void checkBlocks(VectorBlocks blocks, IndexInput image) throws IOException {
    assertEquals(size, blocks.size());
    assertEquals(vectorBytes(), blocks.vectorBytes());
    assertEquals((long) size * vectorBytes(), blocks.byteSize());
    assertTrue(blocks.hasSlots());
    assertTrue(blocks.ramBytesUsed() > 0);
    IndexInput slots = blocks.slots(image);
    assertEquals((long) blocks.slotCount() * blocks.vectorBytes(), slots.length());
    BitSet used = new BitSet();
    long base = Long.MAX_VALUE;
    for (int ord = 0; ord < size; ord++) {
      base = Math.min(base, blocks.address(ord));
    }
    int last = -1;
    for (int ord = 0; ord < size; ord++) {
      long address = blocks.address(ord);
      assertEquals(0, address % vectorBytes());
      assertTrue(address + vectorBytes() <= image.length());
      int slot = blocks.slot(ord);
      assertTrue(slot >= 0 && slot < blocks.slotCount());
      assertEquals(address, base + (long) slot * vectorBytes());
      assertFalse("a slot of two vectors", used.get(slot));
      used.set(slot);
      last = Math.max(last, slot);
    }
    assertEquals(last + 1, blocks.slotCount());
    byte[] raw = new byte[vectorBytes()];
    for (int ord : someOrds()) {
      image.seek(blocks.address(ord));
      image.readBytes(raw, 0, raw.length);
      assertArrayEquals(raw(ord), raw);
      slots.seek((long) blocks.slot(ord) * vectorBytes());
      slots.readBytes(raw, 0, raw.length);
      assertArrayEquals(raw(ord), raw);
    }
  }

  /** Checks that addresses are those of the records in the database. */
  void checkRecords(VectorBlocks blocks, ImageReader image) throws IOException {
    int perBlock = 1 << VectorBlocks.blockShift(vectorBytes());
    int block = 0;
    for (int first = 0; first < size; first += perBlock) {
      ImageReader.Value value = image.get(VectorBlocks.DATABASE, VectorBlocks.key(number, block++));
      assertEquals(value.address() + image.readInt(value, 0), blocks.address(first));
      assertEquals(Math.min(perBlock, size - first), image.readInt(value, Integer.BYTES));
    }
    assertNull(image.get(VectorBlocks.DATABASE, VectorBlocks.key(number, block)));
  }

  /** All ordinals, or the first, the last and random ones between. */
  int[] someOrds() {
    if (size <= 100) {
      int[] ords = new int[size];
      for (int i = 0; i < size; i++) {
        ords[i] = i;
      }
      return ords;
    }
    int[] ords = new int[100];
    ords[1] = size - 1;
    for (int i = 2; i < ords.length; i++) {
      ords[i] = random().nextInt(size);
    }
    return ords;
  }

  /** A vector of length 1, as {@link VectorSimilarityFunction#DOT_PRODUCT} requires. */
  static float[] randomFloats(Random random, int dimension) {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = random.nextFloat() - 0.5f;
    }
    vector[random.nextInt(dimension)] += 1;
    return VectorUtil.l2normalize(vector);
  }

  /** A vector that is not zero. */
  static byte[] randomBytes(Random random, int dimension) {
    byte[] vector = new byte[dimension];
    random.nextBytes(vector);
    if (vector[0] == 0) {
      vector[0] = 1;
    }
    return vector;
  }

  static VectorEncoding randomEncoding() {
    return random().nextBoolean() ? VectorEncoding.FLOAT32 : VectorEncoding.BYTE;
  }

  static int vectorsPerBlock(VectorEncoding encoding, int dimension) {
    int vectorBytes = dimension * (encoding == VectorEncoding.FLOAT32 ? Float.BYTES : 1);
    return 1 << VectorBlocks.blockShift(vectorBytes);
  }

  /** A number of vectors: small, or about that of some blocks. */
  static int randomSize(VectorEncoding encoding, int dimension) {
    int block = vectorsPerBlock(encoding, dimension);
    int blocks = dimension < 3 ? 1 : TestUtil.nextInt(random(), 1, 3);
    return switch (random().nextInt(8)) {
      case 0 -> 0;
      case 1 -> 1;
      case 2 -> blocks * block;
      case 3 -> blocks * block - 1;
      case 4 -> blocks * block + 1;
      default -> random().nextInt(random().nextBoolean() ? Math.min(block, 500) : 2 * block);
    };
  }
}
