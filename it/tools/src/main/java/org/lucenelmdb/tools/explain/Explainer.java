/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.explain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.SegmentReader;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.VectorScorer;
import org.apache.lucene.util.Bits;
import org.lucenelmdb.LmdbHnswSearchListener.End;
import org.lucenelmdb.LmdbHnswSearchListener.Search;
import org.lucenelmdb.LmdbHnswSearchStrategy;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.tools.explain.Explanation.CodeFacts;
import org.lucenelmdb.tools.explain.Explanation.DocumentFacts;
import org.lucenelmdb.tools.explain.Explanation.Hit;
import org.lucenelmdb.tools.explain.Explanation.RankFacts;
import org.lucenelmdb.tools.explain.Explanation.ResultFacts;
import org.lucenelmdb.tools.explain.Explanation.SearchFacts;
import org.lucenelmdb.tools.index.SegmentField;

/**
 * Explains why a document is in the result of a query, or why not. It runs the query with Lucene's
 * searcher and traces the search of the document's segment. For one thread, and one explanation.
 */
final class Explainer {

  private static final float[] TARGETS = {0.9f, 0.95f, 0.98f, 0.99f, 0.995f, 0.999f};

  private static final float DEFAULT_TARGET = 0.95f;

  private final String index;
  private final DirectoryReader reader;
  private final List<SegmentField> fields;
  private final Request request;
  private final IndexSearcher searcher;
  private final LeafReaderContext leaf;
  private final int docInSegment;
  private final SegmentField segment; // null if the document's segment has another format
  private final KnnVectorValues values; // null if no document of the segment has a vector
  private final int ordinal; // -1 without a vector

  /**
   * @param index the path of the index
   * @param fields the field in all segments of this format, at least one
   */
  Explainer(String index, DirectoryReader reader, List<SegmentField> fields, Request request)
      throws IOException {
    this.index = index;
    this.reader = reader;
    this.fields = fields;
    this.request = request;
    this.searcher = new IndexSearcher(reader);
    searcher.setQueryCache(null);
    this.leaf = reader.leaves().get(ReaderUtil.subIndex(request.doc(), reader.leaves()));
    this.docInSegment = request.doc() - leaf.docBase;
    this.segment = fields.stream().filter(f -> f.leaf() == leaf).findFirst().orElse(null);
    this.values = QueryVector.values(leaf.reader(), request.field(), info().getVectorEncoding());
    this.ordinal = ordinal(values, docInSegment);
  }

  private FieldInfo info() {
    return fields.getFirst().field().info();
  }

  private VectorMetric metric() {
    return fields.getFirst().field().metric();
  }

  /** Returns the ordinal of a document's vector; -1 if it has none. */
  static int ordinal(KnnVectorValues values, int doc) throws IOException {
    if (values == null || values.size() == 0) {
      return -1;
    }
    KnnVectorValues.DocIndexIterator iterator = values.iterator();
    return iterator.advance(doc) == doc ? iterator.index() : -1;
  }

  /** Explains. */
  Explained explain() throws IOException {
    TraceListener traced = new TraceListener(ordinal < 0 ? null : segment);
    ScoreDoc[] hits = search(request.strategy().withListener(traced));
    Accepted accepted = new Accepted(searcher, request.filter());
    Bits matches = accepted.of(leaf);
    SegmentParts parts = segment == null || ordinal < 0 ? null : new SegmentParts(segment, request);
    DocumentFacts document =
        new DocumentFacts(
            request.doc(),
            ((SegmentReader) leaf.reader()).getSegmentName(),
            docInSegment,
            Accepted.isLive(leaf, docInSegment) == false,
            ordinal >= 0,
            matches.get(docInSegment),
            ordinal < 0 ? null : ordinal,
            parts == null || parts.links() == null ? null : parts.node(ordinal));
    float score = ordinal < 0 ? Float.NaN : score(parts);
    Ranking ranking =
        Ranking.of(
            reader.leaves(),
            request.query(),
            request.field(),
            info().getVectorEncoding(),
            fields,
            accepted,
            request.doc(),
            score,
            leaf,
            request.k());
    RankFacts rank =
        ordinal < 0
            ? null
            : new RankFacts(
                score,
                ranking.rank(),
                ranking.equal(),
                ranking.matching(),
                ranking.rankInSegment(),
                ranking.matchingInSegment());
    SearchTrace trace = traced.traces().isEmpty() ? null : traced.traces().getLast();
    TraversalExplainer traversal =
        parts == null || trace == null && parts.links() == null
            ? null
            : new TraversalExplainer(parts, trace, ordinal, matching(matches));
    Cause cause = cause(document, rank, hits, traced, traversal);
    boolean isMiss =
        switch (cause) {
          case NOT_RERANKED, NOT_REACHED, UNREACHABLE, SEGMENT_LIMIT, UNKNOWN -> true;
          default -> false;
        };
    ResultFacts result =
        new ResultFacts(
            Arrays.stream(hits)
                .map(hit -> new Hit(hit.doc, hit.score, segmentName(hit.doc)))
                .toList(),
            rankOf(hits),
            recall(hits, ranking),
            isMiss ? foundWith() : null);
    Explanation facts =
        new Explanation(
            index,
            request.field(),
            metric().name(),
            request.k(),
            request.targetRecall(),
            request.filterText(),
            cause,
            null,
            null,
            document,
            rank,
            codeFacts(parts, score, matches),
            result,
            searchFacts(traced),
            traversal == null ? null : traversal.traversalFacts(),
            traversal == null ? null : traversal.graphFacts());
    Explanation explanation = Verdict.of(facts);
    Neighborhood neighborhood =
        traversal == null || parts.links() == null
            ? null
            : Neighborhood.of(parts, trace, ordinal, traversal);
    return new Explained(explanation, neighborhood);
  }

  private ScoreDoc[] search(LmdbHnswSearchStrategy strategy) throws IOException {
    Query query = request.query().query(request.field(), request.k(), request.filter(), strategy);
    return searcher.search(query, request.k()).scoreDocs;
  }

  private float score(SegmentParts parts) throws IOException {
    if (parts != null) {
      return parts.exactScore(ordinal);
    }
    VectorScorer scorer = request.query().scorer(values);
    scorer.iterator().advance(docInSegment);
    return scorer.score();
  }

  /** The ordinals of the segment's live documents that the filter accepts. */
  private Bits matching(Bits matches) {
    return new Bits() {
      @Override
      public boolean get(int ord) {
        int doc = values.ordToDoc(ord);
        return matches.get(doc) && Accepted.isLive(leaf, doc);
      }

      @Override
      public int length() {
        return values.size();
      }
    };
  }

  private Cause cause(
      DocumentFacts document,
      RankFacts rank,
      ScoreDoc[] hits,
      TraceListener traced,
      TraversalExplainer traversal) {
    if (rankOf(hits) != null) {
      return Cause.FOUND;
    }
    if (document.isDeleted()) {
      return Cause.DELETED;
    }
    if (document.hasVector() == false) {
      return Cause.NO_VECTOR;
    }
    if (document.isAccepted() == false) {
      return Cause.FILTERED;
    }
    if (rank.rank() > request.k()) {
      return Cause.NOT_NEAREST;
    }
    if (hits.length == request.k() && hits[hits.length - 1].score == rank.score()) {
      return Cause.TIE;
    }
    if (segment == null) {
      return Cause.OTHER_FORMAT;
    }
    if (traced.tracedReports().isEmpty()) {
      return Cause.UNKNOWN;
    }
    Search last = traced.tracedReports().getLast();
    SearchTrace trace = traced.traces().getLast();
    if (last.end() == End.LIMIT || last.end() == End.STOPPED) {
      return Cause.STOPPED;
    }
    if (Float.isNaN(trace.exactScore(ordinal)) == false) {
      return rank.rankInSegment() > trace.k() ? Cause.SEGMENT_LIMIT : Cause.UNKNOWN;
    }
    return traversal.cause();
  }

  private Integer rankOf(ScoreDoc[] hits) {
    int at =
        IntStream.range(0, hits.length)
            .filter(i -> hits[i].doc == request.doc())
            .findFirst()
            .orElse(-1);
    return at < 0 ? null : at + 1;
  }

  private Double recall(ScoreDoc[] hits, Ranking ranking) {
    int most = Math.min(request.k(), ranking.matching());
    float least = ranking.lastScore();
    long found = Arrays.stream(hits).filter(hit -> hit.score >= least).count();
    return most == 0 ? null : (double) found / most;
  }

  /** Returns the lowest target recall above that of the query that finds the document. */
  private Float foundWith() throws IOException {
    float current =
        request.targetRecall() != null
            ? request.targetRecall()
            : segment != null && segment.field().targetRecall() > 0
                ? segment.field().targetRecall()
                : DEFAULT_TARGET;
    for (float target : TARGETS) {
      if (target > current
          && rankOf(search(LmdbHnswSearchStrategy.DEFAULT.withTargetRecall(target))) != null) {
        return target;
      }
    }
    return null;
  }

  private CodeFacts codeFacts(SegmentParts parts, float score, Bits matches) throws IOException {
    if (parts == null || parts.codes() == null) {
      return null;
    }
    int node = parts.node(ordinal);
    double estimate = parts.codes().score(node) + parts.codeOffset();
    double similarity = parts.similarity(score);
    double error = parts.codes().error(node);
    boolean isKnown = Double.isFinite(error) && error > 0;
    return new CodeFacts(
        segment.field().codes().model().layout().bits(),
        parts.codes().score(node),
        estimate,
        similarity,
        isKnown ? error : null,
        isKnown ? (similarity - estimate) / error : null,
        parts.codes().rank(node, matching(matches)));
  }

  private static List<SearchFacts> searchFacts(TraceListener traced) {
    List<SearchFacts> facts = new ArrayList<>();
    for (int i = 0; i < traced.tracedReports().size(); i++) {
      Search report = traced.tracedReports().get(i);
      SearchTrace trace = traced.traces().get(i);
      facts.add(
          new SearchFacts(
              Verdict.strategy(report, trace),
              report.end().name(),
              trace.k(),
              report.quantized(),
              report.vectors(),
              report.matching(),
              report.ef(),
              report.strategies().stream().map(Enum::name).toList(),
              report.visits(),
              report.expandedNodes() > 0 ? report.expandedNodes() : trace.steps(),
              report.reranked(),
              Double.isNaN(report.expectedRecall()) ? null : report.expectedRecall()));
    }
    return facts;
  }

  private String segmentName(int doc) {
    LeafReaderContext of = reader.leaves().get(ReaderUtil.subIndex(doc, reader.leaves()));
    return ((SegmentReader) of.reader()).getSegmentName();
  }
}
