/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import org.lucenelmdb.internal.vectors.VectorMetric;

/**
 * The layout of a record: [int32] ordinal, the corrective terms of its {@link Kind}, then the code,
 * then zeros up to a multiple of 4 bytes.
 *
 * <p>A code is a sequence of bit planes. Each bit plane has a bit for every dimension and occupies
 * whole bytes; dimension i is bit i % 8 of byte i / 8. Bit plane p has bit p of the components;
 * {@link CodeQuantizer} defines the bit planes of {@link Kind#LEVELS}. Codes of 8 bits of other
 * kinds have a signed byte for each dimension instead.
 *
 * @param dimension at least 1
 * @param bits the number of bits of a dimension: 1, 2, 4 or 8
 */
public record CodeLayout(int dimension, int bits, Kind kind) {

  /** The meaning of a record's corrective terms and components. */
  public enum Kind {
    /**
     * Codes of version 1 of the file format. The corrective terms are [float32] lower bound,
     * [float32] scale, [float32] additional correction.
     */
    INTERVALS,
    /**
     * Codes relative to centroids. The corrective terms are [float32] scale, [float32] additional
     * correction, [int32] number of the centroid.
     */
    CENTROIDS,
    /**
     * Codes for Manhattan distance. There are no corrective terms. Components are levels of a grid
     * of the field.
     */
    LEVELS
  }

  static final int ORDINAL = 0;

  // INTERVALS
  static final int INTERVAL_LOWER_BOUND = ORDINAL + Integer.BYTES;
  static final int INTERVAL_SCALE = INTERVAL_LOWER_BOUND + Float.BYTES;
  static final int INTERVAL_ADDITIONAL_CORRECTION = INTERVAL_SCALE + Float.BYTES;

  // CENTROIDS
  static final int SCALE = ORDINAL + Integer.BYTES;
  static final int ADDITIONAL_CORRECTION = SCALE + Float.BYTES;
  static final int CENTROID = ADDITIONAL_CORRECTION + Float.BYTES;

  /**
   * The length of the ordinal and the corrective terms of INTERVALS and CENTROIDS. A code of 1 bit
   * and 384 dimensions fills the rest of a 64-byte cache line.
   */
  static final int HEADER_BYTES = ORDINAL + 4 * Integer.BYTES;

  /** Record lengths are multiples of this. */
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

  /** Whether codes consist of bit planes instead of bytes. */
  boolean hasBitPlanes() {
    return bits < Byte.SIZE || kind == Kind.LEVELS;
  }

  /** The length of a bit plane. */
  int bitPlaneBytes() {
    return (dimension + Byte.SIZE - 1) / Byte.SIZE;
  }

  /** The offset of the code in the record. */
  int codeOffset() {
    return kind == Kind.LEVELS ? ORDINAL + Integer.BYTES : HEADER_BYTES;
  }

  /** The offset of a bit plane in the record. */
  int bitPlaneOffset(int plane) {
    return codeOffset() + plane * bitPlaneBytes();
  }

  /** The length of a record: at most bits * dimension / 8 + 20 bytes. */
  public int recordBytes() {
    int codeBytes = hasBitPlanes() ? bits * bitPlaneBytes() : dimension;
    return (codeOffset() + codeBytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }
}
