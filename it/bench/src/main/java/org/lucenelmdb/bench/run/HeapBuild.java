/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.run;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Builds with a heap of a size. */
@FunctionalInterface
interface HeapBuild {

  /** The figures of the build if it completed in that time. */
  Optional<Map<String, Double>> complete(int heapMegabytes, Duration limit) throws IOException;
}
