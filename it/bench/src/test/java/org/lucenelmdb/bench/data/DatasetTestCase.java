/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.FixedBitSet;
import org.lucenelmdb.bench.result.DataWarning;

/** Prepares data sets from a request that tests can change. */
public abstract class DatasetTestCase extends LuceneTestCase {

  static final int COUNT = 700;
  static final int DIMENSION = 12;

  Path directory;
  Path cache;

  // The defaults of the request, which tests change.
  VectorSource vectors = new ClusteredVectors(COUNT, DIMENSION, 42);
  int maxBase = 1_000;
  int queries = 30;
  Metric metric = Metric.COSINE;
  int k = 10;
  long seed = 7;
  Attributes attributes;
  List<Double> selectivities = List.of();
  int filterValues;
  int filterQueries = 10;
  Path givenTruth;
  VectorSource querySource;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    directory = createTempDir().resolve("dataset");
    cache = createTempDir();
  }

  Dataset prepare() throws IOException {
    DatasetRequest request =
        new DatasetRequest(
            vectors,
            querySource,
            maxBase,
            queries,
            metric,
            k,
            seed,
            attributes,
            selectivities,
            filterValues,
            filterQueries,
            givenTruth);
    List<Double> progress = new ArrayList<>();
    Dataset dataset = Dataset.prepare(request, directory, cache, progress::add);
    assertEquals(progress.stream().sorted().toList(), progress);
    assertEquals(1.0, progress.get(progress.size() - 1), 0);
    return dataset;
  }

  /**
   * Vector i has value i % 3 in the first column; the second column tells the first fifth from the
   * rest.
   */
  void setAttributes() throws IOException {
    String lines =
        IntStream.range(0, COUNT)
            .mapToObj(i -> "mod" + i % 3 + "\t" + (i < COUNT / 5 ? "early" : "late"))
            .collect(Collectors.joining("\n"));
    Path path = Files.writeString(createTempDir().resolve("a.tsv"), "kind\ttime\n" + lines);
    attributes = Attributes.read(path, COUNT);
    filterValues = 10;
  }

  float[][] readBase(Dataset dataset) throws IOException {
    try (VectorSource base = dataset.openBase()) {
      float[][] read = new float[base.count()][base.dimension()];
      for (int i = 0; i < read.length; i++) {
        base.read(i, read[i]);
      }
      return read;
    }
  }

  float[][] prepared(int[] indices) throws IOException {
    float[][] prepared = new float[indices.length][vectors.dimension()];
    for (int i = 0; i < indices.length; i++) {
      vectors.read(indices[i], prepared[i]);
      metric.prepare(prepared[i], "x", i);
    }
    return prepared;
  }

  int[] nearest(float[][] base, float[] query, FixedBitSet accepted) {
    return IntStream.range(0, base.length)
        .filter(i -> accepted == null || accepted.get(i))
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -metric.score(query, base[i])))
        .mapToInt(Integer::intValue)
        .limit(k)
        .toArray();
  }

  static Map<String, Filter> byName(Dataset dataset) {
    return dataset.filters().stream()
        .collect(Collectors.toMap(filter -> filter.info().name(), Function.identity()));
  }

  static List<String> warnings(Dataset dataset) {
    return dataset.warnings().stream().map(DataWarning::what).toList();
  }
}
