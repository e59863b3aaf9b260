/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.vectors;

import java.io.IOException;
import org.apache.lucene.index.KnnVectorValues;

/** Values that lie in blocks, and can be seen as slots. */
interface BlockValues {

  /** Where they lie. */
  VectorBlocks blocks();

  /**
   * The values by their slots, of which some are no values, in place. To be called only if {@link
   * VectorBlocks#hasSlots()}.
   */
  KnnVectorValues slots() throws IOException;
}
