/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import java.io.IOException;

/** Vectors that the CPU can be made to fetch before they are read. */
interface TouchableValues {

  /**
   * Reads the beginning of each of some vectors that are to be read next, so that the CPU waits for
   * memory once, not once for each of them.
   *
   * @return something to keep, or the JIT would leave out what it is made of
   */
  int touch(int[] ords, int count) throws IOException;
}
