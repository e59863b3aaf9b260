/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import org.apache.lucene.index.VectorEncoding;

/** The fewest bits of codes that a field gets by default: each segment may need more, or none. */
final class CodeDefaults {

  private CodeDefaults() {}

  /**
   * The number of bits by the number of dimensions: the fewer these are, the more bits it takes to
   * tell neighbors from others. Where codes would be about as long as the vectors there are none.
   */
  static int bits(int dimension, VectorEncoding encoding) {
    if (dimension >= 320) {
      return 1;
    }
    if (dimension >= 160) {
      return 2;
    }
    return encoding == VectorEncoding.FLOAT32 && dimension >= 32 ? 4 : 0;
  }
}
