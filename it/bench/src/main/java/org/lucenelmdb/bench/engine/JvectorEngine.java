/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.engine;

import io.github.jbellis.jvector.disk.BufferedRandomAccessWriter;
import io.github.jbellis.jvector.disk.RandomAccessReader;
import io.github.jbellis.jvector.disk.ReaderSupplier;
import io.github.jbellis.jvector.disk.ReaderSupplierFactory;
import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.ImmutableGraphIndex;
import io.github.jbellis.jvector.graph.ListRandomAccessVectorValues;
import io.github.jbellis.jvector.graph.RandomAccessVectorValues;
import io.github.jbellis.jvector.graph.SearchResult;
import io.github.jbellis.jvector.graph.disk.GraphIndexWriter;
import io.github.jbellis.jvector.graph.disk.GraphIndexWriterTypes;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndex;
import io.github.jbellis.jvector.graph.disk.feature.Feature;
import io.github.jbellis.jvector.graph.disk.feature.FeatureId;
import io.github.jbellis.jvector.graph.disk.feature.InlineVectors;
import io.github.jbellis.jvector.graph.similarity.BuildScoreProvider;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.graph.similarity.SearchScoreProvider;
import io.github.jbellis.jvector.quantization.PQVectors;
import io.github.jbellis.jvector.quantization.ProductQuantization;
import io.github.jbellis.jvector.util.Bits;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import io.github.jbellis.jvector.vector.types.VectorTypeSupport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleConsumer;
import java.util.function.IntFunction;
import org.apache.lucene.util.IOUtils;
import org.lucenelmdb.bench.data.Dataset;
import org.lucenelmdb.bench.data.Filter;
import org.lucenelmdb.bench.data.Metric;
import org.lucenelmdb.bench.data.VectorSource;
import org.lucenelmdb.bench.result.EngineInfo;
import org.lucenelmdb.bench.result.Figures;

/**
 * jvector, through its own API: a graph on disk with its vectors. Searches traverse by full
 * vectors, or by product-quantized vectors whose best candidates are reranked by full vectors.
 *
 * <p>Alpha, the overflow while building, the hierarchy and the number of subspaces (an eighth of
 * the dimension) are those of jvector's examples. Its build holds the vectors on the heap.
 */
final class JvectorEngine implements Engine {

  private static final float ALPHA = 1.2f;
  private static final float OVERFLOW = 1.2f;
  private static final int PQ_CLUSTERS = 256;
  private static final int DIMENSIONS_PER_SUBSPACE = 8;
  private static final String GRAPH = "graph";
  private static final String CODES = "codes";

  private final EngineInfo info;
  private final boolean twoPasses;

  JvectorEngine(String name, String label, boolean twoPasses) {
    this.info = new EngineInfo(name, label, "jvector", version(), "jvector");
    this.twoPasses = twoPasses;
  }

  /** The manifest of jvector's jar has no version. */
  private static String version() {
    String path = "/META-INF/maven/io.github.jbellis/jvector-base/pom.properties";
    try (InputStream in = GraphIndexBuilder.class.getResourceAsStream(path)) {
      Properties properties = new Properties();
      if (in != null) {
        properties.load(in);
      }
      return properties.getProperty("version", "unknown");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public EngineInfo info() {
    return info;
  }

  /**
   * Not a static field: it would be initialized, and would log messages, where nothing is measured.
   */
  private static VectorTypeSupport types() {
    return VectorizationProvider.getInstance().getVectorTypeSupport();
  }

  private static VectorSimilarityFunction similarity(Metric metric) {
    return metric == Metric.EUCLIDEAN
        ? VectorSimilarityFunction.EUCLIDEAN
        : VectorSimilarityFunction.DOT_PRODUCT;
  }

  @Override
  public Map<String, Double> build(
      Dataset data, Path index, BuildParameters parameters, DoubleConsumer progress)
      throws IOException {
    Files.createDirectories(index);
    RandomAccessVectorValues vectors = read(data);
    long start = System.nanoTime();
    ForkJoinPool pool = new ForkJoinPool(parameters.threads());
    try (GraphIndexBuilder builder =
        GraphIndexBuilder.builder(
                BuildScoreProvider.randomAccessScoreProvider(vectors, similarity(data.metric())),
                vectors.dimension(),
                // per level from 0; the last value holds for all levels above
                List.of(2 * parameters.maxConn(), parameters.maxConn()))
            .withBeamWidth(parameters.beamWidth())
            .withNeighborOverflow(OVERFLOW)
            .withAlpha(ALPHA)
            .withSimdExecutor(pool)
            .withParallelExecutor(pool)
            .build()) {
      ImmutableGraphIndex graph = build(builder, vectors, pool, progress);
      write(graph, vectors, index.resolve(GRAPH));
      long built = System.nanoTime();
      writeCodes(vectors, index.resolve(CODES), pool);
      long end = System.nanoTime();
      Map<String, Double> figures = new LinkedHashMap<>();
      figures.put(Figures.ADD, (built - start) / 1e9);
      figures.put(Figures.BUILD, (end - start) / 1e9);
      addSizes(figures, index, data);
      return figures;
    } finally {
      pool.close();
    }
  }

  private static ImmutableGraphIndex build(
      GraphIndexBuilder builder,
      RandomAccessVectorValues vectors,
      ForkJoinPool pool,
      DoubleConsumer progress) {
    int count = vectors.size();
    AtomicInteger next = new AtomicInteger();
    List<ForkJoinTask<?>> tasks = new ArrayList<>();
    for (int t = 0; t < pool.getParallelism(); t++) {
      tasks.add(
          pool.submit(
              () -> {
                for (int node = next.getAndIncrement();
                    node < count;
                    node = next.getAndIncrement()) {
                  builder.addGraphNode(node, vectors.getVector(node));
                  progress.accept(0.9 * (node + 1) / count);
                }
              }));
    }
    tasks.forEach(ForkJoinTask::join);
    builder.cleanup();
    return builder.getGraph();
  }

  private static RandomAccessVectorValues read(Dataset data) throws IOException {
    List<VectorFloat<?>> vectors = new ArrayList<>(data.count());
    try (VectorSource base = data.openBase()) {
      for (int i = 0; i < base.count(); i++) {
        float[] vector = new float[base.dimension()];
        base.read(i, vector);
        vectors.add(types().createFloatVector(vector));
      }
    }
    return new ListRandomAccessVectorValues(vectors, data.dimension());
  }

  private static void write(ImmutableGraphIndex graph, RandomAccessVectorValues vectors, Path path)
      throws IOException {
    IntFunction<Feature.State> inline = node -> new InlineVectors.State(vectors.getVector(node));
    try (GraphIndexWriter writer =
        GraphIndexWriter.getBuilderFor(GraphIndexWriterTypes.RANDOM_ACCESS_PARALLEL, graph, path)
            .with(new InlineVectors(vectors.dimension()))
            .build()) {
      writer.write(Map.of(FeatureId.INLINE_VECTORS, inline));
    }
  }

  private static void writeCodes(RandomAccessVectorValues vectors, Path path, ForkJoinPool pool)
      throws IOException {
    int subspaces = Math.max(1, vectors.dimension() / DIMENSIONS_PER_SUBSPACE);
    int clusters = Math.min(PQ_CLUSTERS, vectors.size());
    ProductQuantization quantization =
        ProductQuantization.compute(vectors, subspaces, clusters, false, -1f, pool, pool);
    PQVectors codes = quantization.encodeAll(vectors, pool);
    try (BufferedRandomAccessWriter out = new BufferedRandomAccessWriter(path)) {
      codes.write(out, OnDiskGraphIndex.CURRENT_VERSION);
    }
  }

  private static void addSizes(Map<String, Double> figures, Path index, Dataset data)
      throws IOException {
    double graph = Files.size(index.resolve(GRAPH));
    double codes = Files.size(index.resolve(CODES));
    double raw = (double) data.count() * data.dimension() * Float.BYTES;
    figures.put(Figures.FILE_PREFIX + GRAPH, graph);
    figures.put(Figures.FILE_PREFIX + CODES, codes);
    figures.put(Figures.BYTES, graph + codes);
    figures.put(Figures.BYTES_PER_VECTOR, (graph + codes) / data.count());
    figures.put(Figures.RAW_PER_VECTOR, raw / data.count());
    figures.put(Figures.GRAPH_PER_VECTOR, (graph - raw) / data.count());
    figures.put(Figures.CODES_PER_VECTOR, codes / data.count());
  }

  @Override
  public OpenIndex open(Dataset data, Path index) throws IOException {
    PQVectors codes = null;
    if (twoPasses) {
      try (ReaderSupplier file = ReaderSupplierFactory.open(index.resolve(CODES));
          RandomAccessReader in = file.get()) {
        codes = PQVectors.load(in);
      }
    }
    ReaderSupplier file = ReaderSupplierFactory.open(index.resolve(GRAPH));
    try {
      return new Open(file, OnDiskGraphIndex.load(file), codes, similarity(data.metric()));
    } catch (Throwable t) {
      IOUtils.closeWhileSuppressingExceptions(t, file::close);
      throw t;
    }
  }

  private record Open(
      ReaderSupplier file,
      OnDiskGraphIndex graph,
      PQVectors codes,
      VectorSimilarityFunction similarity)
      implements OpenIndex {

    @Override
    public Searcher searcher() {
      return new OneThread(new GraphSearcher(graph), codes, similarity);
    }

    @Override
    public void close() throws IOException {
      graph.close();
      file.close();
    }
  }

  private record OneThread(
      GraphSearcher searcher, PQVectors codes, VectorSimilarityFunction similarity)
      implements Searcher {

    @Override
    public int[] search(float[] query, int k, int ef, Filter filter, String strategy) {
      VectorFloat<?> vector = types().createFloatVector(query);
      RandomAccessVectorValues vectors = (RandomAccessVectorValues) searcher.getView();
      SearchScoreProvider scores =
          codes == null
              ? DefaultSearchScoreProvider.exact(vector, similarity, vectors)
              : new DefaultSearchScoreProvider(
                  codes.precomputedScoreFunctionFor(vector, similarity),
                  vectors.rerankerFor(vector, similarity));
      Bits accepted = filter == null ? Bits.ALL : filter.accepted()::get;
      SearchResult result = searcher.search(scores, k, ef, 0f, 0f, accepted);
      SearchResult.NodeScore[] nodes = result.getNodes();
      int[] found = new int[nodes.length];
      for (int i = 0; i < found.length; i++) {
        found[i] = nodes[i].node;
      }
      return found;
    }

    @Override
    public void close() {
      try {
        searcher.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
