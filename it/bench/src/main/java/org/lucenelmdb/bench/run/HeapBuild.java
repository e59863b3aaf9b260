/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.run;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Builds with a given heap size. */
@FunctionalInterface
interface HeapBuild {

  /** Returns the figures of the build if it completed within the limit. */
  Optional<Map<String, Double>> complete(int heapMegabytes, Duration limit) throws IOException;
}
