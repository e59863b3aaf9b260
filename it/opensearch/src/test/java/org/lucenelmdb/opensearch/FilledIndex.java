/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.lucene.util.VectorUtil;

/**
 * An index of one shard, and all documents of it that were acknowledged. Its documents have
 * vectors, or as many bytes of keywords: so the failures of the format can be compared with those
 * of an index that does not have it.
 */
final class FilledIndex {

  private static final int DIMENSION = 384;
  private static final int SUBSPACE = 8;
  private static final int KEYWORDS = 40;
  private static final int K = 10;
  private static final int QUERIES = 10;
  private static final String GRAPH = ",\"target_recall\":0.999";
  private static final String EXHAUSTIVE =
      ",\"oversampling\":100,\"filter\":{\"match_all\":{}},\"filter_strategy\":\"exhaustive\"";
  private static final double LEAST_RECALL = 0.9;
  private static final int SELF_QUERIES = 20;

  private Http http;
  private final String name;
  private final boolean hasVectors;
  private final Random random = new Random(17);
  private final Map<Integer, float[]> acknowledged = new TreeMap<>();
  private final float[][] axes = new float[SUBSPACE][DIMENSION];
  private int sent;

  /** Creates the index. It is refreshed, and started again after a failure, on request only. */
  FilledIndex(Http http, boolean hasVectors) throws IOException {
    this.http = http;
    this.name = hasVectors ? "vectors" : "keywords";
    this.hasVectors = hasVectors;
    for (float[] axis : axes) {
      for (int i = 0; i < DIMENSION; i++) {
        axis[i] = (float) random.nextGaussian();
      }
    }
    // Stored fields are small, so that the disk fills up in the field v.
    http.ok(
        "PUT",
        "/" + name,
        "{\"settings\":{\"number_of_shards\":1,\"number_of_replicas\":0,\"refresh_interval\":-1,"
            + "\"index.allocation.max_retries\":1},"
            + "\"mappings\":{\"_source\":{\"excludes\":[\"v\"],\"recovery_source_enabled\":false},"
            + "\"properties\":{\"n\":{\"type\":\"integer\"},\"v\":"
            + (hasVectors
                ? "{\"type\":\"lmdb_vector\",\"dimension\":" + DIMENSION + "}"
                : "{\"type\":\"keyword\"}")
            + "}}}");
  }

  String name() {
    return name;
  }

  /** Sends a request to this index. */
  Http.Answer send(String method, String path) throws IOException {
    return http.send(method, "/" + name + "/" + path, null);
  }

  /** As {@link #send(String, String)}; fails unless the request succeeds on all shards. */
  Http.Answer ok(String method, String path) throws IOException {
    Http.Answer answer = http.ok(method, "/" + name + "/" + path, null);
    Object failed = answer.at("_shards.failed");
    assertTrue(answer.toString(), failed == null || failed.equals(0));
    return answer;
  }

  /** Sends requests from now on to a node that was started again. */
  void reconnect(Http restarted) {
    http = restarted;
  }

  /** Waits until the shard is started. */
  Http.Answer awaitActive() throws IOException {
    return http.send(
        "GET", "/_cluster/health/" + name + "?wait_for_status=green&timeout=20s", null);
  }

  /**
   * Sends new documents in one request.
   *
   * @return the reasons why documents were not acknowledged; none if all were
   */
  Set<String> send(int count) throws IOException {
    Map<Integer, float[]> vectors = new TreeMap<>();
    StringBuilder bulk = new StringBuilder();
    for (int i = 0; i < count; i++) {
      float[] vector = vector();
      vectors.put(sent, vector);
      bulk.append("{\"index\":{\"_id\":\"").append(sent).append("\"}}\n{\"n\":").append(sent);
      bulk.append(",\"v\":").append(hasVectors ? Arrays.toString(vector) : keywords());
      bulk.append("}\n");
      sent++;
    }
    Http.Answer answer = http.ok("POST", "/" + name + "/_bulk?timeout=1s", bulk.toString());
    Set<String> reasons = new HashSet<>();
    for (Object item : (List<?>) answer.at("items")) {
      Map<?, ?> result = (Map<?, ?>) ((Map<?, ?>) item).get("index");
      if (((Number) result.get("status")).intValue() < 300) {
        int id = Integer.parseInt((String) result.get("_id"));
        acknowledged.put(id, vectors.get(id));
      } else {
        reasons.add(result.get("error").toString());
      }
    }
    return reasons;
  }

  /** A vector of a subspace, so that a graph finds its neighbors for certain. */
  private float[] vector() {
    float[] vector = new float[DIMENSION];
    for (float[] axis : axes) {
      float coordinate = (float) random.nextGaussian();
      for (int i = 0; i < DIMENSION; i++) {
        vector[i] += coordinate * axis[i];
      }
    }
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = Math.round(1000 * vector[i]) / 1000f;
    }
    return vector;
  }

  private String keywords() {
    return random
        .ints(KEYWORDS)
        .mapToObj(i -> "\"" + Integer.toHexString(i) + Integer.toHexString(~i) + "\"")
        .collect(Collectors.joining(",", "[", "]"));
  }

  /** Fails unless each acknowledged document can be read, and is found by its vector. */
  void assertComplete() throws IOException {
    ok("POST", "_refresh");
    Http.Answer all =
        http.ok(
            "POST",
            "/" + name + "/_search?size=" + sent,
            "{\"query\":{\"match_all\":{}},\"sort\":\"n\"}");
    assertEquals(all.toString(), 0, all.at("_shards.failed"));
    Map<Integer, Integer> numbers = new TreeMap<>();
    for (Object hit : (List<?>) all.at("hits.hits")) {
      Map<?, ?> source = (Map<?, ?>) ((Map<?, ?>) hit).get("_source");
      numbers.put(
          Integer.parseInt((String) ((Map<?, ?>) hit).get("_id")), (Integer) source.get("n"));
    }
    Set<Integer> missing = new HashSet<>(acknowledged.keySet());
    missing.removeAll(numbers.keySet());
    assertEquals("acknowledged documents that are missing", Set.of(), missing);
    numbers.forEach((id, n) -> assertEquals(id, n));
    if (hasVectors) {
      assertSearches(numbers.keySet());
    }
  }

  /**
   * Compares searches with brute force.
   *
   * @param ids all documents of the index; vectors that were not acknowledged are unknown
   */
  private void assertSearches(Set<Integer> ids) throws IOException {
    for (int id : acknowledged.keySet()) {
      if (random.nextInt(acknowledged.size()) < SELF_QUERIES) {
        Http.Answer self = search(acknowledged.get(id), GRAPH);
        assertEquals(Integer.toString(id), self.ids().get(0));
        assertEquals(1, ((Number) self.at("hits.hits.0._score")).doubleValue(), 1e-6);
      }
    }
    int found = 0;
    int expected = 0;
    for (int i = 0; i < QUERIES; i++) {
      float[] target = vector();
      List<String> nearest =
          acknowledged.keySet().stream()
              .sorted(
                  Comparator.comparingDouble(
                      id -> VectorUtil.squareDistance(acknowledged.get(id), target)))
              .map(id -> Integer.toString(id))
              .toList();
      List<String> exact = known(search(target, EXHAUSTIVE));
      assertTrue(ids.size() > acknowledged.size() || exact.size() == K);
      assertEquals(nearest.subList(0, exact.size()), exact);
      found += (int) known(search(target, GRAPH)).stream().filter(exact::contains).count();
      expected += exact.size();
    }
    assertTrue(found + " of " + expected, found >= LEAST_RECALL * expected);
  }

  private List<String> known(Http.Answer answer) {
    return answer.ids().stream()
        .filter(id -> acknowledged.containsKey(Integer.parseInt(id)))
        .toList();
  }

  private Http.Answer search(float[] target, String parameters) throws IOException {
    return http.ok(
        "POST",
        "/" + name + "/_search",
        "{\"size\":"
            + K
            + ",\"query\":{\"lmdb_knn\":{\"field\":\"v\",\"k\":"
            + K
            + parameters
            + ",\"vector\":"
            + Arrays.toString(target)
            + "}}}");
  }
}
