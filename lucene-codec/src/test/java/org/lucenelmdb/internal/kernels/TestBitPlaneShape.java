/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.kernels;

import java.util.BitSet;
import org.apache.lucene.tests.util.LuceneTestCase;

/** {@link BitPlaneShape} for every vector width. */
public class TestBitPlaneShape extends LuceneTestCase {

  private static final int[] VECTOR_WORDS = {1, 2, 4, 8};

  /** A plane is read to its end and no further, unless a vector would start too far before it. */
  public void testTail() {
    for (int vectorWords : VECTOR_WORDS) {
      int vectorBytes = vectorWords * Long.BYTES;
      for (int planeBytes = 1; planeBytes < 200; planeBytes++) {
        for (int before : new int[] {0, 4, 16, vectorBytes}) {
          BitPlaneShape shape = BitPlaneShape.of(vectorWords, planeBytes, before);
          int end = shape.tail() + vectorBytes;
          boolean fits = before + planeBytes >= vectorBytes;
          assertTrue(shape + " before " + before, shape.tail() >= -before);
          if (fits) {
            assertEquals(shape.toString(), planeBytes, end);
          } else {
            assertTrue(shape.toString(), end > planeBytes && shape.tail() == 0);
          }
          int vectors = (planeBytes + vectorBytes - 1) / vectorBytes;
          assertEquals(vectors, shape.words() / vectorWords);
        }
      }
    }
  }

  /** Every dimension has a bit of its own in the query's planes. */
  public void testBits() {
    for (int vectorWords : VECTOR_WORDS) {
      for (int planeBytes = 1; planeBytes < 200; planeBytes++) {
        BitPlaneShape shape = BitPlaneShape.of(vectorWords, planeBytes, random().nextInt(70));
        BitSet bits = new BitSet();
        for (int dimension = 0; dimension < planeBytes * Byte.SIZE; dimension++) {
          int bit = shape.bit(dimension);
          assertTrue(shape.toString(), bit < shape.words() * Long.SIZE);
          assertFalse(shape.toString(), bits.get(bit));
          bits.set(bit);
        }
      }
    }
  }
}
