/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.lucenelmdb.internal.codes.BuiltCodes;
import org.lucenelmdb.internal.codes.CodeCosts;
import org.lucenelmdb.internal.codes.CodeLayout;
import org.lucenelmdb.internal.codes.CodeModel;
import org.lucenelmdb.internal.codes.Codes;
import org.lucenelmdb.internal.codes.CodesWriter;
import org.lucenelmdb.internal.codes.Oversampling;
import org.lucenelmdb.internal.codes.SegmentCodeScorer;
import org.lucenelmdb.internal.graph.Beam;
import org.lucenelmdb.internal.graph.GraphGeometry;
import org.lucenelmdb.internal.graph.GraphWriter;
import org.lucenelmdb.internal.graph.LinksInput;
import org.lucenelmdb.internal.graph.NodeOrdinals;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.MemoryBudget;
import org.lucenelmdb.internal.store.ImageReader;
import org.lucenelmdb.internal.store.ImageWriter;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.workers.Workers;

/** Random vectors, their codes, and a random graph of one level, in an image. */
final class CodesGraph implements Closeable {

  private static final int MAX_CONN = 8;
  private static final int VERSION = 2;
  private static final VectorMetric METRIC = VectorMetric.EUCLIDEAN;

  final float[][] vectors;

  /** The neighbors of each node. */
  final int[][] links;

  final int entryNode;
  final GraphGeometry geometry;
  private final Codes codes;
  private final FloatVectorValues values;
  private final Directory directory = new ByteBuffersDirectory();
  private final IndexInput image;
  private final IndexInput meta;
  private final int pageSize;

  CodesGraph(Random random, int size, int dimension) throws IOException {
    this.vectors = new float[size][dimension];
    this.links = new int[size][];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < dimension; j++) {
        vectors[i][j] = (float) random.nextGaussian();
      }
      links[i] = // not all are connected
          random.ints(random.nextInt(MAX_CONN), 0, size).distinct().sorted().toArray();
    }
    this.entryNode = random.nextInt(size);
    this.values = FloatVectorValues.fromFloats(List.of(vectors), dimension);
    CodeModel model =
        new CodeModel(
            CodeLayout.of(dimension, 2, METRIC),
            METRIC,
            4,
            0.3f,
            20,
            new float[dimension],
            null,
            random.nextLong(),
            new float[0][]);
    Workers workers = new Workers(null, 1, () -> {}, (phase, done, total) -> {});
    MemoryBudget budget = new MemoryBudget(1);
    try (ImageWriter writer = ImageWriter.create(directory, "test")) {
      NodeOrdinals order = NodeOrdinals.IDENTITY;
      GraphWriter graph = GraphWriter.writeImage(writer, 0, graph(), MAX_CONN, order, workers);
      CodesWriter coded;
      long bytes = BuiltCodes.memoryBytes(size, model.layout());
      try (BuildMemory memory = budget.take(bytes, () -> {})) {
        BuiltCodes built = BuiltCodes.build(values, model, memory, workers);
        coded = CodesWriter.writeImage(writer, 0, built, order, Oversampling.ADAPTIVE, workers);
      }
      writer.commit();
      this.pageSize = writer.pageSize();
      try (IndexOutput out = directory.createOutput("image", IOContext.DEFAULT)) {
        writer.copyTo(out, () -> {});
      }
      this.image = directory.openInput("image", IOContext.DEFAULT);
      ImageReader reader = new ImageReader(image, 0, image.length());
      try (IndexOutput out = directory.createOutput("meta", IOContext.DEFAULT)) {
        graph.writeMeta(out, reader, GraphWriter.links(reader), workers);
        coded.writeMeta(out, reader, workers);
      }
      this.meta = directory.openInput("meta", IOContext.DEFAULT);
      IndexInput in = meta.clone();
      this.geometry = GraphGeometry.read(in, reader, 0, size);
      this.codes = Codes.read(in, size, dimension, METRIC, reader.usedLength(), VERSION);
    }
  }

  private HnswGraph graph() {
    return new HnswGraph() {
      private int[] neighbors;
      private int next;

      @Override
      public void seek(int level, int node) {
        neighbors = links[node];
        next = 0;
      }

      @Override
      public int nextNeighbor() {
        return next < neighbors.length ? neighbors[next++] : DocIdSetIterator.NO_MORE_DOCS;
      }

      @Override
      public int neighborCount() {
        return neighbors.length;
      }

      @Override
      public int size() {
        return links.length;
      }

      @Override
      public int numLevels() {
        return 1;
      }

      @Override
      public int maxConn() {
        return MAX_CONN;
      }

      @Override
      public int entryNode() {
        return entryNode;
      }

      @Override
      public NodesIterator getNodesOnLevel(int level) {
        return new DenseNodesIterator(links.length);
      }
    };
  }

  int size() {
    return vectors.length;
  }

  KnnVectorValues values() {
    return values;
  }

  SegmentCodeScorer codes() throws IOException {
    return codes.scorer(image);
  }

  LinksInput openLinks() throws IOException {
    return new LinksInput(geometry, image, pageSize, meta);
  }

  /** A traversal and a scan with the same candidates. */
  final class Search {
    final SegmentCodeScorer codes = codes();
    final Candidates candidates = new Candidates(codes);
    final VisitCounter visits = new VisitCounter();
    final QuantizedTraversal traversal;
    final QuantizedScan scan = new QuantizedScan(codes, candidates, visits);

    Search() throws IOException {
      this.traversal =
          new QuantizedTraversal(
              geometry,
              openLinks(),
              codes,
              CodesGraph.this.codes.order(image, meta),
              candidates,
              visits);
    }

    /** Begins a search whose strategy is forced. */
    void begin(
        float[] target, KnnCollector collector, MatchingVectors matching, FilterStrategy forced) {
      codes.setTarget(target);
      candidates.begin(matching.ords());
      visits.begin(collector);
      FilterPlanner planner = matching.isFiltered() ? plan(matching.count(), 20, forced) : null;
      traversal.begin(collector, matching, planner, null);
    }

    void end() {
      candidates.end();
      traversal.end();
    }
  }

  /** The codes' scores as entries, by node. */
  long[] entries(float[] target) throws IOException {
    SegmentCodeScorer input = codes();
    input.setTarget(target);
    long[] entries = new long[size()];
    int[] node = new int[1];
    float[] score = new float[1];
    for (int i = 0; i < entries.length; i++) {
      node[0] = i;
      input.prefetch(node, 1);
      input.score(1, score);
      entries[i] = Beam.entry(i, score[0]);
    }
    return entries;
  }

  /**
   * The matching vectors.
   *
   * @param nodes null if all match
   */
  MatchingVectors matching(FixedBitSet nodes) throws IOException {
    return new MatchingVectors(
        AcceptDocs.fromLiveDocs(nodes, size()), values, new Scorer(new float[size()]));
  }

  private FilterPlanner plan(int matching, int count, FilterStrategy forced) {
    SearchCosts costs = new SearchCosts(geometry, codes.model(), CodeCosts.of(values));
    return new FilterPlanner(costs, size(), matching, () -> matching, count, true, forced);
  }

  /** The exact scores that a test chooses. */
  record Scorer(float[] scores) implements RandomVectorScorer {

    /** Those that the vectors have. */
    static Scorer of(float[][] vectors, float[] target) {
      float[] scores = new float[vectors.length];
      for (int i = 0; i < scores.length; i++) {
        scores[i] = VectorSimilarityFunction.EUCLIDEAN.compare(target, vectors[i]);
      }
      return new Scorer(scores);
    }

    @Override
    public float score(int ord) {
      return scores[ord];
    }

    @Override
    public int maxOrd() {
      return scores.length;
    }

    @Override
    public Bits getAcceptOrds(Bits acceptDocs) {
      return acceptDocs;
    }
  }

  @Override
  public void close() throws IOException {
    image.close();
    meta.close();
    directory.close();
  }
}
