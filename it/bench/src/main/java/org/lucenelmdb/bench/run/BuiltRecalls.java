/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.Sample;

/** Adds the recall of each built graph to the sample of its build. */
final class BuiltRecalls {

  private BuiltRecalls() {}

  /** Adds to the samples of builds the recalls of searches in their graphs. */
  static List<Sample> add(List<Sample> builds, List<Sample> searches) {
    Map<String, Double> recalls = new LinkedHashMap<>();
    for (Sample search : searches) {
      recalls.put(Figures.BUILT_RECALL_PREFIX + search.ef(), search.value(Figures.RECALL));
    }
    return builds.stream().map(build -> build.with(recalls)).toList();
  }
}
