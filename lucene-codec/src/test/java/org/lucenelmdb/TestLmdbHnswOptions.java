/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import static org.lucenelmdb.Rejections.assertRejected;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Options: their ranges, defaults and combinations. */
public class TestLmdbHnswOptions extends LuceneTestCase {

  public void testOptions() {
    LmdbHnswOptions options = LmdbHnswOptions.DEFAULT;
    assertEquals(512, LmdbHnswOptions.MAX_MAX_CONN);
    assertEquals(3200, LmdbHnswOptions.MAX_BEAM_WIDTH);
    for (int wrong : new int[] {1, 0, -1, Integer.MIN_VALUE, 513, Integer.MAX_VALUE}) {
      assertRejected(() -> options.withMaxConn(wrong), "maxConn", wrong, "2 to 512");
    }
    for (int wrong : new int[] {1, 0, -1, Integer.MIN_VALUE, 3201, Integer.MAX_VALUE}) {
      assertRejected(() -> options.withBeamWidth(wrong), "beamWidth", wrong, "2 to 3200");
    }
    ExecutorService executor = new NoExecutor();
    for (int wrong : new int[] {0, -1, Integer.MIN_VALUE}) {
      assertRejected(() -> options.withBuildThreads(wrong), "buildThreads", wrong);
      assertRejected(() -> options.withBuildThreads(wrong, executor), "buildThreads", wrong);
      int threshold = Math.min(wrong, -1);
      assertRejected(
          () -> options.withTinySegmentsThreshold(threshold), "tinySegmentsThreshold", threshold);
    }
    assertRejected(() -> options.withBuildThreads(1, executor), "buildExecutor", "buildThreads");
    expectThrows(NullPointerException.class, () -> options.withBuildThreads(2, null));
    float above = Math.nextUp(LmdbHnswOptions.MAX_ALPHA);
    for (float wrong :
        new float[] {0, Math.nextDown(1f), -1, above, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertRejected(() -> options.withAlpha(wrong), "alpha", wrong, "1 to 2");
    }
    for (long wrong : new long[] {0, -1, Long.MIN_VALUE}) {
      assertRejected(() -> options.withBuildMemory(wrong), "buildMemory", wrong);
    }

    for (int right : new int[] {2, 3, 512}) {
      assertEquals(right, options.withMaxConn(right).maxConn());
    }
    for (int right : new int[] {2, 3, 3200}) {
      assertEquals(right, options.withBeamWidth(right).beamWidth());
    }
    for (int right : new int[] {1, 2, Integer.MAX_VALUE}) {
      assertEquals(right, options.withBuildThreads(right).buildThreads());
      assertEquals(right, options.withTinySegmentsThreshold(right).tinySegmentsThreshold());
    }
    assertEquals(0, options.withTinySegmentsThreshold(0).tinySegmentsThreshold());
    for (float right : new float[] {1, 1.2f, 2}) {
      assertEquals(right, options.withAlpha(right).withMaxConn(3).alpha(), 0f);
    }
    for (long right : new long[] {1, 2L << 30, Long.MAX_VALUE}) {
      assertEquals(right, options.withBuildMemory(right).withAlpha(2).buildMemory());
    }
    LmdbHnswBuildListener listener = progress -> {};
    assertSame(listener, options.withBuildListener(listener).withBuildMemory(1).buildListener());
    assertNull(options.withBuildListener(listener).withBuildListener(null).buildListener());
    LmdbHnswOptions two = options.withBuildThreads(2, executor);
    assertEquals(2, two.buildThreads());
    assertSame(executor, two.buildExecutor());
    assertSame(executor, two.withMaxConn(3).withBeamWidth(4).buildExecutor());
    // setting the number of threads replaces the executor
    assertNull(two.withBuildThreads(1).buildExecutor());
    assertNull(two.withBuildThreads(3).buildExecutor());
    // options are immutable
    assertEquals(16, options.maxConn());
    assertEquals(100, options.beamWidth());
    assertEquals(1, options.buildThreads());
    assertNull(options.buildExecutor());
    assertEquals(1, options.alpha(), 0f);
    assertEquals(2L << 30, options.buildMemory());
    assertNull(options.buildListener());
    assertEquals(100, options.tinySegmentsThreshold());
  }

  /** An executor that is never used. */
  private static final class NoExecutor extends AbstractExecutorService {
    @Override
    public void execute(Runnable command) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void shutdown() {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<Runnable> shutdownNow() {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public boolean isTerminated() {
      return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return false;
    }
  }

  private static final ExecutorService EXECUTOR = new NoExecutor();

  private static final LmdbHnswBuildListener LISTENER = progress -> {};

  /** Each changes one setting. */
  private static final List<UnaryOperator<LmdbHnswOptions>> CHANGES =
      List.of(
          options -> options.withMaxConn(5),
          options -> options.withBeamWidth(50),
          options -> options.withAlpha(1.5f),
          options -> options.withTinySegmentsThreshold(7),
          options -> options.withBuildThreads(3),
          options -> options.withBuildThreads(3, EXECUTOR),
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
        "maxConn=16, beamWidth=100, alpha=1.0, tinySegmentsThreshold=100, buildThreads=1,"
            + " buildMemory=2147483648, codeBits=auto, oversampling=auto, targetRecall=auto,"
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
