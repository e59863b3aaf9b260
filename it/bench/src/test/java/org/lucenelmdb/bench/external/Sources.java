/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.external;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the sources of the programs, from the working directory of tests upward. */
final class Sources {

  private Sources() {}

  static Path directory() {
    for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
      Path sources = up.resolve("external");
      if (Files.exists(sources.resolve("knn.py"))) {
        return sources;
      }
    }
    throw new AssertionError("no directory 'external' above the working directory");
  }
}
