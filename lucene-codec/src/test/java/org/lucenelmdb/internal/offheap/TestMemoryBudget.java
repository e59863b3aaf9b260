/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.offheap;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.ThreadInterruptedException;

/** {@link MemoryBudget} grants requests in order, and lets them wait. */
public class TestMemoryBudget extends LuceneTestCase {

  private static final long LIMIT = 100;

  private static final int MANY_CHECKS = 1000;

  private final MemoryBudget budget = new MemoryBudget(LIMIT);

  /** The names of the granted requests, in order. */
  private final List<String> order = Collections.synchronizedList(new ArrayList<>());

  /** A thread that takes memory, and later releases it. */
  private final class Taker {
    /** One permit for each check for an abort while waiting; many when it no longer waits. */
    final Semaphore checks = new Semaphore(0);

    final AtomicBoolean aborted = new AtomicBoolean();
    final AtomicReference<Throwable> failure = new AtomicReference<>();
    final CountDownLatch mayClose = new CountDownLatch(1);
    final CountDownLatch got = new CountDownLatch(1);
    final Thread thread;

    Taker(String name, long bytes) {
      thread = new Thread(() -> take(name, bytes), name);
      thread.start();
    }

    private void take(String name, long bytes) {
      try (BuildMemory memory = budget.take(bytes, this::check)) {
        order.add(name);
        got.countDown();
        checks.release(MANY_CHECKS);
        assertNotNull(memory);
        mayClose.await();
      } catch (Throwable t) {
        failure.set(t);
        checks.release(MANY_CHECKS);
      }
    }

    private void check() throws IOException {
      checks.release();
      if (aborted.get()) {
        throw new MergePolicy.MergeAbortedException("enough");
      }
    }

    /** Returns after several more checks, if it still waits. */
    Taker awaitWaiting() throws InterruptedException {
      checks.drainPermits();
      assertEquals("it should wait", 1, got.getCount());
      checks.acquire(3);
      assertEquals("it should wait", 1, got.getCount());
      assertNull("it should wait", failure.get());
      return this;
    }

    Taker awaitGot() throws InterruptedException {
      got.await();
      return this;
    }

    Taker close() throws InterruptedException {
      mayClose.countDown();
      thread.join();
      return this;
    }
  }

  public void testWaits() throws Exception {
    BuildMemory first = budget.take(60, () -> {});
    assertEquals(60, budget.used());
    BuildMemory second = budget.take(40, () -> {});
    assertEquals(100, budget.used());
    Taker third = new Taker("third", 1).awaitWaiting();
    assertEquals(100, budget.used());
    if (random().nextBoolean()) {
      first.close();
      third.awaitGot();
      assertEquals(41, budget.used());
      second.close();
    } else {
      second.close();
      third.awaitGot();
      assertEquals(61, budget.used());
      first.close();
    }
    third.close();
    assertNull(third.failure.get());
    assertEquals(0, budget.used());
    assertEquals(LIMIT, budget.limit());
  }

  /** A later request waits even if it fits: otherwise large requests could starve. */
  public void testInOrder() throws Exception {
    BuildMemory half = budget.take(50, () -> {});
    BuildMemory otherHalf = budget.take(50, () -> {});
    Taker large = new Taker("large", 60).awaitWaiting();
    Taker small = new Taker("small", 50).awaitWaiting();
    half.close();
    large.awaitWaiting();
    small.awaitWaiting();
    assertEquals(50, budget.used());
    otherHalf.close();
    large.awaitGot();
    small.awaitWaiting(); // both together exceed the limit
    assertEquals(60, budget.used());
    large.close();
    small.awaitGot().close();
    assertEquals(List.of("large", "small"), order);
    assertEquals(0, budget.used());
  }

  public void testManyInOrder() throws Exception {
    BuildMemory all = budget.take(LIMIT, () -> {});
    List<Taker> takers = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      // no two of them fit
      Taker taker = new Taker("taker " + i, 51 + random().nextInt(150)).awaitWaiting();
      taker.mayClose.countDown();
      takers.add(taker);
      expected.add("taker " + i);
    }
    all.close();
    for (Taker taker : takers) {
      taker.close();
      assertNull(taker.failure.get());
    }
    assertEquals(expected, order);
    assertEquals(0, budget.used());
  }

  /** A request above the limit does not fail, but is granted alone. */
  public void testAboveLimit() throws Exception {
    try (BuildMemory alone = budget.take(LIMIT + 1 + random().nextInt(1000), () -> {})) {
      assertTrue(budget.used() > LIMIT);
      assertNotNull(alone.allocate(1));
    }
    assertEquals(0, budget.used());
    BuildMemory little = budget.take(1, () -> {});
    Taker huge = new Taker("huge", 3 * LIMIT).awaitWaiting();
    Taker next = new Taker("next", 1).awaitWaiting();
    little.close();
    huge.awaitGot();
    next.awaitWaiting();
    assertEquals(3 * LIMIT, budget.used());
    huge.close();
    next.awaitGot().close();
    assertNull(huge.failure.get());
    assertNull(next.failure.get());
    assertEquals(0, budget.used());
  }

  public void testAbort() throws Exception {
    BuildMemory half = budget.take(50, () -> {});
    Taker aborted = new Taker("aborted", 60).awaitWaiting();
    Taker next = new Taker("next", 50).awaitWaiting();
    aborted.aborted.set(true);
    next.awaitGot(); // only the aborted request was before it
    aborted.thread.join();
    assertTrue(aborted.failure.get() instanceof MergePolicy.MergeAbortedException);
    assertEquals(100, budget.used());
    next.close();
    half.close();
    assertNull(next.failure.get());
    assertEquals(List.of("next"), order);
    assertEquals(0, budget.used());
  }

  /** Aborting a request in the middle of the queue keeps the order of the others. */
  public void testAbortInTheMiddle() throws Exception {
    BuildMemory all = budget.take(LIMIT, () -> {});
    Taker first = new Taker("first", 80).awaitWaiting();
    Taker aborted = new Taker("aborted", 80).awaitWaiting();
    Taker last = new Taker("last", 80).awaitWaiting();
    aborted.aborted.set(true);
    aborted.thread.join();
    assertTrue(aborted.failure.get() instanceof MergePolicy.MergeAbortedException);
    first.awaitWaiting();
    last.awaitWaiting();
    all.close();
    first.awaitGot().close();
    last.awaitGot().close();
    assertEquals(List.of("first", "last"), order);
    assertEquals(0, budget.used());
  }

  public void testInterrupt() throws Exception {
    BuildMemory all = budget.take(LIMIT, () -> {});
    Taker interrupted = new Taker("interrupted", 1).awaitWaiting();
    Taker next = new Taker("next", 1).awaitWaiting();
    interrupted.thread.interrupt();
    interrupted.thread.join();
    assertTrue(interrupted.failure.get() instanceof ThreadInterruptedException);
    next.awaitWaiting();
    assertEquals(LIMIT, budget.used());
    all.close();
    next.awaitGot().close();
    assertEquals(List.of("next"), order);
    assertEquals(0, budget.used());
  }

  /** A request that need not wait does not check for an abort. */
  public void testNoCheckWithoutWaiting() throws Exception {
    try (BuildMemory memory =
        budget.take(
            LIMIT,
            () -> {
              throw new AssertionError("checked");
            })) {
      assertNotNull(memory);
    }
    assertEquals(0, budget.used());
  }
}
