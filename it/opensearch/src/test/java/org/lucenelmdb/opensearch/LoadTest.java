/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.util.IOUtils;
import org.lucenelmdb.bench.data.BadDataException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Measures one real node under load: clients search while documents change. Each client sends its
 * next search when the last one has been answered, in turn without a filter and with one.
 */
@Command(
    name = "load",
    description = "Measures searches of a node while documents change.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class LoadTest implements Callable<Integer> {

  private static final PrintStream OUT = System.out;
  private static final int RECALL_QUERIES = 200;
  private static final int CHANGES_PER_BULK = 20;
  private static final String SEARCH = "search";

  @Spec private CommandSpec spec;

  @Option(
      names = "--vectors",
      paramLabel = "FILE",
      description = "Vectors: .fvecs .fbin .f16bin and others. By default, they are generated.")
  private Path vectors;

  @Option(names = "--count", description = "Documents at the start (${DEFAULT-VALUE}).")
  private int count = 100_000;

  @Option(names = "--dimension", description = "Of generated vectors (${DEFAULT-VALUE}).")
  private int dimension = 384;

  @Option(names = "--clients", description = "Concurrent clients that search (${DEFAULT-VALUE}).")
  private int clients = 8;

  @Option(names = "--seconds", description = "Duration of the load (${DEFAULT-VALUE}).")
  private int seconds = 60;

  @Option(
      names = "--warm-up",
      description = "Seconds of the same load before anything is measured (${DEFAULT-VALUE}).")
  private int warmUp = 20;

  @Option(
      names = "--changes",
      description = "Documents to change each second; 0 for none (${DEFAULT-VALUE}).")
  private int changes = 100;

  @Option(
      names = "--filter",
      paramLabel = "PERCENT",
      description = "Documents that match the filter, in percent (${DEFAULT-VALUE}).")
  private int filter = 10;

  @Option(names = "--k", description = "Hits of a search (${DEFAULT-VALUE}).")
  private int k = 10;

  @Option(names = "--heap", description = "Of the node, in MB (${DEFAULT-VALUE}).")
  private int heap = 1024;

  @Option(names = "--seed", description = "Of all random choices (${DEFAULT-VALUE}).")
  private long seed = 42;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the figures as JSON, too.")
  private Path json;

  @Option(
      names = "--jfr",
      paramLabel = "FILE",
      description = "Record the node with the JDK's flight recorder.")
  private Path jfr;

  private LoadTest() {}

  /** Runs the program; see {@code --help}. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new LoadTest()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    check("--count", count, 1000, 100_000_000);
    check("--dimension", dimension, 1, 16_384);
    check("--clients", clients, 1, 1000);
    check("--seconds", seconds, 1, 1_000_000);
    check("--warm-up", warmUp, 0, 1_000_000);
    check("--changes", changes, 0, 1_000_000);
    check("--filter", filter, 1, 100);
    check("--k", k, 1, 10_000);
    check("--heap", heap, 128, 1_000_000);
    LoadData data;
    try {
      data =
          vectors == null
              ? LoadData.generate(count, dimension, seed)
              : LoadData.read(vectors, count);
    } catch (BadDataException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
    Path home =
        Path.of(
            System.getProperty("java.io.tmpdir"),
            "lmdb-hnsw-load-" + ProcessHandle.current().pid());
    NodeProcess node =
        new NodeProcess(
            home,
            jvmOptions(),
            List.of("discovery.type=single-node", "node.name=load", "http.port=0"));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(node, home)));
    node.start();
    LoadReport report = measure(node, data);
    OUT.println();
    OUT.println(report.asText());
    if (json != null) {
      Files.writeString(json, report.asJson());
    }
    return report.requests().stream().mapToInt(Latencies::errors).sum() == 0 ? 0 : 1;
  }

  private void check(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new ParameterException(
          spec.commandLine(),
          option + ": expected a number from " + least + " to " + most + ", found " + value);
    }
  }

  private List<String> jvmOptions() {
    List<String> options = new ArrayList<>();
    options.add("-Xms" + heap + "m");
    options.add("-Xmx" + heap + "m");
    options.add("-XX:+AlwaysPreTouch"); // so that resident memory grows outside the heap only
    options.add("-XX:+UseG1GC");
    options.add("--add-modules=jdk.incubator.vector");
    options.add("--enable-native-access=ALL-UNNAMED");
    if (jfr != null) {
      options.add("-XX:StartFlightRecording=settings=profile,filename=" + jfr.toAbsolutePath());
    }
    return options;
  }

  private static void stop(NodeProcess node, Path home) {
    try {
      node.close();
      IOUtils.rm(home);
    } catch (IOException e) {
      System.err.println("Not all files below " + home + " could be deleted: " + e);
    }
  }

  private LoadReport measure(NodeProcess node, LoadData data) throws Exception {
    LoadIndex index = new LoadIndex(data, k, seed);
    try (Http http = new Http(node.port())) {
      long begin = System.nanoTime();
      index.create(http);
      OUT.printf(
          Locale.ROOT,
          "Indexed %,d documents in %.0f s%n",
          count,
          (System.nanoTime() - begin) / 1e9);
      awaitMerges(index, http);
      OUT.printf(
          Locale.ROOT,
          "Merged after %.0f s; %d segments%n",
          (System.nanoTime() - begin) / 1e9,
          index.segments(http));
      if (warmUp > 0) {
        run(node, index, data, warmUp);
      }
      NodeMemory before = NodeMemory.measure(node.pid());
      int segments = index.segments(http);
      int merges = index.merges(http).ended();
      List<Latencies> latencies = run(node, index, data, seconds);
      int endSegments = index.segments(http);
      merges = index.merges(http).ended() - merges;
      NodeMemory after = NodeMemory.measure(node.pid());
      double recall = index.recall(http, RECALL_QUERIES, 100);
      double filteredRecall = index.recall(http, RECALL_QUERIES, filter);
      if (index.hasAllDocuments(http) == false) {
        throw new IOException("the index should have all documents that were acknowledged");
      }
      return new LoadReport(
          setup(data),
          seconds,
          latencies,
          before,
          after,
          segments,
          endSegments,
          merges,
          recall,
          filteredRecall);
    }
  }

  private String setup(LoadData data) {
    return String.format(
        Locale.ROOT,
        "%s: %,d documents of %d dimensions, k %d, %d clients, %d s, %d changes/s, heap %d MB",
        data.name(),
        count,
        data.dimension(),
        k,
        clients,
        seconds,
        changes,
        heap);
  }

  private static void awaitMerges(LoadIndex index, Http http) throws IOException {
    while (index.merges(http).running() > 0) {
      http.send("GET", "/_cluster/health?wait_for_nodes=2&timeout=1s", null); // takes a second
    }
  }

  /** Applies the load. */
  private List<Latencies> run(NodeProcess node, LoadIndex index, LoadData data, int duration)
      throws Exception {
    Latencies plain = new Latencies(SEARCH);
    Latencies filtered = new Latencies(SEARCH + ", filter " + filter + " %");
    Latencies bulks = new Latencies("bulk of " + CHANGES_PER_BULK);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(duration);
    ExecutorService searchers = Executors.newFixedThreadPool(clients);
    ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor();
    List<Http> connections = new ArrayList<>();
    try {
      if (changes > 0) {
        Http http = new Http(node.port());
        connections.add(http);
        writer.scheduleAtFixedRate(
            () -> change(index, http, bulks),
            0,
            TimeUnit.SECONDS.toNanos(CHANGES_PER_BULK) / changes,
            TimeUnit.NANOSECONDS);
      }
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        Http http = new Http(node.port()); // each client has its connection
        connections.add(http);
        Random random = new Random(seed + i);
        running.add(
            searchers.submit(
                () -> {
                  while (System.nanoTime() < end) {
                    float[] target = data.query(random.nextInt(LoadData.QUERIES));
                    search(index, http, target, 100, plain);
                    search(index, http, target, filter, filtered);
                  }
                }));
      }
      for (Future<?> client : running) {
        client.get();
      }
    } finally {
      writer.shutdown();
      searchers.shutdown();
      writer.awaitTermination(1, TimeUnit.MINUTES);
      IOUtils.close(connections);
    }
    return changes > 0 ? List.of(plain, filtered, bulks) : List.of(plain, filtered);
  }

  private static void search(
      LoadIndex index, Http http, float[] target, int percent, Latencies latencies) {
    long begin = System.nanoTime();
    try {
      Http.Answer answer = index.search(http, target, percent);
      long nanos = System.nanoTime() - begin;
      if (index.isComplete(answer)) {
        latencies.record(nanos);
      } else {
        latencies.recordError(answer.toString());
      }
    } catch (IOException e) {
      latencies.recordError(e.toString());
    }
  }

  private static void change(LoadIndex index, Http http, Latencies latencies) {
    long begin = System.nanoTime();
    try {
      int failed = index.change(http, CHANGES_PER_BULK);
      if (failed == 0) {
        latencies.record(System.nanoTime() - begin);
      } else {
        latencies.recordError(failed + " changes of a bulk");
      }
    } catch (IOException | AssertionError e) { // an exception would end the schedule
      latencies.recordError(e.toString());
    }
  }
}
