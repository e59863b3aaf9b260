/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.explain;

import java.io.IOException;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.tools.index.SegmentField;

/** The vectors, the graph and the codes of the document's segment. For one thread. */
final class SegmentParts {

  private static final int OFFSET_SAMPLE = 1000;

  private final SegmentField field;
  private final KnnVectorValues values;
  private final RandomVectorScorer exact;
  private final GraphLinks links; // null if there is no graph
  private final CodeScores codes; // null if there are none, or they cannot score the query

  SegmentParts(SegmentField field, Request request) throws IOException {
    this.field = field;
    this.values = values();
    this.exact = request.query().scorer(field.field().metric(), values);
    this.links = field.field().graph() == null ? null : new GraphLinks(field);
    boolean isUndefined = field.field().metric() == VectorMetric.COSINE && request.query().isZero();
    this.codes =
        field.field().codes() == null || isUndefined
            ? null
            : new CodeScores(field, request.query());
  }

  private KnnVectorValues values() throws IOException {
    return QueryVector.values(
        field.reader(), field.name(), field.field().info().getVectorEncoding());
  }

  /** The links of the graph; null if there is none. */
  GraphLinks links() {
    return links;
  }

  /** The scores of the codes; null if there are none. */
  CodeScores codes() {
    return codes;
  }

  int size() {
    return values.size();
  }

  int node(int ordinal) throws IOException {
    return links == null ? ordinal : links.node(ordinal);
  }

  int ordinal(int node) throws IOException {
    return links == null ? node : links.ordinal(node);
  }

  /** The number of a node's document in the whole index. */
  int doc(int node) throws IOException {
    return field.leaf().docBase + values.ordToDoc(ordinal(node));
  }

  float exactScore(int ordinal) throws IOException {
    float[] score = new float[1];
    exact.bulkScore(new int[] {ordinal}, score, 1);
    return score[0];
  }

  /** The score of a node by which a traversal chooses it: that of its code, if it has one. */
  float traversalScore(int node) throws IOException {
    return codes == null ? exactScore(ordinal(node)) : codes.score(node);
  }

  /** Converts a score to a similarity, in which errors of codes are additive. */
  double similarity(float score) {
    FieldInfo info = field.field().info();
    return field
        .field()
        .metric()
        .similarity(score, info.getVectorEncoding(), info.getVectorDimension());
  }

  /**
   * The constant of this query by which similarities differ from the scores of codes, apart from
   * the errors of codes, which cancel each other out in the mean of a sample.
   */
  double codeOffset() throws IOException {
    int step = Math.max(1, size() / OFFSET_SAMPLE);
    double sum = 0;
    int count = 0;
    for (int ord = 0; ord < size(); ord += step) {
      double difference = similarity(exactScore(ord)) - codes.score(node(ord));
      if (Double.isFinite(difference)) {
        sum += difference;
        count++;
      }
    }
    return count == 0 ? 0 : sum / count;
  }

  /** Scores vectors against that of an ordinal. */
  RandomVectorScorer scorerOf(int ordinal) throws IOException {
    return QueryVector.of(values(), ordinal).scorer(field.field().metric(), values());
  }
}
