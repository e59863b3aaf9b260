/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

import java.util.List;

/**
 * Everything that a run found: the JSON file.
 *
 * @param schema {@link #SCHEMA}
 * @param started when, in ISO 8601, UTC
 * @param commit of the project, or an empty string where that is unknown
 * @param seconds how long all took
 */
public record Result(
    int schema,
    String started,
    String commit,
    double seconds,
    Machine machine,
    Setup setup,
    List<EngineInfo> engines,
    List<FilterInfo> filters,
    List<DataWarning> warnings,
    List<Sample> samples) {

  /** The version of this layout. */
  public static final int SCHEMA = 2;
}
