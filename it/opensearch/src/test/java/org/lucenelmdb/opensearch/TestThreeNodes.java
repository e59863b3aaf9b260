/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakScope;
import com.carrotsearch.randomizedtesting.annotations.TimeoutSuite;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.LuceneTestCase.SuppressFileSystems;
import org.apache.lucene.tests.util.TimeUnits;
import org.apache.lucene.util.IOUtils;
import org.junit.AfterClass;
import org.junit.BeforeClass;

/**
 * Three nodes, three shards and one replica: what users do with a cluster, and what happens to it.
 */
@ThreadLeakScope(ThreadLeakScope.Scope.NONE) // the HTTP client ends its threads later
@TimeoutSuite(millis = TimeUnits.HOUR)
@SuppressFileSystems("*") // a node fails on folders that it does not know, such as "extra0"
public class TestThreeNodes extends LuceneTestCase {

  /** How many documents; the profile {@code cluster-tests} has more. */
  private static final int DOCS = Integer.getInteger("opensearch.docs", 3000);

  /** How often a node is killed. */
  private static final int KILLS = Integer.getInteger("opensearch.kills", 1);

  private static final int DIMENSION = 32;
  private static final int BULK = 250;
  private static final int K = 10;
  private static final int QUERIES = 20;
  private static final String BODY =
      "{\"settings\":{\"number_of_shards\":3,\"number_of_replicas\":1,"
          + "\"index.number_of_routing_shards\":6%s},"
          + "\"mappings\":{\"properties\":{\"v\":{\"type\":\"lmdb_vector\",\"dimension\":32},"
          + "\"n\":{\"type\":\"integer\"}}}}";

  /** What the server logs when a node has left, or is not ready yet. Never from our code. */
  private static final Pattern NODE_LEFT =
      Pattern.compile(
          "^(?!.*at org\\.lucenelmdb).*(NodeDisconnectedException|NodeNotConnectedException"
              + "|NodeClosedException|ConnectTransportException|transport not ready yet"
              + "|marking unavailable shards as stale|failed to join|FailedToCommitClusterStateException)",
          Pattern.DOTALL);

  private static Cluster cluster;

  /** Every document that was acknowledged, and not deleted, with its vector. */
  private static final Map<Integer, float[]> DOCUMENTS =
      Collections.synchronizedMap(new TreeMap<>());

  private static final Random RANDOM = new Random(11);

  @BeforeClass
  public static void startCluster() throws Exception {
    cluster = new Cluster(createTempDir(), 3, 384);
    http().ok("PUT", "/docs", String.format(Locale.ROOT, BODY, ""));
  }

  @AfterClass
  public static void stopCluster() throws IOException {
    IOUtils.close(cluster);
    cluster = null;
    DOCUMENTS.clear();
  }

  private static Http http() {
    return cluster.http();
  }

  private static float[] vector(Random random) {
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = Math.round(1000 * random.nextGaussian()) / 1000f;
    }
    return vector;
  }

  private static void index(Http http, Random random, int from, int to) throws IOException {
    index(http, random, from, to, new CountDownLatch(0));
  }

  /**
   * Indexes documents; those that are acknowledged are remembered.
   *
   * @param bulks counts requests
   */
  private static void index(Http http, Random random, int from, int to, CountDownLatch bulks)
      throws IOException {
    for (int begin = from; begin < to; begin += BULK) {
      Map<Integer, float[]> sent = new TreeMap<>();
      StringBuilder bulk = new StringBuilder();
      for (int id = begin; id < Math.min(to, begin + BULK); id++) {
        float[] vector = vector(random);
        sent.put(id, vector);
        bulk.append("{\"index\":{\"_id\":\"").append(id).append("\"}}\n{\"n\":").append(id);
        bulk.append(",\"v\":").append(Arrays.toString(vector)).append("}\n");
      }
      Http.Answer answer = http.send("POST", "/docs/_bulk", bulk.toString());
      bulks.countDown();
      if (answer.status() == 200) {
        for (Object item : (List<?>) answer.at("items")) {
          Map<?, ?> done = (Map<?, ?>) ((Map<?, ?>) item).get("index");
          if (((Number) done.get("status")).intValue() < 300) {
            int id = Integer.parseInt((String) done.get("_id"));
            DOCUMENTS.put(id, sent.get(id));
          }
        }
      }
    }
  }

  private static double square(float[] a, float[] b) {
    double square = 0;
    for (int i = 0; i < a.length; i++) {
      square += (a[i] - b[i]) * (double) (a[i] - b[i]);
    }
    return square;
  }

  /** The recall of the k nearest documents with a number from some on. */
  private static double recall(String index, int least) throws IOException {
    Random random = new Random(5);
    int found = 0;
    for (int query = 0; query < QUERIES; query++) {
      float[] target = vector(random);
      Set<String> nearest =
          DOCUMENTS.entrySet().stream()
              .filter(doc -> doc.getKey() >= least)
              .sorted(Comparator.comparingDouble(doc -> square(doc.getValue(), target)))
              .limit(K)
              .map(doc -> Integer.toString(doc.getKey()))
              .collect(Collectors.toSet());
      String filter = least == 0 ? "" : ",\"filter\":{\"range\":{\"n\":{\"gte\":" + least + "}}}";
      Http.Answer answer =
          http()
              .ok(
                  "POST",
                  "/" + index + "/_search",
                  "{\"size\":10,\"query\":{\"lmdb_knn\":{\"field\":\"v\",\"k\":10,\"vector\":"
                      + Arrays.toString(target)
                      + filter
                      + "}}}");
      assertEquals(answer.toString(), 0, answer.at("_shards.failed"));
      Set<String> ids = new HashSet<>(answer.ids());
      ids.retainAll(nearest);
      found += ids.size();
    }
    return (double) found / (K * QUERIES);
  }

  /** Checks that an index has all documents, in our format, and finds them. */
  private static void check(String index) throws IOException {
    http().ok("POST", "/" + index + "/_refresh", null);
    assertEquals(DOCUMENTS.size(), http().ok("GET", "/" + index + "/_count", null).at("count"));
    int half = DOCUMENTS.keySet().stream().skip(DOCUMENTS.size() / 2).findFirst().orElseThrow();
    int most = DOCUMENTS.keySet().stream().skip(DOCUMENTS.size() * 9L / 10).findFirst().get();
    for (int least : new int[] {0, half, most}) {
      double recall = recall(index, least);
      assertTrue(index + " from " + least + ": " + recall, recall >= 0.95);
    }
    String stats = http().ok("GET", "/_plugins/_lmdb_hnsw/stats", null).toString();
    assertTrue(stats, stats.contains(index + "/v={") && stats.contains("vector_bytes"));
    assertFalse(stats, stats.contains("other_format_segments"));
  }

  public void testLifeOfAnIndex() throws Exception {
    indexUpdateDelete();
    nodeKilledWhileIndexing();
    fullRestart();
    snapshotAndRestore();
    cloneSplitShrink();
    reindexAndSegmentReplication();
    rollingRestartUnderSearches();
    nothingIsLeft();
  }

  private void indexUpdateDelete() throws IOException {
    index(http(), RANDOM, 0, DOCS);
    assertEquals(DOCS, DOCUMENTS.size());
    check("docs");
    index(http(), RANDOM, 0, DOCS / 10); // updates
    StringBuilder deletes = new StringBuilder();
    for (int id = DOCS / 10; id < DOCS / 5; id++) {
      deletes.append("{\"delete\":{\"_id\":\"").append(id).append("\"}}\n");
      DOCUMENTS.remove(id);
    }
    http().ok("POST", "/docs/_bulk", deletes.toString());
    check("docs");
    http().ok("POST", "/docs/_forcemerge?max_num_segments=1", null);
    check("docs");
  }

  private void nodeKilledWhileIndexing() throws Exception {
    int next = DOCS;
    for (int kill = 0; kill < KILLS; kill++) {
      cluster.awaitGreen(3);
      int victim = kill % cluster.size();
      int from = next;
      next += DOCS / 3;
      int to = next;
      CountDownLatch bulks = new CountDownLatch(2);
      Http other = new Http(cluster.node((victim + 1) % 3).port());
      Thread indexing =
          new Thread(
              () -> {
                try {
                  index(other, new Random(from), from, to, bulks);
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      int before = DOCUMENTS.size();
      indexing.start();
      bulks.await();
      cluster.node(victim).kill();
      indexing.join();
      other.close();
      assertTrue("documents were added", DOCUMENTS.size() > before);
      cluster.connect();
      http()
          .ok("GET", "/_cluster/health?wait_for_status=yellow&wait_for_nodes=2&timeout=240s", null);
      http().ok("POST", "/docs/_refresh", null);
      assertNoneLost(from, to);
      assertTrue("recall of what is left", recall("docs", 0) >= 0.95);
      assertTrue("recall of what is left", recall("docs", from) >= 0.95);
      cluster.node(victim).start();
      cluster.connect();
    }
    cluster.awaitGreen(3);
    removeUnacknowledged(DOCS, next);
    check("docs");
  }

  private static Set<Integer> present(int from, int to) throws IOException {
    Set<Integer> present = new HashSet<>();
    for (int begin = from; begin < to; begin += 500) {
      StringBuilder ids = new StringBuilder();
      for (int id = begin; id < Math.min(to, begin + 500); id++) {
        ids.append(ids.isEmpty() ? "" : ",").append('"').append(id).append('"');
      }
      Http.Answer answer =
          http().ok("POST", "/docs/_mget?_source=false", "{\"ids\":[" + ids + "]}");
      for (Object doc : (List<?>) answer.at("docs")) {
        if (Boolean.TRUE.equals(((Map<?, ?>) doc).get("found"))) {
          present.add(Integer.parseInt((String) ((Map<?, ?>) doc).get("_id")));
        }
      }
    }
    return present;
  }

  private static void assertNoneLost(int from, int to) throws IOException {
    Set<Integer> present = present(from, to);
    for (int id = from; id < to; id++) {
      assertTrue(
          "document " + id + " was acknowledged and should be found",
          DOCUMENTS.containsKey(id) == false || present.contains(id));
    }
  }

  /** A document may be there although nothing acknowledged it. */
  private static void removeUnacknowledged(int from, int to) throws IOException {
    for (int id : present(from, to)) {
      if (DOCUMENTS.containsKey(id) == false) {
        http().ok("DELETE", "/docs/_doc/" + id, null);
      }
    }
  }

  private void fullRestart() throws Exception {
    http().ok("POST", "/docs/_flush", null);
    cluster.stopAll();
    cluster.startAll();
    cluster.awaitGreen(3);
    check("docs");
  }

  private void snapshotAndRestore() throws IOException {
    http().ok("PUT", "/_snapshot/files", "{\"type\":\"fs\",\"settings\":{\"location\":\"files\"}}");
    http()
        .ok(
            "PUT",
            "/_snapshot/files/one?wait_for_completion=true",
            "{\"indices\":\"docs\",\"include_global_state\":false}");
    Http.Answer answer =
        http()
            .ok(
                "POST",
                "/_snapshot/files/one/_restore?wait_for_completion=true",
                "{\"rename_pattern\":\"docs\",\"rename_replacement\":\"restored\"}");
    assertEquals(answer.toString(), 0, answer.at("snapshot.shards.failed"));
    cluster.awaitGreen(3);
    check("restored");
    http().ok("DELETE", "/restored", null);
  }

  private void cloneSplitShrink() throws IOException {
    http().ok("PUT", "/docs/_settings", "{\"index.blocks.write\":true}");
    String unblocked = "\"index.blocks.write\":null,\"index.number_of_replicas\":0";
    http().ok("POST", "/docs/_clone/cloned", "{\"settings\":{" + unblocked + "}}");
    cluster.awaitGreen(3);
    check("cloned");
    http().ok("DELETE", "/cloned", null);
    http()
        .ok(
            "POST",
            "/docs/_split/divided",
            "{\"settings\":{" + unblocked + ",\"index.number_of_shards\":6}}");
    cluster.awaitGreen(3);
    check("divided");
    http().ok("DELETE", "/divided", null);
    http()
        .ok(
            "PUT",
            "/docs/_settings",
            "{\"index.number_of_replicas\":0,\"index.routing.allocation.require._name\":\"node0\"}");
    cluster.awaitGreen(3);
    http()
        .ok(
            "POST",
            "/docs/_shrink/smaller",
            "{\"settings\":{"
                + unblocked
                + ",\"index.number_of_shards\":1,\"index.routing.allocation.require._name\":null}}");
    cluster.awaitGreen(3);
    check("smaller");
    http().ok("DELETE", "/smaller", null);
    http()
        .ok(
            "PUT",
            "/docs/_settings",
            "{\"index.number_of_replicas\":1,\"index.routing.allocation.require._name\":null,"
                + "\"index.blocks.write\":null}");
    cluster.awaitGreen(3);
  }

  private void reindexAndSegmentReplication() throws IOException {
    http()
        .ok(
            "PUT",
            "/replicated",
            String.format(Locale.ROOT, BODY, ",\"index.replication.type\":\"SEGMENT\"")
                .replace("\"dimension\":32", "\"dimension\":32,\"m\":8,\"code_bits\":4"));
    Http.Answer answer =
        http()
            .ok(
                "POST",
                "/_reindex?refresh=true",
                "{\"source\":{\"index\":\"docs\"},\"dest\":{\"index\":\"replicated\"}}");
    assertEquals(answer.toString(), DOCUMENTS.size(), answer.at("created"));
    cluster.awaitGreen(3);
    http().ok("POST", "/replicated/_forcemerge?max_num_segments=1", null);
    check("replicated");
    http().ok("DELETE", "/replicated", null);
  }

  private void rollingRestartUnderSearches() throws Exception {
    AtomicBoolean isEnding = new AtomicBoolean();
    List<String> failed = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger done = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < cluster.size(); i++) {
      cluster.awaitGreen(3);
      isEnding.set(false);
      int[] others = {cluster.node((i + 1) % 3).port(), cluster.node((i + 2) % 3).port()};
      Thread searching =
          new Thread(
              () -> {
                Random random = new Random(1);
                try (Http http = new Http(others)) {
                  while (isEnding.get() == false) {
                    Http.Answer answer =
                        http.send(
                            "POST",
                            "/docs/_search",
                            "{\"query\":{\"lmdb_knn\":{\"field\":\"v\",\"k\":10,\"vector\":"
                                + Arrays.toString(vector(random))
                                + "}}}");
                    done.incrementAndGet();
                    if (answer.status() != 200
                        || answer.ids().size() != 10
                        || answer.at("_shards.failed").equals(0) == false) {
                      failed.add(answer.toString());
                    }
                  }
                } catch (IOException e) {
                  failed.add(e.toString());
                }
              });
      searching.start();
      threads.add(searching);
      cluster.node(i).close();
      cluster.node(i).start();
      cluster.connect();
      cluster.awaitGreen(3);
      isEnding.set(true);
      searching.join();
    }
    assertTrue("searches", done.get() > 0);
    // each node that leaves may take the one search along that it is answering
    assertTrue("failed of " + done + ": " + failed, failed.size() <= cluster.size());
    check("docs");
  }

  private void nothingIsLeft() throws Exception {
    http().ok("DELETE", "/docs", null);
    for (int i = 0; i < cluster.size(); i++) {
      cluster.node(i).awaitNoDataFiles();
    }
    cluster.stopAll();
    for (int i = 0; i < cluster.size(); i++) {
      List<String> left = cluster.node(i).dataFiles();
      assertEquals("files of a deleted index", List.of(), left);
      assertEquals("problems in the log", List.of(), cluster.node(i).problems(NODE_LEFT));
    }
  }
}
