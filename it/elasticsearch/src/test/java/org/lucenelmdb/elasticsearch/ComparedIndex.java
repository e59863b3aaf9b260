/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.elasticsearch;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** An index of a comparison. */
final class ComparedIndex {

  private static final int BULK = 500;

  /** After this many documents, a refresh makes a segment, so that there is something to merge. */
  private static final int SEGMENT = 10_000;

  private final Http http;
  private final String name;
  private final ComparisonData data;

  /** Creates an empty index with one shard. */
  ComparedIndex(Http http, String name, String settings, String indexOptions, ComparisonData data)
      throws IOException {
    this.http = http;
    this.name = name;
    this.data = data;
    http.ok(
        "PUT",
        "/" + name,
        String.format(
            Locale.ROOT,
            "{\"settings\":{\"number_of_shards\":1,\"number_of_replicas\":0,"
                + "\"refresh_interval\":-1%s},\"mappings\":{\"properties\":{\"n\":"
                + "{\"type\":\"integer\"},\"v\":{\"type\":\"dense_vector\",\"dims\":%d%s}}}}",
            settings,
            data.dimension(),
            indexOptions));
  }

  String name() {
    return name;
  }

  /** Indexes documents, and returns the seconds until they can be found. */
  double index(int count) throws IOException {
    long nanos = 0;
    for (int begin = 0; begin < count; begin += BULK) {
      StringBuilder bulk = new StringBuilder();
      for (int id = begin; id < Math.min(count, begin + BULK); id++) {
        bulk.append("{\"index\":{\"_id\":\"").append(id).append("\"}}\n{\"n\":");
        bulk.append(data.number(id)).append(",\"v\":");
        bulk.append(Arrays.toString(data.document(id))).append("}\n");
      }
      nanos += time("/" + name + "/_bulk", bulk.toString());
      if (begin + BULK >= count || (begin + BULK) % SEGMENT == 0) {
        nanos += time("/" + name + "/_refresh", null);
      }
    }
    return (double) nanos / TimeUnit.SECONDS.toNanos(1);
  }

  /** Merges all segments into one, and returns the seconds. */
  double merge() throws IOException {
    long nanos = time("/" + name + "/_forcemerge?max_num_segments=1", null);
    nanos += time("/" + name + "/_refresh", null);
    http.ok("POST", "/" + name + "/_flush?force=true", null);
    return (double) nanos / TimeUnit.SECONDS.toNanos(1);
  }

  private long time(String path, String body) throws IOException {
    long begin = System.nanoTime();
    Http.Answer answer = http.ok("POST", path, body);
    long nanos = System.nanoTime() - begin;
    if (answer.at("/errors").booleanValue()) {
      throw new IOException(answer.toString());
    }
    return nanos;
  }

  /** The type of index that the field has. */
  String indexType() throws IOException {
    return http.ok("GET", "/" + name + "/_mapping", null)
        .at("/" + name + "/mappings/properties/v/index_options/type")
        .asText();
  }

  /** The bytes of the index on disk. */
  long bytes() throws IOException {
    return http.ok("GET", "/" + name + "/_stats/store", null)
        .at("/_all/primaries/store/size_in_bytes")
        .longValue();
  }

  /** The requests of all queries. */
  List<String> requests(int k, int candidates, int percent) {
    String filter =
        percent == ComparisonData.PERCENT
            ? ""
            : ",\"filter\":{\"range\":{\"n\":{\"lt\":" + percent + "}}}";
    return data.queries().stream()
        .map(
            query ->
                String.format(
                    Locale.ROOT,
                    "{\"_source\":false,\"size\":%d,\"knn\":{\"field\":\"v\",\"k\":%d,"
                        + "\"num_candidates\":%d%s,\"query_vector\":%s}}",
                    k,
                    k,
                    candidates,
                    filter,
                    Arrays.toString(query)))
        .toList();
  }

  /** Returns the recall of requests. */
  double recall(List<String> requests, List<Set<String>> truth) throws IOException {
    double recall = 0;
    for (int i = 0; i < requests.size(); i++) {
      Set<String> found =
          new HashSet<>(http.ok("POST", "/" + name + "/_search", requests.get(i)).ids());
      found.retainAll(truth.get(i));
      recall += (double) found.size() / truth.get(i).size();
    }
    return recall / requests.size();
  }

  /** Sends requests one by one, and returns the mean seconds of one. */
  double seconds(List<String> requests) throws IOException {
    long begin = System.nanoTime();
    for (String request : requests) {
      http.ok("POST", "/" + name + "/_search", request);
    }
    double nanos = System.nanoTime() - begin;
    return nanos / requests.size() / TimeUnit.SECONDS.toNanos(1);
  }
}
