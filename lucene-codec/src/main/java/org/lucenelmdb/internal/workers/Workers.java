/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.workers;

import java.io.IOException;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.lucene.search.TaskExecutor;
import org.apache.lucene.util.IORunnable;

/**
 * The threads of one build: the caller's own, and those of an executor that it was given. They look
 * after each piece of work whether the build is to end, and tell how far it is.
 */
public final class Workers {

  /** Told how far a build is. */
  @FunctionalInterface
  public interface Listener {
    /**
     * Called when a phase begins, with 0 done; now and then; and when it ends, with all done. By
     * one thread at a time, whichever it is.
     */
    void progress(String phase, int done, int total);
  }

  /** Does pieces of work; for one thread. */
  @FunctionalInterface
  public interface Worker {
    /** Does a piece of work. */
    void work(int index) throws IOException;
  }

  /** Makes a worker for each thread. */
  @FunctionalInterface
  public interface WorkerSource {
    /** A new worker, for the thread that calls. */
    Worker open() throws IOException;
  }

  /** How many pieces a thread takes at once. */
  private static final int CHUNK = 16;

  /** What a thread copies in less than a millisecond, if it need not wait for it. */
  private static final int CHECKED_BYTES = 256 << 10;

  private static final int MAX_CHECK_INTERVAL = 1024;

  private static final long LISTENER_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final TaskExecutor executor;
  private final int threads;
  private final IORunnable abort;
  private final Listener listener;

  /**
   * Creates workers.
   *
   * @param executor runs all threads but the caller's; null if that is the only one
   * @param threads how many there are, at least 1
   * @param abort throws if the build is to end; thread-safe, and cheap
   */
  public Workers(TaskExecutor executor, int threads, IORunnable abort, Listener listener) {
    this.executor = executor;
    this.threads = executor == null ? 1 : threads;
    this.abort = abort;
    this.listener = listener;
  }

  /** The number of threads. */
  public int threads() {
    return threads;
  }

  /** Throws if the build is to end: to be called at least every few milliseconds. */
  public void check() throws IOException {
    abort.run();
  }

  /**
   * How many things of a size a loop that copies them may take between two {@link #check}s.
   *
   * @param bytes of each, at least 1
   */
  public static int checkInterval(int bytes) {
    return Math.max(1, Math.min(MAX_CHECK_INTERVAL, CHECKED_BYTES / bytes));
  }

  /**
   * Does pieces of work, from 0 on, and returns when all are done. One thread does them in their
   * order; several begin them in about that order. If one throws, the others end soon, and it is
   * thrown.
   *
   * @param phase what the work is, for the listener
   * @param count how many there are
   */
  public void forEach(String phase, int count, WorkerSource source) throws IOException {
    Progress progress = begin(phase, count);
    Loop loop = new Loop(progress, source);
    int useful = Math.max(1, Math.min(threads, count / CHUNK));
    if (useful == 1) {
      loop.call();
    } else {
      executor.invokeAll(Collections.nCopies(useful, loop));
    }
    progress.end();
  }

  /**
   * Begins a phase that the caller works on, and tells the listener.
   *
   * @param count how many pieces of work there are
   */
  public Progress begin(String phase, int count) {
    listener.progress(phase, 0, count);
    return new Progress(phase, count);
  }

  /** How far a phase is. */
  public final class Progress {
    private final String phase;
    private final int count;
    private final AtomicLong nextReport = new AtomicLong(System.nanoTime() + LISTENER_NANOS);

    private Progress(String phase, int count) {
      this.phase = phase;
      this.count = count;
    }

    /** Tells the listener how many pieces are done, if it was not told so lately. */
    public void report(int done) {
      long due = nextReport.get();
      long now = System.nanoTime();
      if (now - due >= 0 && nextReport.compareAndSet(due, now + LISTENER_NANOS) && done < count) {
        synchronized (this) {
          listener.progress(phase, done, count);
        }
      }
    }

    /** Tells the listener that all are done. */
    public void end() {
      listener.progress(phase, count, count);
    }
  }

  private final class Loop implements Callable<Void> {
    private final Progress progress;
    private final int count;
    private final WorkerSource source;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();
    private volatile boolean failed;

    Loop(Progress progress, WorkerSource source) {
      this.progress = progress;
      this.count = progress.count;
      this.source = source;
    }

    @Override
    public Void call() throws IOException {
      try {
        Worker worker = source.open();
        while (failed == false) {
          int begin = next.getAndAdd(CHUNK);
          if (begin >= count || begin < 0) {
            break;
          }
          int end = Math.min(count, begin + CHUNK);
          for (int i = begin; i < end && failed == false; i++) {
            check();
            worker.work(i);
          }
          progress.report(done.addAndGet(end - begin));
        }
      } catch (Throwable t) {
        failed = true;
        throw t;
      }
      return null;
    }
  }
}
