/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.codes;

/**
 * How a vector's record lies in a block of codes: three corrections, the ordinal, then the code.
 *
 * <p>With 1, 2 or 4 bits, a code is that many planes of a bit for each dimension, from the lowest
 * bit on; each plane takes whole bytes, dimension i is bit i % 8 of byte i / 8. With 8 bits, it is
 * byte i, signed.
 *
 * @param dimension from 1 on
 * @param bits 1, 2, 4 or 8
 */
public record CodeLayout(int dimension, int bits) {

  static final int LOWER = 0;
  static final int STEP = LOWER + Float.BYTES;
  static final int REST = STEP + Float.BYTES;
  static final int ORDINAL = REST + Float.BYTES;
  static final int CODE = ORDINAL + Integer.BYTES;

  /** Records begin at multiples of it. */
  private static final int ALIGNMENT = Integer.BYTES;

  /** Whether there are codes of so many bits. */
  public static boolean isValid(int bits) {
    return bits == 1 || bits == 2 || bits == 4 || bits == 8;
  }

  /** Whether codes are planes of bits; if not, bytes. */
  boolean hasPlanes() {
    return bits < Byte.SIZE;
  }

  /** Bytes of a plane. */
  int planeBytes() {
    return (dimension + Byte.SIZE - 1) / Byte.SIZE;
  }

  /** The length of a record: at most bits * dimension / 8 + 20 bytes. */
  public int recordBytes() {
    int codeBytes = hasPlanes() ? bits * planeBytes() : dimension;
    return (CODE + codeBytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }
}
