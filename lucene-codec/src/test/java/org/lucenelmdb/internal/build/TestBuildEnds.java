/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.search.TaskExecutor;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.NamedThreadFactory;
import org.lucenelmdb.NativeThreads;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.workers.Workers;

/**
 * Builds that are aborted, that fail, or whose executor is of no help. That all memory is given
 * back, {@link Graphs#build} checks.
 */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestBuildEnds extends LuceneTestCase {

  private static final VectorMetric METRIC = VectorMetric.EUCLIDEAN;

  private final GraphParameters options = new GraphParameters(4, 10, 1, 0);
  private ExecutorService executor;

  /** What is built, from a base or not. */
  private KnnVectorValues values;

  private SourceGraph base;
  private int bits;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    executor = Executors.newFixedThreadPool(3, new NamedThreadFactory("builds"));
    newBuild(random().nextBoolean());
  }

  @Override
  public void tearDown() throws Exception {
    TestUtil.shutdownExecutorService(executor);
    super.tearDown();
  }

  private void newBuild(boolean withBase) throws IOException {
    List<float[]> vectors =
        Graphs.vectors(random(), TestUtil.nextInt(random(), 150, 400), 6, 3, 10);
    values = Graphs.values(vectors, METRIC, VectorEncoding.FLOAT32);
    bits = random().nextBoolean() ? 0 : 4;
    base = null;
    if (withBase) {
      int old = vectors.size() * 2 / 3;
      KnnVectorValues oldValues =
          Graphs.values(vectors.subList(0, old), METRIC, VectorEncoding.FLOAT32);
      HeapGraph graph = Graphs.build(options, oldValues, METRIC, 0, null, Graphs.oneThread());
      base = new HeapSource(oldValues, graph).source(4, IntStream.range(0, old).toArray());
    }
  }

  private Workers workers(Executor executor, int threads) {
    return new Workers(
        executor == null ? null : new TaskExecutor(executor),
        threads,
        () -> {},
        Graphs.NO_LISTENER);
  }

  private void checkEnds(Executor executor) throws IOException {
    int threads = TestUtil.nextInt(random(), 2, 8);
    Graphs.build(options, values, METRIC, bits, base, workers(executor, threads))
        .check(threads + " threads", values.size(), 4);
  }

  /** Ends at any of the checks that there are. */
  public void testAbort() throws IOException {
    for (boolean withBase : new boolean[] {false, true}) {
      newBuild(withBase);
      for (int threads : new int[] {1, 4}) {
        AtomicInteger checks = new AtomicInteger();
        Workers counting =
            new Workers(
                new TaskExecutor(executor), threads, checks::incrementAndGet, Graphs.NO_LISTENER);
        Graphs.build(options, values, METRIC, bits, base, counting);
        int all = checks.get();
        assertTrue("" + all, all > 3 * values.size());
        for (int i = 0; i < 20; i++) {
          // several threads do not always check as often
          int allowed = i == 0 && threads == 1 ? all - 1 : random().nextInt(all * 3 / 4);
          AtomicInteger done = new AtomicInteger();
          Workers workers =
              new Workers(
                  new TaskExecutor(executor),
                  threads,
                  () -> {
                    if (done.getAndIncrement() >= allowed) {
                      throw new MergePolicy.MergeAbortedException("enough");
                    }
                  },
                  Graphs.NO_LISTENER);
          expectThrows(
              MergePolicy.MergeAbortedException.class,
              () -> Graphs.build(options, values, METRIC, bits, base, workers));
          assertTrue(done.get() <= allowed + threads);
        }
      }
    }
  }

  /** Vectors that cannot be read from some time on. */
  private static final class FailingValues extends FloatVectorValues {
    private final FloatVectorValues values;
    private final AtomicInteger left;

    FailingValues(FloatVectorValues values, AtomicInteger left) {
      this.values = values;
      this.left = left;
    }

    @Override
    public float[] vectorValue(int ord) throws IOException {
      if (left.getAndDecrement() <= 0) {
        throw new IOException("disk");
      }
      return values.vectorValue(ord);
    }

    @Override
    public int dimension() {
      return values.dimension();
    }

    @Override
    public int size() {
      return values.size();
    }

    @Override
    public FailingValues copy() throws IOException {
      return new FailingValues(values.copy(), left);
    }

    @Override
    public DocIndexIterator iterator() {
      return createDenseIterator();
    }
  }

  public void testExceptions() throws IOException {
    for (int threads : new int[] {1, 4}) {
      AtomicInteger reads = new AtomicInteger(Integer.MAX_VALUE);
      KnnVectorValues counting = new FailingValues((FloatVectorValues) values, reads);
      Graphs.build(options, counting, METRIC, bits, base, workers(executor, threads));
      int all = Integer.MAX_VALUE - reads.get();
      for (int i = 0; i < 20; i++) {
        AtomicInteger left = new AtomicInteger(random().nextInt(all * 3 / 4));
        KnnVectorValues failing = new FailingValues((FloatVectorValues) values, left);
        IOException e =
            expectThrows(
                IOException.class,
                () ->
                    Graphs.build(options, failing, METRIC, bits, base, workers(executor, threads)));
        assertEquals("disk", e.getMessage());
      }
    }
  }

  /** Of those that are done by other threads than the caller's, all of which stop. */
  public void testExceptionsElsewhere() {
    Thread caller = Thread.currentThread();
    CountDownLatch failed = new CountDownLatch(1);
    AtomicBoolean parallel = new AtomicBoolean();
    Workers workers =
        new Workers(
            new TaskExecutor(executor),
            4,
            () -> {
              if (Thread.currentThread() != caller) {
                failed.countDown();
                throw new IllegalStateException("elsewhere");
              }
              if (parallel.get()) {
                awaitOrFail(failed);
              }
            },
            (phase, done, total) -> parallel.set(phase.equals("graph")));
    bits = 0; // without codes, the first loop of several threads is that
    base = null;
    IllegalStateException e =
        expectThrows(
            IllegalStateException.class,
            () -> Graphs.build(options, values, METRIC, bits, base, workers));
    assertEquals("elsewhere", e.getMessage());
  }

  private static void awaitOrFail(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  public void testRejectingExecutor() throws IOException {
    AtomicInteger rejected = new AtomicInteger();
    checkEnds(
        command -> {
          rejected.incrementAndGet();
          throw new RejectedExecutionException("no");
        });
    assertTrue(rejected.get() > 0);
  }

  public void testExecutorThatRunsNothing() throws IOException {
    checkEnds(command -> {});
  }

  public void testExecutorThatRunsInCaller() throws IOException {
    checkEnds(Runnable::run);
  }

  public void testExecutorThatIsShutDown() throws IOException {
    ExecutorService closed = Executors.newFixedThreadPool(2, new NamedThreadFactory("closed"));
    TestUtil.shutdownExecutorService(closed);
    checkEnds(closed);
  }

  /** The only thread is busy until the build has ended, and then finds nothing to do. */
  public void testBusyExecutor() throws Exception {
    ExecutorService busy = Executors.newSingleThreadExecutor(new NamedThreadFactory("busy"));
    CountDownLatch built = new CountDownLatch(1);
    try {
      busy.execute(() -> awaitOrFail(built));
      checkEnds(busy);
      built.countDown();
      busy.submit(() -> {}).get();
    } finally {
      built.countDown();
      TestUtil.shutdownExecutorService(busy);
    }
  }

  /** A build in one of the executor's own threads, which are all building. */
  public void testExecutorOfItself() throws Exception {
    var builds = IntStream.range(0, 3).mapToObj(i -> executor.submit(this::build)).toList();
    for (var build : builds) {
      build.get().check("by itself", values.size(), 4);
    }
  }

  private HeapGraph build() throws IOException {
    return Graphs.build(options, values, METRIC, bits, base, workers(executor, 4));
  }
}
