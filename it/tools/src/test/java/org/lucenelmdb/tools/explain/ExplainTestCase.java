/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.explain;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.hnsw.HnswGraphProvider;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.SegmentReader;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.VectorScorer;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.lucenelmdb.LmdbHnswSearchStrategy;
import org.lucenelmdb.tools.Tools;
import org.lucenelmdb.tools.index.IndexFolder;
import picocli.CommandLine;

/** Runs the command, and checks what it states by other means. */
@ThreadLeakFilters(filters = LibraryThreads.class)
abstract class ExplainTestCase extends LuceneTestCase {

  static final String FIELD = "v";

  final StringWriter out = new StringWriter();
  final StringWriter err = new StringWriter();

  final int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    CommandLine tools = Tools.commandLine();
    tools.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return tools.execute(arguments);
  }

  /** Explains, and returns the JSON. */
  final JsonNode explain(Path index, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("explain", index.toString(), "--field", FIELD));
    all.addAll(List.of(arguments));
    all.add("--json");
    int code = run(all.toArray(String[]::new));
    assertEquals(err.toString(), 0, code);
    assertEquals("", err.toString());
    return JsonMapper.builder().build().readTree(out.toString());
  }

  static DirectoryReader open(Path index) throws IOException {
    return IndexFolder.open(index).reader(); // an open folder has no open files
  }

  static ScoreDoc[] search(
      DirectoryReader reader, float[] vector, int k, Float targetRecall, Query filter)
      throws IOException {
    LmdbHnswSearchStrategy strategy = LmdbHnswSearchStrategy.DEFAULT;
    if (targetRecall != null) {
      strategy = strategy.withTargetRecall(targetRecall);
    }
    FieldInfo info = FieldInfos.getMergedFieldInfos(reader).fieldInfo(FIELD);
    QueryVector query = QueryVector.of(vector, info.getVectorEncoding(), info.getVectorDimension());
    IndexSearcher searcher = new IndexSearcher(reader);
    searcher.setQueryCache(null);
    return searcher.search(query.query(FIELD, k, filter, strategy), k).scoreDocs;
  }

  /** The scores of all documents with a vector, whatever the filter, by document; NaN without. */
  static float[] scores(DirectoryReader reader, float[] vector) throws IOException {
    FieldInfo info = FieldInfos.getMergedFieldInfos(reader).fieldInfo(FIELD);
    QueryVector query = QueryVector.of(vector, info.getVectorEncoding(), info.getVectorDimension());
    float[] scores = new float[reader.maxDoc()];
    Arrays.fill(scores, Float.NaN);
    for (LeafReaderContext leaf : reader.leaves()) {
      KnnVectorValues values = QueryVector.values(leaf.reader(), FIELD, info.getVectorEncoding());
      if (values == null) {
        continue;
      }
      VectorScorer scorer = query.scorer(values);
      DocIdSetIterator docs = scorer.iterator();
      for (int doc = docs.nextDoc(); doc != NO_MORE_DOCS; doc = docs.nextDoc()) {
        scores[leaf.docBase + doc] = scorer.score();
      }
    }
    return scores;
  }

  static boolean[] matching(DirectoryReader reader, Query filter) throws IOException {
    boolean[] matching = new boolean[reader.maxDoc()];
    if (filter == null) {
      for (LeafReaderContext leaf : reader.leaves()) {
        Bits live = leaf.reader().getLiveDocs();
        for (int doc = 0; doc < leaf.reader().maxDoc(); doc++) {
          matching[leaf.docBase + doc] = live == null || live.get(doc);
        }
      }
      return matching;
    }
    for (ScoreDoc hit : new IndexSearcher(reader).search(filter, reader.maxDoc()).scoreDocs) {
      matching[hit.doc] = true;
    }
    return matching;
  }

  /** The exact rank of a document among the matching ones. */
  static int rank(float[] scores, boolean[] matching, int doc, int from, int to) {
    return 1
        + (int)
            IntStream.range(from, to).filter(i -> matching[i] && scores[i] > scores[doc]).count();
  }

  /** Checks every fact that can be computed without the program's own classes. */
  final void check(
      JsonNode facts, DirectoryReader reader, float[] vector, int doc, Float target, Query filter)
      throws IOException {
    int k = facts.get("k").intValue();
    ScoreDoc[] hits = search(reader, vector, k, target, filter);
    assertEquals(
        Arrays.stream(hits).map(hit -> hit.doc).toList(),
        ints(facts.get("result").get("hits"), "doc"));
    List<LeafReaderContext> leaves = reader.leaves();
    LeafReaderContext leaf = leaves.get(ReaderUtil.subIndex(doc, leaves));
    JsonNode document = facts.get("document");
    assertEquals(doc, document.get("doc").intValue());
    assertEquals(
        ((SegmentReader) leaf.reader()).getSegmentName(), document.get("segment").textValue());
    Bits live = leaf.reader().getLiveDocs();
    boolean isLive = live == null || live.get(doc - leaf.docBase);
    assertEquals(isLive, document.get("isDeleted").booleanValue() == false);
    float[] scores = scores(reader, vector);
    boolean hasVector = Float.isNaN(scores[doc]) == false;
    assertEquals(hasVector, document.get("hasVector").booleanValue());
    boolean[] matching = matching(reader, filter);
    int rank = 0;
    if (hasVector) {
      rank = rank(scores, matching, doc, 0, scores.length);
      assertEquals(rank, facts.get("rank").get("rank").intValue());
      int end = leaf.docBase + leaf.reader().maxDoc();
      assertEquals(
          rank(scores, matching, doc, leaf.docBase, end),
          facts.get("rank").get("rankInSegment").intValue());
      assertEquals(scores[doc], facts.get("rank").get("score").floatValue(), 0f);
    }
    boolean isHit = Arrays.stream(hits).anyMatch(hit -> hit.doc == doc);
    String cause = facts.get("cause").textValue();
    String expected =
        isHit
            ? "FOUND"
            : isLive == false
                ? "DELETED"
                : hasVector == false
                    ? "NO_VECTOR"
                    : matching[doc] == false ? "FILTERED" : rank > k ? "NOT_NEAREST" : null;
    if (expected != null) {
      assertEquals(facts.toString(), expected, cause);
    } else {
      assertTrue(
          cause,
          Set.of("TIE", "NOT_RERANKED", "UNREACHABLE", "NOT_REACHED", "SEGMENT_LIMIT")
              .contains(cause));
    }
    assertFalse(facts.get("verdict").textValue().contains("null"));
    if (facts.get("graph").isNull() == false) {
      checkGraph(facts, leaf, doc);
    }
  }

  static HnswGraph graph(LeafReaderContext leaf) throws IOException {
    KnnVectorsReader vectors = ((SegmentReader) leaf.reader()).getVectorReader();
    vectors = ((PerFieldKnnVectorsFormat.FieldsReader) vectors).getFieldReader(FIELD);
    return ((HnswGraphProvider) vectors).getGraph(FIELD);
  }

  static List<Integer> neighbors(HnswGraph graph, int level, int node) throws IOException {
    List<Integer> neighbors = new ArrayList<>();
    graph.seek(level, node);
    for (int to = graph.nextNeighbor(); to != NO_MORE_DOCS; to = graph.nextNeighbor()) {
      neighbors.add(to);
    }
    return neighbors;
  }

  /** The number of hops from some nodes to all others on level 0; -1 if there is no path. */
  private static int[] hops(HnswGraph graph, Set<Integer> from) throws IOException {
    int[] hops = new int[graph.size()];
    Arrays.fill(hops, -1);
    List<Integer> at = new ArrayList<>(from);
    at.forEach(node -> hops[node] = 0);
    while (at.isEmpty() == false) {
      List<Integer> next = new ArrayList<>();
      for (int node : at) {
        for (int to : neighbors(graph, 0, node)) {
          if (hops[to] < 0) {
            hops[to] = hops[node] + 1;
            next.add(to);
          }
        }
      }
      at = next;
    }
    return hops;
  }

  private static void checkGraph(JsonNode facts, LeafReaderContext leaf, int doc)
      throws IOException {
    HnswGraph graph = graph(leaf);
    KnnVectorValues values = values(leaf);
    int ordinal = facts.get("document").get("ordinal").intValue();
    assertEquals(doc, leaf.docBase + values.ordToDoc(ordinal));
    Set<Integer> inLinks = new TreeSet<>();
    for (int node = 0; node < graph.size(); node++) {
      if (neighbors(graph, 0, node).contains(ordinal)) {
        inLinks.add(leaf.docBase + values.ordToDoc(node));
      }
    }
    JsonNode links = facts.get("graph");
    assertEquals(inLinks.size(), links.get("inLinks").intValue());
    assertEquals(
        inLinks.size(),
        links.get("expanded").intValue()
            + links.get("cutOff").intValue()
            + links.get("neverReached").intValue());
    if (inLinks.size() <= 100) {
      assertEquals(inLinks, new TreeSet<>(ints(links.get("neighbors"), "doc")));
    }
    assertEquals(neighbors(graph, 0, ordinal).size(), links.get("links").intValue());
    JsonNode traversal = facts.get("traversal");
    if (traversal.isNull() || traversal.get("steps").intValue() == 0) {
      return;
    }
    JsonNode search = facts.get("searches").get(facts.get("searches").size() - 1);
    assertEquals(search.get("expandedNodes").intValue(), traversal.get("steps").intValue());
    List<JsonNode> onLevel0 = new ArrayList<>();
    traversal.get("path").forEach(step -> onLevel0.add(step));
    onLevel0.removeIf(step -> step.get("level").intValue() > 0);
    // a traversal by one of Lucene's filtered searchers skips nodes
    boolean isOwn = search.get("filterStrategies").toString().contains("\"FILTERED\"") == false;
    for (int i = 0; isOwn && i + 1 < onLevel0.size(); i++) {
      int from = ordinal(leaf, onLevel0.get(i).get("doc").intValue());
      int to = ordinal(leaf, onLevel0.get(i + 1).get("doc").intValue());
      assertTrue(from + " to " + to, neighbors(graph, 0, from).contains(to));
    }
    if (onLevel0.isEmpty() == false && search.get("strategy").textValue().startsWith("trav")) {
      int start = ordinal(leaf, onLevel0.get(0).get("doc").intValue());
      int hops = hops(graph, Set.of(start))[ordinal];
      if (facts.get("searches").size() == 1) { // the second search may have several starts
        assertEquals(
            hops < 0 ? null : hops,
            links.get("hopsFromStart").isNull()
                ? null
                : (Integer) links.get("hopsFromStart").intValue());
      }
    }
    if (facts.get("cause").textValue().equals("NOT_REACHED")) {
      assertFalse(traversal.get("isReached").booleanValue());
      assertEquals(0, links.get("expanded").intValue());
      float worst = traversal.get("worst").floatValue();
      for (JsonNode link : links.get("neighbors")) {
        if (link.get("fate").textValue().equals("CUT_OFF")) {
          assertTrue(link.toString(), link.get("score").floatValue() <= worst);
        }
      }
    }
  }

  static KnnVectorValues values(LeafReaderContext leaf) throws IOException {
    FieldInfo info = leaf.reader().getFieldInfos().fieldInfo(FIELD);
    return QueryVector.values(leaf.reader(), FIELD, info.getVectorEncoding());
  }

  static int ordinal(LeafReaderContext leaf, int doc) throws IOException {
    KnnVectorValues values = values(leaf);
    KnnVectorValues.DocIndexIterator iterator = values.iterator();
    assertEquals(doc - leaf.docBase, iterator.advance(doc - leaf.docBase));
    return iterator.index();
  }

  static List<Integer> ints(JsonNode array, String name) {
    List<Integer> all = new ArrayList<>();
    array.forEach(element -> all.add(element.get(name).intValue()));
    return all;
  }

  static String name(Path file) {
    return file.getFileName().toString();
  }

  /** The nearest documents that match, best first. */
  static List<Integer> nearest(float[] scores, boolean[] matching, int count) {
    return IntStream.range(0, scores.length)
        .filter(doc -> matching[doc] && Float.isNaN(scores[doc]) == false)
        .boxed()
        .sorted((a, b) -> Float.compare(scores[b], scores[a]))
        .limit(count)
        .collect(Collectors.toList());
  }
}
