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
 * The threads of one build: the calling thread and the threads of an executor. They share the
 * iterations of loops, check for aborts between iterations, and report progress.
 */
public final class Workers {

  /** Receives the progress of a build. */
  @FunctionalInterface
  public interface Listener {
    /**
     * Called when a phase begins, with 0 iterations done; from time to time while it runs; and when
     * it ends, with all iterations done. Any thread may call it, but only one at a time.
     */
    void progress(String phase, int done, int total);
  }

  /** Runs iterations of a loop. For one thread. */
  @FunctionalInterface
  public interface Worker {
    /** Runs one iteration. */
    void work(int index) throws IOException;
  }

  /** Creates a worker for each thread. */
  @FunctionalInterface
  public interface WorkerSource {
    /** Returns a new worker for the calling thread. */
    Worker open() throws IOException;
  }

  /** The number of iterations that a thread takes at once. */
  private static final int CHUNK = 16;

  /** The number of iterations between checks of {@link #checkPeriodically}. */
  public static final int CHECK_INTERVAL = 1024;

  /**
   * The number of bytes that a thread copies in less than a millisecond, unless it waits for I/O.
   */
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
   * @param executor runs the threads besides the calling thread; null for the calling thread only
   * @param threads the number of threads, at least 1
   * @param abort throws if the build is aborted; must be thread-safe and cheap
   * @param listener receives the progress
   */
  public Workers(TaskExecutor executor, int threads, IORunnable abort, Listener listener) {
    this.executor = executor;
    this.threads = executor == null ? 1 : threads;
    this.abort = abort;
    this.listener = listener;
  }

  /** Returns workers with only the calling thread, which never abort and report no progress. */
  public static Workers callerOnly() {
    return new Workers(null, 1, () -> {}, (phase, done, total) -> {});
  }

  /** Returns the number of threads. */
  public int threads() {
    return threads;
  }

  /** Throws if the build is aborted. Should be called at least every few milliseconds. */
  public void check() throws IOException {
    abort.run();
  }

  /**
   * {@linkplain #check Checks} in every {@value #CHECK_INTERVAL}th iteration of a loop whose
   * iterations take less than about a microsecond.
   */
  public void checkPeriodically(int iteration) throws IOException {
    if (iteration % CHECK_INTERVAL == 0) {
      check();
    }
  }

  /**
   * Returns the number of items that a loop may copy between two {@link #check}s.
   *
   * @param bytes the size of an item, at least 1
   */
  public static int checkInterval(int bytes) {
    return Math.max(1, Math.min(MAX_CHECK_INTERVAL, CHECKED_BYTES / bytes));
  }

  /**
   * Runs the iterations of a loop, and returns when all are done. A single thread runs them in
   * order; several threads start them in about that order. If an iteration throws an exception, the
   * other threads stop soon, and the caller receives the exception.
   *
   * @param phase the name of the loop, for the listener
   * @param count the number of iterations
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
   * Begins a phase that the calling thread runs itself, and notifies the listener.
   *
   * @param count the number of iterations
   */
  public Progress begin(String phase, int count) {
    listener.progress(phase, 0, count);
    return new Progress(phase, count);
  }

  /** The progress of a phase. */
  public final class Progress {
    private final String phase;
    private final int count;
    private final AtomicLong nextReport = new AtomicLong(System.nanoTime() + LISTENER_NANOS);

    private Progress(String phase, int count) {
      this.phase = phase;
      this.count = count;
    }

    /**
     * Reports the number of completed iterations to the listener, unless the last report was
     * recent.
     */
    public void report(int done) {
      long due = nextReport.get();
      long now = System.nanoTime();
      if (now - due >= 0 && nextReport.compareAndSet(due, now + LISTENER_NANOS) && done < count) {
        synchronized (this) {
          listener.progress(phase, done, count);
        }
      }
    }

    /** Reports to the listener that all iterations are done. */
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
