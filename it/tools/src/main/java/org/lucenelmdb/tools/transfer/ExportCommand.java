/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.lucene.index.DirectoryReader;
import org.lucenelmdb.tools.ExitCodes;
import org.lucenelmdb.tools.IndexArgument;
import org.lucenelmdb.tools.index.IndexException;
import org.lucenelmdb.tools.index.IndexFolder;
import org.lucenelmdb.tools.output.Output;
import org.lucenelmdb.tools.transfer.flat.FlatWriter;
import org.lucenelmdb.tools.transfer.flat.IdsFile;
import org.lucenelmdb.tools.transfer.hannoy.HannoyWriter;
import org.lucenelmdb.tools.transfer.hnswlib.HnswlibWriter;
import org.lucenelmdb.tools.transfer.image.ImageCopy;
import org.lucenelmdb.tools.transfer.source.FieldLeaf;
import org.lucenelmdb.tools.transfer.source.FieldSource;
import org.lucenelmdb.tools.transfer.source.GraphSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes the vectors and the graph of a field for other programs. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = {
      "Writes a field for other programs.",
      "lmdb: the image of each segment, as a data.mdb that any LMDB binding opens, with deleted"
          + " vectors.",
      "hannoy: an environment of hannoy 0.1. hnswlib: an index file. Both have one graph of all live"
          + " vectors. That of a segment without deletes is kept as it is; otherwise, the segments"
          + " are merged in a temporary index next to the output.",
      "fvecs, npy: live vectors, with their ids in OUT.ids.txt."
    })
public final class ExportCommand implements Callable<Integer> {

  /** What to write. */
  enum Target {
    LMDB,
    HANNOY,
    FVECS,
    NPY,
    HNSWLIB
  }

  private static final String IMAGE_EXTENSION = ".mdb";
  private static final String TEMPORARY_SUFFIX = ".index.tmp";

  @Mixin private IndexArgument index;

  @Option(names = "--field", required = true, paramLabel = "F", description = "The field.")
  private String field;

  @Option(names = "--to", required = true, description = "One of ${COMPLETION-CANDIDATES}.")
  private Target target;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "OUT",
      description =
          "A new file; a new or empty folder for lmdb and hannoy. With lmdb, a name that ends with"
              + " .mdb is a file.")
  private Path out;

  @Option(names = "--segment", paramLabel = "S", description = "Only this segment, such as _0.")
  private String segment;

  @Option(
      names = "--id-field",
      paramLabel = "F",
      description =
          "The field with the ids, stored or as doc values. Default: Lucene's numbers of documents"
              + " in the index.")
  private String idField;

  @Mixin private ThreadsOption threads;

  @Mixin private Output output;

  /**
   * The result.
   *
   * @param to the format
   * @param files what was written
   * @param vectors the number of vectors
   * @param dimension the number of their components
   * @param metric the metric in this index
   * @param graph {@code kept} or {@code merged}; null if none was written
   * @param space hnswlib's name of the metric; null for other formats
   */
  private record Result(
      String to,
      List<String> files,
      int vectors,
      int dimension,
      String metric,
      String graph,
      String space) {}

  @Override
  public Integer call() throws IOException {
    int buildThreads = threads.get();
    try (IndexFolder folder = index.open();
        DirectoryReader reader = folder.reader()) {
      FieldSource source = FieldSource.of(folder, reader, field, segment, idField);
      Result result =
          switch (target) {
            case LMDB -> images(source);
            case HANNOY, HNSWLIB -> graph(source, buildThreads);
            case FVECS, NPY -> vectors(source);
          };
      output.print(
          result,
          tables -> tables.table(null, List.of("exported", source.description()), rows(result)));
    }
    return ExitCodes.OK;
  }

  private static List<List<String>> rows(Result result) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(Output.row("to", result.to));
    result.files.forEach(file -> rows.add(Output.row("file", file)));
    rows.add(Output.row("vectors", result.vectors));
    rows.add(Output.row("dimension", result.dimension));
    rows.add(Output.row("metric", result.metric));
    rows.add(Output.row("graph", result.graph == null ? "none" : result.graph));
    if (result.space != null) {
      rows.add(Output.row("space of hnswlib", result.space));
    }
    return rows;
  }

  private Result result(
      FieldSource source, int vectors, List<Path> files, String graph, String space)
      throws IOException {
    return new Result(
        target.name().toLowerCase(Locale.ROOT),
        files.stream().map(Path::toString).toList(),
        vectors,
        source.info().getVectorDimension(),
        lower(source.metric()),
        graph,
        space);
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private Result images(FieldSource source) throws IOException {
    List<FieldLeaf> leaves = source.leaves().stream().filter(leaf -> leaf.own() != null).toList();
    if (leaves.isEmpty()) {
      throw new IndexException(
          source.description() + ": expected a segment of this format; found another");
    }
    if (leaves.size() < source.leaves().size()) {
      output
          .err()
          .println(
              source.description()
                  + ": left out "
                  + (source.leaves().size() - leaves.size())
                  + " segments of other formats, which have no image");
    }
    boolean isFile = out.toString().endsWith(IMAGE_EXTENSION);
    if (isFile && leaves.size() > 1) {
      throw new IndexException(
          source.description()
              + ": expected one segment for one file; found "
              + leaves.size()
              + ", of which --segment chooses one");
    }
    List<Path> files = new ArrayList<>();
    int vectors = 0;
    try (NewOutput created =
        isFile ? NewOutput.files(out, ImageCopy.description(out)) : NewOutput.folder(out)) {
      for (FieldLeaf leaf : leaves) {
        Path image = out;
        if (isFile == false) {
          Path folder = leaves.size() == 1 ? out : out.resolve(leaf.own().segmentName());
          Files.createDirectories(folder);
          image = folder.resolve(ImageCopy.DATA_FILE);
        }
        ImageCopy.write(leaf.own(), image);
        files.add(image);
        files.add(ImageCopy.description(image));
        vectors += leaf.own().field().blocks().size();
      }
      created.complete();
    }
    boolean hasGraph = leaves.stream().anyMatch(leaf -> leaf.own().field().graph() != null);
    return result(source, vectors, files, hasGraph ? "kept" : null, null);
  }

  private Result graph(FieldSource source, int buildThreads) throws IOException {
    String space =
        target == Target.HNSWLIB
            ? HnswlibWriter.space(source.metric(), source.info().getVectorEncoding())
            : null;
    if (target == Target.HANNOY) {
      HannoyWriter.checkMetric(source.metric(), source.info().getVectorEncoding());
    }
    Path absolute = out.toAbsolutePath().normalize();
    Path temporary = absolute.resolveSibling(absolute.getFileName() + TEMPORARY_SUFFIX);
    if (Files.exists(temporary)) {
      throw new IndexException(
          temporary
              + ": expected nothing; found what an earlier export left, which can be deleted");
    }
    try (NewOutput created =
            target == Target.HANNOY ? NewOutput.folder(out) : NewOutput.files(out);
        GraphSource graph = GraphSource.open(source, temporary, buildThreads)) {
      if (target == Target.HANNOY) {
        HannoyWriter.write(out, graph.export());
      } else {
        HnswlibWriter.write(out, graph.export());
      }
      created.complete();
      return result(
          source,
          graph.export().values().size(),
          List.of(out),
          graph.isMerged() ? "merged" : "kept",
          space);
    }
  }

  private Result vectors(FieldSource source) throws IOException {
    Path ids = IdsFile.of(out);
    int count = source.countLive();
    int dimension = source.info().getVectorDimension();
    try (NewOutput created = NewOutput.files(out, ids)) {
      try (FlatWriter writer =
          target == Target.FVECS
              ? FlatWriter.fvecs(out, dimension)
              : FlatWriter.npy(out, source.info().getVectorEncoding(), count, dimension)) {
        source.write(writer);
      }
      created.complete();
    }
    return result(source, count, List.of(out, ids), null, null);
  }
}
