/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.nio.file.Path;

/** The file names of a data set. */
record DatasetFiles(Path directory) {

  Path description() {
    return directory.resolve("dataset.json");
  }

  Path base() {
    return directory.resolve("base.fvecs");
  }

  Path queries() {
    return directory.resolve("queries.fvecs");
  }

  Path truth() {
    return directory.resolve("truth.ivecs");
  }

  Path filters() {
    return directory.resolve("filters");
  }

  Path accepted(int filter) {
    return filters().resolve(filter + ".accepted.ivecs");
  }

  Path filterQueries(int filter) {
    return filters().resolve(filter + ".queries.ivecs");
  }

  Path filterTruth(int filter) {
    return filters().resolve(filter + ".truth.ivecs");
  }
}
