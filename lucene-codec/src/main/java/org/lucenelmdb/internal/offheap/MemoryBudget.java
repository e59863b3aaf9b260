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
 * How much memory outside the heap all builds of a format may have together. Who asks for more than
 * is left waits, in the order in which they came, and does not fail; who asks for more than there
 * will ever be waits until nobody else has any, and gets it. Thread-safe.
 *
 * <p>A build must ask once, for all that it will need: who waited while holding some could wait for
 * somebody who does the same.
 */
public final class MemoryBudget {

  private static final long ABORT_CHECK_MILLIS = 5;

  private final long limit;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Queue<Object> waiting = new ArrayDeque<>();
  private long used;

  /**
   * Creates a budget of which nothing is used.
   *
   * @param limit in bytes
   */
  public MemoryBudget(long limit) {
    this.limit = limit;
  }

  /** The limit, in bytes. */
  public long limit() {
    return limit;
  }

  /** What builds have now, in bytes. */
  public long used() {
    lock.lock();
    try {
      return used;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until there is so much memory, and takes it.
   *
   * @param bytes all that a build will need
   * @param abort called now and then while waiting; throws to end that
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
        changed.signalAll(); // the next one's turn
      }
    } finally {
      lock.unlock();
    }
    try {
      return new BuildMemory(this, bytes);
    } catch (Throwable t) {
      giveBack(bytes);
      throw t;
    }
  }

  private boolean fits(long bytes) {
    return used == 0 || used <= limit - bytes;
  }

  void giveBack(long bytes) {
    lock.lock();
    try {
      used -= bytes;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
