/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.run;

import java.io.IOException;
import java.util.List;
import org.lucenelmdb.bench.memory.MemoryLimit;

/**
 * The memory of what is measured; the preparation of data has no limits.
 *
 * @param memoryMegabytes of each JVM or external program, including the page cache of its files;
 *     null for no limit
 * @param heapMegabytes of each JVM; null for the default of the JVM, which depends on the memory
 * @param builds whether the builds of the indexes that are searched have these limits, too
 */
public record Limits(Integer memoryMegabytes, Integer heapMegabytes, boolean builds) {

  private static final String EXIT = "-XX:+ExitOnOutOfMemoryError";

  /** Whether there is any limit, so that running out of memory is a result. */
  boolean any() {
    return memoryMegabytes != null || heapMegabytes != null;
  }

  /** Arguments of the JVMs. */
  List<String> arguments() {
    if (heapMegabytes != null) {
      return heapArguments(heapMegabytes);
    }
    return any() ? List.of(EXIT) : List.of();
  }

  /** Arguments of a JVM that ends when its heap is exhausted. */
  static List<String> heapArguments(int megabytes) {
    return List.of("-Xmx" + megabytes + "m", EXIT);
  }

  /** Creates the limit of the memory. */
  MemoryLimit open() throws IOException {
    return memoryMegabytes == null ? MemoryLimit.NONE : MemoryLimit.of(memoryMegabytes);
  }
}
