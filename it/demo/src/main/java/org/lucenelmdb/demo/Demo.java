/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.Version;
import org.lucenelmdb.embedding.Embedder;
import org.lucenelmdb.embedding.EmbeddingCache;
import org.lucenelmdb.embedding.Embeddings;
import org.lucenelmdb.embedding.MiniLmEmbedder;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The command line of the demo, which runs its steps one after the other. */
@Command(
    name = "demo",
    usageHelpWidth = Printer.WIDTH,
    description = {
      "Answers questions about Lucene with passages of its javadoc that have a similar"
          + " meaning.",
      ""
    },
    footer = {"", "Without a QUESTION, the demo asks a few of its own."})
public final class Demo implements Callable<Integer> {

  private static final int MAX_HITS = 100;
  private static final int EVALUATED_NEIGHBORS = 10;

  /** A strong reference: a logger that is garbage collected loses its level. */
  private static final Logger LUCENE_LOGGER = Logger.getLogger("org.apache.lucene");

  @Parameters(paramLabel = "QUESTION", arity = "0..*", description = "A question in plain words.")
  private List<String> questionWords = List.of();

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description = "Only search declarations of this kind: ${COMPLETION-CANDIDATES}.")
  private Kind kind;

  @Option(
      names = "--package",
      paramLabel = "PACKAGE",
      description = "Only search this package, such as org.apache.lucene.store.")
  private String packageName;

  @Option(
      names = "-k",
      paramLabel = "HITS",
      defaultValue = "3",
      description = "Number of answers to each question (default: 3).")
  private int hits;

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      defaultValue = ".cache",
      description = "Directory for vectors and the index (default: ${DEFAULT-VALUE}).")
  private Path cache;

  @Option(names = "--max-docs", paramLabel = "N", description = "Index only N of the documents.")
  private Integer maxDocs;

  @Option(names = "--help", usageHelp = true, description = "Print this help.")
  private boolean help;

  @Spec private CommandSpec spec;

  private final Printer printer = new Printer(System.out);

  /**
   * Runs the demo.
   *
   * @param args see {@code --help}
   */
  public static void main(String[] args) {
    LUCENE_LOGGER.setLevel(Level.SEVERE);
    System.exit(commandLine().execute(args));
  }

  /** The command line; exits with 0 on success, 1 if something failed, 2 for bad input. */
  static CommandLine commandLine() {
    return new CommandLine(new Demo())
        .registerConverter(Kind.class, Demo::parseKind)
        .setParameterExceptionHandler(
            (problem, args) -> {
              problem
                  .getCommandLine()
                  .getErr()
                  .println("demo: " + problem.getMessage() + " (see --help)");
              return CommandLine.ExitCode.USAGE;
            })
        .setExecutionExceptionHandler(
            (problem, command, parsed) -> {
              if (problem instanceof IOException || problem instanceof UncheckedIOException) {
                boolean hasOwnMessage = problem.getClass() == IOException.class;
                command
                    .getErr()
                    .println("demo: " + (hasOwnMessage ? problem.getMessage() : problem));
                return CommandLine.ExitCode.SOFTWARE;
              }
              throw problem;
            });
  }

  private static Kind parseKind(String name) {
    try {
      return Kind.of(name);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  @Override
  public Integer call() throws IOException {
    checkOptions();
    try (Workspace workspace = openWorkspace()) {
      List<ApiDoc> docs = readCorpus();
      try (MiniLmEmbedder embedder = new MiniLmEmbedder(workspace.nativeLibraries())) {
        EmbeddingCache embeddingCache = new EmbeddingCache(workspace.embeddings());
        List<String> texts = docs.stream().map(ApiDoc::embeddedText).toList();
        List<float[]> vectors =
            new Embeddings(embedder, embeddingCache, new PrintingListener(printer)).of(texts);
        try (Directory directory = FSDirectory.open(workspace.freshIndex())) {
          long start = System.nanoTime();
          IndexBuilder.build(directory, docs, vectors, printer);
          long buildNanos = System.nanoTime() - start;
          try (DirectoryReader reader = DirectoryReader.open(directory)) {
            answer(new DocSearcher(reader), embedder);
            Evaluation evaluation =
                Evaluation.of(reader, Math.min(EVALUATED_NEIGHBORS, docs.size() - 1));
            new Report(printer).print(IndexStats.of(directory, reader), buildNanos, evaluation);
          }
          IndexCheck.run(directory);
          printer.line("");
          printer.line("Lucene's CheckIndex found no problems in the index");
        }
      }
    }
    return CommandLine.ExitCode.OK;
  }

  private void checkOptions() {
    if (hits < 1 || hits > MAX_HITS) {
      throw badInput("-k must be from 1 to " + MAX_HITS + ", not " + hits);
    }
    if (maxDocs != null && maxDocs < 2) {
      throw badInput("--max-docs must be at least 2, not " + maxDocs);
    }
    if (!questionWords.isEmpty() && String.join("", questionWords).isBlank()) {
      throw badInput("the question is empty");
    }
  }

  private Workspace openWorkspace() throws IOException {
    try {
      return Workspace.open(cache);
    } catch (FileSystemException e) {
      throw badInput("--cache: cannot use " + cache + " as a directory");
    }
  }

  private List<ApiDoc> readCorpus() throws IOException {
    printer.line("Semantic search in the javadoc of Lucene " + Version.LATEST);
    List<ApiDoc> all = JavadocCorpus.ofLucene();
    List<String> packages = all.stream().map(ApiDoc::packageName).distinct().toList();
    if (packageName != null && !packages.contains(packageName)) {
      throw badInput("--package: there is no " + packageName + suggestion(packages));
    }
    List<ApiDoc> docs = maxDocs == null ? all : evenly(all, maxDocs);
    printer.line(
        String.format(
            Locale.ROOT, "Read %,d documents from %d packages", docs.size(), packages.size()));
    return docs;
  }

  /** Suggests org.apache.lucene.store for "store". */
  private String suggestion(List<String> packages) {
    return packages.stream()
        .filter(name -> name.endsWith("." + packageName))
        .findFirst()
        .map(name -> ", did you mean " + name + "?")
        .orElse("");
  }

  /** Selects evenly spaced documents. */
  private static List<ApiDoc> evenly(List<ApiDoc> docs, int count) {
    int wanted = Math.min(count, docs.size());
    return IntStream.range(0, wanted)
        .mapToObj(i -> docs.get((int) ((long) i * docs.size() / wanted)))
        .toList();
  }

  private ParameterException badInput(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private void answer(DocSearcher searcher, Embedder embedder) throws IOException {
    for (Question question : questions()) {
      printer.question(question);
      float[] vector = embedder.embed(question.text());
      printer.hits(searcher.search(vector, question.filter(), hits));
    }
  }

  /** The user's question, or built-in ones; the user's filter, or built-in ones. */
  private List<Question> questions() {
    DocFilter filter = new DocFilter(kind, packageName);
    if (!questionWords.isEmpty()) {
      return List.of(new Question(String.join(" ", questionWords), filter));
    }
    if (filter.equals(DocFilter.NONE)) {
      return Question.builtIn();
    }
    return Question.builtIn().stream()
        .map(Question::text)
        .distinct()
        .map(text -> new Question(text, filter))
        .toList();
  }
}
