/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.LuceneTestCase.SuppressFileSystems;
import org.apache.lucene.util.IOUtils;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.lucenelmdb.opensearch.mapper.SpaceType;

/** Mappings, documents and queries on one real node. */
@ThreadLeakScope(ThreadLeakScope.Scope.NONE) // the HTTP client ends its threads later
@SuppressFileSystems("*") // a node fails on folders that it does not know, such as "extra0"
public class TestOneNode extends LuceneTestCase {

  private static NodeProcess node;
  private static Http http;

  @BeforeClass
  public static void startNode() throws Exception {
    Path home = createTempDir();
    node =
        new NodeProcess(
                home,
                List.of("-Xmx512m", "--add-modules=jdk.incubator.vector"),
                List.of(
                    "discovery.type=single-node",
                    "node.name=one",
                    "http.port=0",
                    "lmdb_hnsw.build.threads=2"))
            .start();
    http = new Http(node.port());
  }

  @AfterClass
  public static void stopNode() throws IOException {
    IOUtils.close(http, node);
    assertEquals(
        "problems in the log",
        List.of(),
        node.problems(
            Pattern.compile("failed on parsing mappings on index creation \\[bad]"),
            Pattern.compile("path: /slow/_search[^$]*TaskCancelledException")));
    http = null;
    node = null;
  }

  private static final int DIMENSION = 16;
  private static final int DOCS = 400;

  /** A vector of floats, or of bytes as floats. */
  private static float[] vector(Random random, boolean isByte) {
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] =
          isByte ? random.nextInt(255) - 127 : Math.round(1000 * random.nextGaussian()) / 1000f;
    }
    return vector;
  }

  private static String json(float[] vector) {
    return Arrays.toString(vector);
  }

  private static void createIndex(String index, String parameters) throws IOException {
    http.ok(
        "PUT",
        "/" + index,
        "{\"settings\":{\"number_of_shards\":1,\"number_of_replicas\":0},"
            + "\"mappings\":{\"properties\":{\"v\":{\"type\":\"lmdb_vector\",\"dimension\":"
            + DIMENSION
            + parameters
            + "},\"n\":{\"type\":\"integer\"}}}}");
  }

  /** Adds documents in several segments, and checks which format these have. */
  private static List<float[]> addDocs(String index, Random random, boolean isByte)
      throws IOException {
    List<float[]> vectors = new ArrayList<>();
    for (int part = 0; part < 2; part++) {
      StringBuilder bulk = new StringBuilder();
      for (int i = 0; i < DOCS / 2; i++) {
        float[] vector = vector(random, isByte);
        bulk.append("{\"index\":{\"_id\":\"").append(vectors.size()).append("\"}}\n");
        bulk.append("{\"v\":").append(json(vector));
        bulk.append(",\"n\":").append(vectors.size()).append("}\n");
        vectors.add(vector);
      }
      Http.Answer answer = http.ok("POST", "/" + index + "/_bulk?refresh=true", bulk.toString());
      assertEquals(answer.toString(), false, answer.at("errors"));
    }
    return vectors;
  }

  private static String query(String rest) {
    return "{\"size\":10,\"query\":{\"lmdb_knn\":{\"field\":\"v\"," + rest + "}}}";
  }

  private static double score(SpaceType space, float[] a, float[] b) {
    double square = 0;
    double distance = 0;
    double product = 0;
    double lengths = 0;
    double lengthA = 0;
    int bits = 0;
    for (int i = 0; i < a.length; i++) {
      square += (a[i] - b[i]) * (a[i] - b[i]);
      distance += Math.abs(a[i] - b[i]);
      product += a[i] * b[i];
      lengthA += a[i] * a[i];
      lengths += b[i] * b[i];
      bits += Integer.bitCount(((byte) a[i] ^ (byte) b[i]) & 0xFF);
    }
    return switch (space) {
      case L2 -> 1 / (1 + square);
      case L1 -> 1 / (1 + distance);
      case HAMMING -> 1.0 / (1 + bits);
      case INNERPRODUCT -> product < 0 ? 1 / (1 - product) : 1 + product;
      case COSINESIMIL -> (1 + product / Math.sqrt(lengthA * lengths)) / 2;
    };
  }

  private static List<String> nearest(
      SpaceType space, List<float[]> vectors, float[] target, int k, Predicate<Integer> filter) {
    return IntStream.range(0, vectors.size())
        .boxed()
        .filter(filter)
        .sorted(Comparator.comparingDouble(i -> -score(space, vectors.get(i), target)))
        .limit(k)
        .map(i -> Integer.toString(i))
        .toList();
  }

  /** The statistics of a field on the one node. */
  private static Map<?, ?> fieldStats(String index) throws IOException {
    Http.Answer stats = http.ok("GET", "/_plugins/_lmdb_hnsw/stats", null);
    Map<?, ?> nodes = (Map<?, ?>) stats.at("nodes");
    Map<?, ?> fields = (Map<?, ?>) ((Map<?, ?>) nodes.values().iterator().next()).get("fields");
    Map<?, ?> field = (Map<?, ?>) fields.get(index + "/v");
    assertNotNull(stats.toString(), field);
    return field;
  }

  private static long stat(String index, String name) throws IOException {
    return ((Number) fieldStats(index).get(name)).longValue();
  }

  private static void assertFormat(String index) throws IOException {
    Map<?, ?> field = fieldStats(index);
    assertTrue(field.toString(), ((Number) field.get("segments")).longValue() > 0);
    assertFalse(field.toString(), field.containsKey("other_format_segments"));
  }

  public void testSpaceTypes() throws IOException {
    Random random = new Random(7);
    for (SpaceType space : SpaceType.values()) {
      for (boolean isByte : new boolean[] {true, false}) {
        if (space == SpaceType.HAMMING && isByte == false) {
          continue;
        }
        String index = "space_" + space.mappingName() + (isByte ? "_byte" : "_float");
        createIndex(
            index,
            String.format(
                Locale.ROOT,
                ",\"space_type\":\"%s\",\"element_type\":\"%s\"",
                space.mappingName(),
                isByte ? "byte" : "float"));
        List<float[]> vectors = addDocs(index, random, isByte);
        assertFormat(index);
        float[] target = vector(random, isByte);
        String vector = "\"k\":10,\"vector\":" + json(target);
        Http.Answer all = http.ok("POST", "/" + index + "/_search", query(vector));
        if (space == SpaceType.HAMMING) { // many distances are equal
          double tenth =
              score(
                  space,
                  vectors.get(
                      Integer.parseInt(nearest(space, vectors, target, 10, i -> true).get(9))),
                  target);
          for (String id : all.ids()) {
            assertTrue(score(space, vectors.get(Integer.parseInt(id)), target) >= tenth);
          }
        } else {
          assertEquals(index, nearest(space, vectors, target, 10, i -> true), all.ids());
        }
        if (isByte == false || space != SpaceType.INNERPRODUCT) {
          double score = score(space, vectors.get(Integer.parseInt(all.ids().get(0))), target);
          double found = ((Number) all.at("hits.hits.0._score")).doubleValue();
          assertEquals(index, score, found, 1e-3 * score);
        }
        Http.Answer some =
            http.ok(
                "POST",
                "/" + index + "/_search",
                query(vector + ",\"filter\":{\"range\":{\"n\":{\"gte\":300}}}"));
        if (space != SpaceType.HAMMING) {
          assertEquals(index, nearest(space, vectors, target, 10, i -> i >= 300), some.ids());
        }
        assertEquals(10, some.ids().size());
        http.ok("DELETE", "/" + index, null);
      }
    }
  }

  public void testQueries() throws IOException {
    Random random = new Random(8);
    createIndex("queries", ",\"m\":8,\"ef_construction\":50,\"code_bits\":4");
    List<float[]> vectors = addDocs("queries", random, false);
    assertFormat("queries");
    float[] target = vector(random, false);
    String vector = "\"vector\":" + json(target);
    List<String> nearest = nearest(SpaceType.L2, vectors, target, 10, i -> true);
    for (String parameters :
        List.of(
            "",
            ",\"oversampling\":20",
            ",\"target_recall\":0.99",
            ",\"filter\":{\"match_all\":{}},\"filter_strategy\":\"exhaustive\"",
            ",\"boost\":2,\"_name\":\"near\"")) {
      Http.Answer answer =
          http.ok("POST", "/queries/_search", query("\"k\":10," + vector + parameters));
      assertEquals(parameters, nearest, answer.ids());
    }
    double tenth = score(SpaceType.L2, vectors.get(Integer.parseInt(nearest.get(9))), target);
    Http.Answer radial =
        http.ok(
            "POST",
            "/queries/_search",
            query(vector + ",\"min_score\":" + (float) tenth * 0.9999f));
    assertEquals(nearest, radial.ids());

    String knn = "{\"lmdb_knn\":{\"field\":\"v\",\"k\":10," + vector + ",\"_name\":\"near\"}}";
    Http.Answer bool =
        http.ok(
            "POST",
            "/queries/_search",
            "{\"query\":{\"bool\":{\"should\":["
                + knn
                + "],\"must\":[{\"range\":{\"n\":{\"lt\":1000}}}]}}}");
    assertEquals(nearest.get(0), bool.ids().get(0));
    assertEquals(List.of("near"), bool.at("hits.hits.0.matched_queries"));

    Http.Answer explain =
        http.ok("GET", "/queries/_explain/" + nearest.get(0), "{\"query\":" + knn + "}");
    assertEquals(explain.toString(), true, explain.at("matched"));
    Http.Answer exists =
        http.ok("POST", "/queries/_count", "{\"query\":{\"exists\":{\"field\":\"v\"}}}");
    assertEquals(DOCS, exists.at("count"));

    Http.Answer got = http.ok("GET", "/queries/_doc/" + nearest.get(0), null);
    List<?> source = (List<?>) got.at("_source.v");
    for (int i = 0; i < DIMENSION; i++) {
      float value = ((Number) source.get(i)).floatValue();
      assertEquals(vectors.get(Integer.parseInt(nearest.get(0)))[i], value, 0f);
    }
    Http.Answer fields =
        http.ok(
            "POST",
            "/queries/_search",
            "{\"size\":1,\"query\":" + knn + ",\"fields\":[\"v\"],\"_source\":false}");
    assertEquals(DIMENSION, ((List<?>) fields.at("hits.hits.0.fields.v")).size());

    Http.Answer profile =
        http.ok("POST", "/queries/_search", "{\"profile\":true,\"query\":" + knn + "}");
    Map<?, ?> breakdown = (Map<?, ?>) profile.at("profile.shards.0.searches.0.query.0.breakdown");
    assertTrue(breakdown.toString(), ((Number) breakdown.get("lmdb_hnsw_visits")).longValue() > 0);
    assertTrue(
        breakdown.toString(), ((Number) breakdown.get("lmdb_hnsw_segments")).longValue() > 1);

    http.ok(
        "POST", "/_aliases", "{\"actions\":[{\"add\":{\"index\":\"queries\",\"alias\":\"q\"}}]}");
    assertEquals(nearest, http.ok("POST", "/q/_search", query("\"k\":10," + vector)).ids());
    assertEquals(
        nearest, http.ok("POST", "/q/_search?timeout=10s", query("\"k\":10," + vector)).ids());

    http.ok("DELETE", "/queries/_doc/" + nearest.get(0) + "?refresh=true", null);
    List<String> left = nearest(SpaceType.L2, vectors, target, 11, i -> true).subList(1, 11);
    assertEquals(left, http.ok("POST", "/q/_search", query("\"k\":10," + vector)).ids());
    http.ok("POST", "/queries/_forcemerge?max_num_segments=1", null);
    http.ok("POST", "/queries/_refresh", null);
    assertEquals(left, http.ok("POST", "/q/_search", query("\"k\":10," + vector)).ids());
  }

  /** Words and vectors together, as people combine them. */
  public void testCombinations() throws IOException {
    Random random = new Random(9);
    http.ok(
        "PUT",
        "/combined",
        "{\"settings\":{\"number_of_shards\":1,\"number_of_replicas\":0},"
            + "\"mappings\":{\"properties\":{\"v\":{\"type\":\"lmdb_vector\",\"dimension\":16},"
            + "\"also\":{\"type\":\"alias\",\"path\":\"v\"},\"t\":{\"type\":\"text\"},"
            + "\"g\":{\"type\":\"keyword\"}}}}");
    List<float[]> vectors = new ArrayList<>();
    StringBuilder bulk = new StringBuilder();
    for (int i = 0; i < DOCS; i++) {
      vectors.add(vector(random, false));
      bulk.append("{\"index\":{\"_id\":\"").append(i).append("\"}}\n{\"v\":");
      bulk.append(json(vectors.get(i))).append(",\"g\":\"").append(i % 3).append("\",\"t\":\"");
      bulk.append(i % 100 == 0 ? "rare word" : "word").append("\"}\n");
    }
    http.ok("POST", "/combined/_bulk?refresh=true", bulk.toString());
    float[] target = vector(random, false);
    List<String> nearest = nearest(SpaceType.L2, vectors, target, 10, i -> true);
    String rest = "\"k\":10,\"vector\":" + json(target);
    String knn = "{\"lmdb_knn\":{\"field\":\"v\"," + rest + "}}";
    String alias = "{\"size\":10,\"query\":{\"lmdb_knn\":{\"field\":\"also\"," + rest + "}}}";
    assertEquals(nearest, http.ok("POST", "/combined/_search", alias).ids());

    double nearestScore =
        score(SpaceType.L2, vectors.get(Integer.parseInt(nearest.get(0))), target);
    Http.Answer words =
        http.ok(
            "POST",
            "/combined/_search",
            "{\"size\":20,\"query\":{\"bool\":{\"should\":[{\"lmdb_knn\":{\"boost\":1000,"
                + "\"field\":\"v\","
                + rest
                + "}},{\"constant_score\":{\"boost\":0.001,\"filter\":{\"match\":{\"t\":\"rare\"}}}}]}}}");
    assertEquals(nearest, words.ids().subList(0, 10));
    Set<String> either = new TreeSet<>(nearest);
    either.addAll(List.of("0", "100", "200", "300"));
    assertEquals(either, new TreeSet<>(words.ids()));
    double boosted = ((Number) words.at("hits.hits.0._score")).doubleValue();
    assertEquals(1000 * nearestScore, boosted, 1);

    Http.Answer maximum =
        http.ok(
            "POST",
            "/combined/_search",
            "{\"size\":10,\"query\":{\"dis_max\":{\"queries\":["
                + knn
                + ",{\"constant_score\":{\"boost\":0.000001,\"filter\":{\"match_all\":{}}}}]}}}");
    assertEquals(nearest, maximum.ids());
    Http.Answer groups =
        http.ok(
            "POST",
            "/combined/_search",
            "{\"size\":0,\"query\":"
                + knn
                + ",\"aggs\":{\"groups\":{\"terms\":{\"field\":\"g\"}}}}");
    int counted = 0;
    for (Object bucket : (List<?>) groups.at("aggregations.groups.buckets")) {
      counted += ((Number) ((Map<?, ?>) bucket).get("doc_count")).intValue();
    }
    assertEquals("aggregations see the k hits", 10, counted);
    Http.Answer collapsed =
        http.ok(
            "POST", "/combined/_search", "{\"query\":" + knn + ",\"collapse\":{\"field\":\"g\"}}");
    assertEquals(nearest.get(0), collapsed.ids().get(0));
    assertTrue(collapsed.toString(), collapsed.ids().size() <= 3);
    Http.Answer rescored =
        http.ok(
            "POST",
            "/combined/_search",
            "{\"size\":10,\"query\":{\"match\":{\"t\":\"rare\"}},\"rescore\":{\"window_size\":10,"
                + "\"query\":{\"query_weight\":0,\"rescore_query\":{\"lmdb_knn\":{\"field\":\"v\","
                + "\"k\":400,\"vector\":"
                + json(target)
                + "}}}}}");
    assertEquals(
        nearest(SpaceType.L2, vectors, target, 4, i -> i % 100 == 0), rescored.ids().subList(0, 4));
    Http.Answer page =
        http.ok("POST", "/combined/_search", "{\"from\":5,\"size\":3,\"query\":" + knn + "}");
    assertEquals(nearest.subList(5, 8), page.ids());
  }

  public void testConcurrentSegmentSearch() throws IOException {
    Random random = new Random(10);
    createIndex("parallel", "");
    List<float[]> vectors = addDocs("parallel", random, false);
    for (String mode : List.of("all", "none")) {
      http.ok(
          "PUT",
          "/parallel/_settings",
          "{\"index.search.concurrent_segment_search.mode\":\"" + mode + "\"}");
      for (int i = 0; i < 10; i++) {
        float[] target = vector(random, false);
        String vector = "\"k\":10,\"vector\":" + json(target);
        Http.Answer all = http.ok("POST", "/parallel/_search", query(vector));
        assertEquals(mode, nearest(SpaceType.L2, vectors, target, 10, n -> true), all.ids());
        Http.Answer some =
            http.ok(
                "POST",
                "/parallel/_search",
                query(vector + ",\"filter\":{\"range\":{\"n\":{\"lt\":100}}}"));
        assertEquals(mode, nearest(SpaceType.L2, vectors, target, 10, n -> n < 100), some.ids());
        Http.Answer profile =
            http.ok("POST", "/parallel/_search", "{\"profile\":true," + query(vector).substring(1));
        assertEquals(all.ids(), profile.ids());
        Map<?, ?> breakdown =
            (Map<?, ?>) profile.at("profile.shards.0.searches.0.query.0.breakdown");
        assertEquals(
            breakdown.toString(),
            stat("parallel", "segments"),
            ((Number) breakdown.get("lmdb_hnsw_segments")).longValue());
      }
    }
  }

  public void testStatistics() throws IOException {
    createIndex("counted", "");
    List<float[]> vectors = addDocs("counted", new Random(11), false);
    String vector = "\"k\":10,\"vector\":" + json(vectors.get(0));
    long segments = stat("counted", "segments");
    assertEquals(DOCS, stat("counted", "vectors"));
    assertEquals(DOCS * DIMENSION * 4L, stat("counted", "vector_bytes"));
    assertEquals(0, stat("counted", "segment_searches"));
    http.ok("POST", "/counted/_search", query(vector));
    assertEquals(segments, stat("counted", "segment_searches"));
    assertEquals(0, stat("counted", "strategy_exhaustive"));
    http.ok(
        "POST", "/counted/_search", query(vector + ",\"filter\":{\"range\":{\"n\":{\"lt\":80}}}"));
    assertTrue(stat("counted", "strategy_exhaustive") > 0);
    assertTrue(stat("counted", "visits") > 0);
    http.ok("DELETE", "/counted", null);
    createIndex("counted", "");
    addDocs("counted", new Random(11), false);
    assertEquals("another index of that name", 0, stat("counted", "segment_searches"));
  }

  /** A query of many kNN searches: each of them is short, and all together take seconds. */
  private static String longQuery(List<float[]> targets, String parameters) {
    StringBuilder clauses = new StringBuilder();
    for (float[] target : targets) {
      clauses.append(clauses.isEmpty() ? "" : ",");
      clauses.append("{\"lmdb_knn\":{\"field\":\"v\",\"k\":10000,\"vector\":");
      clauses.append(json(target)).append("}}");
    }
    return "{\"size\":10" + parameters + ",\"query\":{\"bool\":{\"should\":[" + clauses + "]}}}";
  }

  public void testTimeoutAndCancellation() throws Exception {
    Random random = new Random(12);
    createIndex("slow", "");
    for (int i = 0; i < 10; i++) {
      StringBuilder bulk = new StringBuilder();
      for (int doc = 0; doc < 1000; doc++) {
        bulk.append("{\"index\":{}}\n{\"v\":").append(json(vector(random, false))).append("}\n");
      }
      http.ok("POST", "/slow/_bulk", bulk.toString());
    }
    http.ok("POST", "/slow/_forcemerge?max_num_segments=1", null);
    http.ok("POST", "/slow/_refresh", null);
    List<float[]> targets = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      targets.add(vector(random, false));
    }
    long before = stat("slow", "visits");
    http.ok("POST", "/slow/_search", longQuery(targets.subList(0, 10), ""));
    long visitsOfTen = stat("slow", "visits") - before;
    assertTrue("k of " + 10_000 + " needs many visits", visitsOfTen >= 10 * 10_000);

    for (String parameters : List.of("", ",\"timeout\":\"50ms\"")) {
      String path = "/slow/_search" + (parameters.isEmpty() ? "?timeout=50ms" : "");
      before = stat("slow", "visits");
      Http.Answer answer = http.ok("POST", path, longQuery(targets, parameters));
      assertEquals(answer.toString(), true, answer.at("timed_out"));
      long visits = stat("slow", "visits") - before;
      assertTrue("visits after a timeout: " + visits, visits < 50 * visitsOfTen);
    }

    before = stat("slow", "visits");
    FutureTask<Http.Answer> running =
        new FutureTask<>(() -> http.send("POST", "/slow/_search", longQuery(targets, "")));
    new Thread(running, "long search").start();
    while (stat("slow", "visits") == before) {
      assertFalse("the search runs", running.isDone());
    }
    http.ok("POST", "/_tasks/_cancel?actions=indices:data/read/search*", null);
    Http.Answer answer = running.get(1, TimeUnit.MINUTES);
    assertNotEquals(200, answer.status());
    assertTrue(answer.toString(), answer.toString().contains("cancelled"));
    long visits = stat("slow", "visits") - before;
    assertTrue("visits until it was cancelled: " + visits, visits < 50 * visitsOfTen);
  }

  public void testNested() throws IOException {
    http.ok(
        "PUT",
        "/nested",
        "{\"mappings\":{\"properties\":{\"n\":{\"type\":\"integer\"},\"chunks\":{\"type\":\"nested\","
            + "\"properties\":{\"v\":{\"type\":\"lmdb_vector\",\"dimension\":2}}}}}}");
    StringBuilder bulk = new StringBuilder();
    for (int doc = 0; doc < 50; doc++) {
      bulk.append("{\"index\":{\"_id\":\"").append(doc).append("\"}}\n{\"n\":").append(doc);
      bulk.append(",\"chunks\":[");
      for (int chunk = 0; chunk < 3; chunk++) {
        bulk.append(chunk == 0 ? "" : ",").append("{\"v\":[").append(doc).append(',');
        bulk.append(chunk).append("]}");
      }
      bulk.append("]}\n");
    }
    http.ok("POST", "/nested/_bulk?refresh=true", bulk.toString());
    String knn = "\"lmdb_knn\":{\"field\":\"chunks.v\",\"vector\":[20,1.9],\"k\":5";
    Http.Answer answer =
        http.ok(
            "POST",
            "/nested/_search",
            "{\"query\":{\"nested\":{\"path\":\"chunks\",\"inner_hits\":{\"size\":3},"
                + "\"score_mode\":\"max\",\"query\":{"
                + knn
                + "}}}}}");
    assertEquals("one per parent", 5, answer.ids().size());
    assertEquals("20", answer.ids().get(0));
    List<?> inner = (List<?>) answer.at("hits.hits.0.inner_hits.chunks.hits.hits");
    assertEquals("each chunk has its score", 3, inner.size());
    assertEquals(2, answer.at("hits.hits.0.inner_hits.chunks.hits.hits.0._nested.offset"));
    Http.Answer filtered =
        http.ok(
            "POST",
            "/nested/_search",
            "{\"query\":{\"nested\":{\"path\":\"chunks\",\"score_mode\":\"max\",\"query\":{"
                + knn
                + ",\"filter\":{\"range\":{\"n\":{\"gte\":40}}}}}}}}");
    assertEquals("a filter by parents", List.of("40", "41", "42", "43", "44"), filtered.ids());
  }

  private static void assertBad(Http.Answer answer, String... parts) {
    assertEquals(answer.toString(), 400, answer.status());
    for (String part : parts) {
      assertTrue("should contain " + part + ": " + answer, answer.toString().contains(part));
    }
  }

  private static Http.Answer putMapping(String parameters) throws IOException {
    http.send("DELETE", "/bad", null);
    return http.send(
        "PUT",
        "/bad",
        "{\"mappings\":{\"properties\":{\"t\":{\"type\":\"keyword\"},\"vec\":{\"type\":\"lmdb_vector\""
            + parameters
            + "}}}}");
  }

  public void testBadMappings() throws IOException {
    assertBad(putMapping(""), "[vec]", "dimension", "found none");
    assertBad(putMapping(",\"dimension\":0"), "[vec]", "from 1 to 16384", "[0]");
    assertBad(putMapping(",\"dimension\":16385"), "[vec]", "from 1 to 16384", "[16385]");
    assertBad(putMapping(",\"dimension\":\"many\""), "[vec]", "an integer", "[many]");
    String two = ",\"dimension\":2";
    assertBad(putMapping(two + ",\"space_type\":\"linf\""), "[vec]", "cosinesimil", "[linf]");
    assertBad(putMapping(two + ",\"element_type\":\"half\""), "element_type", "half");
    assertBad(putMapping(two + ",\"space_type\":\"hamming\""), "[vec]", "byte", "[float]");
    assertBad(putMapping(two + ",\"m\":1"), "[vec]", "[m] from 2 to 512", "[1]");
    assertBad(putMapping(two + ",\"m\":null"), "vec", "[m]", "null");
    assertBad(
        putMapping(two + ",\"ef_construction\":0"),
        "[vec]",
        "[ef_construction] from 2 to 3200",
        "[0]");
    assertBad(putMapping(two + ",\"code_bits\":3"), "[vec]", "[code_bits] of 0, 1,", "[3]");
    assertBad(putMapping(two + ",\"code_bits\":-1"), "[vec]", "[code_bits]", "[-1]");
    assertBad(putMapping(two + ",\"oversampling\":0.5"), "[vec]", "[oversampling]", "[0.5]");
    assertBad(putMapping(two + ",\"oversampling\":-1"), "[vec]", "[oversampling]", "[-1.0]");
    assertBad(putMapping(two + ",\"oversampling\":\"NaN\""), "[vec]", "[oversampling]", "[NaN]");
    assertBad(putMapping(two + ",\"wings\":2"), "vec", "wings");
    assertBad(putMapping(two + ",\"copy_to\":\"t\""), "[vec]", "copy_to", "[t]");
    assertBad(
        putMapping(two + ",\"fields\":{\"sub\":{\"type\":\"keyword\"}}"),
        "[vec]",
        "multi-fields",
        "[sub]");
    assertEquals(200, putMapping(two).status());
    String change = "{\"properties\":{\"vec\":{\"type\":\"lmdb_vector\",\"dimension\":3}}}";
    assertBad(http.send("PUT", "/bad/_mapping", change), "[vec]", "dimension", "[2]", "[3]");
    String update =
        "{\"properties\":{\"vec\":{\"type\":\"lmdb_vector\",\"dimension\":2,\"m\":32,\"meta\":{\"a\":\"b\"}}}}";
    http.ok("PUT", "/bad/_mapping", update);
    Http.Answer mapping = http.ok("GET", "/bad/_mapping", null);
    assertEquals(32, mapping.at("bad.mappings.properties.vec.m"));
    assertBad(
        http.send(
            "PUT",
            "/bad/_mapping",
            "{\"properties\":{\"k\":{\"type\":\"keyword\",\"fields\":{\"x\":{\"type\":\"lmdb_vector\","
                + "\"dimension\":2}}}}}"),
        "[x]",
        "lmdb_vector");
  }

  public void testBadDocuments() throws IOException {
    http.ok(
        "PUT",
        "/docs",
        "{\"mappings\":{\"properties\":{\"f\":{\"type\":\"lmdb_vector\",\"dimension\":2,"
            + "\"space_type\":\"cosinesimil\"},\"b\":{\"type\":\"lmdb_vector\",\"dimension\":2,"
            + "\"element_type\":\"byte\"}}}}");
    Object[][] bad = {
      {"{\"f\":[1,2,3]}", "[f]", "dimension 2", "found 3"},
      {"{\"f\":[]}", "[f]", "dimension 2", "found 0"},
      {"{\"f\":[0,0]}", "[f]", "cosinesimil", "zero vector"},
      {"{\"f\":[1,1e39]}", "[f]", "finite", "Infinity"},
      {"{\"f\":[1,\"x\"]}", "[f]", "numbers", "[x]"},
      {"{\"f\":[1,NaN]}", "NaN"},
      {"{\"f\":[1,\"NaN\"]}", "[f]", "numbers", "[NaN]"},
      {"{\"f\":[1,null]}", "[f]", "numbers", "null"},
      {"{\"f\":[[1,2]]}", "[f]", "numbers", "an array"},
      {"{\"f\":{\"a\":1}}", "[f]", "an array of numbers", "an object"},
      {"{\"f\":7}", "[f]", "an array of numbers", "[7]"},
      {"{\"b\":[1,128]}", "[b]", "from -128 to 127", "[128.0]"},
      {"{\"b\":[1,0.5]}", "[b]", "from -128 to 127", "[0.5]"},
    };
    for (Object[] doc : bad) {
      String[] parts = Arrays.copyOfRange(doc, 1, doc.length, String[].class);
      assertBad(http.send("PUT", "/docs/_doc/bad", (String) doc[0]), parts);
    }
    Http.Answer bulk =
        http.ok(
            "POST",
            "/docs/_bulk?refresh=true",
            "{\"index\":{\"_id\":\"1\"}}\n{\"f\":[1,2]}\n{\"index\":{\"_id\":\"2\"}}\n{\"f\":[1]}\n"
                + "{\"index\":{\"_id\":\"3\"}}\n{\"f\":null}\n{\"index\":{\"_id\":\"4\"}}\n{\"b\":[1,2]}\n");
    assertEquals(true, bulk.at("errors"));
    assertEquals(400, bulk.at("items.1.index.status"));
    assertEquals(3, http.ok("GET", "/docs/_count", null).at("count"));
    assertEquals(
        List.of("1"),
        http.ok(
                "POST",
                "/docs/_search",
                "{\"query\":{\"lmdb_knn\":{\"field\":\"f\",\"vector\":[1,0],\"k\":9}}}")
            .ids());
  }

  public void testBadQueries() throws IOException {
    http.ok(
        "PUT",
        "/asked",
        "{\"mappings\":{\"properties\":{\"v\":{\"type\":\"lmdb_vector\",\"dimension\":2,"
            + "\"space_type\":\"cosinesimil\"},\"b\":{\"type\":\"lmdb_vector\",\"dimension\":1,"
            + "\"element_type\":\"byte\"},\"t\":{\"type\":\"keyword\"}}}}");
    http.ok("PUT", "/asked/_doc/1?refresh=true", "{\"v\":[1,2],\"b\":[1],\"t\":\"x\"}");
    Object[][] bad = {
      {"\"vector\":[1,2,3],\"k\":1", "[v]", "dimension 2", "found 3"},
      {"\"vector\":[0,0],\"k\":1", "[v]", "zero vector"},
      {"\"vector\":[1,1e39],\"k\":1", "[v]", "finite", "Infinity"},
      {"\"vector\":[1,2],\"k\":0", "[v]", "from 1 to 10000", "[0]"},
      {"\"vector\":[1,2],\"k\":10001", "[v]", "from 1 to 10000", "[10001]"},
      {"\"vector\":[1,2]", "[v]", "[k] or [min_score]", "neither"},
      {"\"vector\":[1,2],\"k\":1,\"min_score\":0.5", "[k] or [min_score]", "both"},
      {"\"vector\":[1,2],\"min_score\":-1", "min_score", "-1"},
      {"\"k\":1", "[v]", "a [vector]"},
      {"\"vector\":[1,2],\"k\":1,\"speed\":1", "[v]", "[speed]"},
      {"\"vector\":[1,2],\"k\":1,\"oversampling\":0.5", "[v]", "from 1.0", "[0.5]"},
      {"\"vector\":[1,2],\"k\":1,\"oversampling\":-1", "[v]", "from 1.0", "[-1.0]"},
      {"\"vector\":[1,2],\"k\":1,\"target_recall\":1.5", "[v]", "to 0.999", "[1.5]"},
      {"\"vector\":[1,2],\"k\":1,\"target_recall\":-1", "[v]", "from 0.5", "[-1.0]"},
      {"\"vector\":[1,\"NaN\"],\"k\":1", "[v]", "NaN"},
      {"\"vector\":[1,2],\"k\":1,\"target_recall\":0.9,\"oversampling\":3", "[v]", "both"},
      {"\"vector\":[1,2],\"k\":1,\"filter_strategy\":\"none\"", "[v]", "exhaustive", "[none]"},
      {"\"vector\":[1,2],\"k\":1,\"filter\":{\"nothing\":{}}", "nothing"},
    };
    for (Object[] query : bad) {
      String[] parts = Arrays.copyOfRange(query, 1, query.length, String[].class);
      assertBad(http.send("POST", "/asked/_search", query((String) query[0])), parts);
    }
    String ofBytes = "{\"query\":{\"lmdb_knn\":{\"field\":\"b\",\"vector\":[200],\"k\":1}}}";
    assertBad(http.send("POST", "/asked/_search", ofBytes), "[b]", "from -128 to 127", "[200.0]");
    String ofText = "{\"query\":{\"lmdb_knn\":{\"field\":\"t\",\"vector\":[2],\"k\":1}}}";
    assertBad(http.send("POST", "/asked/_search", ofText), "[t]", "lmdb_vector", "[keyword]");
    String term = "{\"query\":{\"term\":{\"v\":1}}}";
    assertBad(http.send("POST", "/asked/_search", term), "[v]", "lmdb_knn");
    String unmapped = "{\"query\":{\"lmdb_knn\":{\"field\":\"u\",\"vector\":[2],\"k\":1}}}";
    assertBad(http.send("POST", "/asked/_search", unmapped), "[u]", "lmdb_vector", "found none");
    String missing = "\"vector\":[1,2],\"k\":1,\"filter\":{\"term\":{\"w\":1}}";
    assertBad(http.send("POST", "/asked/_search", query(missing)), "[v]", "mapped", "[w]");
    String filter =
        "\"vector\":[1,2],\"k\":1,\"filter\":{\"lmdb_knn\":{\"field\":\"w\",\"vector\":[2],\"k\":1}}";
    assertBad(http.send("POST", "/asked/_search", query(filter)), "[w]", "mapped");
  }

  public void testOtherFieldsAndCodecs() throws IOException {
    for (String codec : List.of("default", "best_compression")) {
      String index = "codec_" + codec;
      http.ok(
          "PUT",
          "/" + index,
          "{\"settings\":{\"index.codec\":\""
              + codec
              + "\"},\"mappings\":{\"properties\":{\"v\":{\"type\":\"lmdb_vector\",\"dimension\":1},"
              + "\"t\":{\"type\":\"text\"}}}}");
      http.ok("PUT", "/" + index + "/_doc/1?refresh=true", "{\"v\":[1],\"t\":\"some words\"}");
      assertFormat(index);
      Http.Answer segments = http.ok("GET", "/" + index + "/_segments", null);
      String mode = codec.equals("default") ? "BEST_SPEED" : "BEST_COMPRESSION";
      assertTrue(segments.toString(), segments.toString().contains(mode));
      Http.Answer text =
          http.ok("POST", "/" + index + "/_search", "{\"query\":{\"match\":{\"t\":\"words\"}}}");
      assertEquals(List.of("1"), text.ids());
    }
  }
}
