/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench;

import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program. */
@Command(
    name = "bench",
    description =
        "Compares LmdbHnswVectorsFormat with Lucene99HnswVectorsFormat: recall, search and build"
            + " time, size. Each measurement runs in a JVM of its own, the formats in turn.",
    showDefaultValues = true,
    sortOptions = false)
public final class Bench implements Callable<Integer> {

  private static final String SIMD_MODULE = "jdk.incubator.vector";

  @Spec private CommandSpec spec;

  @ArgGroup private Source source = new Source();

  private static final class Source {
    @Option(names = "--data", description = "Vectors: a .f16bin or .fvecs file. Without, made up.")
    private Path data;

    @Option(names = "--dimension", description = "Dimension of made-up vectors.")
    private int dimension = 128;
  }

  @Option(names = "--base", defaultValue = "20000", description = "Index at most so many vectors.")
  private int base;

  @Option(
      names = "--queries",
      defaultValue = "1000",
      description = "So many evenly spaced vectors are queries, and not indexed.")
  private int queries;

  @Option(names = "--rounds", defaultValue = "1", description = "How often both are built.")
  private int rounds;

  @Option(
      names = "--search-rounds",
      defaultValue = "5",
      description = "How often both are searched.")
  private int searchRounds;

  @Option(
      names = "--warm-up",
      defaultValue = "2",
      description = "Seconds of CPU time to search before measuring, in each JVM.")
  private int warmUp;

  @Option(names = "--ram", defaultValue = "64", description = "The writer's RAM buffer in MB.")
  private int ram;

  @Option(
      names = "--heap",
      description = "Only see whether indexing succeeds with so large a heap, such as 96m.")
  private String heap;

  @Option(
      names = "--simd",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Add the module " + SIMD_MODULE + ", if Java has it.")
  private boolean simd;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this text.")
  private boolean help;

  /** Runs the program; exits with 0, with 1 after a failure, or with 2 if the input is bad. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Bench())
        .setParameterExceptionHandler(
            (e, args) -> {
              e.getCommandLine().getErr().println("bench: " + e.getMessage());
              return ExitCode.USAGE;
            })
        .setExecutionExceptionHandler(
            (e, commandLine, result) -> {
              if (e instanceof ChildJvm.FailedException == false) {
                throw e;
              }
              commandLine.getErr().println("bench: " + e.getMessage());
              return ExitCode.SOFTWARE;
            });
  }

  @Override
  public Integer call() throws IOException {
    check("--base", base, Truth.K, Integer.MAX_VALUE / 2);
    check("--queries", queries, 1, Integer.MAX_VALUE / 2);
    check("--dimension", source.dimension, 1, VectorFile.MAX_DIMENSION);
    check("--rounds", rounds, 1, Integer.MAX_VALUE);
    check("--search-rounds", searchRounds, 1, Integer.MAX_VALUE);
    check("--warm-up", warmUp, 0, Integer.MAX_VALUE);
    check("--ram", ram, 1, Integer.MAX_VALUE);
    if (heap != null && heap.matches("[1-9][0-9]*[kmgKMG]?") == false) {
      throw new ParameterException(
          spec.commandLine(), "--heap must be a size like 96m, not '" + heap + "'");
    }
    try (VectorSource vectors = open();
        Workspace.Temporary temporary = Workspace.Temporary.create()) {
      checkEnough(vectors);
      Workspace work = temporary.workspace();
      Split split = Split.of(vectors.count(), queries, base);
      split.write(vectors, work);
      printConditions(split.base().size(), vectors.dimension());
      if (heap == null) {
        compare(work);
      } else {
        tryHeap(work);
      }
      return ExitCode.OK;
    } catch (BadDataException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private void check(String option, int value, int min, int max) {
    if (value < min || value > max) {
      throw new ParameterException(
          spec.commandLine(), option + " must be from " + min + " to " + max + ", not " + value);
    }
  }

  private VectorSource open() throws IOException {
    return source.data == null
        ? new ClusteredVectors(base + queries, source.dimension)
        : VectorFile.open(source.data);
  }

  private void checkEnough(VectorSource vectors) throws BadDataException {
    if (vectors.count() - queries < Truth.K) {
      throw new BadDataException(
          String.format(
              Locale.ROOT,
              "%s: %d vectors are too few for %d queries and a base of at least %d",
              source.data,
              vectors.count(),
              queries,
              Truth.K));
    }
  }

  private void printConditions(int vectors, int dimension) {
    print(
        "%,d vectors of %d dimensions (%s), %,d queries, dot product",
        vectors, dimension, source.data == null ? "made up" : source.data.getFileName(), queries);
    print(
        "M %d, beamWidth %d, RAM buffer %d MB, one segment, one search thread, Java %s, %s SIMD",
        Contestant.MAX_CONN,
        Contestant.BEAM_WIDTH,
        ram,
        Runtime.version().feature(),
        useSimd() ? "with" : "without");
  }

  private void print(String format, Object... arguments) {
    spec.commandLine().getOut().println(String.format(Locale.ROOT, format, arguments));
    spec.commandLine().getOut().flush();
  }

  private boolean useSimd() {
    return simd && ModuleFinder.ofSystem().find(SIMD_MODULE).isPresent();
  }

  private ChildJvm childJvm(String... more) {
    List<String> arguments = new ArrayList<>(List.of(more));
    arguments.add("--enable-native-access=ALL-UNNAMED"); // Lucene uses it to advise the system
    if (useSimd()) {
      arguments.add("--add-modules=" + SIMD_MODULE);
    }
    return new ChildJvm(arguments, spec.commandLine().getErr());
  }

  private void compare(Workspace work) throws IOException {
    ChildJvm child = childJvm();
    child.run("truth", work.directory(), "truth");
    Rounds builds = new Rounds();
    List<Contestant> order = Arrays.asList(Contestant.values());
    for (int round = 1; round <= rounds; round++) {
      for (Contestant contestant : order) {
        String title = "build " + round + "/" + rounds + " " + contestant;
        builds.add(contestant, child.run(title, work.directory(), "build", contestant.name(), ram));
      }
      Collections.reverse(order);
    }
    Rounds searches = new Rounds();
    for (int round = 1; round <= searchRounds; round++) {
      for (Contestant contestant : Contestant.values()) {
        String title = "search " + round + "/" + searchRounds + " " + contestant;
        searches.add(
            contestant, child.run(title, work.directory(), "search", contestant.name(), warmUp));
      }
    }
    new Report(builds, searches, spec.commandLine().getOut()).print();
  }

  private void tryHeap(Workspace work) throws IOException {
    ChildJvm child = childJvm("-Xmx" + heap, "-XX:+ExitOnOutOfMemoryError");
    for (Contestant contestant : Contestant.values()) {
      try {
        String title = "build with -Xmx" + heap + " " + contestant;
        Map<String, Double> figures =
            child.run(title, work.directory(), "build", contestant.name(), ram);
        print("%-10sok in %.1f s", contestant, figures.get(Building.SECONDS));
      } catch (ChildJvm.FailedException e) {
        print("%-10sfailed", contestant);
        spec.commandLine().getErr().println(e.getMessage());
      }
    }
  }
}
