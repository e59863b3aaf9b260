/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.elasticsearch;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakScope;
import com.carrotsearch.randomizedtesting.annotations.TimeoutSuite;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TimeUnits;
import org.apache.lucene.util.IOUtils;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.lucenelmdb.elasticsearch.Documents.Similarity;

/**
 * Two nodes, two shards and one replica: what users do with a cluster, and what happens to it. The
 * first node is the master, as two could not agree on one without the other.
 */
@ThreadLeakScope(ThreadLeakScope.Scope.NONE) // the HTTP client ends its threads later
@TimeoutSuite(millis = TimeUnits.HOUR)
public class TestTwoNodes extends LuceneTestCase {

  /** How many documents; the profile {@code cluster-tests} has more. */
  private static final int DOCS = Integer.getInteger("elasticsearch.docs", 2000);

  /** How often a node is killed. */
  private static final int KILLS = Integer.getInteger("elasticsearch.kills", 1);

  private static final String BODY =
      "{\"settings\":{\"number_of_shards\":2,\"number_of_replicas\":1,"
          + "\"index.codec\":\"LmdbHnsw\"},"
          + "\"mappings\":{\"properties\":{\"v\":{\"type\":\"dense_vector\",\"dims\":32,"
          + "\"index_options\":{\"type\":\"hnsw\",\"m\":16,\"ef_construction\":100}},"
          + "\"n\":{\"type\":\"integer\"}}}}";

  private static final String KNN = ",\"num_candidates\":50";
  private static final String UNBLOCKED =
      "\"index.blocks.write\":null,\"index.number_of_replicas\":0";

  /** Every document that was acknowledged, and not deleted. */
  private static final Documents DOCUMENTS =
      new Documents(32, Similarity.COSINE, false).clustered(50);

  private static final Random RANDOM = new Random(11);

  private static Cluster cluster;

  @BeforeClass
  public static void startCluster() throws Exception {
    cluster = new Cluster(createTempDir(), 2, 1, 512);
    http().ok("PUT", "/docs", BODY);
  }

  @AfterClass
  public static void stopCluster() throws IOException {
    IOUtils.close(cluster);
    cluster = null;
  }

  private static Http http() {
    return cluster.http();
  }

  /** Checks that an index has all documents, in our format, and finds them. */
  private static void check(String index) throws IOException {
    http().ok("POST", "/" + index + "/_refresh", null);
    Http.Answer count = http().ok("GET", "/" + index + "/_count", null);
    assertEquals(DOCUMENTS.size(), count.at("/count").intValue());
    List<Integer> ids = DOCUMENTS.ids();
    for (int least : new int[] {0, ids.get(ids.size() / 2), ids.get(ids.size() * 9 / 10)}) {
      double recall = DOCUMENTS.recall(http(), index, 20, 10, KNN, least);
      assertTrue(index + " from " + least + ": " + recall, recall >= 0.95);
    }
    List<SegmentFormats.Segment> segments = cluster.segments(index);
    assertFalse("segments of " + index, segments.isEmpty());
    for (SegmentFormats.Segment segment : segments) {
      assertEquals(segment.toString(), SegmentFormats.LMDB, segment.format());
    }
  }

  public void testLifeOfAnIndex() throws Exception {
    indexUpdateDelete();
    nodeKilledWhileIndexing();
    fullRestart();
    snapshotAndRestore();
    cloneAndShrink();
    nothingIsLeft();
  }

  private void indexUpdateDelete() throws IOException {
    DOCUMENTS.index(http(), "docs", RANDOM, 0, DOCS);
    assertEquals(DOCS, DOCUMENTS.size());
    cluster.awaitGreen();
    check("docs");
    DOCUMENTS.index(http(), "docs", RANDOM, 0, DOCS / 10); // updates
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

  /** Kills the node that is no master, whose shards the master then has alone. */
  private void nodeKilledWhileIndexing() throws Exception {
    for (int i = 0; i < 2; i++) {
      expectFailuresOfKills(cluster.node(i));
    }
    int next = DOCS;
    for (int kill = 0; kill < KILLS; kill++) {
      cluster.awaitGreen();
      int from = next;
      next += DOCS / 2;
      int to = next;
      CountDownLatch bulks = new CountDownLatch(2);
      AtomicReference<IOException> failure = new AtomicReference<>();
      Http master = new Http(cluster.node(0).port());
      Thread indexing =
          new Thread(
              () -> {
                try {
                  DOCUMENTS.index(master, "docs", new Random(from), from, to, "", bulks::countDown);
                } catch (IOException e) {
                  failure.set(e);
                }
              });
      int before = DOCUMENTS.size();
      indexing.start();
      bulks.await();
      cluster.node(1).kill();
      indexing.join();
      master.close();
      assertNull(failure.get());
      assertTrue("documents were added", DOCUMENTS.size() > before);
      cluster.connect();
      http().ok("GET", "/_cluster/health?wait_for_status=yellow&timeout=240s", null);
      http().ok("POST", "/docs/_refresh", null);
      assertNoneLost(from, to);
      double recall = DOCUMENTS.recall(http(), "docs", 20, 10, KNN, from);
      assertTrue("recall of what is left: " + recall, recall >= 0.95);
      cluster.node(1).start();
      cluster.connect();
    }
    cluster.awaitGreen();
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
      answer
          .at("/docs")
          .forEach(
              doc -> {
                if (doc.path("found").booleanValue()) {
                  present.add(Integer.parseInt(doc.get("_id").textValue()));
                }
              });
    }
    return present;
  }

  private static void assertNoneLost(int from, int to) throws IOException {
    Set<Integer> present = present(from, to);
    for (int id = from; id < to; id++) {
      assertTrue(
          "document " + id + " was acknowledged and should be found",
          DOCUMENTS.has(id) == false || present.contains(id));
    }
  }

  /** A document may be there although nothing acknowledged it. */
  private static void removeUnacknowledged(int from, int to) throws IOException {
    for (int id : present(from, to)) {
      if (DOCUMENTS.has(id) == false) {
        http().ok("DELETE", "/docs/_doc/" + id, null);
      }
    }
  }

  private void fullRestart() throws Exception {
    http().ok("POST", "/docs/_flush", null);
    cluster.stopAll();
    cluster.startAll();
    cluster.awaitGreen();
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
    assertEquals(answer.toString(), 0, answer.at("/snapshot/shards/failed").intValue());
    cluster.awaitGreen();
    check("restored");
    http().ok("DELETE", "/restored", null);
  }

  private void cloneAndShrink() throws IOException {
    http().ok("PUT", "/docs/_settings", "{\"index.blocks.write\":true}");
    http().ok("POST", "/docs/_clone/cloned", "{\"settings\":{" + UNBLOCKED + "}}");
    cluster.awaitGreen();
    check("cloned");
    http().ok("DELETE", "/cloned", null);
    http()
        .ok(
            "PUT",
            "/docs/_settings",
            "{\"index.number_of_replicas\":0,\"index.routing.allocation.require._name\":\"node0\"}");
    cluster.awaitGreen();
    http()
        .ok(
            "POST",
            "/docs/_shrink/smaller",
            String.format(
                Locale.ROOT,
                "{\"settings\":{%s,\"index.number_of_shards\":1,"
                    + "\"index.routing.allocation.require._name\":null}}",
                UNBLOCKED));
    cluster.awaitGreen();
    check("smaller");
    http().ok("DELETE", "/smaller", null);
  }

  private void nothingIsLeft() throws Exception {
    http().ok("DELETE", "/docs", null);
    for (int i = 0; i < 2; i++) {
      cluster.node(i).awaitNoDataFiles();
    }
    cluster.stopAll();
    for (int i = 0; i < 2; i++) {
      assertEquals("files of a deleted index", List.of(), cluster.node(i).dataFiles());
      assertEquals("problems in the log", List.of(), cluster.node(i).problems());
    }
  }

  /** What a node logs when another one is killed. */
  private static void expectFailuresOfKills(NodeProcess node) {
    node.expect("\\[o\\.e\\.(c|t|d)\\."); // coordination, transport, discovery
    node.expect("failed to perform indices:data/write/bulk.* on replica");
  }
}
