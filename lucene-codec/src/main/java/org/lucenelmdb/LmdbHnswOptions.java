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
import org.lucenelmdb.codes.CodeLayout;
import org.lucenelmdb.codes.CodeQuantizer;
import org.lucenelmdb.codes.Codes;
import org.lucenelmdb.vectors.VectorMetric;

/**
 * How {@link LmdbHnswVectorsFormat} writes vectors. Immutable; the {@code with} methods return
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

  /** Leaves a choice to the format: {@value}. */
  public static final int AUTO = -1;

  /**
   * M 16, beam width 100, merges with one thread, tiny segments threshold 100, as in Lucene; code
   * bits and oversampling by the number of dimensions.
   */
  public static final LmdbHnswOptions DEFAULT =
      new LmdbHnswOptions(
          Lucene99HnswVectorsFormat.DEFAULT_MAX_CONN,
          Lucene99HnswVectorsFormat.DEFAULT_BEAM_WIDTH,
          Lucene99HnswVectorsFormat.DEFAULT_NUM_MERGE_WORKER,
          null,
          Lucene99HnswVectorsFormat.HNSW_GRAPH_THRESHOLD,
          AUTO,
          AUTO);

  private final int maxConn;
  private final int beamWidth;
  private final int mergeWorkers;
  private final ExecutorService mergeExecutor;
  private final int tinySegmentsThreshold;
  private final int codeBits;
  private final float oversampling;

  private LmdbHnswOptions(
      int maxConn,
      int beamWidth,
      int mergeWorkers,
      ExecutorService mergeExecutor,
      int tinySegmentsThreshold,
      int codeBits,
      float oversampling) {
    this.maxConn = checkRange("maxConn", maxConn, MIN_MAX_CONN, MAX_MAX_CONN);
    this.beamWidth = checkRange("beamWidth", beamWidth, MIN_BEAM_WIDTH, MAX_BEAM_WIDTH);
    this.mergeWorkers = checkRange("mergeWorkers", mergeWorkers, 1, Integer.MAX_VALUE);
    this.mergeExecutor = mergeExecutor;
    this.tinySegmentsThreshold =
        checkRange("tinySegmentsThreshold", tinySegmentsThreshold, 0, Integer.MAX_VALUE);
    this.codeBits = codeBits;
    this.oversampling = oversampling;
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
        value,
        beamWidth,
        mergeWorkers,
        mergeExecutor,
        tinySegmentsThreshold,
        codeBits,
        oversampling);
  }

  /**
   * Sets the number of candidates that are kept while looking for the neighbours of a new node.
   *
   * @param value from {@value #MIN_BEAM_WIDTH} to {@value #MAX_BEAM_WIDTH}
   * @return a changed copy
   * @throws IllegalArgumentException if out of range
   */
  public LmdbHnswOptions withBeamWidth(int value) {
    return new LmdbHnswOptions(
        maxConn, value, mergeWorkers, mergeExecutor, tinySegmentsThreshold, codeBits, oversampling);
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
    return new LmdbHnswOptions(
        maxConn, beamWidth, value, null, tinySegmentsThreshold, codeBits, oversampling);
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
        maxConn,
        beamWidth,
        value,
        Objects.requireNonNull(executor),
        tinySegmentsThreshold,
        codeBits,
        oversampling);
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
    return new LmdbHnswOptions(
        maxConn, beamWidth, mergeWorkers, mergeExecutor, value, codeBits, oversampling);
  }

  /**
   * Sets how many bits a dimension has in the codes on which graphs are walked. More bits find the
   * same neighbours among fewer candidates, but take more memory and time for each. Whatever they
   * are, the scores of a search are exact. There are no codes for HAMMING.
   *
   * @param value 1, 2, 4 or 8; 0 for no codes: then graphs are walked on the vectors themselves;
   *     {@link #AUTO} to choose by the number of dimensions
   * @return a changed copy
   * @throws IllegalArgumentException if it is none of these
   */
  public LmdbHnswOptions withCodeBits(int value) {
    if (value != AUTO && value != 0 && CodeLayout.isValid(value) == false) {
      throw new IllegalArgumentException(
          "codeBits must be 0, 1, 2, 4, 8 or AUTO (" + AUTO + "); codeBits=" + value);
    }
    return new LmdbHnswOptions(
        maxConn,
        beamWidth,
        mergeWorkers,
        mergeExecutor,
        tinySegmentsThreshold,
        value,
        oversampling);
  }

  /**
   * Sets how many candidates a search finds by codes for each vector that it is asked for; a query
   * can ask for others by {@link LmdbHnswSearchStrategy}. All candidates are scored exactly.
   *
   * @param value from 1 to 1000; {@link #AUTO} to choose by the number of bits
   * @return a changed copy
   * @throws IllegalArgumentException if out of range
   */
  public LmdbHnswOptions withOversampling(float value) {
    return new LmdbHnswOptions(
        maxConn,
        beamWidth,
        mergeWorkers,
        mergeExecutor,
        tinySegmentsThreshold,
        codeBits,
        value == AUTO ? value : checkOversampling(value));
  }

  static float checkOversampling(float value) {
    if (Codes.isOversampling(value) == false) {
      throw new IllegalArgumentException(
          "oversampling must be from 1 to " + Codes.MAX_OVERSAMPLING + "; oversampling=" + value);
    }
    return value;
  }

  /** The number of bits for a field; 0 if it gets no codes. */
  int codeBits(FieldInfo info, VectorMetric metric) {
    if (CodeQuantizer.canQuantize(metric) == false) {
      return 0;
    }
    return codeBits == AUTO
        ? CodeDefaults.bits(info.getVectorDimension(), info.getVectorEncoding())
        : codeBits;
  }

  /** The oversampling for codes of so many bits. */
  float oversampling(int bits) {
    return oversampling == AUTO ? CodeDefaults.oversampling(bits) : oversampling;
  }

  /**
   * Returns the number of bits of a dimension in codes, 0 for no codes, {@link #AUTO} by default.
   *
   * @return the number of bits of a dimension in codes, 0 for no codes, {@link #AUTO} by default
   */
  public int codeBits() {
    return codeBits;
  }

  /**
   * Returns the number of candidates for each vector that is asked for, {@link #AUTO} by default.
   *
   * @return the number of candidates for each vector that is asked for, {@link #AUTO} by default
   */
  public float oversampling() {
    return oversampling;
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
        + tinySegmentsThreshold
        + ", codeBits="
        + (codeBits == AUTO ? "auto" : codeBits)
        + ", oversampling="
        + (oversampling == AUTO ? "auto" : oversampling);
  }
}
