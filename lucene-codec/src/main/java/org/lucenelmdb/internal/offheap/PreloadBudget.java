/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.offheap;

import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits the bytes of all open segments that are read ahead: to half of the memory that the machine
 * or the container has beyond the maximum heap. Thread-safe.
 */
public final class PreloadBudget {

  /** For all segments of the JVM. */
  public static final PreloadBudget INSTANCE = new PreloadBudget(limit());

  private final long limit;
  private final AtomicLong used = new AtomicLong();

  PreloadBudget(long limit) {
    this.limit = limit;
  }

  private static long limit() {
    try {
      // not in the standard API
      long memory =
          (long)
              Class.forName("com.sun.management.OperatingSystemMXBean")
                  .getMethod("getTotalMemorySize") // the container's, if it has a limit
                  .invoke(ManagementFactory.getOperatingSystemMXBean());
      return Math.max(0, memory - Runtime.getRuntime().maxMemory()) / 2;
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      return 0; // a runtime without it: nothing is read ahead
    }
  }

  /** Takes bytes unless that exceeds the limit. */
  public boolean take(long bytes) {
    if (used.addAndGet(bytes) <= limit) {
      return true;
    }
    used.addAndGet(-bytes);
    return false;
  }

  /** Returns bytes that were taken. */
  public void giveBack(long bytes) {
    used.addAndGet(-bytes);
  }
}
