/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.codes;

/**
 * How a vector's record lies in a block of codes: [int32] its ordinal, three corrections, then the
 * code. With MANHATTAN there are no corrections.
 *
 * <p>A code is planes of a bit for each dimension; each plane takes whole bytes, dimension i is bit
 * i % 8 of byte i / 8. With 1, 2 and 4 bits, plane p has bit p of the components, with MANHATTAN
 * what {@link CodeQuantizer} says. Only codes of 8 bits are bytes, one for each dimension, signed,
 * unless the metric is MANHATTAN.
 *
 * @param dimension from 1 on
 * @param bits 1, 2, 4 or 8
 * @param isManhattan whether that is the metric
 */
public record CodeLayout(int dimension, int bits, boolean isManhattan) {

  static final int ORDINAL = 0;
  static final int LOWER = ORDINAL + Integer.BYTES;
  static final int STEP = LOWER + Float.BYTES;
  static final int REST = STEP + Float.BYTES;
  private static final int CORRECTIONS_END = REST + Float.BYTES;

  /** Records begin at multiples of it. */
  private static final int ALIGNMENT = Integer.BYTES;

  /** Whether there are codes of so many bits. */
  public static boolean isValid(int bits) {
    return bits == 1 || bits == 2 || bits == 4 || bits == 8;
  }

  /** Whether codes are planes of bits; if not, bytes. */
  boolean hasPlanes() {
    return bits < Byte.SIZE || isManhattan;
  }

  /** Bytes of a plane. */
  int planeBytes() {
    return (dimension + Byte.SIZE - 1) / Byte.SIZE;
  }

  /** Where the code begins. */
  int codeOffset() {
    return isManhattan ? LOWER : CORRECTIONS_END;
  }

  /** The length of a record: at most bits * dimension / 8 + 20 bytes. */
  public int recordBytes() {
    int codeBytes = hasPlanes() ? bits * planeBytes() : dimension;
    return (codeOffset() + codeBytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }
}
