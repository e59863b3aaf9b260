/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SegmentReader;
import org.lucenelmdb.LmdbHnswFilterStrategy;
import org.lucenelmdb.LmdbHnswSearchStrategy;
import org.lucenelmdb.tools.doctor.FieldDiagnosis.GraphFigures;
import org.lucenelmdb.tools.doctor.FieldDiagnosis.Missed;
import org.lucenelmdb.tools.doctor.FieldDiagnosis.Misses;
import org.lucenelmdb.tools.doctor.FieldDiagnosis.SegmentFigures;
import org.lucenelmdb.tools.doctor.FieldDiagnosis.WorstQuery;
import org.lucenelmdb.tools.index.SegmentField;
import org.lucenelmdb.tools.search.Answer;
import org.lucenelmdb.tools.search.ExactAnswer;
import org.lucenelmdb.tools.search.ExactAnswers;
import org.lucenelmdb.tools.search.Parallel;
import org.lucenelmdb.tools.search.QueryVector;
import org.lucenelmdb.tools.search.SearchFilter;
import org.lucenelmdb.tools.search.SearchedField;
import org.lucenelmdb.tools.search.Searches;
import org.lucenelmdb.tools.search.StoredVectors;

/** Measures a field, and asks the rules for findings. */
final class Examination {

  /** The default target recall of the format. */
  private static final double DEFAULT_GOAL = 0.95;

  private static final double[] TARGETS = {0.9, 0.95, 0.98, 0.99};
  private static final int[] OTHER_K = {1, 100};
  private static final int WORST = 10;
  private static final int MAX_IN_DEGREE = 128;
  private static final int RARELY = 2;
  private static final LmdbHnswSearchStrategy AS_IS = LmdbHnswSearchStrategy.DEFAULT;

  private final SearchedField field;
  private final List<QueryVector> queries;
  private final String querySource;
  private final List<SearchFilter> filters;
  private final int k;
  private final Parallel parallel;

  private List<List<ExactAnswer>> exact;
  private List<Answer> asIsAnswers;
  private List<Answer> bestAnswers;
  private final List<SearchFigures> searches = new ArrayList<>();
  private final Map<String, SegmentGraph> graphs = new TreeMap<>();

  /**
   * @param filters without {@link SearchFilter#NONE}
   */
  Examination(
      SearchedField field,
      List<QueryVector> queries,
      String querySource,
      List<SearchFilter> filters,
      int k,
      Parallel parallel) {
    this.field = field;
    this.queries = queries;
    this.querySource = querySource;
    this.filters = filters;
    this.k = k;
    this.parallel = parallel;
  }

  FieldDiagnosis run() throws IOException {
    List<SearchFilter> all = new ArrayList<>(List.of(SearchFilter.NONE));
    all.addAll(filters);
    exact =
        ExactAnswers.of(field, queries, all, Math.max(k, OTHER_K[OTHER_K.length - 1]), parallel);
    SearchFigures asIs = search();
    SearchFigures best = searches.stream().filter(f -> f.k() == k).toList().getLast();
    List<FilterFigures> filtered = new ArrayList<>();
    for (int i = 0; i < filters.size(); i++) {
      filtered.addAll(search(filters.get(i), exact.get(i + 1)));
    }
    List<GraphFigures> graphFigures = new ArrayList<>();
    List<CodeRanks> codes = new ArrayList<>();
    for (SegmentField segment : field.segments()) {
      SegmentGraph graph = SegmentGraph.read(segment);
      if (graph != null) {
        graphs.put(segment.segmentName(), graph);
        graphFigures.add(figures(graph));
        CodeRanks ranks = CodeRanks.of(graph, queries, exact.getFirst(), parallel);
        if (ranks != null) {
          codes.add(ranks);
        }
      }
    }
    Measurements measured =
        new Measurements(
            field,
            k,
            goal(),
            queries,
            exact.getFirst(),
            asIs,
            asIsAnswers,
            best,
            bestAnswers,
            filtered,
            segments(),
            graphFigures,
            codes,
            DataShape.of(field),
            NearDuplicates.of(field, queries, exact.getFirst(), parallel),
            misses());
    return diagnosis(measured);
  }

  private FieldDiagnosis diagnosis(Measurements measured) throws IOException {
    List<Finding> findings = Rules.findings(measured);
    return new FieldDiagnosis(
        field.name(),
        findings.stream().noneMatch(Finding::isCause),
        field.info().getVectorEncoding().toString(),
        field.metric().toString(),
        field.dimension(),
        field.vectors(),
        measured.deleted(),
        queries.size(),
        querySource,
        k,
        measured.goal(),
        findings,
        searches,
        measured.filters(),
        worst(),
        SearchFigures.recalls(asIsAnswers, exact.getFirst(), k),
        measured.segments(),
        measured.graphs(),
        measured.codes(),
        measured.data(),
        measured.duplicates(),
        measured.misses());
  }

  /** The lowest target recall of the segments. */
  private double goal() {
    return field.segments().stream()
        .mapToDouble(s -> s.field().targetRecall() == 0 ? DEFAULT_GOAL : s.field().targetRecall())
        .min()
        .orElse(DEFAULT_GOAL);
  }

  /** Searches without a filter. Returns the figures with the field's settings. */
  private SearchFigures search() throws IOException {
    asIsAnswers = search(SearchFilter.NONE, k, AS_IS);
    SearchFigures asIs = SearchFigures.of(k, 0, asIsAnswers, exact.getFirst());
    searches.add(asIs);
    for (double target : TARGETS) {
      bestAnswers = search(SearchFilter.NONE, k, AS_IS.withTargetRecall((float) target));
      searches.add(SearchFigures.of(k, target, bestAnswers, exact.getFirst()));
    }
    for (int other : OTHER_K) {
      if (other != k) {
        searches.add(
            SearchFigures.of(other, 0, search(SearchFilter.NONE, other, AS_IS), exact.getFirst()));
        for (double target : TARGETS) {
          List<Answer> answers =
              search(SearchFilter.NONE, other, AS_IS.withTargetRecall((float) target));
          searches.add(SearchFigures.of(other, target, answers, exact.getFirst()));
        }
      }
    }
    return asIs;
  }

  private List<Answer> search(SearchFilter filter, int results, LmdbHnswSearchStrategy strategy)
      throws IOException {
    return Searches.searchAll("searches", field, queries, filter, results, strategy, parallel);
  }

  private List<FilterFigures> search(SearchFilter filter, List<ExactAnswer> answers)
      throws IOException {
    List<FilterFigures> figures = new ArrayList<>();
    figures.add(search(filter, answers, LmdbHnswFilterStrategy.AUTO));
    if (OptionRules.filterStrategy(field) != null) {
      for (LmdbHnswFilterStrategy strategy : LmdbHnswFilterStrategy.values()) {
        if (strategy != LmdbHnswFilterStrategy.AUTO) {
          figures.add(search(filter, answers, strategy));
        }
      }
    }
    return figures;
  }

  private FilterFigures search(
      SearchFilter filter, List<ExactAnswer> answers, LmdbHnswFilterStrategy strategy)
      throws IOException {
    List<Answer> found = search(filter, k, AS_IS.withFilterStrategy(strategy));
    Map<String, Integer> used = new TreeMap<>();
    found.forEach(
        answer ->
            answer
                .cost()
                .strategies()
                .forEach((s, count) -> used.merge(s.name(), count, Math::max)));
    return new FilterFigures(
        filter.name(),
        filter.matching(),
        strategy == LmdbHnswFilterStrategy.AUTO ? null : strategy.name(),
        used.isEmpty() ? "exact" : String.join(", ", used.keySet()),
        SearchFigures.of(k, 0, found, answers));
  }

  private List<SegmentFigures> segments() throws IOException {
    List<SegmentFigures> figures = new ArrayList<>();
    Map<String, SegmentField> ours =
        field.segments().stream().collect(Collectors.toMap(SegmentField::segmentName, s -> s));
    for (LeafReaderContext leaf : field.leaves()) {
      String name = ((SegmentReader) leaf.reader()).getSegmentName();
      SegmentField segment = ours.get(name);
      int vectors = StoredVectors.open(leaf.reader(), field.name()).size();
      double visits =
          asIsAnswers.stream()
              .mapToLong(answer -> answer.cost().visitsBySegment().getOrDefault(name, 0L))
              .average()
              .orElse(0);
      figures.add(
          new SegmentFigures(
              name,
              segment == null ? -1 : segment.segment().version(),
              vectors,
              vectors - live(leaf),
              segment != null && segment.field().graph() != null,
              segment == null || segment.field().codes() == null
                  ? 0
                  : segment.field().codes().model().layout().bits(),
              visits,
              segment == null ? null : segment.segment().writerOptions()));
    }
    return figures;
  }

  private int live(LeafReaderContext leaf) {
    int from = Arrays.binarySearch(field.live(), leaf.docBase);
    int to = Arrays.binarySearch(field.live(), leaf.docBase + leaf.reader().maxDoc());
    return (to < 0 ? -to - 1 : to) - (from < 0 ? -from - 1 : from);
  }

  private static GraphFigures figures(SegmentGraph graph) {
    int[] degrees = new int[Arrays.stream(graph.degrees).max().orElse(0) + 1];
    int[] inDegrees = new int[MAX_IN_DEGREE + 1];
    for (int node = 0; node < graph.size(); node++) {
      degrees[graph.degrees[node]]++;
      inDegrees[Math.min(MAX_IN_DEGREE, graph.inDegrees[node])]++;
    }
    return new GraphFigures(
        graph.segment.segmentName(),
        graph.size(),
        graph.segment.field().graph().maxConn(),
        graph.unreached(),
        Arrays.stream(graph.degrees).average().orElse(0),
        Arrays.stream(graph.inDegrees).max().orElse(0),
        graph.shareOfHubs(),
        degrees,
        inDegrees);
  }

  private Misses misses() throws IOException {
    int total = 0;
    int unreached = 0;
    int rarely = 0;
    int others = 0;
    for (int i = 0; i < queries.size(); i++) {
      ExactAnswer answer = exact.getFirst().get(i);
      for (int doc : asIsAnswers.get(i).missed(answer, k)) {
        Missed missed = missed(doc, answer);
        total++;
        others += isOther(missed.segment()) ? 1 : 0;
        unreached += missed.reached() ? 0 : 1;
        rarely += missed.reached() && missed.linksTo() >= 0 && missed.linksTo() <= RARELY ? 1 : 0;
      }
    }
    return new Misses(total, unreached, others, rarely);
  }

  private boolean isOther(String segment) {
    return field.segments().stream().noneMatch(ours -> ours.segmentName().equals(segment));
  }

  private Missed missed(int doc, ExactAnswer answer) throws IOException {
    LeafReaderContext leaf = field.leaf(doc);
    String segment = ((SegmentReader) leaf.reader()).getSegmentName();
    SegmentGraph graph = graphs.get(segment);
    int node = graph == null ? -1 : graph.node(doc - leaf.docBase);
    return new Missed(
        doc,
        segment,
        answer.rank(doc),
        graph == null || graph.reached.get(node),
        graph == null ? -1 : graph.inDegrees[node]);
  }

  private List<WorstQuery> worst() throws IOException {
    List<WorstQuery> worst = new ArrayList<>();
    for (int i = 0; i < queries.size(); i++) {
      ExactAnswer answer = exact.getFirst().get(i);
      double recall = asIsAnswers.get(i).recall(answer, k);
      if (recall < 1) {
        worst.add(new WorstQuery(i, queries.get(i).document(), recall, List.of()));
      }
    }
    worst.sort(Comparator.comparingDouble(WorstQuery::recall));
    List<WorstQuery> described = new ArrayList<>();
    for (WorstQuery query : worst.subList(0, Math.min(WORST, worst.size()))) {
      ExactAnswer answer = exact.getFirst().get(query.query());
      List<Missed> missed = new ArrayList<>();
      for (int doc : asIsAnswers.get(query.query()).missed(answer, k)) {
        missed.add(missed(doc, answer));
      }
      described.add(
          new WorstQuery(
              queries.get(query.query()).number(), query.document(), query.recall(), missed));
    }
    return described;
  }
}
