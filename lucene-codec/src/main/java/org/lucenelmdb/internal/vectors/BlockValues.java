/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import java.io.IOException;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.MemorySegmentAccessInput;

/** Vectors in the blocks of an image, which can also be read by slots instead of ordinals. */
interface BlockValues extends PrefetchableValues {

  /** The addresses of the vectors. */
  VectorBlocks blocks();

  /**
   * Implements {@link #prefetchIntoCache(int[], int)} for vectors in an image. Does nothing if the
   * image is not mapped.
   */
  static int prefetchIntoCache(IndexInput image, VectorBlocks blocks, int[] ords, int count)
      throws IOException {
    int sum = 0;
    if (image instanceof MemorySegmentAccessInput) {
      for (int i = 0; i < count; i++) {
        image.seek(blocks.address(ords[i]));
        sum += image.readByte();
      }
    }
    return sum;
  }

  /**
   * Returns the contents of all slots as values whose ordinals are slots. Slots between blocks hold
   * no vectors. Requires {@link VectorBlocks#hasSlots()}.
   */
  KnnVectorValues slots() throws IOException;
}
