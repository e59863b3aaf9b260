/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.lucenelmdb.bench.result.DataWarning;
import org.lucenelmdb.bench.result.FilterInfo;

/**
 * The content of {@code dataset.json}.
 *
 * @param schema {@link #SCHEMA}
 * @param name the name of the source
 * @param hash SHA-256 of {@code base.fvecs} followed by {@code queries.fvecs}
 * @param base the number of vectors in the base
 * @param queries the number of queries
 * @param seed of all random choices
 * @param filters filter N of this list is described by the files {@code filters/N.*}
 */
record Description(
    int schema,
    String name,
    String hash,
    Metric metric,
    int k,
    int dimension,
    int base,
    int queries,
    long seed,
    List<DataWarning> warnings,
    List<FilterInfo> filters) {

  /** The version of the directory's layout. */
  static final int SCHEMA = 2;

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Writes the file atomically. */
  void write(Path path) throws IOException {
    Path unfinished = path.resolveSibling(path.getFileName() + ".tmp");
    try {
      Files.write(unfinished, MAPPER.writeValueAsBytes(this));
      Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  static Description read(Path path) throws IOException {
    if (Files.isRegularFile(path) == false) {
      throw new BadDataException(path + ": expected the description of a dataset, found none");
    }
    Description description;
    try {
      description = MAPPER.readValue(Files.readAllBytes(path), Description.class);
    } catch (JsonProcessingException e) {
      String found = e.getOriginalMessage().lines().findFirst().orElse("");
      throw new BadDataException(
          path + ": expected the description of a dataset, found something else: " + found);
    }
    if (description == null || description.schema != SCHEMA) {
      throw new BadDataException(
          path
              + (": expected schema " + SCHEMA)
              + (", found " + (description == null ? "null" : description.schema)));
    }
    return description;
  }
}
