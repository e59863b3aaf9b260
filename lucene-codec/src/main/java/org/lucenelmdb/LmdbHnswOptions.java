/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.util.Objects;
import java.util.concurrent.ExecutorService;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.MergeScheduler;
import org.lucenelmdb.internal.codes.CodeLayout;
import org.lucenelmdb.internal.codes.CodeModel;
import org.lucenelmdb.internal.codes.Oversampling;
import org.lucenelmdb.internal.offheap.BuildBudgets;
import org.lucenelmdb.internal.vectors.VectorMetric;

/**
 * Sets how {@link LmdbHnswVectorsFormat} writes segments. Immutable; the {@code with} methods
 * return changed copies.
 *
 * <pre class="prettyprint">
 * LmdbHnswOptions options = LmdbHnswOptions.DEFAULT.withMaxConn(32).withBeamWidth(200);
 * </pre>
 *
 * <p>A reader needs no options: segments record all settings on which searches depend. {@link
 * LmdbHnswSearchStrategy} overrides the settings of searches for a single query.
 */
public final class LmdbHnswOptions {

  /** The smallest M: 2. */
  public static final int MIN_MAX_CONN = 2;

  /** The largest M: 512. */
  public static final int MAX_MAX_CONN = Lucene99HnswVectorsFormat.MAXIMUM_MAX_CONN;

  /** The smallest beam width: 2. */
  public static final int MIN_BEAM_WIDTH = 2;

  /** The largest beam width: 3200. */
  public static final int MAX_BEAM_WIDTH = Lucene99HnswVectorsFormat.MAXIMUM_BEAM_WIDTH;

  /**
   * The value of a setting that is not set: {@value}. The setting of a query then defaults to that
   * of the field, and the setting of a field to the choice of the format.
   */
  public static final int AUTO = -1;

  /** The largest alpha: 2. */
  public static final float MAX_ALPHA = 2;

  /** The minimum target recall: 0.5. */
  public static final float MIN_TARGET_RECALL = 0.5f;

  /**
   * The maximum target recall: 0.999. For a recall of 1, score all vectors with a {@link
   * org.apache.lucene.search.VectorScorer}, which uses neither the graph nor the codes.
   */
  public static final float MAX_TARGET_RECALL = 0.999f;

  /** The default limit of memory outside the heap for builds: 2 GiB. */
  public static final long DEFAULT_BUILD_MEMORY = 2L << 30;

  /**
   * The default options. As in Lucene: M 16, beam width 100, one thread for merges, tiny segments
   * threshold 100. Code bits, oversampling, target recall and filter strategy are {@link #AUTO}.
   * Alpha is 1, builds may use 2 GiB outside the heap, and there is no listener.
   */
  public static final LmdbHnswOptions DEFAULT =
      new LmdbHnswOptions(
          new Graph(
              Lucene99HnswVectorsFormat.DEFAULT_MAX_CONN,
              Lucene99HnswVectorsFormat.DEFAULT_BEAM_WIDTH,
              1,
              Lucene99HnswVectorsFormat.HNSW_GRAPH_THRESHOLD),
          new Build(
              Lucene99HnswVectorsFormat.DEFAULT_NUM_MERGE_WORKER,
              null,
              DEFAULT_BUILD_MEMORY,
              null,
              null),
          new Search(AUTO, AUTO, AUTO, LmdbHnswFilterStrategy.AUTO));

  /** The shape of graphs. */
  private record Graph(int maxConn, int beamWidth, float alpha, int tinySegmentsThreshold) {}

  /** The resources of builds. */
  private record Build(
      int threads,
      ExecutorService executor,
      long memory,
      LmdbHnswBuildMemory sharedMemory,
      LmdbHnswBuildListener listener) {}

  /** The settings that a segment records for searches. */
  private record Search(
      int codeBits,
      float oversampling,
      float targetRecall,
      LmdbHnswFilterStrategy filterStrategy) {}

  private final Graph graph;
  private final Build build;
  private final Search search;

  private LmdbHnswOptions(Graph graph, Build build, Search search) {
    this.graph = graph;
    this.build = build;
    this.search = search;
  }

  private LmdbHnswOptions with(Graph changed) {
    return new LmdbHnswOptions(changed, build, search);
  }

  private LmdbHnswOptions with(Build changed) {
    return new LmdbHnswOptions(graph, changed, search);
  }

  private LmdbHnswOptions with(Search changed) {
    return new LmdbHnswOptions(graph, build, changed);
  }

  /**
   * Sets M: the maximum number of neighbors of a node on the levels above 0. On level 0 it is 2 M.
   *
   * @param value from {@value #MIN_MAX_CONN} to {@link #MAX_MAX_CONN}
   * @return a changed copy
   * @throws IllegalArgumentException if out of range
   */
  public LmdbHnswOptions withMaxConn(int value) {
    checkRange("maxConn", value, MIN_MAX_CONN, MAX_MAX_CONN);
    return with(new Graph(value, graph.beamWidth, graph.alpha, graph.tinySegmentsThreshold));
  }

  /**
   * Sets the number of nearest nodes that the search for a new node's neighbors keeps.
   *
   * @param value from {@value #MIN_BEAM_WIDTH} to {@link #MAX_BEAM_WIDTH}
   * @return a changed copy
   * @throws IllegalArgumentException if out of range
   */
  public LmdbHnswOptions withBeamWidth(int value) {
    checkRange("beamWidth", value, MIN_BEAM_WIDTH, MAX_BEAM_WIDTH);
    return with(new Graph(graph.maxConn, value, graph.alpha, graph.tinySegmentsThreshold));
  }

  /**
   * Expert: sets the pruning factor of <a
   * href="https://proceedings.neurips.cc/paper/2019/hash/09853c7fb1d3f8ee67a61b6bf4a7f8e6-Abstract.html">Vamana</a>.
   * A neighbor is kept if its distance to the node is at most alpha times its distance to each
   * neighbor that was selected before. With 1, neighbors are selected as in HNSW. Above 1, nodes
   * keep more neighbors, up to the same maximum, and searches take fewer but more expensive steps.
   *
   * <p>Has no effect if scores are not a function of distances: with MAXIMUM_INNER_PRODUCT, and
   * with DOT_PRODUCT of byte vectors.
   *
   * @param value from 1 to {@value #MAX_ALPHA}
   * @return a changed copy
   * @throws IllegalArgumentException if out of range
   */
  public LmdbHnswOptions withAlpha(float value) {
    if ((value >= 1 && value <= MAX_ALPHA) == false) {
      throw new IllegalArgumentException(
          "alpha must be from 1 to " + MAX_ALPHA + "; alpha=" + value);
    }
    return with(new Graph(graph.maxConn, graph.beamWidth, value, graph.tinySegmentsThreshold));
  }

  /**
   * Expert: sets the k for which a graph must pay off. A segment gets no graph if a search for this
   * many neighbors is expected to visit most of its vectors anyway. Such a segment is searched
   * exhaustively.
   *
   * @param value 0 to always build a graph
   * @return a changed copy
   * @throws IllegalArgumentException if negative
   */
  public LmdbHnswOptions withTinySegmentsThreshold(int value) {
    checkRange("tinySegmentsThreshold", value, 0, Integer.MAX_VALUE);
    return with(new Graph(graph.maxConn, graph.beamWidth, graph.alpha, value));
  }

  /**
   * Sets the number of threads that build the graph of a merge. The executor of {@link
   * MergeScheduler#getIntraMergeExecutor(MergePolicy.OneMerge)} runs them. A flush, for which
   * Lucene offers no executor, uses one thread.
   *
   * @param value at least 1
   * @return a changed copy
   * @throws IllegalArgumentException if out of range
   */
  public LmdbHnswOptions withBuildThreads(int value) {
    checkRange("buildThreads", value, 1, Integer.MAX_VALUE);
    return with(new Build(value, null, build.memory, build.sharedMemory, build.listener));
  }

  /**
   * Sets the number of threads that build the graph of a merge or a flush, and the executor that
   * runs them. The merging or flushing thread is one of them. If the executor is busy, that thread
   * does all the work itself.
   *
   * @param value at least 2
   * @param executor shared by all builds, which never shut it down
   * @return a changed copy
   * @throws IllegalArgumentException if out of range
   */
  public LmdbHnswOptions withBuildThreads(int value, ExecutorService executor) {
    Objects.requireNonNull(executor);
    checkRange("buildThreads", value, 1, Integer.MAX_VALUE);
    if (value == 1) {
      throw new IllegalArgumentException(
          "buildExecutor must be null when buildThreads is 1: a single thread needs none");
    }
    return with(new Build(value, executor, build.memory, build.sharedMemory, build.listener));
  }

  /**
   * Sets the limit of memory outside the heap that all builds of a format share. Flushes have a
   * quarter of the limit and merges the rest, so that no flush waits for a merge. With M 16 and 384
   * dimensions, a vector takes about 500 bytes.
   *
   * <p>A build that needs more memory than its share has left waits for other builds; requests are
   * served in order. A segment is flushed early if its build would otherwise exceed the share. A
   * build of 4,096 vectors or more that needs more than the whole share uses temporary files, which
   * the operating system keeps in memory as far as possible: it is slower, and does not start from
   * the graph of a merged segment. A smaller one waits until no other build has memory.
   *
   * @param bytes at least 1
   * @return a changed copy
   * @throws IllegalArgumentException if out of range
   */
  public LmdbHnswOptions withBuildMemory(long bytes) {
    checkBuildMemory(bytes);
    return with(new Build(build.threads, build.executor, bytes, null, build.listener));
  }

  /**
   * Expert: sets a limit like {@link #withBuildMemory(long)} that several formats share.
   *
   * @param memory not null
   * @return a changed copy
   */
  public LmdbHnswOptions withBuildMemory(LmdbHnswBuildMemory memory) {
    return with(new Build(build.threads, build.executor, memory.limit(), memory, build.listener));
  }

  /** Returns a valid limit. */
  static long checkBuildMemory(long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("buildMemory must be at least 1; buildMemory=" + bytes);
    }
    return bytes;
  }

  /**
   * Sets the listener that receives the progress of builds.
   *
   * @param listener null for none
   * @return a changed copy
   */
  public LmdbHnswOptions withBuildListener(LmdbHnswBuildListener listener) {
    return with(
        new Build(build.threads, build.executor, build.memory, build.sharedMemory, listener));
  }

  /**
   * Sets the number of bits per dimension of the codes that searches traverse. With more bits, a
   * search needs fewer candidates, but codes take more memory and each costs more time to compare.
   * Scores of results are exact in any case. Fields with the HAMMING metric have no codes.
   *
   * @param value 1, 2, 4 or 8; 0 for no codes, so that searches traverse the vectors; {@link #AUTO}
   *     to choose for each segment the fewest bits that a sample of its vectors needs, or no codes
   *     if they would not make searches faster
   * @return a changed copy
   * @throws IllegalArgumentException if the value is none of these
   */
  public LmdbHnswOptions withCodeBits(int value) {
    if (value != AUTO && value != 0 && CodeLayout.isValid(value) == false) {
      throw new IllegalArgumentException(
          "codeBits must be 0, 1, 2, 4, 8 or AUTO (" + AUTO + "); codeBits=" + value);
    }
    return with(new Search(value, search.oversampling, search.targetRecall, search.filterStrategy));
  }

  /**
   * Expert: sets the number of candidates that a search of a field with codes reranks for each
   * requested result. It takes precedence over the {@linkplain #withTargetRecall target recall},
   * which then applies to fields without codes only.
   *
   * @param value from 1 to 1000; {@link #AUTO} for as many as the errors of the codes require,
   *     which each search estimates from its first candidates
   * @return a changed copy
   * @throws IllegalArgumentException if out of range
   * @see LmdbHnswSearchStrategy#withOversampling
   */
  public LmdbHnswOptions withOversampling(float value) {
    checkOversampling(value);
    return with(new Search(search.codeBits, value, search.targetRecall, search.filterStrategy));
  }

  /**
   * Sets the recall that searches reach, on average over queries, unless the field has codes and an
   * {@linkplain #withOversampling oversampling}.
   *
   * <p>The relation of effort to recall is measured while a segment is written, with a sample of
   * its vectors as queries. This takes a few percent of the build time. Segments with fewer than
   * 2,000 vectors, and segments of older versions, use typical values.
   *
   * @param value from {@value #MIN_TARGET_RECALL} to {@value #MAX_TARGET_RECALL}; {@link #AUTO} for
   *     0.95, or more if Lucene's own formats have a higher recall at the same k, for example if
   *     queries are stored vectors
   * @return a changed copy
   * @throws IllegalArgumentException if out of range
   * @see LmdbHnswSearchStrategy#withTargetRecall
   */
  public LmdbHnswOptions withTargetRecall(float value) {
    checkTargetRecall(value);
    return with(new Search(search.codeBits, search.oversampling, value, search.filterStrategy));
  }

  /**
   * Expert: sets the strategy by which searches with a filter find their candidates.
   *
   * @param value not null
   * @return a changed copy
   * @see LmdbHnswSearchStrategy#withFilterStrategy
   */
  public LmdbHnswOptions withFilterStrategy(LmdbHnswFilterStrategy value) {
    Objects.requireNonNull(value);
    return with(new Search(search.codeBits, search.oversampling, search.targetRecall, value));
  }

  private static void checkRange(String name, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          name + " must be from " + min + " to " + max + "; " + name + "=" + value);
    }
  }

  /** Returns a valid oversampling, or {@link #AUTO}. */
  static float checkOversampling(float value) {
    if (value != AUTO && Oversampling.isValid(value) == false) {
      throw new IllegalArgumentException(
          "oversampling must be from 1 to " + Oversampling.MAX_FACTOR + "; oversampling=" + value);
    }
    return value;
  }

  /** Whether a target recall is in range; {@link #AUTO} is not. */
  static boolean isTargetRecall(float value) {
    return value >= MIN_TARGET_RECALL && value <= MAX_TARGET_RECALL;
  }

  /** Returns a valid target recall, or {@link #AUTO}. */
  static float checkTargetRecall(float value) {
    if (value != AUTO && isTargetRecall(value) == false) {
      throw new IllegalArgumentException(
          "targetRecall must be from "
              + MIN_TARGET_RECALL
              + " to "
              + MAX_TARGET_RECALL
              + "; targetRecall="
              + value);
    }
    return value;
  }

  /**
   * The number of code bits of a field; 0 if it gets no codes. With {@link #AUTO}, this is the
   * least number: a segment may need more, or have no codes.
   */
  int codeBits(FieldInfo info, VectorMetric metric) {
    if (CodeModel.canQuantize(metric) == false) {
      return 0;
    }
    return search.codeBits == AUTO
        ? CodeDefaults.bits(info.getVectorDimension(), info.getVectorEncoding())
        : search.codeBits;
  }

  /** The target recall as the metadata file stores it. */
  float storedTargetRecall() {
    return search.targetRecall == AUTO ? FieldMeta.DEFAULT_TARGET : search.targetRecall;
  }

  /** The oversampling as the metadata file stores it. */
  Oversampling storedOversampling() {
    return search.oversampling == AUTO
        ? Oversampling.ADAPTIVE
        : Oversampling.of(search.oversampling);
  }

  /** {@return M, the maximum number of neighbors of a node above level 0} */
  public int maxConn() {
    return graph.maxConn;
  }

  /** {@return the number of nearest nodes that the search for a new node's neighbors keeps} */
  public int beamWidth() {
    return graph.beamWidth;
  }

  /** {@return the pruning factor} */
  public float alpha() {
    return graph.alpha;
  }

  /** {@return the k for which a graph must pay off; 0 if graphs are always built} */
  public int tinySegmentsThreshold() {
    return graph.tinySegmentsThreshold;
  }

  /** {@return the number of threads of a build} */
  public int buildThreads() {
    return build.threads;
  }

  /**
   * {@return the executor of the threads of builds; null for the one that Lucene provides for
   * merges}
   */
  public ExecutorService buildExecutor() {
    return build.executor;
  }

  /** {@return the limit of memory outside the heap for builds, in bytes} */
  public long buildMemory() {
    return build.memory;
  }

  /** Returns the budgets of a format's builds: shared ones if there are any, or new ones. */
  BuildBudgets buildBudgets() {
    return build.sharedMemory == null
        ? BuildBudgets.of(build.memory)
        : build.sharedMemory.budgets();
  }

  /** {@return the listener that receives the progress of builds; null if there is none} */
  public LmdbHnswBuildListener buildListener() {
    return build.listener;
  }

  /** {@return the number of bits per dimension of codes; 0 for no codes; or {@link #AUTO}} */
  public int codeBits() {
    return search.codeBits;
  }

  /** {@return the number of candidates for each requested result, or {@link #AUTO}} */
  public float oversampling() {
    return search.oversampling;
  }

  /** {@return the recall that searches reach, or {@link #AUTO}} */
  public float targetRecall() {
    return search.targetRecall;
  }

  /** {@return the strategy by which searches with a filter find their candidates} */
  public LmdbHnswFilterStrategy filterStrategy() {
    return search.filterStrategy;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LmdbHnswOptions options
        && graph.equals(options.graph)
        && build.equals(options.build)
        && search.equals(options.search);
  }

  @Override
  public int hashCode() {
    return Objects.hash(graph, build, search);
  }

  /** Formats a setting for {@code toString}. */
  static String toString(float value) {
    return value == AUTO ? "auto" : Float.toString(value);
  }

  /** The options that shape a segment, for its attributes: all but threads and memory. */
  String ofSegment() {
    return ofGraph() + ", " + ofSearch();
  }

  private String ofGraph() {
    return "maxConn="
        + graph.maxConn
        + ", beamWidth="
        + graph.beamWidth
        + ", alpha="
        + graph.alpha
        + ", tinySegmentsThreshold="
        + graph.tinySegmentsThreshold;
  }

  private String ofSearch() {
    return "codeBits="
        + (search.codeBits == AUTO ? "auto" : search.codeBits)
        + ", oversampling="
        + toString(search.oversampling)
        + ", targetRecall="
        + toString(search.targetRecall)
        + ", filterStrategy="
        + search.filterStrategy;
  }

  @Override
  public String toString() {
    return ofGraph()
        + ", buildThreads="
        + build.threads
        + ", buildMemory="
        + build.memory
        + ", "
        + ofSearch();
  }
}
