/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.explain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.lucenelmdb.LmdbHnswOptions;
import org.lucenelmdb.LmdbHnswSearchListener.End;
import org.lucenelmdb.LmdbHnswSearchListener.Search;
import org.lucenelmdb.LmdbHnswSearchStrategy;
import org.lucenelmdb.tools.index.IndexFolder;
import org.lucenelmdb.tools.index.SegmentField;

/** Random indexes and queries: traced searches are real ones, and all stated facts are true. */
public class TestExplainRandomly extends ExplainTestCase {

  private TestIndex randomIndex() throws IOException {
    TestIndex index = new TestIndex(random(), createTempDir());
    index.kind = TestIndex.randomKind(random());
    index.dimension = 8 * (1 + random().nextInt(8));
    index.clusters = 1 + random().nextInt(100);
    index.percentWithVector = random().nextBoolean() ? 100 : 60;
    index.isCompound = random().nextBoolean();
    index.sort = random().nextInt(3) == 0 ? TestIndex.byOrder() : null;
    int[] bits = {LmdbHnswOptions.AUTO, 0, 1, 2, 4, 8};
    index.options =
        LmdbHnswOptions.DEFAULT
            .withMaxConn(2 + random().nextInt(14))
            .withBeamWidth(10 + random().nextInt(30))
            .withTinySegmentsThreshold(random().nextBoolean() ? 0 : 100)
            .withCodeBits(
                index.kind == TestIndex.Kind.HAMMING_BYTES ? 0 : bits[random().nextInt(6)]);
    int[] sizes = new int[1 + random().nextInt(3)];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = random().nextBoolean() ? 1 + random().nextInt(150) : 400 + random().nextInt(900);
    }
    index.add(sizes);
    if (random().nextBoolean()) {
      index.delete(random().ints(30, 0, Arrays.stream(sizes).sum()).toArray());
    }
    return index;
  }

  private String randomFilter(int maxDoc) {
    return switch (random().nextInt(4)) {
      case 0 -> "color:red";
      case 1 -> "number:[0 TO " + random().nextInt(maxDoc) + "]";
      default -> null;
    };
  }

  private static Query query(String filter) {
    if (filter == null) {
      return null;
    }
    return filter.startsWith("color")
        ? new TermQuery(new Term("color", "red"))
        : IntPoint.newRangeQuery("number", 0, Integer.parseInt(filter.replaceAll(".* |]", "")));
  }

  public void testFacts() throws IOException {
    for (int round = 0; round < 3; round++) {
      TestIndex index = randomIndex();
      try (DirectoryReader reader = open(index.path)) {
        for (int i = 0; i < 6; i++) {
          float[] vector = index.vector();
          String text = randomFilter(reader.maxDoc());
          Query filter = query(text);
          int k = 1 + random().nextInt(20);
          Float target = random().nextBoolean() ? null : 0.5f + 0.499f * random().nextFloat();
          ScoreDoc[] hits = search(reader, vector, k, target, filter);
          int doc =
              random().nextBoolean() || hits.length == 0
                  ? random().nextInt(reader.maxDoc())
                  : hits[random().nextInt(hits.length)].doc;
          List<String> arguments =
              new ArrayList<>(
                  List.of("--vector=" + TestIndex.text(vector), "--doc=" + doc, "--k=" + k));
          if (text != null) {
            arguments.add("--filter=" + text);
          }
          if (target != null) {
            arguments.add("--target-recall=" + target);
          }
          check(
              explain(index.path, arguments.toArray(String[]::new)),
              reader,
              vector,
              doc,
              target,
              filter);
        }
      }
    }
  }

  /** A traced search returns what the same search returns, and its steps are those of the graph. */
  public void testTracedSearchesAreReal() throws IOException {
    for (int round = 0; round < 3; round++) {
      TestIndex index = randomIndex();
      try (IndexFolder folder = IndexFolder.open(index.path);
          DirectoryReader reader = folder.reader()) {
        List<SegmentField> fields = folder.fields(reader, FIELD);
        FieldInfo info = fields.get(0).field().info();
        IndexSearcher searcher = new IndexSearcher(reader);
        searcher.setQueryCache(null);
        for (int i = 0; i < 10; i++) {
          QueryVector query =
              QueryVector.of(index.vector(), info.getVectorEncoding(), index.dimension);
          Query filter = query(randomFilter(reader.maxDoc()));
          int k = 1 + random().nextInt(40);
          LmdbHnswSearchStrategy strategy = LmdbHnswSearchStrategy.DEFAULT;
          if (random().nextBoolean()) {
            strategy = strategy.withTargetRecall(0.5f + 0.499f * random().nextFloat());
          }
          ScoreDoc[] plain = searcher.search(query.query(FIELD, k, filter, strategy), k).scoreDocs;
          SegmentField field = fields.get(random().nextInt(fields.size()));
          TraceListener traced = new TraceListener(field);
          ScoreDoc[] hits =
              searcher.search(query.query(FIELD, k, filter, strategy.withListener(traced)), k)
                  .scoreDocs;
          assertEquals(plain.length, hits.length);
          for (int hit = 0; hit < hits.length; hit++) {
            assertEquals(plain[hit].doc, hits[hit].doc);
            assertEquals(plain[hit].score, hits[hit].score, 0f);
          }
          assertEquals(traced.traces().size(), traced.tracedReports().size());
          for (int at = 0; at < traced.traces().size(); at++) {
            boolean isLast = at == traced.traces().size() - 1;
            check(field, traced.traces().get(at), traced.tracedReports().get(at), hits, isLast);
          }
        }
      }
    }
  }

  private static void check(
      SegmentField field, SearchTrace trace, Search report, ScoreDoc[] hits, boolean isLast)
      throws IOException {
    LeafReaderContext leaf = field.leaf();
    if (report.expandedNodes() > 0) {
      assertEquals(report.expandedNodes(), trace.steps());
    }
    if (field.field().graph() != null) {
      HnswGraph graph = graph(leaf);
      GraphLinks links = new GraphLinks(field);
      boolean skips = report.quantized() == false && report.strategies().isEmpty() == false;
      for (int node = 0; node < trace.size(); node++) {
        if (trace.isExpanded(node)) {
          assertTrue(trace.isScored(node));
        }
        int from = trace.isScored(node) ? trace.from(node) : -1;
        if (from >= 0 && skips == false) {
          assertTrue(trace.isExpanded(from));
          assertTrue(trace.expandedAt(from) <= trace.scoredAt(node));
          assertTrue(neighbors(graph, 0, links.ordinal(from)).contains(links.ordinal(node)));
        }
      }
    }
    long exact = 0;
    for (int ord = 0; ord < trace.size(); ord++) {
      exact += Float.isNaN(trace.exactScore(ord)) ? 0 : 1;
    }
    if (report.quantized()) {
      assertEquals(report.reranked(), exact);
    }
    if (report.end() == End.LIMIT || isLast == false) {
      return; // Lucene's query then scored all matching vectors, or searched again
    }
    for (ScoreDoc hit : hits) {
      int doc = hit.doc - leaf.docBase;
      if (doc >= 0 && doc < leaf.reader().maxDoc()) {
        assertEquals(hit.score, trace.exactScore(ordinal(leaf, hit.doc)), 0f);
      }
    }
  }
}
