/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

import java.util.List;

/**
 * All results of a run: the content of the JSON file.
 *
 * @param schema {@link #SCHEMA}
 * @param started the time of the start in ISO 8601, UTC
 * @param commit of the project, or an empty string if unknown
 * @param seconds the duration of the run
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
