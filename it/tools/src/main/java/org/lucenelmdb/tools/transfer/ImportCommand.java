/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.tools.ExitCodes;
import org.lucenelmdb.tools.index.IndexException;
import org.lucenelmdb.tools.output.Output;
import org.lucenelmdb.tools.transfer.flat.FvecsFile;
import org.lucenelmdb.tools.transfer.flat.NpyFile;
import org.lucenelmdb.tools.transfer.hannoy.HannoyReader;
import org.lucenelmdb.tools.transfer.hnswlib.HnswlibReader;
import org.lucenelmdb.tools.transfer.index.ImportedIndex;
import org.lucenelmdb.tools.transfer.model.ForeignIndex;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a Lucene index from the files of another library. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a Lucene index of one segment from the files of another library.",
      "hannoy, hnswlib: with the graph, of which every link is kept. If hnswlib marks elements as"
          + " deleted, they are left out, and the graph is repaired.",
      "fvecs, npy: a new graph is built. Ids are the lines of PATH.ids.txt if that exists, otherwise"
          + " numbers from 0."
    })
public final class ImportCommand implements Callable<Integer> {

  /** What to read. */
  enum Source {
    HANNOY,
    FVECS,
    NPY,
    HNSWLIB
  }

  @Spec private CommandSpec command;

  @Option(names = "--from", required = true, description = "One of ${COMPLETION-CANDIDATES}.")
  private Source source;

  @Parameters(
      index = "0",
      paramLabel = "PATH",
      description = "The file; the folder of an environment for hannoy.")
  private Path path;

  @Option(
      names = "--index",
      required = true,
      paramLabel = "OUT",
      description = "A new or empty folder for the index.")
  private Path out;

  @Option(
      names = "--field",
      paramLabel = "F",
      description = "The field with the vectors (default: ${DEFAULT-VALUE}).",
      defaultValue = "vector")
  private String field;

  @Option(
      names = "--metric",
      description =
          "One of ${COMPLETION-CANDIDATES}. An environment of hannoy tells it; it is required for"
              + " hnswlib. Default for fvecs and npy: EUCLIDEAN.")
  private VectorMetric metric;

  @Option(
      names = "--id-field",
      paramLabel = "F",
      description = "The field with the ids (default: ${DEFAULT-VALUE}).",
      defaultValue = "id")
  private String idField;

  @Option(
      names = "--database",
      paramLabel = "NAME",
      description = "The database in an environment of hannoy. Default: the unnamed one.")
  private String database;

  @Option(
      names = "--index-number",
      paramLabel = "N",
      description = "The index in a database of hannoy. Default: the only one.")
  private Integer indexNumber;

  @Mixin private ThreadsOption threads;

  @Mixin private Output output;

  /**
   * The result.
   *
   * @param from the format
   * @param index the folder of the index
   * @param vectors the number of live vectors
   * @param dimension the number of their components
   * @param encoding {@code float32} or {@code byte}
   * @param metric the metric
   * @param graph {@code kept}, {@code repaired} or {@code built}
   */
  private record Result(
      String from,
      String index,
      int vectors,
      int dimension,
      String encoding,
      String metric,
      String graph) {}

  @Override
  public Integer call() throws IOException {
    checkOptions();
    try (ForeignIndex foreign = open()) {
      checkMetric(foreign);
      int deleted = 0;
      for (int i = 0; foreign.live() != null && i < foreign.live().length(); i++) {
        deleted += foreign.live().get(i) ? 0 : 1;
      }
      if (deleted == foreign.vectors().size()) {
        throw new IndexException(path + ": expected live vectors; found deleted ones only");
      }
      try (NewOutput created = NewOutput.folder(out)) {
        try (Directory directory = FSDirectory.open(out)) {
          ImportedIndex.write(directory, foreign, field, idField, threads.get());
        }
        created.complete();
      }
      print(
          new Result(
              lower(source),
              out.toString(),
              foreign.vectors().size() - deleted,
              foreign.vectors().dimension(),
              lower(foreign.vectors().encoding()),
              lower(foreign.metric()),
              foreign.graph() == null ? "built" : deleted > 0 ? "repaired" : "kept"));
    }
    return ExitCodes.OK;
  }

  private void checkOptions() {
    if (field.equals(idField)) {
      throw new ParameterException(
          command.commandLine(), "--field and --id-field must differ; found " + field + " twice");
    }
    if (source == Source.HNSWLIB && metric == null) {
      throw new ParameterException(
          command.commandLine(), "--metric is required: a file of hnswlib does not tell its space");
    }
    if (source != Source.HANNOY && (database != null || indexNumber != null)) {
      throw new ParameterException(
          command.commandLine(), "--database and --index-number are for hannoy only");
    }
    threads.get();
  }

  private ForeignIndex open() throws IOException {
    VectorMetric given = metric == null ? VectorMetric.EUCLIDEAN : metric;
    return switch (source) {
      case HANNOY -> HannoyReader.open(path, database, indexNumber);
      case HNSWLIB -> HnswlibReader.open(path, given);
      case FVECS -> FvecsFile.open(path, given);
      case NPY -> NpyFile.open(path, given);
    };
  }

  private void checkMetric(ForeignIndex foreign) throws IndexException {
    if (metric != null && metric != foreign.metric()) {
      throw new IndexException(
          path + ": expected the metric " + metric + "; found " + foreign.metric());
    }
    boolean isByteMetric = foreign.metric() == VectorMetric.HAMMING;
    if (isByteMetric && foreign.vectors().encoding() != VectorEncoding.BYTE) {
      throw new IndexException(
          path + ": expected vectors of bytes, as the metric is HAMMING; found floats");
    }
    if (source == Source.HNSWLIB && foreign.metric() == VectorMetric.MANHATTAN) {
      throw new IndexException(
          path
              + ": expected a metric of hnswlib (EUCLIDEAN, COSINE, DOT_PRODUCT,"
              + " MAXIMUM_INNER_PRODUCT); found MANHATTAN");
    }
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private void print(Result result) {
    output.print(
        result,
        tables ->
            tables.table(
                null,
                List.of("imported", path.toString()),
                List.of(
                    Output.row("from", result.from),
                    Output.row("index", result.index),
                    Output.row("vectors", result.vectors),
                    Output.row("dimension", result.dimension),
                    Output.row("encoding", result.encoding),
                    Output.row("metric", result.metric),
                    Output.row("graph", result.graph))));
  }
}
