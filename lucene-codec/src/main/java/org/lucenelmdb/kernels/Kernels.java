/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.kernels;

/** What the kernels compute. Stateless and thread-safe. */
public interface Kernels {

  /**
   * The sum of |a[i] - b[i]|. Implementations add in different orders, and may so differ in the
   * last digits; each gives the same for (b, a) as for (a, b).
   *
   * @throws IllegalArgumentException if one array is longer than the other
   */
  float manhattan(float[] a, float[] b);

  /**
   * The sum of |a[i] - b[i]|, of signed bytes.
   *
   * @throws IllegalArgumentException if one array is longer than the other
   */
  int manhattan(byte[] a, byte[] b);

  /** The kernels that are fastest in this JVM. */
  static Kernels best() {
    return KernelSelection.BEST;
  }
}
