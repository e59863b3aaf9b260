/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.DoubleConsumer;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.lucenelmdb.bench.data.Dataset;
import org.lucenelmdb.bench.result.EngineInfo;

/**
 * A vectors format of Lucene, including lucene-lmdb, used through an {@code IndexWriter} and {@code
 * KnnFloatVectorQuery}, as in applications.
 */
public final class LuceneEngine implements Engine {

  private final EngineInfo info;
  private final FormatFactory formats;
  private final LuceneStrategies strategies;
  private final boolean rescores;

  /** Creates a format with the parameters that all engines share. */
  @FunctionalInterface
  public interface FormatFactory {

    /**
     * Creates a format.
     *
     * @param executor runs the threads that may build a graph in a merge; null for one thread
     */
    KnnVectorsFormat create(BuildParameters parameters, ExecutorService executor);
  }

  /**
   * Creates an engine.
   *
   * @param strategies the search strategies
   * @param rescores whether hits are scored again by the full vectors, as {@code RescoreTopNQuery}
   *     does
   */
  LuceneEngine(
      EngineInfo info, FormatFactory formats, LuceneStrategies strategies, boolean rescores) {
    this.info = info;
    this.formats = formats;
    this.strategies = strategies;
    this.rescores = rescores;
  }

  @Override
  public EngineInfo info() {
    return info;
  }

  @Override
  public List<String> strategies() {
    return strategies.names();
  }

  @Override
  public boolean takesTargets() {
    return strategies.takeTargets();
  }

  @Override
  public Map<String, Double> build(
      Dataset data, Path index, BuildParameters parameters, DoubleConsumer progress)
      throws IOException {
    try (LuceneIndex building = create(data, index, parameters)) {
      Map<String, Double> figures = building.build(progress);
      figures.putAll(building.sizes());
      return figures;
    }
  }

  /** Creates an empty index, to be filled and changed. */
  public LuceneIndex create(Dataset data, Path index, BuildParameters parameters)
      throws IOException {
    IndexWriterConfig config = config(parameters);
    if (parameters.threads() == 1) {
      config.setMergeScheduler(new SerialMergeScheduler()); // one thread builds
    }
    return write(data, index, parameters, config);
  }

  /**
   * Creates an index of all vectors that is not merged.
   *
   * @param segments the number of segments; more if the writer's buffer is too small for them
   */
  public void createSegments(
      Dataset data, Path index, BuildParameters parameters, int segments, DoubleConsumer progress)
      throws IOException {
    IndexWriterConfig config = config(parameters).setMergePolicy(NoMergePolicy.INSTANCE);
    try (LuceneIndex building = write(data, index, parameters, config)) {
      building.addInParts(segments, progress);
    }
  }

  /** Reopens an index to change it, with background merges as Lucene's defaults run them. */
  public LuceneIndex reopen(Dataset data, Path index, BuildParameters parameters)
      throws IOException {
    IndexWriterConfig config = config(parameters).setOpenMode(IndexWriterConfig.OpenMode.APPEND);
    return write(data, index, parameters, config);
  }

  private static IndexWriterConfig config(BuildParameters parameters) {
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setOpenMode(IndexWriterConfig.OpenMode.CREATE)
            .setRAMBufferSizeMB(parameters.ramMegabytes())
            .setUseCompoundFile(
                false); // to see the size of each file; large segments have no compound files
    config.getMergePolicy().setNoCFSRatio(0);
    return config;
  }

  private LuceneIndex write(
      Dataset data, Path index, BuildParameters parameters, IndexWriterConfig config)
      throws IOException {
    int workers = parameters.threads();
    ExecutorService executor = workers == 1 ? null : Executors.newFixedThreadPool(workers);
    TimedVectorsFormat format = new TimedVectorsFormat(formats.create(parameters, executor));
    config.setCodec(
        new Lucene104Codec() {
          @Override
          public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
            return format;
          }
        });
    return new LuceneIndex(data, FSDirectory.open(index), config, format, executor);
  }

  @Override
  public LuceneOpenIndex open(Dataset data, Path index) throws IOException {
    return open(FSDirectory.open(index));
  }

  /** Opens an index in a directory, which is closed with it. */
  public LuceneOpenIndex open(Directory directory) throws IOException {
    return new LuceneOpenIndex(directory, strategies, rescores);
  }
}
