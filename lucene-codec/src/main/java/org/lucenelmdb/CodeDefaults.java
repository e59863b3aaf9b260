/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import org.apache.lucene.index.VectorEncoding;

/** The codes that a field gets if nobody chooses; the README has the measurements. */
final class CodeDefaults {

  private CodeDefaults() {}

  /** The number of bits by the number of dimensions: few dimensions need more. */
  static int bits(int dimension, VectorEncoding encoding) {
    if (dimension >= 320) {
      return 1;
    }
    if (dimension >= 160) {
      return 2;
    }
    if (dimension >= 80) {
      return 4;
    }
    return encoding == VectorEncoding.BYTE ? 0 : 8; // bytes are codes of 8 bits themselves
  }

  /** The oversampling by the number of bits. */
  static float oversampling(int bits) {
    return switch (bits) {
      case 1 -> 2;
      case 2 -> 1.5f;
      default -> 1.25f;
    };
  }
}
