/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.lucenelmdb.internal.codes.Codes;
import org.lucenelmdb.internal.codes.SegmentCodeScorer;
import org.lucenelmdb.tools.index.SegmentField;
import org.lucenelmdb.tools.search.ExactAnswer;
import org.lucenelmdb.tools.search.Parallel;
import org.lucenelmdb.tools.search.QueryVector;

/**
 * The ranks that the codes of a segment give to the nearest documents. A search must rerank as many
 * candidates as the rank of a document to find it.
 *
 * @param segment the name of the segment
 * @param bits per dimension
 * @param median of the ranks
 * @param high nine of ten ranks are at most this
 */
record CodeRanks(String segment, int bits, int median, int high) {

  private static final int NEAREST = 10;
  private static final int MAX_QUERIES = 40;
  private static final int BATCH = 64;

  /** Measures a segment; null if it has no codes, or none of the nearest documents. */
  static CodeRanks of(
      SegmentGraph graph, List<QueryVector> queries, List<ExactAnswer> answers, Parallel parallel)
      throws IOException {
    SegmentField segment = graph.segment;
    Codes codes = segment.field().codes();
    if (codes == null) {
      return null;
    }
    int base = segment.leaf().docBase;
    int end = base + segment.reader().maxDoc();
    int count = Math.min(MAX_QUERIES, queries.size());
    Map<Integer, List<Integer>> nodesOfQueries = new HashMap<>(); // before threads: one reader
    for (int i = 0; i < count; i++) {
      List<Integer> nodes = new ArrayList<>();
      int query = query(i, count, queries.size());
      ExactAnswer answer = answers.get(query);
      for (int rank = 0; rank < answer.expected(NEAREST); rank++) {
        int doc = answer.docs()[rank];
        if (doc >= base && doc < end) {
          nodes.add(graph.node(doc - base));
        }
      }
      nodesOfQueries.put(query, nodes);
    }
    List<Integer> ranks = new ArrayList<>();
    parallel
        .map(
            "ranks by codes",
            count,
            i -> {
              int query = query(i, count, queries.size());
              List<Integer> nodes = nodesOfQueries.get(query);
              return nodes.isEmpty()
                  ? List.<Integer>of()
                  : ranks(codes, segment, queries.get(query), nodes);
            })
        .forEach(ranks::addAll);
    if (ranks.isEmpty()) {
      return null;
    }
    Collections.sort(ranks);
    return new CodeRanks(
        segment.segmentName(),
        codes.model().layout().bits(),
        ranks.get(ranks.size() / 2),
        ranks.get(ranks.size() * 9 / 10));
  }

  private static int query(int i, int count, int all) {
    return (int) ((long) i * all / count);
  }

  private static List<Integer> ranks(
      Codes codes, SegmentField segment, QueryVector query, List<Integer> nodes)
      throws IOException {
    SegmentCodeScorer scorer = codes.scorer(segment.segment().image().clone());
    scorer.setTarget(query.components());
    int size = codes.blocks().size();
    float[] scores = new float[size];
    int[] batch = new int[BATCH];
    float[] batchScores = new float[BATCH];
    for (int from = 0; from < size; from += BATCH) {
      int count = Math.min(BATCH, size - from);
      for (int i = 0; i < count; i++) {
        batch[i] = from + i;
      }
      scorer.prefetch(batch, count);
      scorer.score(count, batchScores);
      System.arraycopy(batchScores, 0, scores, from, count);
    }
    List<Integer> ranks = new ArrayList<>();
    for (int node : nodes) {
      int above = 0;
      int equal = 0;
      for (float score : scores) {
        above += score > scores[node] ? 1 : 0;
        equal += score == scores[node] ? 1 : 0;
      }
      ranks.add(above + (equal + 1) / 2); // the mean rank of equal scores
    }
    return ranks;
  }
}
