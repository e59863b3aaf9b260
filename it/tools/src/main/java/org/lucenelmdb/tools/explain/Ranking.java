/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.explain;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.io.IOException;
import java.util.List;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.search.VectorScorer;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.lucenelmdb.tools.index.SegmentField;
import org.lucenelmdb.tools.output.ProgressLine;

/**
 * Ranks a document by exact scores among all live documents that the filter accepts, in all
 * segments, whatever their formats.
 */
final class Ranking {

  private static final int BATCH = 64;

  private final QueryVector query;
  private final String field;
  private final VectorEncoding encoding;
  private final List<SegmentField> ours;
  private final Accepted accepted;
  private final int doc;
  private final float score;
  private final TopKnnCollector nearest;

  private int better;
  private int equal;
  private int equalBefore;
  private int betterInSegment;
  private int matching;
  private int matchingInSegment;

  private Ranking(
      QueryVector query,
      String field,
      VectorEncoding encoding,
      List<SegmentField> ours,
      Accepted accepted,
      int doc,
      float score,
      int k) {
    this.query = query;
    this.field = field;
    this.encoding = encoding;
    this.ours = ours;
    this.accepted = accepted;
    this.doc = doc;
    this.score = score;
    this.nearest = new TopKnnCollector(k, Integer.MAX_VALUE);
  }

  /**
   * Scores all documents.
   *
   * @param ours the fields in the segments of this format
   * @param doc the document to rank
   * @param score its score; NaN if it has no vector
   * @param segment its segment
   * @param k the number of the nearest documents to keep
   */
  static Ranking of(
      List<LeafReaderContext> leaves,
      QueryVector query,
      String field,
      VectorEncoding encoding,
      List<SegmentField> ours,
      Accepted accepted,
      int doc,
      float score,
      LeafReaderContext segment,
      int k)
      throws IOException {
    Ranking ranking = new Ranking(query, field, encoding, ours, accepted, doc, score, k);
    long total = leaves.stream().mapToLong(leaf -> leaf.reader().maxDoc()).sum();
    try (ProgressLine progress = ProgressLine.begin("exact scores", total)) {
      for (LeafReaderContext leaf : leaves) {
        ranking.add(leaf, leaf == segment);
        progress.advance(leaf.reader().maxDoc());
      }
    }
    return ranking;
  }

  private void add(LeafReaderContext leaf, boolean isSegment) throws IOException {
    KnnVectorValues values = QueryVector.values(leaf.reader(), field, encoding);
    if (values == null || values.size() == 0) {
      return;
    }
    Bits matches = accepted.of(leaf);
    SegmentField our = ours.stream().filter(of -> of.leaf() == leaf).findFirst().orElse(null);
    if (our == null) {
      VectorScorer scorer = query.scorer(values);
      DocIdSetIterator docs = scorer.iterator();
      for (int at = docs.nextDoc(); at != NO_MORE_DOCS; at = docs.nextDoc()) {
        if (matches.get(at) && Accepted.isLive(leaf, at)) {
          add(leaf.docBase + at, scorer.score(), isSegment);
        }
      }
      return;
    }
    RandomVectorScorer scorer = query.scorer(our.field().metric(), values);
    int[] ords = new int[BATCH];
    float[] scores = new float[BATCH];
    int count = 0;
    for (int ord = 0; ord < values.size(); ord++) {
      int at = values.ordToDoc(ord);
      if (matches.get(at) && Accepted.isLive(leaf, at)) {
        ords[count++] = ord;
      }
      if (count == BATCH || ord == values.size() - 1 && count > 0) {
        scorer.bulkScore(ords, scores, count);
        for (int i = 0; i < count; i++) {
          add(leaf.docBase + values.ordToDoc(ords[i]), scores[i], isSegment);
        }
        count = 0;
      }
    }
  }

  private void add(int other, float otherScore, boolean isSegment) {
    matching++;
    matchingInSegment += isSegment ? 1 : 0;
    nearest.collect(other, otherScore);
    if (other == doc) {
      return;
    }
    boolean isBetter = otherScore > score;
    better += isBetter ? 1 : 0;
    betterInSegment += isBetter && isSegment ? 1 : 0;
    equal += otherScore == score ? 1 : 0;
    equalBefore += otherScore == score && other < doc ? 1 : 0;
  }

  /** One more than the number of documents with better scores. */
  int rank() {
    return better + 1;
  }

  /** The number of other documents with the same score. */
  int equal() {
    return equal;
  }

  /** The number of other documents with the same score that a query returns before this one. */
  int equalBefore() {
    return equalBefore;
  }

  int rankInSegment() {
    return betterInSegment + 1;
  }

  int matching() {
    return matching;
  }

  int matchingInSegment() {
    return matchingInSegment;
  }

  /** The score of the last of the k nearest documents; NaN if there are none. */
  float lastScore() {
    ScoreDoc[] docs = nearest.topDocs().scoreDocs;
    for (ScoreDoc hit : docs) { // topDocs empties the collector
      nearest.collect(hit.doc, hit.score);
    }
    return docs.length == 0 ? Float.NaN : docs[docs.length - 1].score;
  }
}
