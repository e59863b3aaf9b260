/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.IOUtils;

/**
 * Writes the data of benchmarks, each data set once: JMH forks a JVM for every benchmark, which
 * finds the data of earlier ones here.
 */
final class Indexes {

  /** The system property that names the directory of the data; a temporary directory by default. */
  static final String DIRECTORY = "org.lucenelmdb.jmh.directory";

  static final String FIELD = "vector";

  static final double RAM_BUFFER_MEGABYTES = 1900; // all vectors are flushed at once

  private Indexes() {}

  /** Writes files into an empty directory. */
  interface Writer {
    void write(Directory directory) throws IOException;
  }

  /** A directory that is deleted when the JVM ends. */
  static Path createTemporaryDirectory() throws IOException {
    Path directory = Files.createTempDirectory("lucene-lmdb-jmh-");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(directory)));
    return directory;
  }

  private static void remove(Path directory) {
    try {
      IOUtils.rm(directory);
    } catch (IOException e) {
      System.err.println("Could not remove " + directory + ": " + e);
    }
  }

  /**
   * One directory for all threads, synchronized so that they do not write the same files
   * concurrently.
   */
  private static synchronized Path root() throws IOException {
    String directory = System.getProperty(DIRECTORY);
    if (directory == null) {
      directory = createTemporaryDirectory().toString();
      System.setProperty(DIRECTORY, directory);
    }
    return Path.of(directory);
  }

  /**
   * Returns the directory of a name; writes its files if it does not exist.
   *
   * @param name must contain all parameters of the files
   */
  static synchronized Path path(String name, Writer writer) throws IOException {
    Path path = root().resolve(name);
    if (Files.notExists(path)) {
      Path incomplete = root().resolve(name + ".incomplete");
      IOUtils.rm(incomplete); // left by a JVM that was killed
      try (Directory directory = new MMapDirectory(incomplete)) {
        writer.write(directory);
      }
      Files.move(incomplete, path, StandardCopyOption.ATOMIC_MOVE);
    }
    return path;
  }

  /** An index of one segment, in which every document has a vector. */
  static Path index(Store store, Vectors vectors, boolean graph) throws IOException {
    String name =
        String.format(
            Locale.ROOT,
            "%s-%s-%d-%d-%s",
            store,
            vectors.encoding(),
            vectors.count(),
            vectors.dimension(),
            graph ? "graph" : "flat");
    return path(name, directory -> write(directory, store, vectors, graph));
  }

  private static void write(Directory directory, Store store, Vectors vectors, boolean graph)
      throws IOException {
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(store.codec(graph))
            .setRAMBufferSizeMB(RAM_BUFFER_MEGABYTES)
            .setUseCompoundFile(false); // files are found by their extension
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      if (store == Store.LMDB && graph) {
        addLucenes(writer, vectors);
      } else {
        for (int i = 0; i < vectors.count(); i++) {
          Document document = new Document();
          document.add(vectors.field(i));
          writer.addDocument(document);
        }
      }
      writer.commit();
    }
  }

  /** A merge of one segment keeps its graph, so it is the same as Lucene's. */
  private static void addLucenes(IndexWriter writer, Vectors vectors) throws IOException {
    try (Directory directory = new MMapDirectory(index(Store.LUCENE99, vectors, true));
        DirectoryReader reader = DirectoryReader.open(directory)) {
      writer.addIndexes(segment(reader));
    }
  }

  /** The only segment of an index. */
  static CodecReader segment(DirectoryReader reader) {
    if (reader.leaves().size() != 1) {
      throw new IllegalStateException(
          "expected the vectors in one segment, found segments: " + reader.leaves().size());
    }
    return (CodecReader) reader.leaves().get(0).reader();
  }

  /** The format's own reader in a segment. */
  static KnnVectorsReader vectorsReader(CodecReader segment) {
    KnnVectorsReader reader = segment.getVectorReader();
    return reader instanceof PerFieldKnnVectorsFormat.FieldsReader fields
        ? fields.getFieldReader(FIELD)
        : reader;
  }
}
