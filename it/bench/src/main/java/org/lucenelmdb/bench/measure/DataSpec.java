/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.measure;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.lucenelmdb.bench.data.Attributes;
import org.lucenelmdb.bench.data.ClusteredVectors;
import org.lucenelmdb.bench.data.Dataset;
import org.lucenelmdb.bench.data.DatasetRequest;
import org.lucenelmdb.bench.data.Metric;
import org.lucenelmdb.bench.data.MixedVectors;
import org.lucenelmdb.bench.data.Sources;
import org.lucenelmdb.bench.data.VectorSource;

/**
 * Describes how to create a data set.
 *
 * @param file with vectors, or null to generate them
 * @param queryFile with vectors that are used as queries only, or null
 * @param dimension of generated vectors
 * @param available the number of vectors needed, including queries; a file with fewer is enlarged
 *     to it if {@code mixed}
 * @param mixed whether vectors are generated from those of the file
 * @param base the maximum number of vectors to index
 * @param attributes of the file's vectors, or null
 * @param truth given with the file, or null
 * @param cache the directory of truths
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DataSpec(
    Path file,
    Path queryFile,
    int dimension,
    int available,
    boolean mixed,
    int base,
    int queries,
    Metric metric,
    int k,
    long seed,
    Path attributes,
    List<Double> randomSelectivities,
    int filterValues,
    int filterQueries,
    Path truth,
    Path cache) {

  /** Returns a copy with another base. */
  public DataSpec withBase(int other) {
    return new DataSpec(
        file,
        queryFile,
        dimension,
        available,
        mixed,
        other,
        queries,
        metric,
        k,
        seed,
        attributes,
        randomSelectivities,
        filterValues,
        filterQueries,
        truth,
        cache);
  }

  void prepare(Path directory, DoubleConsumer progress) throws IOException {
    // if there are texts to embed, that takes most of the time
    double embedded = file != null && Sources.isText(file) ? 0.8 : 0;
    VectorSource vectors =
        file == null
            ? new ClusteredVectors(available, dimension, seed)
            : Sources.open(file, cache, done -> progress.accept(embedded * done));
    Attributes described = attributes == null ? null : Attributes.read(attributes, vectors.count());
    if (mixed && vectors.count() < available) {
      MixedVectors more = new MixedVectors(vectors, available, seed);
      described = described == null ? null : described.derive(available, more::origin);
      vectors = more;
    }
    try (VectorSource all = vectors;
        VectorSource apart =
            queryFile == null ? null : Sources.open(queryFile, cache, done -> {})) {
      DatasetRequest request =
          new DatasetRequest(
              all,
              apart,
              base,
              queries,
              metric,
              k,
              seed,
              described,
              randomSelectivities,
              filterValues,
              filterQueries,
              truth);
      Dataset.prepare(
          request, directory, cache, done -> progress.accept(embedded + (1 - embedded) * done));
    }
  }
}
