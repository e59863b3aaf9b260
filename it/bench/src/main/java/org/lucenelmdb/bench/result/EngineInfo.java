/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * An engine that was measured.
 *
 * @param name short and unique, such as {@code lucene104-4+rescore}
 * @param label for readers
 * @param family engines of one family are drawn in shades of one color
 * @param version of the library
 * @param index engines with the same index search the same files with different strategies
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EngineInfo(String name, String label, String family, String version, String index) {

  /** The family of lucene-lmdb, whose first engine is compared with all others. */
  public static final String OURS = "lucene-lmdb";
}
