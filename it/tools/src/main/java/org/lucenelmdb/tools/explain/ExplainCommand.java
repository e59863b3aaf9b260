/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.explain;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.Weight;
import org.lucenelmdb.LmdbHnswSearchStrategy;
import org.lucenelmdb.bench.data.VectorFile;
import org.lucenelmdb.tools.ExitCodes;
import org.lucenelmdb.tools.IndexArgument;
import org.lucenelmdb.tools.index.IndexException;
import org.lucenelmdb.tools.index.IndexFolder;
import org.lucenelmdb.tools.index.SegmentField;
import org.lucenelmdb.tools.output.Output;
import org.lucenelmdb.tools.output.Tables;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code explain}. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description = "Explains why a document is not in the result of a query, or how it was found.")
public final class ExplainCommand implements Callable<Integer> {

  private static final Pattern ROW = Pattern.compile("(.+):(\\d+)");

  @Spec private CommandSpec command;

  @Mixin private IndexArgument index;

  @Mixin private Output output;

  @Option(names = "--field", required = true, description = "Field with vectors.")
  private String field;

  @ArgGroup(multiplicity = "1")
  private QueryOption query;

  private static final class QueryOption {
    @Option(
        names = "--query",
        paramLabel = "FILE[:ROW]",
        description = "File with the query, for example .fvecs; the row counts from 0.")
    private String file;

    @Option(
        names = "--query-doc",
        paramLabel = "DOC",
        description = "Document whose vector is the query.")
    private Integer doc;

    @Option(
        names = "--vector",
        paramLabel = "NUMBERS",
        description = "The query, for example 0.1,0.2,0.3.")
    private String numbers;
  }

  @ArgGroup(multiplicity = "1")
  private DocumentOption document;

  private static final class DocumentOption {
    @Option(
        names = "--doc",
        paramLabel = "DOC",
        description = "Document to explain: its number in the whole index.")
    private Integer doc;

    @Option(
        names = "--id",
        paramLabel = "FIELD:VALUE",
        description = "Document to explain, by a term or a number that only it has.")
    private String id;
  }

  @Option(
      names = "--k",
      defaultValue = "10",
      description = "Number of results. Default: ${DEFAULT-VALUE}.")
  private int k;

  @Option(
      names = "--target-recall",
      paramLabel = "RECALL",
      description = "Target recall of the query. Default: that of the field.")
  private Float targetRecall;

  @Option(
      names = "--filter",
      paramLabel = "FIELD:VALUE",
      description = "Filter of the query: field:term, or field:[1 TO 9] for numbers.")
  private String filter;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Page (.html) or drawing (.svg) of the neighborhood to write.")
  private Path report;

  @Override
  public Integer call() throws IOException {
    checkOptions();
    try (IndexFolder folder = index.open();
        DirectoryReader reader = folder.reader()) {
      List<SegmentField> fields = folder.fields(reader, field);
      Explained explained =
          new Explainer(folder.path().toString(), reader, fields, request(reader, fields))
              .explain();
      output.print(explained.explanation(), tables -> print(explained.explanation(), tables));
      if (report != null) {
        Report.write(explained, report);
      }
    }
    return ExitCodes.OK;
  }

  private void checkOptions() {
    check(k >= 1, "--k must be at least 1: " + k);
    if (targetRecall != null) {
      checked(() -> LmdbHnswSearchStrategy.DEFAULT.withTargetRecall(targetRecall));
    }
    if (report != null) {
      check(Report.isSupported(report), "--report must end with .html or .svg: " + report);
      Path folder = report.toAbsolutePath().normalize().getParent();
      check(
          folder != null && folder.equals(index.path().toAbsolutePath().normalize()) == false,
          "--report must not be in the folder of the index: " + report);
    }
  }

  private Request request(DirectoryReader reader, List<SegmentField> fields) throws IOException {
    FieldInfo info = fields.getFirst().field().info();
    int doc = document.doc != null ? document.doc : byId(document.id, reader);
    checkDoc("--doc", doc, reader);
    Query accepted = filter == null ? null : parsed("--filter", filter, reader);
    return new Request(field, vector(info, reader), k, targetRecall, filter, accepted, doc);
  }

  private QueryVector vector(FieldInfo info, DirectoryReader reader) throws IOException {
    if (query.doc != null) {
      checkDoc("--query-doc", query.doc, reader);
      List<LeafReaderContext> leaves = reader.leaves();
      LeafReaderContext leaf = leaves.get(ReaderUtil.subIndex(query.doc, leaves));
      KnnVectorValues values = QueryVector.values(leaf.reader(), field, info.getVectorEncoding());
      int ordinal = Explainer.ordinal(values, query.doc - leaf.docBase);
      check(ordinal >= 0, "--query-doc has no vector in the field " + field + ": " + query.doc);
      return QueryVector.of(values, ordinal);
    }
    float[] vector = query.file != null ? fromFile(query.file) : numbers(query.numbers);
    return checked(
        () -> QueryVector.of(vector, info.getVectorEncoding(), info.getVectorDimension()));
  }

  private float[] fromFile(String text) throws IOException {
    Matcher parts = ROW.matcher(text);
    boolean hasRow = parts.matches() && Files.exists(Path.of(text)) == false;
    Path path = Path.of(hasRow ? parts.group(1) : text);
    long row = hasRow ? checked(() -> Long.parseLong(parts.group(2))) : 0;
    try (VectorFile file = VectorFile.open(path)) {
      if (row >= file.count()) {
        throw new IndexException(
            path + ": expected a row " + row + "; found " + file.count() + " rows");
      }
      float[] vector = new float[file.dimension()];
      file.read((int) row, vector);
      return vector;
    }
  }

  private float[] numbers(String text) {
    String[] parts = text.strip().split("[\\s,]+");
    float[] numbers = new float[parts.length];
    for (int i = 0; i < parts.length; i++) {
      String part = parts[i];
      numbers[i] =
          checked(
              () -> {
                try {
                  return Float.parseFloat(part);
                } catch (NumberFormatException e) {
                  throw new IllegalArgumentException(
                      "--vector must be numbers, separated by commas; found " + part, e);
                }
              });
    }
    return numbers;
  }

  /** Returns the one live document with a value; without one, the last deleted document. */
  private int byId(String id, DirectoryReader reader) throws IOException {
    IndexSearcher searcher = new IndexSearcher(reader);
    Query found = searcher.rewrite(parsed("--id", id, reader));
    Weight weight = searcher.createWeight(found, ScoreMode.COMPLETE_NO_SCORES, 1);
    List<Integer> live = new ArrayList<>();
    int deleted = -1;
    for (LeafReaderContext leaf : reader.leaves()) {
      Scorer scorer = weight.scorer(leaf);
      if (scorer == null) {
        continue;
      }
      DocIdSetIterator docs = scorer.iterator();
      for (int doc = docs.nextDoc(); doc != NO_MORE_DOCS; doc = docs.nextDoc()) {
        if (Accepted.isLive(leaf, doc)) {
          live.add(leaf.docBase + doc);
        } else {
          deleted = leaf.docBase + doc;
        }
      }
    }
    if (live.size() > 1) {
      throw new IndexException(
          "expected one document with "
              + id
              + "; found "
              + live.size()
              + ", for example "
              + live.get(0)
              + " and "
              + live.get(1));
    }
    if (live.isEmpty() && deleted < 0) {
      throw new IndexException("expected a document with " + id + "; found none");
    }
    return live.isEmpty() ? deleted : live.getFirst();
  }

  private Query parsed(String option, String text, DirectoryReader reader) throws IOException {
    try {
      return FieldValue.parse(text, reader);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), option + ": " + e.getMessage(), e);
    }
  }

  private void checkDoc(String option, int doc, DirectoryReader reader) {
    check(
        doc >= 0 && doc < reader.maxDoc(),
        option + " must be from 0 to " + (reader.maxDoc() - 1) + ": " + doc);
  }

  private void check(boolean isValid, String message) {
    if (isValid == false) {
      throw new ParameterException(command.commandLine(), message);
    }
  }

  @FunctionalInterface
  private interface Value<T> {
    T get();
  }

  private <T> T checked(Value<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }

  private static void print(Explanation facts, Tables tables) {
    tables.line(facts.verdict());
    if (facts.advice() != null) {
      tables.line(facts.advice());
    }
    for (ExplanationTables.Table table : ExplanationTables.of(facts)) {
      tables.table(table.title(), table.headers(), table.rows());
    }
  }
}
