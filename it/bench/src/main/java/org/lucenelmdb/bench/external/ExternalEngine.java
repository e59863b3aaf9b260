/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.external;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lucenelmdb.bench.data.BadDataException;
import org.lucenelmdb.bench.result.EngineInfo;

/** The external engines. */
public enum ExternalEngine {
  /** The reference implementation of HNSW. */
  HNSWLIB("hnswlib", "hnswlib", "hnswlib", "0.8.0", "hnswlib"),
  /** FAISS's HNSW on full vectors. */
  FAISS_HNSW("faiss-hnsw", "FAISS HNSW", "faiss", "1.15.1", "faiss-cpu"),
  /** FAISS's HNSW on vectors of 8 bits per dimension, without the full ones. */
  FAISS_HNSW_SQ8(
      "faiss-hnsw-sq8", "FAISS HNSW, 8-bit scalar quantizer", "faiss", "1.15.1", "faiss-cpu"),
  /** An HNSW index on LMDB. */
  HANNOY("hannoy", "hannoy", "hannoy", "0.3.0", null);

  private static final Map<String, List<ExternalEngine>> CHOICES = new LinkedHashMap<>();

  static {
    CHOICES.put("hnswlib", List.of(HNSWLIB));
    CHOICES.put("faiss", List.of(FAISS_HNSW, FAISS_HNSW_SQ8));
    CHOICES.put("hannoy", List.of(HANNOY));
  }

  private final EngineInfo info;
  private final String pythonPackage;

  ExternalEngine(String name, String label, String family, String version, String pythonPackage) {
    this.info = new EngineInfo(name, label, family, version, name);
    this.pythonPackage = pythonPackage;
  }

  /**
   * Parses a comma-separated list of libraries: {@code hnswlib}, {@code faiss}, which has two
   * engines, and {@code hannoy}.
   *
   * @throws BadDataException if a name is unknown
   */
  public static List<ExternalEngine> parse(String commaSeparated) throws BadDataException {
    Set<ExternalEngine> parsed = new LinkedHashSet<>();
    for (String name : commaSeparated.split(",", -1)) {
      List<ExternalEngine> chosen = CHOICES.get(name.strip());
      if (chosen == null) {
        String known = String.join(", ", CHOICES.keySet());
        throw new BadDataException("unknown library '" + name.strip() + "'; known are " + known);
      }
      parsed.addAll(chosen);
    }
    return new ArrayList<>(parsed);
  }

  /** With the pinned version. */
  public EngineInfo info() {
    return info;
  }

  /** The name in the package index, or null for the engine that is not a Python package. */
  String pythonPackage() {
    return pythonPackage;
  }
}
