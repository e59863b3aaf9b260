/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.elasticsearch;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.util.IOUtils;
import org.lucenelmdb.bench.data.ClusteredVectors;
import org.lucenelmdb.bench.data.Sources;
import org.lucenelmdb.bench.data.VectorSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Compares the codec with Elasticsearch's default for the same field, in two indices of one node.
 * Prints Markdown tables: indexing, then for each filter and {@code num_candidates} the recall and
 * the rate of requests of one client.
 *
 * <p>A third index has one document. Its requests take as long as those of the others without their
 * search: parsing the vector, coordinating, and HTTP. The time of a search is the difference.
 */
@Command(
    name = "comparison",
    mixinStandardHelpOptions = true,
    description = "Compares the codec with Elasticsearch's default in one node.")
public final class Comparison implements Callable<Integer> {

  private static final PrintStream OUT = System.out;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description = "Vectors: .fvecs .fbin .f16bin or another format of the benchmark, or texts.")
  private Path data;

  @Option(
      names = "--dimension",
      defaultValue = "384",
      description = "Dimension of generated vectors, without --data (${DEFAULT-VALUE}).")
  private int dimension;

  @Option(
      names = "--size",
      defaultValue = "100000",
      description = "Number of documents (${DEFAULT-VALUE}).")
  private int size;

  @Option(
      names = "--queries",
      defaultValue = "500",
      description = "Number of queries, which are not indexed (${DEFAULT-VALUE}).")
  private int queries;

  @Option(names = "--k", defaultValue = "10", description = "Hits (${DEFAULT-VALUE}).")
  private int k;

  @Option(
      names = "--candidates",
      split = ",",
      defaultValue = "10,15,20,30,50,100,200",
      description = "Values of num_candidates (${DEFAULT-VALUE}).")
  private List<Integer> candidates;

  @Option(
      names = "--filters",
      split = ",",
      defaultValue = "100,50,10,1",
      description = "Percentages of documents that match (${DEFAULT-VALUE}).")
  private List<Integer> filters;

  @Option(
      names = "--rounds",
      defaultValue = "3",
      description = "Passes over the queries; the median counts (${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--warm-up",
      defaultValue = "20",
      description =
          "Seconds of requests to each index before those of a filter count (${DEFAULT-VALUE}).")
  private int warmUp;

  @Option(
      names = "--recall",
      defaultValue = "0.95",
      description = "The recall at which rates are compared (${DEFAULT-VALUE}).")
  private double target;

  @Option(names = "--heap", defaultValue = "4g", description = "Of the node (${DEFAULT-VALUE}).")
  private String heap;

  @Option(names = "--seed", defaultValue = "7", description = "Of filters (${DEFAULT-VALUE}).")
  private long seed;

  private Comparison() {}

  /** Runs the comparison. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Comparison()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path home =
        Path.of(
            System.getProperty("java.io.tmpdir"),
            "lmdb-hnsw-comparison-" + ProcessHandle.current().pid());
    NodeProcess node =
        new NodeProcess(
            home,
            NodeProcess.Plugin.CODEC,
            List.of("-Xms" + heap, "-Xmx" + heap),
            List.of("discovery.type=single-node", "node.name=comparison", "http.port=0"));
    try {
      ComparisonData read = read(home);
      node.start();
      try (Http http = new Http(node.port())) {
        compare(http, read);
      }
    } finally {
      node.close();
      IOUtils.rm(home);
    }
    return 0;
  }

  private ComparisonData read(Path home) throws IOException {
    Path cache = Files.createDirectories(home.resolve("embeddings"));
    try (VectorSource source =
        data == null
            ? new ClusteredVectors(Math.addExact(size, queries), dimension, seed)
            : Sources.open(data, cache, progress -> {})) {
      return new ComparisonData(source, size, queries, seed);
    }
  }

  private void compare(Http http, ComparisonData read) throws IOException {
    ComparedIndex theirs = new ComparedIndex(http, "elasticsearch", "", "", read);
    String hnsw = ",\"index_options\":{\"type\":\"hnsw\"}";
    ComparedIndex ours =
        new ComparedIndex(http, "lmdb", ",\"index.codec\":\"LmdbHnsw\"", hnsw, read);
    ComparedIndex empty = new ComparedIndex(http, "empty", "", hnsw, read);
    empty.index(1);
    OUT.printf(
        Locale.ROOT,
        "%d vectors of %d dimensions, %d queries, k %d; Elasticsearch's default is %s%n%n",
        size,
        read.dimension(),
        queries,
        k,
        theirs.indexType());
    OUT.println("| index | index, s | force-merge, s | MB on disk |");
    OUT.println("|---|---|---|---|");
    for (ComparedIndex index : List.of(theirs, ours)) {
      double indexing = index.index(read.size());
      double merging = index.merge();
      OUT.printf(
          Locale.ROOT,
          "| %s | %.1f | %.1f | %.1f |%n",
          index.name(),
          indexing,
          merging,
          index.bytes() / 1e6);
    }
    for (int percent : filters) {
      for (ComparedIndex index : List.of(theirs, ours, empty)) {
        warmUp(index, percent);
      }
      compare(empty, List.of(theirs, ours), read.truth(k, percent), percent);
    }
  }

  private void warmUp(ComparedIndex index, int percent) throws IOException {
    List<String> requests = index.requests(k, 2 * k, percent);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(warmUp);
    while (System.nanoTime() < end) {
      index.seconds(requests);
    }
  }

  private void compare(
      ComparedIndex empty, List<ComparedIndex> indices, List<Set<String>> truth, int percent)
      throws IOException {
    OUT.printf(Locale.ROOT, "%nA filter accepts %d %%.%n%n", percent);
    OUT.println("| index | num_candidates | recall@" + k + " | requests/s | of a search, µs |");
    OUT.println("|---|---|---|---|---|");
    List<Figures> first = new ArrayList<>(Arrays.asList(null, null));
    for (int count : candidates) {
      List<Double> recalls = new ArrayList<>();
      for (ComparedIndex index : indices) {
        recalls.add(index.recall(index.requests(k, count, percent), truth));
      }
      double[][] seconds = new double[indices.size() + 1][rounds];
      for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < indices.size(); i++) {
          ComparedIndex index = indices.get(i);
          seconds[i][round] = index.seconds(index.requests(k, count, percent));
        }
        seconds[indices.size()][round] = empty.seconds(empty.requests(k, count, percent));
      }
      double overhead = median(seconds[indices.size()]);
      for (int i = 0; i < indices.size(); i++) {
        Figures figures = new Figures(recalls.get(i), median(seconds[i]), overhead);
        OUT.printf(
            Locale.ROOT,
            "| %s | %d | %.3f | %.0f | %.0f |%n",
            indices.get(i).name(),
            count,
            figures.recall,
            1 / figures.seconds,
            1e6 * figures.search());
        if (figures.recall >= target && first.get(i) == null) {
          first.set(i, figures);
        }
      }
    }
    if (first.contains(null) == false) {
      OUT.printf(
          Locale.ROOT,
          "%nAt recall %s or more: %.2f times the requests/s; a search in 1/%.2f of the time.%n",
          target,
          first.get(0).seconds / first.get(1).seconds,
          first.get(0).search() / first.get(1).search());
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /**
   * What was measured.
   *
   * @param seconds of a request
   * @param overhead the part of it that is no search
   */
  private record Figures(double recall, double seconds, double overhead) {
    double search() {
      return Math.max(1e-6, seconds - overhead);
    }
  }
}
