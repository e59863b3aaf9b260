/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.offheap;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.lucene.util.IORunnable;
import org.apache.lucene.util.ThreadInterruptedException;

/**
 * Limits the memory outside the heap of all builds of a format. Requests are served in order, and
 * wait rather than fail. A request above the limit waits until nothing else is allocated, then is
 * granted. Thread-safe.
 *
 * <p>A build must request all its memory at once: two builds that each hold memory and wait for
 * more could deadlock.
 */
public final class MemoryBudget {

  private static final long ABORT_CHECK_MILLIS = 5;

  private final long limit;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Queue<Object> waiting = new ArrayDeque<>();
  private long used;

  /**
   * Creates an unused budget.
   *
   * @param limit the limit in bytes
   */
  public MemoryBudget(long limit) {
    this.limit = limit;
  }

  /** The limit, in bytes. */
  public long limit() {
    return limit;
  }

  /** The memory that is granted now, in bytes. */
  public long used() {
    lock.lock();
    try {
      return used;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until memory is available, then grants it.
   *
   * @param bytes all memory that a build will need
   * @param abort called every few milliseconds while this waits; may throw to end the wait
   */
  public BuildMemory take(long bytes, IORunnable abort) throws IOException {
    Object turn = new Object();
    lock.lock();
    try {
      waiting.add(turn);
      try {
        while (waiting.peek() != turn || fits(bytes) == false) {
          abort.run();
          changed.await(ABORT_CHECK_MILLIS, TimeUnit.MILLISECONDS);
        }
        used += bytes;
      } catch (InterruptedException e) {
        throw new ThreadInterruptedException(e);
      } finally {
        waiting.remove(turn);
        changed.signalAll(); // it may be the next request's turn
      }
    } finally {
      lock.unlock();
    }
    try {
      return new BuildMemory(this, bytes);
    } catch (Throwable t) {
      release(bytes);
      throw t;
    }
  }

  private boolean fits(long bytes) {
    return used == 0 || used <= limit - bytes;
  }

  void release(long bytes) {
    lock.lock();
    try {
      used -= bytes;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
