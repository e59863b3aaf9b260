/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.explain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.lucenelmdb.internal.search.SearchObserver;

/**
 * The steps of one search of a segment. Nodes are those of the graph. A step is the expansion of a
 * node on level 0, and steps are numbered from 1.
 */
final class SearchTrace implements SearchObserver {

  /** Instead of a node: it was scored at the begin of a traversal, or as a seed. */
  static final int FROM_START = -1;

  /** Instead of a node: it was scored by a scan. */
  static final int FROM_SCAN = -2;

  /** Instead of a step or a node: never. */
  static final int NEVER = -3;

  /** A node whose links were read above level 0. */
  record Descent(int level, int node, float score) {}

  private enum Phase {
    DESCENT,
    LEVEL_0,
    SCAN
  }

  private final int k;
  private final boolean areNodesOrdinals;
  private final int[] from; // the node whose links led to a node
  private final int[] scoredAt; // the step in which it was scored
  private final int[] expandedAt;
  private final float[] scores;
  private final float[] worstThen; // the score that it had to reach
  private final float[] exactScores; // by ordinal
  private final List<Descent> descent = new ArrayList<>();
  private final boolean[] isSeenAbove;
  private final float[] scoresAbove; // of vectors

  private Phase phase = Phase.DESCENT;
  private int current = FROM_START;
  private int parent = FROM_START; // the last node that was scored before its links were read
  private float worst = NONE;
  private int steps;
  private int ef;
  private boolean isScan;
  private int scanned;
  private float lastWorst = Float.NaN;
  private boolean isExhausted;

  /**
   * @param k the number of results that the query asked the segment for
   * @param size the number of nodes
   * @param areNodesOrdinals whether the field has no codes
   */
  SearchTrace(int k, int size, boolean areNodesOrdinals) {
    this.k = k;
    this.areNodesOrdinals = areNodesOrdinals;
    this.from = filled(size);
    this.scoredAt = filled(size);
    this.expandedAt = filled(size);
    this.scores = nans(size);
    this.worstThen = nans(size);
    this.exactScores = nans(size);
    this.isSeenAbove = new boolean[size];
    this.scoresAbove = nans(size);
  }

  private static int[] filled(int size) {
    int[] array = new int[size];
    Arrays.fill(array, NEVER);
    return array;
  }

  private static float[] nans(int size) {
    float[] array = new float[size];
    Arrays.fill(array, Float.NaN);
    return array;
  }

  @Override
  public void onTraversal(int newEf) {
    phase = Phase.DESCENT;
    current = FROM_START;
    parent = FROM_START;
    ef = newEf;
  }

  @Override
  public void onLinks(int level, int node, float score, float worstNow) {
    worst = worstNow;
    if (level > 0) {
      descent.add(new Descent(level, node, score));
      isSeenAbove[node] = true;
      return;
    }
    if (phase == Phase.DESCENT && descent.isEmpty()) {
      startAtSeeds();
    }
    phase = Phase.LEVEL_0;
    if (scoredAt[node] == NEVER) { // the start, or a node that a filter rejects
      add(node, score, parent);
    }
    if (expandedAt[node] == NEVER) {
      expandedAt[node] = ++steps;
    }
    parent = node;
    current = node;
  }

  /** What one of Lucene's searchers scores before it reads any links are its seeds. */
  private void startAtSeeds() {
    for (int node = 0; node < isSeenAbove.length; node++) {
      if (isSeenAbove[node]) {
        add(node, scoresAbove[node], FROM_START);
      }
    }
  }

  @Override
  public void onStart(int node, float score) {
    phase = Phase.LEVEL_0;
    add(node, score, FROM_START);
  }

  @Override
  public void onSeeds() {
    phase = Phase.LEVEL_0;
    current = FROM_START;
  }

  @Override
  public void onScan() {
    phase = Phase.SCAN;
    isScan = true;
    current = FROM_SCAN;
    worst = Float.NaN;
  }

  @Override
  public void onScores(int[] nodes, float[] newScores, int count) {
    for (int i = 0; i < count; i++) {
      if (phase == Phase.DESCENT) {
        isSeenAbove[nodes[i]] = true;
      } else {
        scanned += phase == Phase.SCAN ? 1 : 0;
        add(nodes[i], newScores[i], current);
      }
    }
  }

  @Override
  public void onExactScores(int[] ords, float[] newScores, int count) {
    for (int i = 0; i < count; i++) {
      if (areNodesOrdinals && phase == Phase.DESCENT) {
        isSeenAbove[ords[i]] = true;
        scoresAbove[ords[i]] = newScores[i];
        continue;
      }
      exactScores[ords[i]] = newScores[i];
      if (areNodesOrdinals) {
        scanned += phase == Phase.SCAN ? 1 : 0;
        add(ords[i], newScores[i], current);
      }
    }
  }

  private void add(int node, float score, int newFrom) {
    if (scoredAt[node] == NEVER) {
      scoredAt[node] = steps;
      from[node] = newFrom;
      worstThen[node] = worst;
    }
    scores[node] = Float.isNaN(score) ? scoresAbove[node] : score;
    if (areNodesOrdinals) {
      exactScores[node] = scores[node];
    }
  }

  @Override
  public void onTraversalEnd(float newWorst, boolean newIsExhausted) {
    lastWorst = newWorst;
    isExhausted = newIsExhausted;
  }

  int size() {
    return from.length;
  }

  /** The number of results that the query asked the segment for. */
  int k() {
    return k;
  }

  /** The number of nodes that the traversal kept at first; 0 without a traversal. */
  int ef() {
    return ef;
  }

  /** The number of expanded nodes. */
  int steps() {
    return steps;
  }

  /** The nodes whose links were read above level 0, in this order. */
  List<Descent> descent() {
    return descent;
  }

  /** Whether all or some vectors were scored in order. */
  boolean isScan() {
    return isScan;
  }

  /** The number of nodes that a scan has scored. */
  int scanned() {
    return scanned;
  }

  /** Whether a node was scored on level 0, or by a scan. */
  boolean isScored(int node) {
    return scoredAt[node] != NEVER;
  }

  /** Whether a node was scored or passed above level 0. */
  boolean isSeenAbove(int node) {
    return isSeenAbove[node];
  }

  /** The number of expansions when a node was scored; {@link #NEVER}. */
  int scoredAt(int node) {
    return scoredAt[node];
  }

  /** The node whose links led to a node, or one of the constants of this class. */
  int from(int node) {
    return from[node];
  }

  boolean isExpanded(int node) {
    return expandedAt[node] != NEVER;
  }

  /** The step in which a node was expanded; {@link #NEVER}. */
  int expandedAt(int node) {
    return expandedAt[node];
  }

  /** The score of a node's code, or of its vector if the field has no codes; NaN if unknown. */
  float score(int node) {
    return scores[node];
  }

  /** The worst score in the beam when a node was scored; NaN if unknown, NONE without a limit. */
  float worstThen(int node) {
    return worstThen[node];
  }

  /** The score of a vector, by ordinal; NaN if it was not computed on level 0, or in a scan. */
  float exactScore(int ord) {
    return exactScores[ord];
  }

  /** The score below which nodes were not expanded; NaN if unknown, NONE without a limit. */
  float lastWorst() {
    return lastWorst;
  }

  /** Whether no node was left to expand. */
  boolean isExhausted() {
    return isExhausted;
  }

  /** The rank of a node's score among all nodes that were scored on level 0. */
  int rankOfScored(int node) {
    int rank = 1;
    for (int other = 0; other < scores.length; other++) {
      rank += scores[other] > scores[node] ? 1 : 0;
    }
    return rank;
  }

  /** The nodes that led to a node: the start or seed, ..., the node. */
  List<Integer> path(int node) {
    List<Integer> path = new ArrayList<>();
    for (int at = node; at >= 0; at = from[at]) {
      path.addFirst(at);
    }
    return path;
  }
}
