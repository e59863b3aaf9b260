/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.elasticsearch;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.lucene.util.IOUtils;
import org.junit.BeforeClass;
import org.lucenelmdb.elasticsearch.Documents.Similarity;

/** The codec on one real node: mappings, and Elasticsearch's own searches. */
public class TestOneNode extends NodeTestCase {

  private static final String CODEC = ",\"index.codec\":\"LmdbHnsw\"";
  private static final int DIMENSION = 16;
  private static final int DOCS = 400;

  @BeforeClass
  public static void startNode() throws Exception {
    startNode(NodeProcess.Plugin.CODEC);
  }

  private static Http.Answer createVector(String index, String parameters) throws IOException {
    return create(
        index,
        CODEC,
        String.format(
            Locale.ROOT, "\"v\":{\"type\":\"dense_vector\",\"dims\":%d%s}", DIMENSION, parameters));
  }

  /** An index with documents in two or more segments. */
  private static Documents index(String index, String parameters, Similarity similarity)
      throws IOException {
    assertEquals(200, createVector(index, parameters).status());
    Documents docs = new Documents(DIMENSION, similarity, parameters.contains("byte"));
    Random random = new Random(7);
    docs.index(http, index, random, 0, DOCS / 2);
    docs.index(http, index, random, DOCS / 2, DOCS);
    return docs;
  }

  private static String knn(Documents docs, float[] target, String parameters) {
    return "{\"field\":\"v\",\"query_vector\":" + docs.json(target) + parameters + "}";
  }

  private static final String TEN = ",\"k\":10,\"num_candidates\":50";

  public void testSimilarities() throws IOException {
    for (Similarity similarity : Similarity.values()) {
      for (String type : List.of("float", "byte")) {
        String index = similarity.name().toLowerCase(Locale.ROOT) + "_" + type;
        String parameters =
            String.format(
                Locale.ROOT,
                ",\"similarity\":\"%s\",\"element_type\":\"%s\",\"index_options\":"
                    + "{\"type\":\"hnsw\",\"m\":16,\"ef_construction\":100}",
                similarity.name().toLowerCase(Locale.ROOT),
                type);
        Documents docs = index(index, parameters, similarity);
        assertFormat(index);
        float[] target = docs.random(random());
        Http.Answer all = search(index, "{\"knn\":" + knn(docs, target, TEN) + "}");
        assertEquals(index, docs.nearest(target, 10, id -> true), all.ids());
        if (similarity != Similarity.MAX_INNER_PRODUCT || type.equals("float")) {
          double score = docs.score(Integer.parseInt(all.ids().get(0)), target);
          assertEquals(index, score, all.at("/hits/hits/0/_score").doubleValue(), 1e-3 * score);
        }
        String filter = ",\"filter\":{\"range\":{\"n\":{\"gte\":300}}}";
        Http.Answer some = search(index, "{\"knn\":" + knn(docs, target, TEN + filter) + "}");
        assertEquals(index, docs.nearest(target, 10, id -> id >= 300), some.ids());
        http.ok("DELETE", "/" + index, null);
      }
    }
  }

  public void testSearches() throws IOException {
    Documents docs = index("searched", ",\"index_options\":{\"type\":\"hnsw\"}", Similarity.COSINE);
    float[] target = docs.random(random());
    List<String> nearest = docs.nearest(target, 10, id -> true);
    String knn = knn(docs, target, TEN);
    String named = knn(docs, target, TEN + ",\"boost\":2,\"_name\":\"near\"");
    for (String body :
        List.of(
            "{\"knn\":" + knn + "}",
            "{\"knn\":[" + knn + "]}",
            "{\"query\":{\"knn\":" + knn + "}}",
            "{\"query\":{\"knn\":" + named + "}}",
            "{\"retriever\":{\"knn\":" + knn + "}}",
            "{\"timeout\":\"30s\",\"knn\":" + knn + "}",
            "{\"query\":{\"bool\":{\"must\":{\"knn\":" + knn + "},\"filter\":{\"match_all\":{}}}}}",
            // a field without codes of Elasticsearch's own is not rescored
            "{\"knn\":" + knn(docs, target, TEN + ",\"rescore_vector\":{\"oversample\":3}") + "}",
            // retrievers of several searches, as the one of reciprocal ranks
            "{\"retriever\":{\"rescorer\":{\"retriever\":{\"knn\":"
                + knn
                + "},\"rescore\":{\"window_size\":10,\"query\":{\"rescore_query\":"
                + "{\"match_all\":{}}}}}}}")) {
      assertEquals(body, nearest, search("searched", body).ids());
    }
    Http.Answer matched = search("searched", "{\"query\":{\"knn\":" + named + "}}");
    assertEquals("near", matched.at("/hits/hits/0/matched_queries/0").textValue());

    Http.Answer hybrid =
        search(
            "searched",
            "{\"knn\":" + knn + ",\"query\":{\"term\":{\"n\":{\"value\":7,\"boost\":100}}}}");
    assertEquals("by words and by vectors", "7", hybrid.ids().get(0));

    double fifth = docs.score(Integer.parseInt(nearest.get(4)), target) * 2 - 1;
    String similarity = ",\"similarity\":" + (fifth - 1e-4);
    Http.Answer similar =
        search("searched", "{\"knn\":" + knn(docs, target, TEN + similarity) + "}");
    assertEquals("a threshold", nearest.subList(0, 5), similar.ids());

    Http.Answer exists =
        http.ok("POST", "/searched/_count", "{\"query\":{\"exists\":{\"field\":\"v\"}}}");
    assertEquals(DOCS, exists.at("/count").intValue());

    String one = "/searched/_explain/" + nearest.get(0);
    Http.Answer explained = http.ok("GET", one, "{\"query\":{\"knn\":" + knn + "}}");
    assertTrue(explained.toString(), explained.at("/matched").booleanValue());

    Http.Answer fields = search("searched", "{\"size\":1,\"fields\":[\"v\"],\"knn\":" + knn + "}");
    for (int i = 0; i < DIMENSION; i++) {
      float value = fields.at("/hits/hits/0/fields/v/" + i).floatValue();
      assertEquals(docs.vector(Integer.parseInt(nearest.get(0)))[i], value, 1e-5f);
    }
    assertTrue(operations("searched", "{\"knn\":" + knn + "}") > 0);
  }

  /** The number of vectors that a search has scored, by its profile. */
  private static long operations(String index, String body) throws IOException {
    Http.Answer answer = search(index, body.substring(0, body.length() - 1) + ",\"profile\":true}");
    return answer.at("/profile/shards/0/dfs/knn/0/vector_operations_count").longValue();
  }

  public void testUpdatesAndDeletes() throws IOException {
    Documents docs = index("changed", "", Similarity.COSINE);
    Random random = new Random(random().nextLong());
    docs.index(http, "changed", random, 0, 100);
    float[] target = docs.random(random);
    for (String id : docs.nearest(target, 5, any -> true)) {
      http.ok("DELETE", "/changed/_doc/" + id + "?refresh=true", null);
      docs.remove(Integer.parseInt(id));
    }
    http.ok(
        "POST", "/changed/_update/300?refresh=true", "{\"doc\":{\"v\":" + docs.json(target) + "}}");
    List<String> nearest = new ArrayList<>(docs.nearest(target, 10, id -> id != 300));
    nearest.add(0, "300");
    String body = "{\"knn\":" + knn(docs, target, TEN) + "}";
    assertEquals(nearest.subList(0, 10), search("changed", body).ids());
    http.ok("POST", "/changed/_forcemerge?max_num_segments=1", null);
    http.ok("POST", "/changed/_refresh", null);
    assertEquals(nearest.subList(0, 10), search("changed", body).ids());
    assertFormat("changed");
  }

  /** Large enough for codes. */
  public void testCodes() throws Exception {
    int dimension = 1024;
    create(
        "codes",
        CODEC,
        "\"v\":{\"type\":\"dense_vector\",\"dims\":1024,"
            + "\"index_options\":{\"type\":\"hnsw\"}}");
    Documents docs = new Documents(dimension, Similarity.COSINE, false).clustered(100);
    docs.index(http, "codes", new Random(3), 0, 4000);
    http.ok("POST", "/codes/_forcemerge?max_num_segments=1", null);
    http.ok("POST", "/codes/_refresh", null);
    assertFormat("codes");
    Http.Answer stats = http.ok("GET", "/codes/_stats/dense_vector", null);
    String offHeap = "/_all/primaries/dense_vector/off_heap/";
    assertTrue(stats.toString(), stats.at(offHeap + "total_veq_size_bytes").longValue() > 0);
    assertTrue(stats.toString(), stats.at(offHeap + "total_vex_size_bytes").longValue() > 0);

    // a timeout, a task that can be cancelled and early termination decorate collectors
    String knn =
        "\"knn\":" + knn(docs, docs.random(random()), ",\"k\":10,\"num_candidates\":10") + "}";
    long operations = operations("codes", "{" + knn);
    assertTrue("not all: " + operations, operations < 3000);
    assertEquals(operations, operations("codes", "{\"timeout\":\"60s\"," + knn));
    String patience = "{\"index.dense_vector.hnsw_enable_early_termination\":%s}";
    http.ok("PUT", "/codes/_settings", String.format(Locale.ROOT, patience, "false"));
    assertEquals(operations, operations("codes", "{" + knn));
    http.ok("PUT", "/codes/_settings", String.format(Locale.ROOT, patience, "null"));

    double before = 0;
    for (int candidates : new int[] {10, 20, 50, 100, 400}) {
      double recall = docs.recall(http, "codes", 30, 10, ",\"num_candidates\":" + candidates, 0);
      assertTrue(candidates + ": " + recall, recall >= 0.9);
      assertTrue("with fewer candidates " + before + ", with more " + recall, recall >= before);
      before = recall;
    }
    assertTrue("all but exact: " + before, before >= 0.99);
    for (int least : new int[] {2000, 3600, 3960}) {
      assertTrue(docs.recall(http, "codes", 20, 10, ",\"num_candidates\":20", least) >= 0.95);
    }
    cancelAndTimeOut(docs);
  }

  /** Ends searches that take seconds. */
  private static void cancelAndTimeOut(Documents docs) throws Exception {
    float[] target = docs.random(random());
    List<String> queries = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      String most = ",\"k\":10,\"num_candidates\":" + (3900 - i % 300);
      queries.add("{\"knn\":" + knn(docs, target, most) + "}");
    }
    String query = "\"size\":0,\"query\":{\"bool\":{\"should\":" + queries + "}}}";
    Http.Answer late = http.ok("POST", "/codes/_search", "{\"timeout\":\"20ms\"," + query);
    assertTrue(late.toString(), late.at("/timed_out").booleanValue());

    AtomicReference<Http.Answer> cancelled = new AtomicReference<>();
    Thread searching =
        new Thread(
            () -> {
              try {
                cancelled.set(http.send("POST", "/codes/_search", "{" + query));
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    searching.start();
    String actions = "actions=indices:data/read/search*";
    while (http.ok("GET", "/_tasks?" + actions, null).at("/nodes").isEmpty()) {
      assertTrue("the search should last until it is cancelled", searching.isAlive());
    }
    http.ok("POST", "/_tasks/_cancel?" + actions, null);
    searching.join();
    assertEquals(cancelled.toString(), 400, cancelled.get().status());
    assertTrue(cancelled.toString(), cancelled.toString().contains("cancelled"));
  }

  public void testNested() throws IOException {
    create(
        "nested",
        CODEC,
        "\"chunks\":{\"type\":\"nested\",\"properties\":{\"c\":{\"type\":\"integer\"},"
            + "\"v\":{\"type\":\"dense_vector\",\"dims\":2,\"similarity\":\"l2_norm\"}}}");
    StringBuilder bulk = new StringBuilder();
    for (int doc = 0; doc < 50; doc++) {
      bulk.append("{\"index\":{\"_id\":\"").append(doc).append("\"}}\n{\"n\":").append(doc);
      bulk.append(",\"chunks\":[");
      for (int chunk = 0; chunk < 3; chunk++) {
        bulk.append(chunk == 0 ? "" : ",").append("{\"c\":").append(chunk);
        bulk.append(",\"v\":[").append(doc).append(',').append(chunk).append("]}");
      }
      bulk.append("]}\n");
    }
    http.ok("POST", "/nested/_bulk?refresh=true", bulk.toString());
    assertFormat("nested");
    String knn =
        "{\"field\":\"chunks.v\",\"query_vector\":[20,1.9],\"k\":5,\"num_candidates\":20%s}";
    String inner = String.format(Locale.ROOT, knn, ",\"inner_hits\":{\"size\":3}");
    Http.Answer answer = search("nested", "{\"knn\":" + inner + "}");
    assertEquals("one per parent", 5, answer.ids().size());
    assertEquals("20", answer.ids().get(0));
    String hits = "/hits/hits/0/inner_hits/chunks/hits/hits";
    assertEquals("each chunk has its score", 3, answer.at(hits).size());
    assertEquals(2, answer.at(hits + "/0/_nested/offset").intValue());

    String plain = String.format(Locale.ROOT, knn, "");
    Http.Answer query =
        search(
            "nested",
            "{\"query\":{\"nested\":{\"path\":\"chunks\",\"query\":{\"knn\":" + plain + "}}}}");
    assertEquals(answer.ids(), query.ids());
    String byParent =
        String.format(Locale.ROOT, knn, ",\"filter\":{\"range\":{\"n\":{\"gte\":40}}}");
    assertEquals(
        List.of("40", "41", "42", "43", "44"),
        search("nested", "{\"knn\":" + byParent + "}").ids());
    String byChild =
        String.format(
            Locale.ROOT,
            knn,
            ",\"filter\":{\"nested\":{\"path\":\"chunks\",\"query\":{\"range\":"
                + "{\"chunks.c\":{\"lt\":1}}}}}");
    Http.Answer filtered = search("nested", "{\"knn\":" + byChild + "}");
    assertEquals("20", filtered.ids().get(0));
  }

  public void testSyntheticSource() throws IOException {
    create(
        "synthetic",
        CODEC + ",\"index.mapping.source.mode\":\"synthetic\"",
        "\"v\":{\"type\":\"dense_vector\",\"dims\":2},"
            + "\"w\":{\"type\":\"dense_vector\",\"dims\":2,\"element_type\":\"bfloat16\"}");
    http.ok("PUT", "/synthetic/_doc/1?refresh=true", "{\"n\":5,\"v\":[3,4.5],\"w\":[1.001,2]}");
    assertFormat("synthetic");
    Http.Answer got = http.ok("GET", "/synthetic/_doc/1?_source_exclude_vectors=false", null);
    assertEquals(4.5f, got.at("/_source/v/1").floatValue(), 1e-5f);
    assertEquals("of 16 bits", 1.001f, got.at("/_source/w/0").floatValue(), 1e-2f);
    assertEquals(5, got.at("/_source/n").intValue());
  }

  /** What the codec replaces, and what it refuses. */
  public void testMappings() throws IOException {
    for (String accepted :
        List.of(
            "",
            ",\"index_options\":{\"type\":\"hnsw\",\"m\":16,\"ef_construction\":100}",
            ",\"index_options\":{\"type\":\"int8_hnsw\"}",
            ",\"index_options\":{\"type\":\"int4_hnsw\"}",
            ",\"element_type\":\"bfloat16\"",
            ",\"dims\":64,\"index_options\":{\"type\":\"bbq_hnsw\"}")) {
      Documents docs =
          accepted.contains("dims") ? new Documents(64, Similarity.COSINE, false) : null;
      assertEquals(
          accepted,
          200,
          create(
                  "replaced",
                  CODEC,
                  "\"v\":{\"type\":\"dense_vector\""
                      + (docs == null ? ",\"dims\":16" : "")
                      + accepted
                      + "}")
              .status());
      if (docs == null) {
        docs = new Documents(DIMENSION, Similarity.COSINE, false);
      }
      docs.index(http, "replaced", new Random(2), 0, 200);
      assertFormat("replaced");
      double recall = docs.recall(http, "replaced", 10, 10, TEN.substring(7), 0);
      assertTrue(accepted + ": " + recall, recall >= 0.95);
      http.ok("DELETE", "/replaced", null);
    }
    String[][] refused = {
      {",\"element_type\":\"bit\"", "[v]", "[bfloat16]", "[bit]"},
      {",\"index_options\":{\"type\":\"flat\"}", "[v]", "[hnsw]", "[flat]"},
      {",\"index_options\":{\"type\":\"int8_flat\"}", "[v]", "[hnsw]", "[int8_flat]"},
      {",\"index_options\":{\"type\":\"int4_flat\"}", "[v]", "[hnsw]", "[int4_flat]"},
      {",\"index_options\":{\"type\":\"hnsw\",\"m\":32}", "[v]", "m [16]", "m [32]"},
      {
        ",\"index_options\":{\"type\":\"hnsw\",\"ef_construction\":50}",
        "[v]",
        "ef_construction [100]",
        "ef_construction [50]"
      },
    };
    for (String[] mapping : refused) {
      assertRefused(createVector("refused", mapping[0]), mapping[1], mapping[2], mapping[3]);
    }
    for (String type : List.of("bbq_flat", "bbq_disk")) {
      String field =
          "\"v\":{\"type\":\"dense_vector\",\"dims\":64,\"index_options\":{\"type\":\"%s\"}}";
      assertRefused(
          create("refused", CODEC, String.format(Locale.ROOT, field, type)), "[hnsw]", type);
    }
    assertRefused(
        create("refused", CODEC, "\"s\":{\"type\":\"completion\"}"), "[s]", "[completion]");
    assertEquals(200, createVector("grown", "").status());
    assertRefused(
        http.send(
            "PUT",
            "/grown/_mapping",
            "{\"properties\":{\"w\":{\"type\":\"dense_vector\",\"dims\":16,"
                + "\"element_type\":\"bit\"}}}"),
        "[w]",
        "[bit]");
    String template =
        "{\"index_patterns\":[\"templated*\"],\"template\":{\"settings\":{\"index.codec\":"
            + "\"LmdbHnsw\"},\"mappings\":{\"properties\":{\"v\":{\"type\":\"dense_vector\","
            + "\"dims\":16,\"element_type\":\"bit\"}}}}}";
    assertRefused(http.send("PUT", "/_index_template/bits", template), "[v]", "[bit]");
  }

  /** Floats become a field by default, which has our format. */
  public void testDynamicMapping() throws IOException {
    http.ok("PUT", "/dynamic", "{\"settings\":{\"number_of_replicas\":0" + CODEC + "}}");
    Documents docs = new Documents(128, Similarity.COSINE, false);
    docs.index(http, "dynamic", new Random(4), 0, 100);
    assertFormat("dynamic");
    assertTrue(docs.recall(http, "dynamic", 5, 10, TEN.substring(7), 0) >= 0.99);
  }

  /** An index with Elasticsearch's format is rewritten, or copied. */
  public void testUpgrade() throws IOException {
    String field = "\"v\":{\"type\":\"dense_vector\",\"dims\":16}";
    create("old", "", field);
    Documents docs = new Documents(DIMENSION, Similarity.COSINE, false);
    docs.index(http, "old", new Random(6), 0, 1000);
    for (SegmentFormats.Segment segment : segments("old")) {
      assertNotEquals(segment.toString(), SegmentFormats.LMDB, segment.format());
    }
    create("copied", CODEC, field);
    copy("old", "copied");
    assertFormat("copied");
    assertTrue(docs.recall(http, "copied", 10, 10, TEN.substring(7), 0) >= 0.95);

    close("old");
    http.ok("PUT", "/old/_settings", "{\"index.codec\":\"LmdbHnsw\"}");
    http.ok("POST", "/old/_open", null);
    awaitGreen("old");
    assertTrue("old segments", docs.recall(http, "old", 10, 10, TEN.substring(7), 0) >= 0.9);
    docs.index(http, "old", new Random(9), 1000, 1100); // a merge has something to do
    http.ok("POST", "/old/_forcemerge?max_num_segments=1", null);
    http.ok("POST", "/old/_refresh", null);
    assertFormat("old");
    assertTrue(docs.recall(http, "old", 10, 10, TEN.substring(7), 0) >= 0.95);
  }

  /** Does what {@code _reindex} does, whose module is not on Maven Central. */
  private static void copy(String from, String to) throws IOException {
    String body = "{\"size\":500,\"_source\":{\"exclude_vectors\":false}}";
    Http.Answer page = http.ok("POST", "/" + from + "/_search?scroll=1m", body);
    while (page.ids().isEmpty() == false) {
      StringBuilder bulk = new StringBuilder();
      page.at("/hits/hits")
          .forEach(
              hit -> {
                bulk.append("{\"index\":{\"_id\":").append(hit.get("_id")).append("}}\n");
                bulk.append(hit.get("_source")).append('\n');
              });
      Http.Answer copied = http.ok("POST", "/" + to + "/_bulk?refresh=true", bulk.toString());
      assertFalse(copied.toString(), copied.at("/errors").booleanValue());
      String scroll = "{\"scroll\":\"1m\",\"scroll_id\":" + page.at("/_scroll_id") + "}";
      page = http.ok("POST", "/_search/scroll", scroll);
    }
  }

  /** Closes an index, and waits for its shards, which fail if they are opened meanwhile. */
  private static void close(String index) throws IOException {
    http.ok("POST", "/" + index + "/_close", null);
    awaitGreen(index);
  }

  private static void awaitGreen(String index) throws IOException {
    http.ok("GET", "/_cluster/health/" + index + "?wait_for_status=green&timeout=60s", null);
  }

  /** A closed index with bits does not open with the codec. */
  public void testRefusedShard() throws IOException {
    node.expect("\\[v\\] should have element_type");
    node.expect("at org.lucenelmdb.elasticsearch.(MappingRules|ShardCheck)");
    node.expect("failed to invoke after shard created callback");
    node.expect("\\[o.e.i.c.IndicesClusterStateService\\].*failed to create shard");
    create("bits", "", "\"v\":{\"type\":\"dense_vector\",\"dims\":16,\"element_type\":\"bit\"}");
    http.ok("PUT", "/bits/_doc/1?refresh=true", "{\"v\":[1,2]}");
    close("bits");
    http.ok("PUT", "/bits/_settings", "{\"index.codec\":\"LmdbHnsw\"}");
    http.ok("POST", "/bits/_open?wait_for_active_shards=0", null);
    String explain = "{\"index\":\"bits\",\"shard\":0,\"primary\":true}";
    String reason = "";
    while (reason.contains("[bit]") == false) {
      Http.Answer answer = http.send("POST", "/_cluster/allocation/explain", explain);
      assertFalse(answer.toString(), answer.at("/current_state").asText().equals("started"));
      reason = answer.at("/unassigned_info/details").asText();
    }
    http.ok("PUT", "/bits/_settings?reopen=true", "{\"index.codec\":null}");
    http.ok("POST", "/_cluster/reroute?retry_failed=true", null);
    awaitGreen("bits");
    assertEquals(1, http.ok("GET", "/bits/_count", null).at("/count").intValue());
  }

  /** A node whose policy lacks an entitlement of the plugin does not start. */
  public void testEntitlementsAreEnforced() throws Exception {
    assertTrue(node.log().contains("Entitlement agent attached"));
    NodeProcess other =
        new NodeProcess(
            createTempDir(),
            NodeProcess.Plugin.CODEC,
            List.of("-Xmx384m"),
            List.of("discovery.type=single-node", "node.name=other", "http.port=0"));
    try {
      Files.writeString(
          other.pluginFolder().resolve("entitlement-policy.yaml"),
          "ALL-UNNAMED:\n  - load_native_libraries\n");
      IOException refused = expectThrows(IOException.class, other::start);
      assertTrue(refused.toString(), refused.toString().contains("write_system_properties"));
    } finally {
      IOUtils.close(other);
    }
  }
}
