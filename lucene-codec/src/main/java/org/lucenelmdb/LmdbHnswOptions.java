/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.util.Objects;
import java.util.concurrent.ExecutorService;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.MergeScheduler;

/**
 * How {@link LmdbHnswVectorsFormat} builds its graphs. Immutable; the {@code with} methods return
 * changed copies.
 *
 * <pre class="prettyprint">
 * LmdbHnswOptions options = LmdbHnswOptions.DEFAULT.withMaxConn(32).withBeamWidth(200);
 * </pre>
 *
 * <p>Options matter to writing only; a reader takes all it needs from the segment.
 */
public final class LmdbHnswOptions {

  /** The smallest M: 2. With 1, Lucene's builders may add levels without end. */
  public static final int MIN_MAX_CONN = 2;

  /** The largest M: 512. */
  public static final int MAX_MAX_CONN = Lucene99HnswVectorsFormat.MAXIMUM_MAX_CONN;

  /** The smallest beam width: 2. With 1, Lucene's builders fail. */
  public static final int MIN_BEAM_WIDTH = 2;

  /** The largest beam width: 3200. */
  public static final int MAX_BEAM_WIDTH = Lucene99HnswVectorsFormat.MAXIMUM_BEAM_WIDTH;

  /** M 16, beam width 100, merges with one thread, tiny segments threshold 100: as in Lucene. */
  public static final LmdbHnswOptions DEFAULT =
      new LmdbHnswOptions(
          Lucene99HnswVectorsFormat.DEFAULT_MAX_CONN,
          Lucene99HnswVectorsFormat.DEFAULT_BEAM_WIDTH,
          Lucene99HnswVectorsFormat.DEFAULT_NUM_MERGE_WORKER,
          null,
          Lucene99HnswVectorsFormat.HNSW_GRAPH_THRESHOLD);

  private final int maxConn;
  private final int beamWidth;
  private final int mergeWorkers;
  private final ExecutorService mergeExecutor;
  private final int tinySegmentsThreshold;

  private LmdbHnswOptions(
      int maxConn,
      int beamWidth,
      int mergeWorkers,
      ExecutorService mergeExecutor,
      int tinySegmentsThreshold) {
    this.maxConn = checkRange("maxConn", maxConn, MIN_MAX_CONN, MAX_MAX_CONN);
    this.beamWidth = checkRange("beamWidth", beamWidth, MIN_BEAM_WIDTH, MAX_BEAM_WIDTH);
    this.mergeWorkers = checkRange("mergeWorkers", mergeWorkers, 1, Integer.MAX_VALUE);
    this.mergeExecutor = mergeExecutor;
    this.tinySegmentsThreshold =
        checkRange("tinySegmentsThreshold", tinySegmentsThreshold, 0, Integer.MAX_VALUE);
    if (mergeWorkers == 1 && mergeExecutor != null) {
      throw new IllegalArgumentException(
          "mergeExecutor must be null when mergeWorkers is 1: a single thread needs none");
    }
  }

  private static int checkRange(String name, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          name + " must be from " + min + " to " + max + "; " + name + "=" + value);
    }
    return value;
  }

  /**
   * Sets M: a node has at most so many neighbours, on level 0 twice as many.
   *
   * @param value from {@value #MIN_MAX_CONN} to {@value #MAX_MAX_CONN}
   * @return a changed copy
   * @throws IllegalArgumentException if out of range
   */
  public LmdbHnswOptions withMaxConn(int value) {
    return new LmdbHnswOptions(
        value, beamWidth, mergeWorkers, mergeExecutor, tinySegmentsThreshold);
  }

  /**
   * Sets the number of candidates that are kept while looking for the neighbours of a new node.
   *
   * @param value from {@value #MIN_BEAM_WIDTH} to {@value #MAX_BEAM_WIDTH}
   * @return a changed copy
   * @throws IllegalArgumentException if out of range
   */
  public LmdbHnswOptions withBeamWidth(int value) {
    return new LmdbHnswOptions(maxConn, value, mergeWorkers, mergeExecutor, tinySegmentsThreshold);
  }

  /**
   * Sets the number of threads that build the graph of one merge, run by the executor that {@link
   * MergeScheduler#getIntraMergeExecutor(MergePolicy.OneMerge)} offers.
   *
   * @param value at least 1
   * @return a changed copy
   * @throws IllegalArgumentException if out of range
   */
  public LmdbHnswOptions withMergeWorkers(int value) {
    return new LmdbHnswOptions(maxConn, beamWidth, value, null, tinySegmentsThreshold);
  }

  /**
   * Sets the number of threads that build the graph of one merge, and who runs them.
   *
   * @param value at least 2
   * @param executor used by all merges, never shut down by them
   * @return a changed copy
   * @throws IllegalArgumentException if out of range
   */
  public LmdbHnswOptions withMergeWorkers(int value, ExecutorService executor) {
    return new LmdbHnswOptions(
        maxConn, beamWidth, value, Objects.requireNonNull(executor), tinySegmentsThreshold);
  }

  /**
   * Sets for how many neighbours a search must be worth a graph: a segment in which it is expected
   * to visit most vectors anyhow gets none, and is scanned.
   *
   * @param value 0 to build a graph always
   * @return a changed copy
   * @throws IllegalArgumentException if negative
   */
  public LmdbHnswOptions withTinySegmentsThreshold(int value) {
    return new LmdbHnswOptions(maxConn, beamWidth, mergeWorkers, mergeExecutor, value);
  }

  /**
   * Returns the maximum number of connections of a node, M.
   *
   * @return the maximum number of connections of a node, M
   */
  public int maxConn() {
    return maxConn;
  }

  /**
   * Returns the number of candidates while building.
   *
   * @return the number of candidates while building
   */
  public int beamWidth() {
    return beamWidth;
  }

  /**
   * Returns the number of threads of a merge.
   *
   * @return the number of threads of a merge
   */
  public int mergeWorkers() {
    return mergeWorkers;
  }

  /**
   * Returns the executor that runs the threads of merges; null for the one that Lucene offers.
   *
   * @return the executor that runs the threads of merges; null for the one that Lucene offers
   */
  public ExecutorService mergeExecutor() {
    return mergeExecutor;
  }

  /**
   * Returns the number of neighbours that a search must be worth a graph for; 0 if always.
   *
   * @return the number of neighbours that a search must be worth a graph for; 0 if always
   */
  public int tinySegmentsThreshold() {
    return tinySegmentsThreshold;
  }

  @Override
  public String toString() {
    return "maxConn="
        + maxConn
        + ", beamWidth="
        + beamWidth
        + ", mergeWorkers="
        + mergeWorkers
        + ", tinySegmentsThreshold="
        + tinySegmentsThreshold;
  }
}
