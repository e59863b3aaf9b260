/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.IOException;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.IORunnable;
import org.apache.lucene.util.InfoStream;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.lucenelmdb.internal.build.BuiltGraph;
import org.lucenelmdb.internal.build.GraphBuilder;
import org.lucenelmdb.internal.build.GraphParameters;
import org.lucenelmdb.internal.build.GrowingGraph;
import org.lucenelmdb.internal.build.LocalOrder;
import org.lucenelmdb.internal.build.NodeOrder;
import org.lucenelmdb.internal.build.NodeVectors;
import org.lucenelmdb.internal.build.SourceGraph;
import org.lucenelmdb.internal.calibration.Calibrator;
import org.lucenelmdb.internal.codes.BuiltCodes;
import org.lucenelmdb.internal.codes.CodeCosts;
import org.lucenelmdb.internal.codes.CodeLayout;
import org.lucenelmdb.internal.codes.CodeModel;
import org.lucenelmdb.internal.codes.CodeTrainer;
import org.lucenelmdb.internal.codes.CodesWriter;
import org.lucenelmdb.internal.graph.GraphWriter;
import org.lucenelmdb.internal.graph.Holdout;
import org.lucenelmdb.internal.graph.NodeOrdinals;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.MemoryBudget;
import org.lucenelmdb.internal.offheap.PageAdvice;
import org.lucenelmdb.internal.store.BuildFile;
import org.lucenelmdb.internal.store.ImageWriter;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.workers.Workers;

/**
 * Builds the codes and the graph of a field from its vectors in the image, and writes both into the
 * image. During the build they are outside the heap. {@link FieldWriter} has the state of the
 * field.
 */
final class FieldGraphWriter {

  /** The number of vectors for which the memory of a build per vector is estimated. */
  private static final int ESTIMATE_VECTORS = 1 << 16;

  /** A graph of fewer vectors takes a few MiB, and is always built in memory. */
  private static final int MIN_FILE_VECTORS = 1 << 12;

  private final GraphParameters graphs;
  private final LmdbHnswOptions options;
  private final InfoStream infoStream;

  /** The workers of growing graphs: the thread that adds a document. */
  private final Workers growing = new Workers(null, 1, () -> {}, (phase, done, total) -> {});

  FieldGraphWriter(GraphParameters graphs, LmdbHnswOptions options, InfoStream infoStream) {
    this.graphs = graphs;
    this.options = options;
    this.infoStream = infoStream;
  }

  /** Whether this many vectors are worth a graph. */
  boolean isWorthwhile(int vectors) {
    return graphs.worthwhile(vectors);
  }

  /**
   * Returns an empty graph into which the vectors of documents are inserted as they are added.
   *
   * @param buffered the vectors, to which more are added
   * @return null if the whole graph is built when the segment is written
   */
  GrowingGraph newGrowingGraph(FieldInfo info, VectorMetric fieldMetric, KnnVectorValues buffered) {
    if (GrowingGraph.isWorthwhile(graphs) == false) {
      return null;
    }
    VectorMetric metric = fieldMetric.ofUnitVectors(info.getVectorEncoding());
    return new GrowingGraph(
        graphs,
        buffered,
        metric,
        sample -> train(info, metric, sample, CodeCosts.ofMany(sample), growing),
        size -> Calibrator.heldOut(Math.max(size, Calibrator.MIN_VECTORS)));
  }

  /**
   * Builds and writes the graph of a field that is worth one.
   *
   * @param base the graph with which the build begins; null if there is none
   * @param budget supplies memory; the build waits until it is granted
   * @param abort throws if the build is aborted
   */
  void write(
      FieldWriter field,
      int maxDoc,
      ImageWriter image,
      SourceGraph base,
      MemoryBudget budget,
      IORunnable abort,
      Workers workers)
      throws IOException {
    long start = System.nanoTime();
    try (IndexInput in = image.openInput(SegmentImage.RANDOM_ACCESS)) {
      KnnVectorValues values = field.values(in, maxDoc);
      if (mayNeedFile(values.size(), budget, workers)) {
        PageAdvice.SEQUENTIAL.give(in, 0, in.length());
      }
      CodeModel model = train(field.info(), field.metric(), values, CodeCosts.of(values), workers);
      CodeLayout layout = model == null ? null : model.layout();
      long bytes = memoryBytes(values.size(), layout, base, workers.threads());
      if (bytes > budget.limit() && values.size() >= MIN_FILE_VECTORS) {
        writeByFile(field, values, image, model, abort, workers);
      } else {
        try (BuildMemory memory = budget.take(bytes, abort)) {
          write(
              field,
              build(NodeVectors.of(values), field.metric(), base, model, memory, workers),
              image,
              workers);
        }
      }
    }
    if (infoStream.isEnabled(BuildProgress.COMPONENT)) {
      infoStream.message(
          BuildProgress.COMPONENT,
          "graph of field=\""
              + field.info().name
              + "\": "
              + field.size()
              + " vectors of "
              + field.info().getVectorDimension()
              + " dimensions in "
              + (System.nanoTime() - start) / 1_000_000
              + " ms");
    }
  }

  /** Whether a build needs more memory than all builds may have, even without codes. */
  private boolean mayNeedFile(int size, MemoryBudget budget, Workers workers) {
    return size >= MIN_FILE_VECTORS
        && memoryBytes(size, null, null, workers.threads()) > budget.limit();
  }

  /**
   * Writes a graph as it is, with new codes. The memory of the codes may exceed the budget, because
   * a build in a file would number the nodes anew and build another graph.
   *
   * @param graph the graph, whose nodes are the ordinals of the field; for one thread
   */
  void writeComplete(
      FieldWriter field,
      int maxDoc,
      ImageWriter image,
      HnswGraph graph,
      MemoryBudget budget,
      IORunnable abort,
      Workers workers)
      throws IOException {
    try (IndexInput in = image.openInput(SegmentImage.RANDOM_ACCESS)) {
      KnnVectorValues values = field.values(in, maxDoc);
      CodeModel model = train(field.info(), field.metric(), values, CodeCosts.of(values), workers);
      long bytes = model == null ? 0 : codesBytes(values.size(), model.layout());
      try (BuildMemory memory = budget.take(bytes, abort)) {
        BuiltCodes codes = model == null ? null : BuiltCodes.build(values, model, memory, workers);
        Holdout none = new Holdout(new int[0]);
        write(field, new Built(graph, graph.maxConn(), none, codes, memory), image, workers);
      }
    }
  }

  /**
   * Builds the graph in a file, because it needs more memory than all builds may have. Nodes are
   * numbered so that the build works on few pages at a time, which the operating system can keep in
   * memory. Approximate copies of the vectors are scored, because the vectors themselves take four
   * times as many pages. The build starts from no other graph, because that has another order.
   */
  private void writeByFile(
      FieldWriter field,
      KnnVectorValues values,
      ImageWriter image,
      CodeModel model,
      IORunnable abort,
      Workers workers)
      throws IOException {
    int size = field.size();
    FieldInfo info = field.info();
    CodeLayout layout = model == null ? null : model.layout();
    long bytes =
        LocalOrder.memoryBytes(size, info.getVectorDimension(), info.getVectorEncoding())
            + memoryBytes(size, layout, null, workers.threads());
    if (infoStream.isEnabled(BuildProgress.COMPONENT)) {
      infoStream.message(
          BuildProgress.COMPONENT,
          "graph of field=\""
              + info.name
              + "\" is built in a file of "
              + bytes
              + " bytes, which exceed the limit of build memory");
    }
    try (BuildFile file = image.newBuildFile(bytes, abort)) {
      LocalOrder order = LocalOrder.of(values, file.memory(), workers);
      NodeVectors vectors = NodeVectors.of(values, order.copy(file.memory()), order.permutation());
      write(
          field,
          build(vectors, field.metric(), null, model, file.memory(), workers),
          image,
          workers);
    }
  }

  /**
   * A graph and its codes in memory.
   *
   * @param holdout the nodes that were inserted last
   * @param codes null if there are none
   */
  private record Built(
      HnswGraph graph, int maxConn, Holdout holdout, BuiltCodes codes, BuildMemory memory) {}

  /** Builds codes and graph, in the order of the nodes, and numbers them by ordinals. */
  private Built build(
      NodeVectors vectors,
      VectorMetric metric,
      SourceGraph base,
      CodeModel model,
      BuildMemory memory,
      Workers workers)
      throws IOException {
    BuiltCodes codes =
        model == null
            ? null
            : BuiltCodes.build(vectors.stored(), vectors::node, model, memory, workers);
    int heldOut = Calibrator.heldOut(vectors.stored().size());
    BuiltGraph graph =
        new GraphBuilder(graphs, vectors, metric, codes, memory, workers).build(base, heldOut);
    if (vectors.order() != null) {
      graph = graph.renumbered(vectors.order());
      codes = codes == null ? null : codes.renumbered(vectors::node);
    }
    return new Built(graph, graphs.maxConn(), graph.holdout(), codes, memory);
  }

  private void write(FieldWriter field, Built built, ImageWriter image, Workers workers)
      throws IOException {
    NodeOrdinals order =
        built.codes == null
            ? NodeOrdinals.IDENTITY
            : NodeOrder.of(built.graph, built.memory, workers);
    GraphWriter graphWriter =
        GraphWriter.writeImage(image, field.number(), built.graph, built.maxConn, order, workers);
    CodesWriter codesWriter =
        built.codes == null
            ? null
            : CodesWriter.writeImage(
                image, field.number(), built.codes, order, options.storedOversampling(), workers);
    field.setGraph(graphWriter, built.holdout, codesWriter);
  }

  /** Returns the model by which vectors are quantized; null if they get no codes. */
  private CodeModel train(
      FieldInfo info, VectorMetric metric, KnnVectorValues values, CodeCosts costs, Workers workers)
      throws IOException {
    int bits = options.codeBits(info, metric);
    if (bits == 0) {
      return null;
    }
    return options.codeBits() == LmdbHnswOptions.AUTO
        ? CodeTrainer.trainAny(values, metric, bits, costs, workers)
        : CodeTrainer.train(values, metric, bits, costs, workers);
  }

  /** The memory outside the heap of a build of codes, graph and node order, in bytes. */
  private long memoryBytes(int size, CodeLayout layout, SourceGraph base, int threads) {
    long bytes = GraphBuilder.memoryBytes(graphs, size, base, threads);
    return layout == null ? bytes : bytes + codesBytes(size, layout);
  }

  /** The memory outside the heap of codes and node order, in bytes. */
  private static long codesBytes(int size, CodeLayout layout) {
    return BuiltCodes.memoryBytes(size, layout) + NodeOrder.memoryBytes(size);
  }

  /** Estimates the memory outside the heap that a build needs for each vector, in bytes. */
  long memoryBytesPerVector(FieldInfo info, VectorMetric metric, int threads) {
    int bits = options.codeBits(info, metric);
    CodeLayout layout = bits == 0 ? null : CodeLayout.of(info.getVectorDimension(), bits, metric);
    return memoryBytes(ESTIMATE_VECTORS, layout, null, threads) / ESTIMATE_VECTORS + 1;
  }
}
