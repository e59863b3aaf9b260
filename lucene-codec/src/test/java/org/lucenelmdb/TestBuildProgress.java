/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.util.concurrent.TimeUnit;
import org.apache.lucene.tests.util.LuceneTestCase;

/** {@link BuildProgress}: the estimate of the time left. */
public class TestBuildProgress extends LuceneTestCase {

  public void testSecondsLeft() {
    long tenSeconds = TimeUnit.SECONDS.toNanos(10);
    assertEquals(30, BuildProgress.secondsLeft(tenSeconds, 250, 1000), 1e-9);
    assertEquals(0, BuildProgress.secondsLeft(tenSeconds, 1000, 1000), 0);
    assertEquals(990, BuildProgress.secondsLeft(tenSeconds, 10, 1000), 1e-9);
    assertEquals(Double.NaN, BuildProgress.secondsLeft(tenSeconds, 9, 1000), 0);
    assertEquals(Double.NaN, BuildProgress.secondsLeft(0, 0, 50), 0);
    assertEquals("nothing to do", 0, BuildProgress.secondsLeft(0, 0, 0), 0);
  }
}
