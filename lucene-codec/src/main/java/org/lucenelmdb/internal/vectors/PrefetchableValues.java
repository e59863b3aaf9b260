/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import java.io.IOException;

/** Vectors that can be brought into the CPU's caches before they are read. */
interface PrefetchableValues {

  /**
   * Reads the first byte of each vector of a batch. These reads do not depend on each other, so the
   * CPU waits for memory once instead of once for each vector.
   *
   * @return a sum of the read bytes, which the caller must store, so that the JIT does not
   *     eliminate the reads
   */
  int prefetchIntoCache(int[] ords, int count) throws IOException;
}
