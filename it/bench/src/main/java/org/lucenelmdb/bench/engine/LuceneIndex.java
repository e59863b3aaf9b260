/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.engine;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.PrimitiveIterator;
import java.util.concurrent.ExecutorService;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.hnsw.HnswGraphProvider;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.IOUtils;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.lucenelmdb.bench.data.Dataset;
import org.lucenelmdb.bench.data.Filter;
import org.lucenelmdb.bench.data.VectorSource;
import org.lucenelmdb.bench.result.Figures;

/** A Lucene index that is being written. Does not hold the vectors in memory. */
public final class LuceneIndex implements Closeable {

  private static final double NANOS = 1e9;

  private final Dataset data;
  private final Directory directory;
  private final TimedVectorsFormat format;
  private final Closeable executor;
  private final VectorSource base;
  private final IndexWriter writer;
  private long readNanos;

  /**
   * Opens an index for writing.
   *
   * @param directory closed with the index
   * @param config has the format
   * @param executor closed with the index; may be null
   */
  LuceneIndex(
      Dataset data,
      Directory directory,
      IndexWriterConfig config,
      TimedVectorsFormat format,
      ExecutorService executor)
      throws IOException {
    this.data = data;
    this.directory = directory;
    this.format = format;
    this.executor = executor == null ? null : executor::close;
    boolean success = false;
    VectorSource opened = null;
    try {
      opened = data.openBase();
      this.base = opened;
      this.writer = new IndexWriter(directory, config);
      success = true;
    } finally {
      if (success == false) {
        IOUtils.closeWhileHandlingException(opened, directory, this.executor);
      }
    }
  }

  /** Adds all vectors in one thread, and merges them into one segment. */
  public Map<String, Double> build(DoubleConsumer progress) throws IOException {
    return build(IntStream.range(0, data.count()), progress);
  }

  /** Does the same with the vectors in the order of these ordinals. */
  public Map<String, Double> build(IntStream ordinals, DoubleConsumer progress) throws IOException {
    long cpuStart = processCpuNanos();
    long start = System.nanoTime();
    readNanos = 0;
    int added = 0;
    for (PrimitiveIterator.OfInt all = ordinals.iterator(); all.hasNext(); ) {
      writer.addDocument(document(all.nextInt()));
      // the merge reports no progress, and takes about as long as adding
      progress.accept(0.5 * ++added / data.count());
    }
    writer.commit();
    long addedTime = System.nanoTime();
    double mergeWhileAdding = format.mergeSeconds();
    merge();
    long merged = System.nanoTime();
    progress.accept(1);
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put(Figures.ADD, (addedTime - start - readNanos) / NANOS);
    figures.put(Figures.FLUSH, format.flushSeconds());
    figures.put(Figures.MERGE, mergeWhileAdding);
    figures.put(Figures.FORCE_MERGE, (merged - addedTime) / NANOS);
    figures.put(Figures.BUILD, (merged - start - readNanos) / NANOS);
    figures.put(Figures.BUILD_CPU, (processCpuNanos() - cpuStart) / NANOS);
    return figures;
  }

  /** Adds all vectors in one thread, in {@code parts} commits. */
  void addInParts(int parts, DoubleConsumer progress) throws IOException {
    for (int part = 0; part < parts; part++) {
      int end = (int) ((long) data.count() * (part + 1) / parts);
      for (int ordinal = (int) ((long) data.count() * part / parts); ordinal < end; ordinal++) {
        writer.addDocument(document(ordinal));
      }
      writer.commit();
      progress.accept((part + 1.0) / parts);
    }
  }

  /** The CPU time of all threads, including those of merges; 0 if the system does not report it. */
  private static long processCpuNanos() {
    return ProcessHandle.current().info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
  }

  /** Deletes a vector and adds it again. */
  public void replace(int ordinal) throws IOException {
    writer.updateDocument(new Term(LuceneFields.KEY, Integer.toString(ordinal)), document(ordinal));
  }

  /** Merges all segments into one and commits. */
  public void merge() throws IOException {
    writer.forceMerge(1);
    writer.commit();
  }

  /** Merges all segments into one; a {@link #rollback} discards the merge. */
  public void mergeWithoutCommit() throws IOException {
    writer.forceMerge(1);
  }

  /** Commits, waits for pending merges, and commits them. */
  public void settle() throws IOException {
    writer.commit();
    if (writer.getConfig().getMergeScheduler() instanceof ConcurrentMergeScheduler scheduler) {
      scheduler.sync();
    }
    writer.commit();
  }

  /**
   * Returns to the last commit, even while other threads are working. The index can only be closed
   * afterwards.
   */
  public void rollback() throws IOException {
    writer.rollback();
  }

  private Document document(int ordinal) throws IOException {
    float[] vector = new float[base.dimension()];
    long start = System.nanoTime();
    base.read(ordinal, vector);
    readNanos += System.nanoTime() - start;
    Document document = new Document();
    document.add(new KnnFloatVectorField(LuceneFields.VECTOR, vector, data.metric().similarity()));
    document.add(new NumericDocValuesField(LuceneFields.ORDINAL, ordinal));
    document.add(new StringField(LuceneFields.KEY, Integer.toString(ordinal), Field.Store.NO));
    String last = null; // the near and far variants of a filter share one term
    for (Filter filter : data.filters()) {
      String term = LuceneFields.term(filter.info());
      if (filter.accepted().get(ordinal) && term.equals(last) == false) {
        document.add(new StringField(LuceneFields.FILTER, term, Field.Store.NO));
        last = term;
      }
    }
    return document;
  }

  /** Returns the sizes of files, and the number of unreachable nodes. */
  public Map<String, Double> sizes() throws IOException {
    Map<String, Double> figures = new LinkedHashMap<>();
    double sum = 0;
    for (String file : directory.listAll()) {
      long size = directory.fileLength(file);
      String extension = IndexFileNames.getExtension(file);
      figures.merge(
          Figures.FILE_PREFIX + (extension == null ? file : extension), (double) size, Double::sum);
      sum += size;
    }
    figures.put(Figures.BYTES, sum);
    figures.put(Figures.BYTES_PER_VECTOR, sum / data.count());
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      for (LeafReaderContext leaf : reader.leaves()) {
        addParts((CodecReader) leaf.reader(), figures);
        addUnreachable((CodecReader) leaf.reader(), figures);
      }
    }
    addGraphFiles(figures);
    return figures;
  }

  /**
   * Lucene's figure does not include the tables that locate each node's links, but the graph has
   * files of its own.
   */
  private void addGraphFiles(Map<String, Double> figures) {
    Double links = figures.get(Figures.FILE_PREFIX + "vex");
    if (links != null) {
      double tables = figures.getOrDefault(Figures.FILE_PREFIX + "vem", 0.0);
      figures.put(Figures.GRAPH_PER_VECTOR, (links + tables) / data.count());
    }
  }

  /**
   * Adds the sizes that the format itself reports for the parts of its files, which may share a
   * file.
   */
  private void addParts(CodecReader leaf, Map<String, Double> figures) {
    FieldInfo field = leaf.getFieldInfos().fieldInfo(LuceneFields.VECTOR);
    KnnVectorsReader vectors = leaf.getVectorReader();
    vectors
        .getOffHeapByteSize(field)
        .forEach(
            (part, bytes) -> {
              String name =
                  switch (part) {
                    case "vec" -> Figures.RAW_PER_VECTOR;
                    case "vex" -> Figures.GRAPH_PER_VECTOR;
                    case "veq", "veb" -> Figures.CODES_PER_VECTOR;
                    default -> null;
                  };
              if (name != null) {
                figures.merge(name, (double) bytes / data.count(), Double::sum);
              }
            });
  }

  private static void addUnreachable(CodecReader leaf, Map<String, Double> figures)
      throws IOException {
    if (leaf.getVectorReader() instanceof PerFieldKnnVectorsFormat.FieldsReader fields
        && fields.getFieldReader(LuceneFields.VECTOR) instanceof HnswGraphProvider graphs) {
      HnswGraph graph = graphs.getGraph(LuceneFields.VECTOR);
      if (graph != null) {
        figures.merge(Figures.UNREACHABLE, (double) GraphCheck.unreachable(graph), Double::sum);
      }
    }
  }

  @Override
  public void close() throws IOException {
    IOUtils.close(writer, base, directory, executor);
  }
}
