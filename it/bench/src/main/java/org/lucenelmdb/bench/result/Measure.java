/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The measures. The JSON has these names in lower case. */
public enum Measure {
  /** Recall and rate over ef and threads, unfiltered. */
  @JsonProperty("search")
  SEARCH,
  /** Recall and rate over target recalls, without and with filters. */
  @JsonProperty("target")
  TARGET,
  /** Recall and rate over ef, filter and strategy. */
  @JsonProperty("filter")
  FILTER,
  /** Times, memory and sizes of adding all vectors and merging them into one segment. */
  @JsonProperty("build")
  BUILD,
  /** The smallest heap with which a build completes. */
  @JsonProperty("heap")
  HEAP,
  /** Recall and rate after generations of deleting vectors and adding them again. */
  @JsonProperty("churn")
  CHURN,
  /** Distinct pages of the files that a query reads, over ef. */
  @JsonProperty("pages")
  PAGES,
  /** The rate of searches that find nothing in the system's page cache. */
  @JsonProperty("cold")
  COLD,
  /**
   * The time a merging writer takes to roll back, and the files that it leaves in the directory.
   */
  @JsonProperty("abort")
  ABORT
}
