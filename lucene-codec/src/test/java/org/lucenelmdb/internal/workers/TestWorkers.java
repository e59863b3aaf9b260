/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.workers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.search.TaskExecutor;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.NamedThreadFactory;

/** Loops that threads share. */
public class TestWorkers extends LuceneTestCase {

  private static final Workers.Listener NO_LISTENER = (phase, done, total) -> {};

  private ExecutorService executor;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    executor = Executors.newFixedThreadPool(4, new NamedThreadFactory("workers"));
  }

  @Override
  public void tearDown() throws Exception {
    TestUtil.shutdownExecutorService(executor);
    super.tearDown();
  }

  private Workers workers(int threads, Workers.Listener listener) {
    return new Workers(new TaskExecutor(executor), threads, () -> {}, listener);
  }

  public void testEachOnce() throws IOException {
    for (int round = 0; round < 50; round++) {
      int threads = TestUtil.nextInt(random(), 1, 8);
      int count = random().nextInt(random().nextBoolean() ? 50 : 2000);
      Workers workers = workers(threads, NO_LISTENER);
      assertEquals(threads, workers.threads());
      AtomicIntegerArray done = new AtomicIntegerArray(count);
      AtomicInteger opened = new AtomicInteger();
      workers.forEach(
          "test",
          count,
          () -> {
            opened.incrementAndGet();
            Thread mine = Thread.currentThread();
            return index -> {
              assertSame("a worker is one thread's", mine, Thread.currentThread());
              done.incrementAndGet(index);
            };
          });
      for (int i = 0; i < count; i++) {
        assertEquals(1, done.get(i));
      }
      assertTrue(opened.get() >= 1 && opened.get() <= threads);
    }
  }

  public void testOneThreadKeepsOrder() throws IOException {
    int count = random().nextInt(500);
    Workers workers =
        random().nextBoolean()
            ? workers(1, NO_LISTENER)
            : new Workers(null, 1 + random().nextInt(5), () -> {}, NO_LISTENER);
    assertEquals(1, workers.threads());
    List<Integer> done = new ArrayList<>();
    Thread caller = Thread.currentThread();
    workers.forEach(
        "test",
        count,
        () ->
            index -> {
              assertSame(caller, Thread.currentThread());
              done.add(index);
            });
    assertEquals(IntStream.range(0, count).boxed().toList(), done);
  }

  /** All threads run at the same time: each waits for the others. */
  public void testThreads() throws IOException {
    int threads = TestUtil.nextInt(random(), 2, 4);
    CountDownLatch all = new CountDownLatch(threads);
    Set<Thread> seen = ConcurrentHashMap.newKeySet();
    workers(threads, NO_LISTENER)
        .forEach(
            "test",
            1000,
            () ->
                index -> {
                  if (seen.add(Thread.currentThread())) {
                    all.countDown();
                    await(all);
                  }
                });
    assertEquals(threads, seen.size());
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(60, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** An exception stops all threads early and reaches the caller. */
  public void testException() {
    for (int threads = 1; threads <= 4; threads++) {
      int count = 1_000_000;
      int failing = random().nextInt(200);
      AtomicInteger done = new AtomicInteger();
      CountDownLatch failed = new CountDownLatch(1);
      Workers workers = workers(threads, NO_LISTENER);
      IOException thrown =
          expectThrows(
              IOException.class,
              () ->
                  workers.forEach(
                      "test",
                      count,
                      () ->
                          index -> {
                            if (index == failing) {
                              failed.countDown();
                              throw new IOException("disk " + failing);
                            }
                            if (index > failing + 1000) {
                              await(failed); // so that no thread finishes before
                            }
                            done.incrementAndGet();
                          }));
      assertEquals("disk " + failing, thrown.getMessage());
      if (threads == 1) {
        assertEquals(failing, done.get());
      }
      assertTrue("" + done, done.get() < count - 1);
    }
  }

  /** The same for a worker that cannot be created. */
  public void testExceptionOfSource() {
    for (int threads = 1; threads <= 4; threads++) {
      AtomicInteger opened = new AtomicInteger();
      int failing = random().nextInt(threads);
      Workers workers = workers(threads, NO_LISTENER);
      CountDownLatch failed = new CountDownLatch(1);
      expectThrows(
          IllegalArgumentException.class,
          () ->
              workers.forEach(
                  "test",
                  1_000_000,
                  () -> {
                    if (opened.getAndIncrement() == failing) {
                      failed.countDown();
                      throw new IllegalArgumentException("no");
                    }
                    return index -> await(failed);
                  }));
    }
  }

  public void testAbort() {
    for (int threads = 1; threads <= 4; threads++) {
      int allowed = random().nextInt(500);
      AtomicInteger checks = new AtomicInteger();
      AtomicInteger done = new AtomicInteger();
      Workers workers =
          new Workers(
              new TaskExecutor(executor),
              threads,
              () -> {
                if (checks.getAndIncrement() >= allowed) {
                  throw new MergePolicy.MergeAbortedException("enough");
                }
              },
              NO_LISTENER);
      expectThrows(
          MergePolicy.MergeAbortedException.class,
          () -> workers.forEach("test", 100_000, () -> index -> done.incrementAndGet()));
      assertTrue(done.get() <= allowed);
      expectThrows(MergePolicy.MergeAbortedException.class, workers::check);
    }
  }

  /** The first report has 0 done, the last one all, and no two overlap. */
  public void testListener() throws IOException {
    for (int threads = 1; threads <= 4; threads++) {
      // large counts take a while, so that progress is reported in between
      int count = random().nextBoolean() ? random().nextInt(100) : 2_000_000;
      List<Integer> told = Collections.synchronizedList(new ArrayList<>());
      AtomicInteger inside = new AtomicInteger();
      AtomicInteger finished = new AtomicInteger();
      Workers workers =
          workers(
              threads,
              (phase, done, total) -> {
                assertEquals(1, inside.incrementAndGet());
                assertEquals("test", phase);
                assertEquals(count, total);
                if (done == count) {
                  assertTrue("all are done", count == 0 || finished.get() == count);
                }
                told.add(done);
                inside.decrementAndGet();
              });
      workers.forEach(
          "test",
          count,
          () ->
              index -> {
                finished.incrementAndGet();
              });
      assertTrue("" + told, told.size() >= 2);
      assertEquals(0, (int) told.get(0));
      assertEquals(count, (int) told.get(told.size() - 1));
      for (int i = 1; i < told.size() - 1; i++) {
        assertTrue("" + told, told.get(i) > 0 && told.get(i) < count);
      }
    }
  }

  /** A loop that fails does not report completion. */
  public void testListenerOfFailure() {
    List<Integer> told = Collections.synchronizedList(new ArrayList<>());
    int count = 100 + random().nextInt(100);
    int failing = random().nextInt(count);
    Workers workers = workers(1 + random().nextInt(4), (phase, done, total) -> told.add(done));
    expectThrows(
        IOException.class,
        () ->
            workers.forEach(
                "test",
                count,
                () ->
                    index -> {
                      if (index == failing) {
                        throw new IOException("disk");
                      }
                    }));
    assertEquals(0, (int) told.get(0));
    assertFalse(told.contains(count));
  }

  public void testCheckInterval() {
    for (int i = 0; i < 1000; i++) {
      int bytes = TestUtil.nextInt(random(), 1, 1 << random().nextInt(31));
      int interval = Workers.checkInterval(bytes);
      assertTrue(interval >= 1 && interval <= 1024);
      assertTrue(interval == 1 || (long) interval * bytes <= 256 << 10);
    }
    assertEquals(4, Workers.checkInterval(16_384 * Float.BYTES));
  }

  public void testCheckPeriodically() throws IOException {
    AtomicInteger checks = new AtomicInteger();
    Workers workers = new Workers(null, 1, checks::incrementAndGet, NO_LISTENER);
    int intervals = 1 + random().nextInt(5);
    for (int i = 0; i < intervals * Workers.CHECK_INTERVAL; i++) {
      workers.checkPeriodically(i);
    }
    assertEquals(intervals, checks.get());
  }
}
