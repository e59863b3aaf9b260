/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;
import java.util.function.UnaryOperator;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Tests equality and text of options. Ranges are tested by {@link TestBadInput}. */
public class TestLmdbHnswOptions extends LuceneTestCase {

  private static final LmdbHnswBuildListener LISTENER = progress -> {};

  /** Each changes one setting. */
  private static final List<UnaryOperator<LmdbHnswOptions>> CHANGES =
      List.of(
          options -> options.withMaxConn(5),
          options -> options.withBeamWidth(50),
          options -> options.withAlpha(1.5f),
          options -> options.withTinySegmentsThreshold(7),
          options -> options.withBuildThreads(3),
          options -> options.withBuildThreads(3, ForkJoinPool.commonPool()),
          options -> options.withBuildMemory(1000),
          options -> options.withBuildListener(LISTENER),
          options -> options.withCodeBits(2),
          options -> options.withOversampling(2.5f),
          options -> options.withTargetRecall(0.75f),
          options -> options.withFilterStrategy(LmdbHnswFilterStrategy.FILTERED));

  public void testEquals() {
    Set<LmdbHnswOptions> all = new HashSet<>(List.of(LmdbHnswOptions.DEFAULT));
    for (UnaryOperator<LmdbHnswOptions> change : CHANGES) {
      LmdbHnswOptions changed = change.apply(LmdbHnswOptions.DEFAULT);
      assertEquals(changed, change.apply(LmdbHnswOptions.DEFAULT));
      assertEquals(changed.hashCode(), change.apply(LmdbHnswOptions.DEFAULT).hashCode());
      assertTrue("differs from all others", all.add(changed));
    }
    assertNotEquals(LmdbHnswOptions.DEFAULT, "");
    assertNotEquals(LmdbHnswOptions.DEFAULT, null);
  }

  /** Each change keeps all other settings. */
  public void testChangesAreIndependent() {
    for (int a = 0; a < CHANGES.size(); a++) {
      for (int b = 0; b < a; b++) {
        if (a == 5 && b == 4) {
          continue; // both set the threads
        }
        LmdbHnswOptions ab = CHANGES.get(b).apply(CHANGES.get(a).apply(LmdbHnswOptions.DEFAULT));
        assertEquals(ab, CHANGES.get(a).apply(CHANGES.get(b).apply(LmdbHnswOptions.DEFAULT)));
      }
    }
  }

  public void testToString() {
    assertEquals(
        "maxConn=16, beamWidth=100, alpha=1.0, buildThreads=1, buildMemory=2147483648,"
            + " tinySegmentsThreshold=100, codeBits=auto, oversampling=auto, targetRecall=auto,"
            + " filterStrategy=AUTO",
        LmdbHnswOptions.DEFAULT.toString());
    LmdbHnswOptions options =
        LmdbHnswOptions.DEFAULT.withCodeBits(0).withOversampling(2.5f).withTargetRecall(0.75f);
    assertTrue(
        options.toString(),
        options.toString().contains("codeBits=0, oversampling=2.5, targetRecall=0.75"));
  }

  public void testFilterStrategy() {
    LmdbHnswOptions options = LmdbHnswOptions.DEFAULT;
    assertEquals(LmdbHnswFilterStrategy.AUTO, options.filterStrategy());
    LmdbHnswOptions changed = options.withFilterStrategy(LmdbHnswFilterStrategy.FILTERED);
    assertEquals(LmdbHnswFilterStrategy.FILTERED, changed.filterStrategy());
    assertEquals(LmdbHnswFilterStrategy.FILTERED, changed.withMaxConn(3).filterStrategy());
    assertEquals(LmdbHnswFilterStrategy.AUTO, options.filterStrategy());
    assertTrue(changed.toString(), changed.toString().contains("filterStrategy=FILTERED"));
    expectThrows(NullPointerException.class, () -> options.withFilterStrategy(null));
  }
}
