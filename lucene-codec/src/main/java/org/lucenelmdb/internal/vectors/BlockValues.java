/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import java.io.IOException;
import org.apache.lucene.index.KnnVectorValues;

/** Vectors in the blocks of an image, which can also be read by slots instead of ordinals. */
interface BlockValues extends PrefetchableValues {

  /** The addresses of the vectors. */
  VectorBlocks blocks();

  /**
   * Returns the contents of all slots as values whose ordinals are slots. Slots between blocks hold
   * no vectors. Requires {@link VectorBlocks#hasSlots()}.
   */
  KnnVectorValues slots() throws IOException;
}
