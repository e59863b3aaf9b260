/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

import java.util.OptionalDouble;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Names of strategies. */
public class TestTargetStrategy extends LuceneTestCase {

  public void testNames() {
    assertEquals("target 0.95", TargetStrategy.of(0.95));
    assertEquals(OptionalDouble.of(0.999), TargetStrategy.recall(TargetStrategy.of(0.999)));
    assertEquals(OptionalDouble.empty(), TargetStrategy.recall("default"));
    assertEquals(OptionalDouble.empty(), TargetStrategy.recall(null));
  }
}
