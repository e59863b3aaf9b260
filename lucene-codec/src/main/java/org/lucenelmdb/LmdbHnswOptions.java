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
import org.lucenelmdb.internal.vectors.VectorMetric;

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

  /** The smallest M: 2. Graphs of fewer links would be chains. */
  public static final int MIN_MAX_CONN = 2;

  /** The largest M: 512. */
  public static final int MAX_MAX_CONN = Lucene99HnswVectorsFormat.MAXIMUM_MAX_CONN;

  /** The smallest beam width: 2. */
  public static final int MIN_BEAM_WIDTH = 2;

  /** The largest beam width: 3200. */
  public static final int MAX_BEAM_WIDTH = Lucene99HnswVectorsFormat.MAXIMUM_BEAM_WIDTH;

  /** Leaves a choice to the format: {@value}. */
  public static final int AUTO = -1;

  /** The largest alpha: 2. */
  public static final float MAX_ALPHA = 2;

  /** The least target recall: 0.5. */
  public static final float MIN_TARGET_RECALL = 0.5f;

  /** The greatest target recall: 0.999. Scan all vectors to miss none. */
  public static final float MAX_TARGET_RECALL = 0.999f;

  /** How much memory outside the heap builds may take unless it is said: 2 GiB. */
  public static final long DEFAULT_BUILD_MEMORY = 2L << 30;

  /**
   * M 16, beam width 100, merges with one thread, tiny segments threshold 100, as in Lucene; code
   * bits and candidates as segments and queries need; alpha 1, 2 GiB of memory for builds, and
   * nobody who listens to them.
   */
  public static final LmdbHnswOptions DEFAULT = new LmdbHnswOptions();

  // changed by nobody but the method that makes the copy, before others see it
  private int maxConn = Lucene99HnswVectorsFormat.DEFAULT_MAX_CONN;
  private int beamWidth = Lucene99HnswVectorsFormat.DEFAULT_BEAM_WIDTH;
  private float alpha = 1;
  private int buildThreads = Lucene99HnswVectorsFormat.DEFAULT_NUM_MERGE_WORKER;
  private ExecutorService buildExecutor;
  private long buildMemory = DEFAULT_BUILD_MEMORY;
  private LmdbHnswBuildListener buildListener;
  private int tinySegmentsThreshold = Lucene99HnswVectorsFormat.HNSW_GRAPH_THRESHOLD;
  private int codeBits = AUTO;
  private float oversampling = AUTO;
  private float targetRecall = AUTO;
  private LmdbHnswFilterStrategy filterStrategy = LmdbHnswFilterStrategy.AUTO;

  private LmdbHnswOptions() {}

  private LmdbHnswOptions copy() {
    LmdbHnswOptions copy = new LmdbHnswOptions();
    copy.maxConn = maxConn;
    copy.beamWidth = beamWidth;
    copy.alpha = alpha;
    copy.buildThreads = buildThreads;
    copy.buildExecutor = buildExecutor;
    copy.buildMemory = buildMemory;
    copy.buildListener = buildListener;
    copy.tinySegmentsThreshold = tinySegmentsThreshold;
    copy.codeBits = codeBits;
    copy.oversampling = oversampling;
    copy.targetRecall = targetRecall;
    copy.filterStrategy = filterStrategy;
    return copy;
  }

  private static int checkRange(String name, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          name + " must be from " + min + " to " + max + "; " + name + "=" + value);
    }
    return value;
  }

  /**
   * Sets M: a node has at most so many neighbors, on level 0 twice as many.
   *
   * @param value from {@value #MIN_MAX_CONN} to {@value #MAX_MAX_CONN}
   * @return a changed copy
   * @throws IllegalArgumentException if out of range
   */
  public LmdbHnswOptions withMaxConn(int value) {
    LmdbHnswOptions copy = copy();
    copy.maxConn = checkRange("maxConn", value, MIN_MAX_CONN, MAX_MAX_CONN);
    return copy;
  }

  /**
   * Sets the number of candidates that are kept while looking for the neighbors of a new node.
   *
   * @param value from {@value #MIN_BEAM_WIDTH} to {@value #MAX_BEAM_WIDTH}
   * @return a changed copy
   * @throws IllegalArgumentException if out of range
   */
  public LmdbHnswOptions withBeamWidth(int value) {
    LmdbHnswOptions copy = copy();
    copy.beamWidth = checkRange("beamWidth", value, MIN_BEAM_WIDTH, MAX_BEAM_WIDTH);
    return copy;
  }

  /**
   * Sets how much farther from a node than from its other neighbors a neighbor may be: with 1 it
   * has to be nearer to the node, as in HNSW; with more, as in Vamana, nodes get more neighbors, of
   * up to the same number, and searches need fewer steps of more work. It has no effect where
   * scores are not those of distances: with MAXIMUM_INNER_PRODUCT, and DOT_PRODUCT of bytes.
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
    LmdbHnswOptions copy = copy();
    copy.alpha = value;
    return copy;
  }

  /**
   * Sets the number of threads that build the graph of a merge, run by the executor that {@link
   * MergeScheduler#getIntraMergeExecutor(MergePolicy.OneMerge)} offers. A flush, for which Lucene
   * offers none, has one.
   *
   * @param value at least 1
   * @return a changed copy
   * @throws IllegalArgumentException if out of range
   */
  public LmdbHnswOptions withBuildThreads(int value) {
    LmdbHnswOptions copy = copy();
    copy.buildThreads = checkRange("buildThreads", value, 1, Integer.MAX_VALUE);
    copy.buildExecutor = null;
    return copy;
  }

  /**
   * Sets the number of threads that build a graph, in a merge or a flush, and who runs them. The
   * thread that merges or flushes is one of them, and does all by itself if the executor does not
   * come to it.
   *
   * @param value at least 2
   * @param executor used by all builds, never shut down by them
   * @return a changed copy
   * @throws IllegalArgumentException if out of range
   */
  public LmdbHnswOptions withBuildThreads(int value, ExecutorService executor) {
    Objects.requireNonNull(executor);
    LmdbHnswOptions copy = copy();
    copy.buildThreads = checkRange("buildThreads", value, 1, Integer.MAX_VALUE);
    copy.buildExecutor = executor;
    if (value == 1) {
      throw new IllegalArgumentException(
          "buildExecutor must be null when buildThreads is 1: a single thread needs none");
    }
    return copy;
  }

  /**
   * Sets how much memory outside the heap the builds of one format may take together. Flushes have
   * a quarter of it and merges the rest, so that no flush waits for a merge. A build that needs
   * more than is left of its share waits for others; requests are served in order. A vector needs
   * about 500 bytes with M 16 and 384 dimensions. A flush comes early rather than need more than
   * its share; a merge that needs more waits until no other merge has any, and takes it.
   *
   * @param bytes at least 1
   * @return a changed copy
   * @throws IllegalArgumentException if out of range
   */
  public LmdbHnswOptions withBuildMemory(long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("buildMemory must be at least 1; buildMemory=" + bytes);
    }
    LmdbHnswOptions copy = copy();
    copy.buildMemory = bytes;
    return copy;
  }

  /**
   * Sets who is told how far builds are.
   *
   * @param listener null for nobody
   * @return a changed copy
   */
  public LmdbHnswOptions withBuildListener(LmdbHnswBuildListener listener) {
    LmdbHnswOptions copy = copy();
    copy.buildListener = listener;
    return copy;
  }

  /**
   * Sets for how many neighbors a search must be worth a graph: a segment in which it is expected
   * to visit most vectors anyhow gets none, and is scanned.
   *
   * @param value 0 to build a graph always
   * @return a changed copy
   * @throws IllegalArgumentException if negative
   */
  public LmdbHnswOptions withTinySegmentsThreshold(int value) {
    LmdbHnswOptions copy = copy();
    copy.tinySegmentsThreshold = checkRange("tinySegmentsThreshold", value, 0, Integer.MAX_VALUE);
    return copy;
  }

  /**
   * Sets how many bits a dimension has in the codes on which graphs are traversed. More bits find
   * the same neighbors among fewer candidates, but take more memory and time for each. Whatever
   * they are, the scores of a search are exact. There are no codes for HAMMING.
   *
   * @param value 1, 2, 4 or 8; 0 for no codes: then graphs are traversed on the vectors themselves;
   *     {@link #AUTO} to choose for each segment as few as a sample of its vectors needs, or none
   *     if searches are not faster with codes
   * @return a changed copy
   * @throws IllegalArgumentException if it is none of these
   */
  public LmdbHnswOptions withCodeBits(int value) {
    if (value != AUTO && value != 0 && CodeLayout.isValid(value) == false) {
      throw new IllegalArgumentException(
          "codeBits must be 0, 1, 2, 4, 8 or AUTO (" + AUTO + "); codeBits=" + value);
    }
    LmdbHnswOptions copy = copy();
    copy.codeBits = value;
    return copy;
  }

  /**
   * Sets how many candidates a search finds by codes for each vector that it is asked for; a query
   * can ask for others by {@link LmdbHnswSearchStrategy}. All candidates are scored exactly.
   *
   * @param value from 1 to 1000; {@link #AUTO} for as many as the errors of codes require, which
   *     each search learns from its first candidates
   * @return a changed copy
   * @throws IllegalArgumentException if out of range
   */
  public LmdbHnswOptions withOversampling(float value) {
    LmdbHnswOptions copy = copy();
    copy.oversampling = value == AUTO ? value : checkOversampling(value);
    return copy;
  }

  /**
   * Sets the recall that searches of the segments that are written are to reach, on average over
   * queries, where codes have no oversampling. By default it is 0.95, and more where Lucene's own
   * formats recall more with the same k: where queries are stored vectors, say. A query can ask for
   * another one by {@link LmdbHnswSearchStrategy#withTargetRecall}. While a segment is written, it
   * is measured what that takes: with some of its own vectors as queries, which takes a few percent
   * of the time. For segments of less than a few hundred vectors, and of older versions, what is
   * usual is taken.
   *
   * @param value from 0.5 to 0.999, or {@link #AUTO}
   * @return a changed copy
   * @throws IllegalArgumentException if out of range
   */
  public LmdbHnswOptions withTargetRecall(float value) {
    LmdbHnswOptions copy = copy();
    copy.targetRecall = value == AUTO ? value : checkTargetRecall(value);
    return copy;
  }

  /**
   * Sets how searches with a filter find their candidates in the segments that are written; a query
   * can ask for another way by {@link LmdbHnswSearchStrategy}.
   *
   * @param value not null
   * @return a changed copy
   */
  public LmdbHnswOptions withFilterStrategy(LmdbHnswFilterStrategy value) {
    LmdbHnswOptions copy = copy();
    copy.filterStrategy = Objects.requireNonNull(value);
    return copy;
  }

  static float checkOversampling(float value) {
    if (Oversampling.isValid(value) == false) {
      throw new IllegalArgumentException(
          "oversampling must be from 1 to " + Oversampling.MAX_FACTOR + "; oversampling=" + value);
    }
    return value;
  }

  static boolean isTargetRecall(float value) {
    return value >= MIN_TARGET_RECALL && value <= MAX_TARGET_RECALL;
  }

  static float checkTargetRecall(float value) {
    if (isTargetRecall(value) == false) {
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

  /** The number of bits for a field; 0 if it gets no codes. */
  int codeBits(FieldInfo info, VectorMetric metric) {
    if (CodeModel.canQuantize(metric) == false) {
      return 0;
    }
    return codeBits == AUTO
        ? CodeDefaults.bits(info.getVectorDimension(), info.getVectorEncoding())
        : codeBits;
  }

  /** The target recall as the file has it. */
  float recordedTargetRecall() {
    return targetRecall == AUTO ? FieldMeta.DEFAULT_TARGET : targetRecall;
  }

  /** The oversampling as the file has it. */
  Oversampling codesOversampling() {
    return oversampling == AUTO ? Oversampling.ADAPTIVE : Oversampling.of(oversampling);
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
   * Returns the recall that searches are to reach, {@link #AUTO} by default.
   *
   * @return the recall that searches are to reach, {@link #AUTO} by default
   */
  public float targetRecall() {
    return targetRecall;
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
   * Returns how much farther from a node than from each other its neighbors may be.
   *
   * @return how much farther from a node than from each other its neighbors may be
   */
  public float alpha() {
    return alpha;
  }

  /**
   * Returns the number of threads of a build.
   *
   * @return the number of threads of a build
   */
  public int buildThreads() {
    return buildThreads;
  }

  /**
   * Returns the executor that runs the threads of builds; null for the one that Lucene offers to
   * merges.
   *
   * @return the executor that runs the threads of builds; null for the one that Lucene offers
   */
  public ExecutorService buildExecutor() {
    return buildExecutor;
  }

  /**
   * Returns the bytes outside the heap that all builds of a format may take together.
   *
   * @return the bytes outside the heap that all builds of a format may take together
   */
  public long buildMemory() {
    return buildMemory;
  }

  /**
   * Returns who is told how far builds are; null if nobody is.
   *
   * @return who is told how far builds are; null if nobody is
   */
  public LmdbHnswBuildListener buildListener() {
    return buildListener;
  }

  /**
   * Returns the number of neighbors that a search must be worth a graph for; 0 if always.
   *
   * @return the number of neighbors that a search must be worth a graph for; 0 if always
   */
  public int tinySegmentsThreshold() {
    return tinySegmentsThreshold;
  }

  /**
   * Returns how searches with a filter find their candidates.
   *
   * @return how searches with a filter find their candidates
   */
  public LmdbHnswFilterStrategy filterStrategy() {
    return filterStrategy;
  }

  @Override
  public String toString() {
    return "maxConn="
        + maxConn
        + ", beamWidth="
        + beamWidth
        + ", alpha="
        + alpha
        + ", buildThreads="
        + buildThreads
        + ", buildMemory="
        + buildMemory
        + ", tinySegmentsThreshold="
        + tinySegmentsThreshold
        + ", codeBits="
        + (codeBits == AUTO ? "auto" : codeBits)
        + ", oversampling="
        + (oversampling == AUTO ? "auto" : oversampling)
        + ", targetRecall="
        + (targetRecall == AUTO ? "auto" : targetRecall)
        + ", filterStrategy="
        + filterStrategy;
  }
}
