/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench;

import static org.lucenelmdb.bench.Ranges.ascending;
import static org.lucenelmdb.bench.Ranges.orElse;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.lucenelmdb.bench.data.BadDataException;
import org.lucenelmdb.bench.data.Metric;
import org.lucenelmdb.bench.data.Sources;
import org.lucenelmdb.bench.data.VectorFile;
import org.lucenelmdb.bench.measure.DataSpec;
import picocli.CommandLine.Option;

/** Options that select the vectors, queries and filters. */
final class DataOptions {

  private static final List<Double> SELECTIVITIES = List.of(0.5, 0.1, 0.01, 0.001);
  private static final String ALL = "all";
  private static final int MAX_SIZE = Integer.MAX_VALUE / 2;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description =
          "Vectors: .fvecs .bvecs .ivecs .fbin .u8bin .i8bin .f16bin, or a .txt file with"
              + " one text per line, which are embedded. By default, vectors are generated.")
  private Path data;

  @Option(
      names = "--query-data",
      paramLabel = "FILE",
      description =
          "Vectors that are used as queries only. By default, queries are taken out of"
              + " --data, see --queries.")
  private Path queryData;

  @Option(
      names = "--metric",
      defaultValue = "cosine",
      description = "${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
  private Metric metric;

  @Option(
      names = "--sizes",
      split = ",",
      paramLabel = "N",
      description =
          "Number of vectors to index; several sizes show growth. With --mix, a file with"
              + " fewer vectors is enlarged by mixtures of its vectors.")
  private List<Integer> sizes;

  @Option(
      names = "--mix",
      description = "Generate additional vectors that resemble those of the file.")
  private boolean mix;

  @Option(
      names = "--dimension",
      defaultValue = "96",
      description = "Dimension of generated vectors (${DEFAULT-VALUE}).")
  private int dimension;

  @Option(
      names = "--queries",
      description =
          "Number of queries: evenly spaced vectors of --query-data, or of --data, which"
              + " are then not indexed.")
  private Integer queries;

  @Option(
      names = "--k",
      defaultValue = "10",
      description = "Number of neighbors to find (${DEFAULT-VALUE}).")
  private int k;

  @Option(
      names = "--truth",
      paramLabel = "FILE.ivecs",
      description =
          "Nearest neighbors that came with the file; they are compared with the"
              + " computed ones.")
  private Path truth;

  @Option(
      names = "--attributes",
      paramLabel = "FILE.tsv",
      description = "Attributes to filter by; line i describes vector i of the file.")
  private Path attributes;

  @Option(
      names = "--filter-values",
      defaultValue = "12",
      paramLabel = "N",
      description = {
        "Maximum number of attribute values used as filters (${DEFAULT-VALUE}), or 'all'.",
        "Values of fewer than k vectors, of all vectors, or of the same vectors as another"
            + " value are skipped."
      })
  private String filterValues;

  @Option(names = "--filter-queries", description = "Maximum number of queries per filter.")
  private Integer filterQueries;

  @Option(
      names = "--seed",
      defaultValue = "7",
      description = "Seed of all random choices (${DEFAULT-VALUE}).")
  private long seed;

  int k() {
    return k;
  }

  long seed() {
    return seed;
  }

  private int filterValues() {
    return filterValues.equals(ALL) ? Integer.MAX_VALUE : Integer.parseInt(filterValues);
  }

  void check(Ranges ranges, Preset preset) {
    if (data == null && preset == Preset.FULL) {
      throw ranges.error("--preset full needs --data");
    }
    if (data == null && (attributes != null || truth != null || mix || queryData != null)) {
      throw ranges.error("--query-data, --attributes, --truth and --mix need --data");
    }
    if (mix && preset == Preset.FULL && sizes == null) {
      throw ranges.error("--mix needs --sizes");
    }
    ranges.check("--queries", orElse(queries, preset.queries), 1, MAX_SIZE);
    ranges.check("--k", k, 1, 10_000);
    ranges.check("--dimension", dimension, 1, VectorFile.MAX_DIMENSION);
    if (filterValues.matches(ALL + "|[0-9]{1,9}") == false) {
      throw ranges.error("--filter-values must be a number or '" + ALL + "', not " + filterValues);
    }
    ranges.check("--filter-queries", orElse(filterQueries, preset.filterQueries), 1, MAX_SIZE);
    ranges.checkAll(
        "--sizes", orElse(sizes, preset.sizes), k, sizes == null ? Integer.MAX_VALUE : MAX_SIZE);
  }

  /** Returns the requested sizes, limited to the available vectors, ascending. */
  List<Integer> sizes(Preset preset) throws IOException {
    List<Integer> asked = ascending(orElse(sizes, preset.sizes));
    if (data == null || enlarges(preset)) {
      return asked;
    }
    int queryCount = orElse(queries, preset.queries);
    int count = Sources.count(data);
    int available = queryData == null ? count - queryCount : count;
    if (available < k) {
      throw new BadDataException(
          data
              + ": expected "
              + (queryData == null ? queryCount + " queries and " : "")
              + k
              + " vectors to index; found "
              + count
              + ", which are too few");
    }
    return asked.stream().map(size -> Math.min(size, available)).distinct().toList();
  }

  private boolean enlarges(Preset preset) {
    return mix || (preset == Preset.SCALE && data != null);
  }

  /**
   * Returns the description of the data set.
   *
   * @param largest the maximum number of vectors to index
   * @param cache the directory for exact answers
   */
  DataSpec spec(Preset preset, int largest, Path cache) {
    int queryCount = orElse(queries, preset.queries);
    return new DataSpec(
        data == null ? null : data.toAbsolutePath(),
        queryData == null ? null : queryData.toAbsolutePath(),
        dimension,
        queryData == null ? Math.addExact(largest, queryCount) : largest,
        enlarges(preset),
        largest,
        queryCount,
        metric,
        k,
        seed,
        attributes == null ? null : attributes.toAbsolutePath(),
        SELECTIVITIES,
        attributes == null ? 0 : filterValues(),
        orElse(filterQueries, preset.filterQueries),
        truth == null ? null : truth.toAbsolutePath(),
        cache);
  }
}
