/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import java.io.IOException;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.MemorySegmentAccessInput;

/** Values that lie in blocks, and can be seen as slots. */
interface BlockValues extends TouchableValues {

  /** Where they lie. */
  VectorBlocks blocks();

  /** As {@link #touch(int[], int)}, of vectors in an image; does nothing if that is not mapped. */
  static int touch(IndexInput image, VectorBlocks blocks, int[] ords, int count)
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
   * The values by their slots, of which some are no values, in place. To be called only if {@link
   * VectorBlocks#hasSlots()}.
   */
  KnnVectorValues slots() throws IOException;
}
