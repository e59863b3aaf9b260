/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.util.List;
import java.util.function.Function;

/** All sections, in reading order. */
final class Sections {

  private static final List<Function<Findings, Section>> ALL =
      List.of(
          SearchSection::of,
          ThreadsSection::of,
          LatencySection::of,
          TargetSection::of,
          FilterSection::of,
          BuildSection::of,
          MemorySection::of,
          SizeSection::of,
          ChurnSection::of,
          PagesSection::of,
          ColdSection::of,
          AbortSection::of,
          GrowthSection::of);

  private Sections() {}

  /** Returns the sections that are not empty. */
  static List<Section> of(Findings findings) {
    return ALL.stream().map(s -> s.apply(findings)).filter(s -> !s.isEmpty()).toList();
  }
}
