/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import org.lucenelmdb.internal.vectors.VectorMetric;

/**
 * How a vector's record lies in a block of codes: [int32] its ordinal, the constants of its {@link
 * Kind}, then the code.
 *
 * <p>A code is bit planes: each has a bit for every dimension and takes whole bytes; dimension i is
 * bit i % 8 of byte i / 8. Plane p has bit p of the components, with {@link Kind#LEVELS} what
 * {@link CodeQuantizer} says. Only codes of 8 bits are bytes, one signed byte for each dimension,
 * unless they are of that kind.
 *
 * @param dimension from 1 on
 * @param bits 1, 2, 4 or 8
 */
public record CodeLayout(int dimension, int bits, Kind kind) {

  /** What a record's constants and components mean. */
  public enum Kind {
    /** Version 1 of the file format: [float32] lower bound, [float32] step, [float32] offset. */
    INTERVALS,
    /** [float32] scale, [float32] offset, [int32] the number of the vector's centroid. */
    CENTROIDS,
    /** Manhattan distance: no constants; components are levels of the field's own grid. */
    LEVELS
  }

  static final int ORDINAL = 0;

  // INTERVALS
  static final int LOWER = ORDINAL + Integer.BYTES;
  static final int STEP = LOWER + Float.BYTES;
  static final int REST = STEP + Float.BYTES;

  // CENTROIDS
  static final int SCALE = ORDINAL + Integer.BYTES;
  static final int OFFSET = SCALE + Float.BYTES;
  static final int CENTROID = OFFSET + Float.BYTES;

  /** With either kind: 384 dimensions of one bit fill the rest of a cache line. */
  private static final int CONSTANTS_END = ORDINAL + 4 * Integer.BYTES;

  /** Records begin at multiples of it. */
  private static final int ALIGNMENT = Integer.BYTES;

  /** The layout of new codes for a metric. */
  public static CodeLayout of(int dimension, int bits, VectorMetric metric) {
    return new CodeLayout(
        dimension, bits, metric == VectorMetric.MANHATTAN ? Kind.LEVELS : Kind.CENTROIDS);
  }

  /** Whether codes can have this number of bits per dimension. */
  public static boolean isValid(int bits) {
    return bits == 1 || bits == 2 || bits == 4 || bits == 8;
  }

  /** Whether codes are bit planes; if not, bytes. */
  boolean hasPlanes() {
    return bits < Byte.SIZE || kind == Kind.LEVELS;
  }

  /** The length of a bit plane. */
  int planeBytes() {
    return (dimension + Byte.SIZE - 1) / Byte.SIZE;
  }

  /** Where the code begins. */
  int codeOffset() {
    return kind == Kind.LEVELS ? ORDINAL + Integer.BYTES : CONSTANTS_END;
  }

  /** The length of a record: at most bits * dimension / 8 + 20 bytes. */
  public int recordBytes() {
    int codeBytes = hasPlanes() ? bits * planeBytes() : dimension;
    return (codeOffset() + codeBytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }
}
