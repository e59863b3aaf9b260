/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.lucene.util.VectorUtil;

/**
 * The index of a load test, and what should be in it. A document has a vector and the number of its
 * bucket, the id modulo 100, by which searches filter.
 *
 * <p>One thread changes documents.
 */
final class LoadIndex {

  private static final String NAME = "load";
  private static final int BUCKETS = 100; // one for each percent
  private static final int BULK = 500;

  private final LoadData data;
  private final int k;
  private final Random random;
  private final Map<Integer, float[]> live = new TreeMap<>();
  private final List<Integer> ids = new ArrayList<>(); // of live documents
  private int nextId;
  private int changes;

  LoadIndex(LoadData data, int k, long seed) {
    this.data = data;
    this.k = k;
    this.random = new Random(seed);
  }

  /** Creates the index with all documents. */
  void create(Http http) throws IOException {
    http.ok(
        "PUT",
        "/" + NAME,
        "{\"settings\":{\"number_of_shards\":1,\"number_of_replicas\":0,\"refresh_interval\":\"1s\"},"
            + "\"mappings\":{\"_source\":{\"excludes\":[\"v\"]},\"properties\":{"
            + "\"bucket\":{\"type\":\"integer\"},\"v\":{\"type\":\"lmdb_vector\",\"dimension\":"
            + data.dimension()
            + ",\"space_type\":\"cosinesimil\"}}}}");
    while (nextId < data.documents()) {
      Bulk bulk = new Bulk();
      for (int i = 0; i < BULK && nextId < data.documents(); i++) {
        bulk.index(nextId, data.document(nextId));
        nextId++;
      }
      bulk.send(http);
    }
    http.ok("POST", "/" + NAME + "/_refresh", null);
  }

  /**
   * Changes documents: half of the changes replace the vector of a document, a quarter adds
   * documents, a quarter deletes some.
   *
   * @return the number of changes that failed
   */
  int change(Http http, int count) throws IOException {
    Bulk bulk = new Bulk();
    for (int i = 0; i < count; i++) {
      switch (changes % 4) {
        case 0 -> bulk.index(nextId++, data.change(changes));
        case 1 -> bulk.delete(ids.get(random.nextInt(ids.size())));
        default -> bulk.index(ids.get(random.nextInt(ids.size())), data.change(changes));
      }
      changes++;
    }
    return bulk.send(http);
  }

  /** Several changes in one request. */
  private final class Bulk {
    private final StringBuilder body = new StringBuilder();
    private final List<Integer> changed = new ArrayList<>();
    private final List<float[]> vectors = new ArrayList<>(); // null for a deleted document

    void index(int id, float[] vector) {
      if (add(id, vector)) {
        body.append("{\"index\":{\"_id\":\"").append(id).append("\"}}\n{\"bucket\":");
        body.append(id % BUCKETS).append(",\"v\":").append(Arrays.toString(vector)).append("}\n");
      }
    }

    void delete(int id) {
      if (add(id, null)) {
        body.append("{\"delete\":{\"_id\":\"").append(id).append("\"}}\n");
      }
    }

    private boolean add(int id, float[] vector) {
      if (changed.contains(id)) {
        return false;
      }
      changed.add(id);
      vectors.add(vector);
      return true;
    }

    int send(Http http) throws IOException {
      Http.Answer answer = http.ok("POST", "/" + NAME + "/_bulk", body.toString());
      List<?> items = (List<?>) answer.at("items");
      int failed = 0;
      for (int i = 0; i < items.size(); i++) {
        Map<?, ?> result = (Map<?, ?>) ((Map<?, ?>) items.get(i)).values().iterator().next();
        if (((Number) result.get("status")).intValue() >= 300) {
          failed++;
        } else if (vectors.get(i) == null) {
          live.remove(changed.get(i));
          ids.remove(changed.get(i));
        } else if (live.put(changed.get(i), vectors.get(i)) == null) {
          ids.add(changed.get(i));
        }
      }
      return failed;
    }
  }

  /**
   * Searches.
   *
   * @param percent of the documents that match the filter; 100 for no filter
   * @return the answer, whether it succeeded or not
   */
  Http.Answer search(Http http, float[] target, int percent) throws IOException {
    return http.send("POST", "/" + NAME + "/_search", body(target, percent));
  }

  private String body(float[] target, int percent) {
    String filter =
        percent == 100 ? "" : ",\"filter\":{\"range\":{\"bucket\":{\"lt\":" + percent + "}}}";
    return "{\"size\":"
        + k
        + ",\"_source\":false,\"query\":{\"lmdb_knn\":{\"field\":\"v\",\"k\":"
        + k
        + filter
        + ",\"vector\":"
        + Arrays.toString(target)
        + "}}}";
  }

  /** Whether a search has an answer without failures, with as many hits as it asked for. */
  boolean isComplete(Http.Answer answer) {
    return answer.status() == 200
        && Integer.valueOf(0).equals(answer.at("_shards.failed"))
        && Boolean.FALSE.equals(answer.at("timed_out"))
        && answer.ids().size() == k;
  }

  /** The mean recall of searches, compared with brute force. Nothing may change meanwhile. */
  double recall(Http http, int queries, int percent) throws IOException {
    http.ok("POST", "/" + NAME + "/_refresh", null);
    int found = 0;
    for (int i = 0; i < queries; i++) {
      float[] target = data.query(i);
      Set<String> nearest = nearest(target, percent);
      List<String> ids = http.ok("POST", "/" + NAME + "/_search", body(target, percent)).ids();
      found += (int) ids.stream().filter(nearest::contains).count();
    }
    return (double) found / queries / k;
  }

  private Set<String> nearest(float[] target, int percent) {
    PriorityQueue<Neighbor> best =
        new PriorityQueue<>(Comparator.comparingDouble(Neighbor::similarity));
    live.forEach(
        (id, vector) -> {
          if (matches(id, percent)) {
            best.add(new Neighbor(id, VectorUtil.dotProduct(vector, target)));
            if (best.size() > k) {
              best.remove();
            }
          }
        });
    return best.stream()
        .map(neighbor -> Integer.toString(neighbor.id()))
        .collect(Collectors.toSet());
  }

  private record Neighbor(int id, float similarity) {}

  private static boolean matches(int id, int percent) {
    return id % BUCKETS < percent;
  }

  /** Compares the number of documents with the expected one, after a refresh. */
  boolean hasAllDocuments(Http http) throws IOException {
    return Integer.valueOf(live.size())
        .equals(http.ok("GET", "/" + NAME + "/_count", null).at("count"));
  }

  /** The number of segments that searches read. */
  int segments(Http http) throws IOException {
    Http.Answer stats = http.ok("GET", "/" + NAME + "/_stats/segments", null);
    return (Integer) stats.at("_all.primaries.segments.count");
  }

  /** The numbers of merges that run, and that have ended. */
  Merges merges(Http http) throws IOException {
    Http.Answer stats = http.ok("GET", "/" + NAME + "/_stats/merge", null);
    return new Merges(
        (Integer) stats.at("_all.primaries.merges.current"),
        (Integer) stats.at("_all.primaries.merges.total"));
  }

  record Merges(int running, int ended) {}
}
