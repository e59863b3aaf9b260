/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.IOFunction;
import org.lucenelmdb.jvm.ChildJvm;

/** A program that runs in a JVM of its own and prints what a test checks. */
final class FailingProcess {

  private FailingProcess() {}

  /**
   * Starts a JVM that runs this program.
   *
   * @param limit a shell command that runs first, or null
   */
  static ChildJvm.Output run(String limit, Path tmp, List<String> options, Object... arguments)
      throws Exception {
    List<String> command = new ArrayList<>();
    if (limit != null) {
      Path bash = Path.of("/bin/bash");
      LuceneTestCase.assumeTrue("needs bash", Files.isExecutable(bash));
      command.addAll(List.of(bash.toString(), "-c", limit + " && exec \"$@\"", "bash"));
    }
    command.addAll(ChildJvm.command(ChildJvm.java()));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Djava.io.tmpdir=" + tmp));
    command.addAll(options);
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), FailingProcess.class.getName()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return ChildJvm.run(command);
  }

  public static void main(String[] arguments) throws Exception {
    String task = arguments[0];
    Path path = Path.of(arguments[1]);
    switch (task) {
      case "write" -> write(path, Integer.parseInt(arguments[2]));
      case "search" -> {
        try (Directory directory = new MMapDirectory(path)) {
          System.out.println("HITS " + search(directory));
        }
      }
      case "fill" -> fill(path, arguments[2], Integer.parseInt(arguments[3]));
      default -> throw new IllegalArgumentException(task);
    }
  }

  /** Tries to write a document several times. */
  private static void write(Path path, int times) throws IOException {
    try (Directory directory =
        path.toString().equals("heap") ? new ByteBuffersDirectory() : new MMapDirectory(path)) {
      for (int i = 0; i < times; i++) {
        IndexWriter writer = new IndexWriter(directory, VerifiableIndex.config(new Random(2)));
        try {
          writer.addDocument(VerifiableIndex.document(i));
          writer.commit();
          System.out.println("DONE");
        } catch (Throwable t) {
          print(t);
        } finally {
          writer.rollback();
        }
      }
    }
  }

  private static void print(Throwable t) {
    System.out.println("CLASS " + t.getClass().getName());
    System.out.println("MESSAGE " + t.getMessage().replace('\n', ' '));
  }

  static String search(Directory directory) throws IOException {
    StringBuilder hits = new StringBuilder();
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      for (LeafReaderContext context : reader.leaves()) {
        AcceptDocs all = AcceptDocs.fromLiveDocs(null, context.reader().maxDoc());
        for (int i = 0; i < 20; i++) {
          TopDocs top =
              context
                  .reader()
                  .searchNearestVectors("floats", VerifiableIndex.floats(-i), 5, all, 1 << 30);
          for (ScoreDoc hit : top.scoreDocs) {
            hits.append(String.format(Locale.ROOT, "%d:%.4f ", hit.doc, hit.score));
          }
        }
      }
    }
    return hits.toString().trim();
  }

  /** Adds documents until the disk is full. With "more", removes the limit and continues. */
  private static void fill(Path path, String kind, int docs) throws Exception {
    boolean links = kind.contains("links");
    boolean more = kind.contains("more");
    IOFunction<Integer, Document> documents =
        links
            ? id -> {
              Document document = new Document();
              Random random = new Random(id);
              byte[] vector = new byte[4];
              random.nextBytes(vector);
              vector[0] |= 1;
              document.add(
                  new KnnByteVectorField("short", vector, VectorSimilarityFunction.EUCLIDEAN));
              return document;
            }
            : VerifiableIndex::document;
    try (Directory directory = new MMapDirectory(path)) {
      Directory target = kind.contains("heap") ? new ByteBuffersDirectory() : directory;
      LmdbHnswOptions options =
          LmdbHnswOptions.DEFAULT.withMaxConn(8).withBeamWidth(8).withTinySegmentsThreshold(0);
      IndexWriterConfig config =
          new IndexWriterConfig()
              .setCodec(new LmdbHnswCodec(options))
              .setRAMBufferSizeMB(100)
              .setMergeScheduler(new SerialMergeScheduler());
      IndexWriter writer = new IndexWriter(target, config);
      int added = 0;
      int id = 0;
      writer.addDocument(documents.apply(id++));
      added++;
      writer.commit();
      if (kind.contains("open")) {
        limitFiles("4096:"); // less than an empty LMDB environment
      }
      try {
        int failed = 0;
        for (; id < docs; id++) {
          try {
            writer.addDocument(documents.apply(id));
            added++;
          } catch (IOException e) {
            if (more == false || ++failed > 3) {
              throw e;
            }
            print(e);
            limitFiles("unlimited");
          }
        }
        writer.commit();
        System.out.println("ADDED " + added);
      } catch (Throwable t) {
        if (kind.contains("open")) {
          limitFiles("unlimited"); // also for the standard output
        }
        print(t);
      } finally {
        try {
          writer.rollback();
        } catch (Throwable t) {
          System.out.println("ROLLBACK " + t);
        }
      }
      List<String> temporary = new ArrayList<>();
      for (Path where :
          List.of(path, Path.of(System.getProperty(FailureTestCase.TEMPORARY_DIRECTORY)))) {
        for (String name : FailureTestCase.names(where)) {
          if (FailureTestCase.isTemporary(name)) {
            temporary.add(name);
          }
        }
      }
      System.out.println("TEMPORARY " + temporary);
      try (DirectoryReader reader = DirectoryReader.open(target)) {
        System.out.println("DOCUMENTS " + reader.numDocs());
      }
      for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
        if (line.contains("_lmdb_")) {
          System.out.println("MAPPED " + line);
        }
      }
      if (target != directory) {
        target.close();
      }
    }
  }

  /** Limits the size of files that this process writes. */
  private static void limitFiles(String bytes) throws Exception {
    String pid = Long.toString(ProcessHandle.current().pid());
    Process process =
        new ProcessBuilder("prlimit", "--pid", pid, "--fsize=" + bytes).inheritIO().start();
    if (process.waitFor() != 0) {
      throw new IllegalStateException("prlimit: " + process.exitValue());
    }
  }
}
