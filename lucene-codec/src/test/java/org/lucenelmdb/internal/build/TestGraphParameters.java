/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import org.apache.lucene.tests.util.LuceneTestCase;

public class TestGraphParameters extends LuceneTestCase {

  public void testWorthwhile() {
    GraphParameters always = new GraphParameters(16, 100, 1, 0);
    GraphParameters usual = new GraphParameters(16, 100, 1, 100);
    assertFalse(always.worthwhile(0));
    assertFalse(usual.worthwhile(0));
    assertTrue(always.worthwhile(1));
    assertFalse(usual.worthwhile(1));
    assertFalse(usual.worthwhile(100));
    assertTrue(usual.worthwhile(100_000));
  }
}
