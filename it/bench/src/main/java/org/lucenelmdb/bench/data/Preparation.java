/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;
import org.apache.lucene.util.BitSetIterator;
import org.apache.lucene.util.FixedBitSet;
import org.lucenelmdb.bench.result.FilterInfo;

/** Creates the directory of a data set. */
final class Preparation {

  /** The progress at which the vectors are written. */
  private static final double WRITTEN = 0.2;

  private final DatasetRequest request;
  private final VectorSource vectors;
  private final VectorSource querySource;
  private final DatasetFiles files;
  private final DoubleConsumer progress;
  private final ContentHash hash = new ContentHash();

  Preparation(DatasetRequest request, Path directory, DoubleConsumer progress) {
    this.request = request;
    this.vectors = request.vectors();
    this.querySource = request.querySource() == null ? vectors : request.querySource();
    this.files = new DatasetFiles(directory);
    this.progress = progress;
  }

  void run(Path cache) throws IOException {
    checkSource();
    Split split = split();
    GivenTruth given = readGivenTruth(split.queries());
    List<FilterChoice> values = chooseValues(split.base());
    Files.createDirectories(files.filters());
    Files.deleteIfExists(files.description()); // incomplete until the whole directory is new

    BaseFindings findings = new BaseFindings(split.base().length, vectors.dimension(), values);
    writeBase(split.base(), findings);
    float[][] queries = writeQueries(split.queries());
    String dataHash = hash.hex();
    List<FilterPlan> filters = planFilters(split.base().length, values, findings, queries);
    Truth truth = findTruth(cache, dataHash, queries, filters);
    writeTruth(truth, filters);

    WarningRules warnings = new WarningRules(vectors.name());
    warnings.vectors(findings, split.base().length, queries);
    warnings.truth(truth, request.k(), split.base().length);
    if (given != null) {
      int differences =
          given.differences(
              truth.nearest(),
              split.base(),
              vectors.count(),
              queries,
              request.metric(),
              files.base());
      warnings.givenTruth(given, differences, queries.length);
    }
    List<FilterInfo> infos = filters.stream().map(FilterPlan::info).toList();
    new Description(
            Description.SCHEMA,
            vectors.name(),
            dataHash,
            request.metric(),
            request.k(),
            vectors.dimension(),
            split.base().length,
            queries.length,
            request.seed(),
            warnings.warnings(),
            infos)
        .write(files.description());
    progress.accept(1);
  }

  private Split split() {
    return queriesAreApart()
        ? Split.separate(
            vectors.count(),
            Math.min(request.queries(), querySource.count()),
            querySource.count(),
            request.base(),
            request.seed())
        : Split.of(vectors.count(), request.queries(), request.base(), request.seed());
  }

  private boolean queriesAreApart() {
    return querySource != vectors;
  }

  private void checkSource() throws BadDataException {
    if (queriesAreApart()) {
      if (querySource.dimension() != vectors.dimension()) {
        throw new BadDataException(
            querySource.name()
                + (": expected dimension " + vectors.dimension() + ", that of " + vectors.name())
                + (", found " + querySource.dimension()));
      }
    } else if (vectors.count() <= request.queries()) {
      throw new BadDataException(
          vectors.name()
              + (": expected more than the " + request.queries() + " vectors for queries")
              + (", found " + vectors.count()));
    }
    Attributes attributes = request.attributes();
    if (attributes != null && attributes.vectors() != vectors.count()) {
      throw new BadDataException(
          vectors.name()
              + (": expected attributes of " + vectors.count() + " vectors")
              + (", found those of " + attributes.vectors()));
    }
  }

  private GivenTruth readGivenTruth(int[] chosen) throws IOException {
    if (request.givenTruth() == null) {
      return null;
    }
    // row i belongs to the i-th query, or to the i-th vector that could be a query
    int rows = queriesAreApart() ? querySource.count() : chosen.length;
    int[] used = queriesAreApart() ? chosen : IntStream.range(0, rows).toArray();
    return GivenTruth.read(request.givenTruth(), rows, used, vectors.count());
  }

  private List<FilterChoice> chooseValues(int[] base) {
    if (request.attributes() == null || request.filterQueries() == 0) {
      return List.of();
    }
    return new AttributeChoices(request.attributes(), base, request.k())
        .choose(request.filterValues());
  }

  private void writeBase(int[] indices, BaseFindings findings) throws IOException {
    try (VecsWriter writer = new VecsWriter(hash.adding(Files.newOutputStream(files.base())))) {
      float[] vector = new float[vectors.dimension()];
      for (int i = 0; i < indices.length; i++) {
        readPrepared(vectors, indices[i], vector);
        writer.write(vector);
        findings.add(vector);
        progress.accept(WRITTEN * (i + 1) / indices.length);
      }
    }
    findings.finish();
  }

  private float[][] writeQueries(int[] indices) throws IOException {
    float[][] queries = new float[indices.length][querySource.dimension()];
    try (VecsWriter writer = new VecsWriter(hash.adding(Files.newOutputStream(files.queries())))) {
      for (int i = 0; i < indices.length; i++) {
        readPrepared(querySource, indices[i], queries[i]);
        writer.write(queries[i]);
      }
    }
    return queries;
  }

  private void readPrepared(VectorSource source, int index, float[] vector) throws IOException {
    source.read(index, vector);
    request.metric().prepare(vector, source.name(), index);
  }

  private List<FilterPlan> planFilters(
      int base, List<FilterChoice> values, BaseFindings findings, float[][] queries) {
    List<FilterPlan> filters = new ArrayList<>();
    int maxQueries = request.filterQueries();
    if (maxQueries == 0) {
      return filters;
    }
    for (double selectivity : request.randomSelectivities().stream().distinct().toList()) {
      FilterChoice choice = FilterChoice.random(selectivity, base, request.seed());
      filters.add(FilterPlan.evenlySpaced(choice, queries.length, maxQueries));
    }
    for (int i = 0; i < values.size(); i++) {
      filters.addAll(
          FilterPlan.nearAndFar(values.get(i), findings.direction(i), queries, maxQueries));
    }
    return filters;
  }

  private Truth findTruth(
      Path directory, String dataHash, float[][] queries, List<FilterPlan> filters)
      throws IOException {
    TruthCache cache = new TruthCache(directory);
    String key = TruthCache.key(dataHash, request.metric(), request.k(), filters);
    Optional<Truth> cached = cache.load(key);
    if (cached.isPresent()) {
      return cached.get();
    }
    Truth truth =
        TruthComputer.compute(
            files.base(),
            queries,
            request.metric(),
            request.k(),
            filters,
            done -> progress.accept(WRITTEN + (1 - WRITTEN) * done));
    cache.store(key, truth);
    return truth;
  }

  private void writeTruth(Truth truth, List<FilterPlan> filters) throws IOException {
    VecsWriter.writeIvecs(files.truth(), truth.nearest());
    for (int i = 0; i < filters.size(); i++) {
      FilterPlan filter = filters.get(i);
      VecsWriter.writeIvecs(files.accepted(i), new int[][] {ordinals(filter.accepted())});
      VecsWriter.writeIvecs(files.filterQueries(i), new int[][] {filter.queries()});
      VecsWriter.writeIvecs(files.filterTruth(i), truth.filtered().get(i));
    }
  }

  private static int[] ordinals(FixedBitSet set) {
    int[] ordinals = new int[set.cardinality()];
    BitSetIterator iterator = new BitSetIterator(set, ordinals.length);
    for (int i = 0; i < ordinals.length; i++) {
      ordinals[i] = iterator.nextDoc();
    }
    return ordinals;
  }
}
