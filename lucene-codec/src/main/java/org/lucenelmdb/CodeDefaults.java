/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import org.apache.lucene.index.VectorEncoding;

/** The default number of code bits of a field. A segment may need more bits, or no codes. */
final class CodeDefaults {

  private CodeDefaults() {}

  /**
   * Returns the number of bits per dimension for vectors of a dimension. The lower the dimension,
   * the more bits are needed to distinguish neighbors from other vectors. Returns 0, for no codes,
   * if codes would be about as long as the vectors.
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
