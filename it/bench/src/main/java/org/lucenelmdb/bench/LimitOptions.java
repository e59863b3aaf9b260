/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench;

import org.lucenelmdb.bench.run.Limits;
import picocli.CommandLine.Option;

/** Options that limit the memory of what is measured. */
final class LimitOptions {

  private static final int MAX = 10_000_000;

  @Option(
      names = "--memory-limit",
      paramLabel = "MB",
      description = {
        "Memory of each measured JVM or external program, including the page cache of the files"
            + " that it reads; shows what happens if an index is larger than memory.",
        "Needs a control group (cgroup) of Linux below which this user may create another."
      })
  private Integer memoryLimit;

  @Option(
      names = "--heap",
      paramLabel = "MB",
      description =
          "Heap of each measured JVM (-Xmx). By default, the JVM chooses it; with"
              + " --memory-limit, it is a part of the limit.")
  private Integer heap;

  @Option(
      names = "--limit-builds",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description =
          "Apply these limits to the builds of the indexes that are searched. A build takes more"
              + " memory than searches, and may not complete.")
  private boolean limitBuilds;

  void check(Ranges ranges) {
    if (memoryLimit != null) {
      ranges.check("--memory-limit", memoryLimit, 32, MAX);
    }
    if (heap != null) {
      ranges.check("--heap", heap, 8, memoryLimit == null ? MAX : memoryLimit);
    }
  }

  Limits limits() {
    return new Limits(memoryLimit, heap, limitBuilds);
  }
}
