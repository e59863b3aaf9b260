/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.codecs.KnnFieldVectorsWriter;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.MergeState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.index.Sorter;
import org.apache.lucene.search.TaskExecutor;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.IORunnable;
import org.apache.lucene.util.IOUtils;
import org.apache.lucene.util.RamUsageEstimator;
import org.lucenelmdb.internal.build.GraphParameters;
import org.lucenelmdb.internal.build.MergeSources;
import org.lucenelmdb.internal.build.SourceGraph;
import org.lucenelmdb.internal.offheap.BuildBudgets;
import org.lucenelmdb.internal.offheap.MemoryBudget;
import org.lucenelmdb.internal.store.ImageWriter;
import org.lucenelmdb.internal.vectors.DocsWithVectors;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.workers.Workers;

/**
 * Writes a segment. Vectors go to an image in a temporary file as they arrive. A flush or a merge
 * then builds the codes and the graph of each field and adds them to the image. At the end, the
 * image is copied into the segment's file.
 */
final class LmdbHnswVectorsWriter extends KnnVectorsWriter {

  private static final int MAX_FIELDS = 1 << Character.SIZE;
  private static final long SHALLOW_SIZE =
      RamUsageEstimator.shallowSizeOfInstance(LmdbHnswVectorsWriter.class);

  private final SegmentWriteState state;
  private final GraphParameters graphs;
  private final LmdbHnswOptions options;
  private final BuildBudgets memory;
  private final SegmentImage image;
  private final FieldGraphWriter graphWriter;

  /** All fields, in the order of their numbers. */
  private final List<FieldWriter> fields = new ArrayList<>();

  /** The writers to which documents add the vectors of the fields; empty in a merge. */
  private final List<FieldVectorsWriter<?>> indexing = new ArrayList<>();

  private IORunnable abort = () -> {};
  private TaskExecutor executor; // null if builds have one thread
  private int maxDoc = -1;
  private boolean finished;

  LmdbHnswVectorsWriter(
      SegmentWriteState state,
      GraphParameters graphs,
      LmdbHnswOptions options,
      BuildBudgets memory) {
    this.state = state;
    this.graphs = graphs;
    this.options = options;
    this.memory = memory;
    this.image = new SegmentImage(state);
    this.graphWriter = new FieldGraphWriter(graphs, options, state.infoStream);
    this.executor =
        options.buildExecutor() == null ? null : new TaskExecutor(options.buildExecutor());
  }

  private Workers workers(FieldWriter field) {
    return new Workers(
        executor,
        options.buildThreads(),
        abort,
        new BuildProgress(
            state.segmentInfo.name, field.info().name, options.buildListener(), state.infoStream));
  }

  private FieldWriter newField(FieldInfo info, VectorMetric metric) {
    if (fields.size() == MAX_FIELDS) {
      throw new IllegalArgumentException(
          "a segment can have "
              + MAX_FIELDS
              + " fields of this format; found one more: "
              + info.name);
    }
    FieldWriter field =
        new FieldWriter(info, fields.size(), metric, options.filterStrategy(), image);
    fields.add(field);
    return field;
  }

  @Override
  public KnnFieldVectorsWriter<?> addField(FieldInfo info) {
    // An exception from this method would make Lucene drop the whole segment. So a field with a
    // wrong metric rejects its documents instead, and the wrong metric does not reach the disk.
    String rejection = null;
    VectorMetric metric;
    try {
      metric = VectorMetric.of(info);
    } catch (IllegalArgumentException e) {
      rejection = e.getMessage();
      metric = VectorMetric.of(info.getVectorSimilarityFunction());
    }
    FieldWriter field = newField(info, metric);
    long buildBytesPerVector =
        graphWriter.memoryBytesPerVector(info, metric, workers(field).threads());
    FieldVectorsWriter<?> writer =
        FieldVectorsWriter.create(
            field,
            rejection,
            buildBytesPerVector,
            buffered -> graphWriter.newGrowingGraph(info, field.metric(), buffered));
    indexing.add(writer);
    return writer;
  }

  @Override
  public void flush(int maxDoc, Sorter.DocMap sortMap) throws IOException {
    this.maxDoc = maxDoc;
    long vectorBytes = 0;
    boolean hasGraph = false;
    for (FieldWriter field : fields) {
      vectorBytes += field.vectorBytes();
      hasGraph |= graphWriter.isWorthwhile(field.size());
    }
    image.expect(vectorBytes, hasGraph);
    for (FieldWriter field : fields) {
      field.finish();
    }
    int[][] newOrdinals = new int[fields.size()][];
    if (sortMap != null && image.isCreated()) {
      sort(sortMap, newOrdinals);
    }
    for (FieldVectorsWriter<?> writer : indexing) {
      try (writer) {
        if (writer.failure() != null && state.infoStream.isEnabled(BuildProgress.COMPONENT)) {
          state.infoStream.message(
              BuildProgress.COMPONENT,
              "graph of field=\""
                  + writer.field().info().name
                  + "\" could not grow: "
                  + writer.failure());
        }
        SourceGraph base = writer.graph(newOrdinals[writer.field().number()]);
        writeGraph(writer.field(), base, memory.flushes());
      }
    }
  }

  /** Copies the vectors into another image, in the order of the sorted documents. */
  private void sort(Sorter.DocMap sortMap, int[][] newOrdinals) throws IOException {
    try (ImageWriter unsorted = image.detach();
        IndexInput in = unsorted.openInput(SegmentImage.RANDOM_ACCESS)) {
      for (FieldWriter field : fields) {
        newOrdinals[field.number()] = field.sort(sortMap, in, maxDoc);
      }
    }
  }

  /**
   * Merges a field, and sets the attributes of the merged field as described at {@link
   * FieldWriter}.
   *
   * @return builds the graph
   */
  @Override
  public IORunnable mergeOneField(FieldInfo info, MergeState merge) throws IOException {
    maxDoc = state.segmentInfo.maxDoc();
    abort = merge::checkAborted;
    image.expect(maxVectorBytes(merge), graphWriter.isWorthwhile(maxDoc));
    if (executor == null && merge.intraMergeTaskExecutor != null) {
      executor = new TaskExecutor(merge.intraMergeTaskExecutor);
    }
    FieldWriter field = newField(info, MergedMetric.of(info, merge));
    KnnVectorValues values =
        switch (info.getVectorEncoding()) {
          case FLOAT32 -> MergedVectorValues.mergeFloatVectorValues(info, merge);
          case BYTE -> MergedVectorValues.mergeByteVectorValues(info, merge);
        };
    int checkInterval = Workers.checkInterval(FieldMeta.vectorBytes(info));
    KnnVectorValues.DocIndexIterator iterator = values.iterator();
    for (int doc = iterator.nextDoc(); doc != NO_MORE_DOCS; doc = iterator.nextDoc()) {
      if (field.size() % checkInterval == 0) {
        abort.run();
      }
      field.add(doc, values, iterator.index());
    }
    field.finish();
    return () -> {
      SourceGraph base =
          MergeSources.base(
              info,
              merge,
              graphs.maxConn(),
              source -> MergedMetric.isOwn(source, info.name),
              source -> MergedMetric.isOfGraph(field.metric(), source, info.name));
      if (base != null
          && base.isComplete()
          && base.size() == field.size()
          && merge.needsIndexSort == false) {
        writeDocs(field);
        graphWriter.writeComplete(
            field, maxDoc, image.get(), base.open(), memory.merges(), abort, workers(field));
      } else {
        writeGraph(field, base, memory.merges());
      }
    };
  }

  /** The length of the merged segment's vectors in bytes if all documents had all vector fields. */
  private long maxVectorBytes(MergeState merge) {
    long bytes = 0;
    for (FieldInfo info : merge.mergeFieldInfos) {
      if (info.hasVectorValues()) {
        bytes += (long) maxDoc * FieldMeta.vectorBytes(info);
      }
    }
    return bytes;
  }

  /** Completes a field in the image, with a graph if it is worth one. */
  private void writeGraph(FieldWriter field, SourceGraph base, MemoryBudget budget)
      throws IOException {
    writeDocs(field);
    if (graphWriter.isWorthwhile(field.size())) {
      graphWriter.write(field, maxDoc, image.get(), base, budget, abort, workers(field));
    }
  }

  private void writeDocs(FieldWriter field) throws IOException {
    DocsWithVectors.writeImage(image.get(), field.number(), field.docs(), maxDoc);
  }

  @Override
  public void finish() throws IOException {
    if (finished) {
      throw new IllegalStateException("already finished");
    }
    finished = true;
    new SegmentFilesWriter(state, maxDoc, options.storedTargetRecall(), this::workers)
        .write(image.get(), fields, abort);
  }

  /**
   * Returns the used heap in bytes, plus the memory outside the heap by which the flush of a field
   * would exceed its budget, so that Lucene flushes before that happens.
   */
  @Override
  public long ramBytesUsed() {
    long bytes = SHALLOW_SIZE;
    for (FieldVectorsWriter<?> writer : indexing) {
      bytes += writer.ramBytesUsed();
      bytes += Math.max(0, writer.buildBytes() - memory.flushes().limit());
    }
    if (indexing.isEmpty()) { // a merge
      for (FieldWriter field : fields) {
        bytes += field.ramBytesUsed();
      }
    }
    return bytes;
  }

  @Override
  public void close() throws IOException {
    List<Closeable> all = new ArrayList<>(indexing);
    all.add(image);
    IOUtils.close(all);
  }
}
