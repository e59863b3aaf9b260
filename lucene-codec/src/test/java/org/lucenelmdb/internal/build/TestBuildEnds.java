/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

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
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.NamedThreadFactory;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.workers.Workers;

/**
 * Builds that are aborted or fail, and executors that reject or delay tasks. {@link Graphs#build}
 * checks that all memory is released.
 */
public class TestBuildEnds extends BuildTestCase {

  private static final VectorMetric METRIC = VectorMetric.EUCLIDEAN;

  private final GraphParameters options = new GraphParameters(4, 10, 1, 0);

  /** The vectors of the build. */
  private KnnVectorValues values;

  private SourceGraph base; // null for none
  private int bits;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    newBuild(random().nextBoolean());
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
      base = new HeapSegment(oldValues, graph).source(4, IntStream.range(0, old).toArray());
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

  /** Aborts at random checks. */
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
          // the number of checks by several threads varies
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

  /** Vectors whose reads fail after a number of them. */
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

  /** An exception in a thread of the executor stops all threads and reaches the caller. */
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
    bits = 0; // without codes, "graph" is the first loop of several threads
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

  /** The only thread of the executor is busy until the build ends. */
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

  /** All threads of the executor run builds that use the executor themselves. */
  public void testExecutorOfItself() throws Exception {
    var builds =
        IntStream.range(0, executorThreads()).mapToObj(i -> executor.submit(this::build)).toList();
    for (var build : builds) {
      build.get().check("own thread", values.size(), 4);
    }
  }

  private HeapGraph build() throws IOException {
    return Graphs.build(options, values, METRIC, bits, base, workers(executor, 4));
  }
}
