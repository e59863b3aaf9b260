/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import org.apache.lucene.tests.util.LuceneTestCase;

/** Checks of rejected arguments. */
final class Rejections {

  /** Components that no vector may have. */
  static final float[] NOT_FINITE = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};

  private Rejections() {}

  /** Checks that a call throws IllegalArgumentException with a message that contains the words. */
  static void assertRejected(LuceneTestCase.ThrowingRunnable runnable, Object... words) {
    assertRejected(LuceneTestCase.expectThrows(IllegalArgumentException.class, runnable), words);
  }

  /** Checks that a message contains the given words. */
  static void assertRejected(IllegalArgumentException e, Object... words) {
    for (Object word : words) {
      LuceneTestCase.assertTrue(
          word + " is missing in: " + e.getMessage(), e.getMessage().contains("" + word));
    }
  }
}
