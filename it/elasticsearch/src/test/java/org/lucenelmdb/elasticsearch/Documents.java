/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.elasticsearch;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * Documents with a vector {@code v} and a number {@code n}, which is also their id, and the exact
 * answers to queries of them. Thread-safe.
 */
final class Documents {

  private static final int BULK = 250;

  private final int dimension;
  private final Similarity similarity;
  private final boolean isByte;

  private float[][] centers = {};

  /** The vectors of all documents that were acknowledged and not deleted. */
  private final Map<Integer, float[]> vectors = Collections.synchronizedMap(new TreeMap<>());

  /** Elasticsearch's similarities. */
  enum Similarity {
    COSINE,
    DOT_PRODUCT,
    L2_NORM,
    MAX_INNER_PRODUCT;

    /** The score of a hit. */
    double score(float[] a, float[] b, boolean isByte) {
      double square = 0;
      double product = 0;
      double lengthA = 0;
      double lengthB = 0;
      for (int i = 0; i < a.length; i++) {
        square += (a[i] - b[i]) * (double) (a[i] - b[i]);
        product += a[i] * (double) b[i];
        lengthA += a[i] * (double) a[i];
        lengthB += b[i] * (double) b[i];
      }
      return switch (this) {
        case L2_NORM -> 1 / (1 + square);
        case COSINE -> (1 + product / Math.sqrt(lengthA * lengthB)) / 2;
        case DOT_PRODUCT -> isByte ? 0.5 + product / (a.length * (1 << 15)) : (1 + product) / 2;
        case MAX_INNER_PRODUCT -> product < 0 ? 1 / (1 - product) : 1 + product;
      };
    }
  }

  Documents(int dimension, Similarity similarity, boolean isByte) {
    this.dimension = dimension;
    this.similarity = similarity;
    this.isByte = isByte;
  }

  /** Makes vectors clustered, as embeddings are. */
  Documents clustered(int clusters) {
    Random random = new Random(clusters);
    centers = new float[clusters][];
    for (int i = 0; i < clusters; i++) {
      centers[i] = noise(random);
    }
    return this;
  }

  int size() {
    return vectors.size();
  }

  /** The ids, in ascending order. */
  List<Integer> ids() {
    synchronized (vectors) {
      return List.copyOf(vectors.keySet());
    }
  }

  boolean has(int id) {
    return vectors.containsKey(id);
  }

  float[] vector(int id) {
    return vectors.get(id);
  }

  void remove(int id) {
    vectors.remove(id);
  }

  private float[] noise(Random random) {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] =
          isByte ? random.nextInt(255) - 127 : Math.round(1000 * random.nextGaussian()) / 1000f;
    }
    return vector;
  }

  /** A random vector of the field's type. */
  float[] random(Random random) {
    float[] vector = noise(random);
    float[] center = centers.length == 0 ? null : centers[random.nextInt(centers.length)];
    double square = 0;
    for (int i = 0; i < dimension; i++) {
      vector[i] += center == null ? 0 : center[i];
      square += vector[i] * vector[i];
    }
    if (similarity == Similarity.DOT_PRODUCT && isByte == false) {
      for (int i = 0; i < dimension; i++) {
        vector[i] /= (float) Math.sqrt(square);
      }
    }
    return vector;
  }

  /** A vector as JSON. */
  String json(float[] vector) {
    if (isByte) {
      int[] bytes = new int[vector.length];
      Arrays.setAll(bytes, i -> (int) vector[i]);
      return Arrays.toString(bytes);
    }
    return Arrays.toString(vector);
  }

  /**
   * Indexes new documents, or new versions. Those that are acknowledged are remembered.
   *
   * @param parameters of the requests, such as {@code ?refresh=true}
   * @param afterBulk called after each request
   */
  void index(
      Http http,
      String index,
      Random random,
      int from,
      int to,
      String parameters,
      Runnable afterBulk)
      throws IOException {
    for (int begin = from; begin < to; begin += BULK) {
      Map<Integer, float[]> sent = new TreeMap<>();
      StringBuilder bulk = new StringBuilder();
      for (int id = begin; id < Math.min(to, begin + BULK); id++) {
        float[] vector = random(random);
        sent.put(id, vector);
        bulk.append("{\"index\":{\"_id\":\"").append(id).append("\"}}\n{\"n\":").append(id);
        bulk.append(",\"v\":").append(json(vector)).append("}\n");
      }
      Http.Answer answer = http.send("POST", "/" + index + "/_bulk" + parameters, bulk.toString());
      afterBulk.run();
      answer
          .at("/items")
          .forEach(
              item -> {
                if (item.at("/index/status").intValue() < 300) {
                  int id = Integer.parseInt(item.at("/index/_id").textValue());
                  vectors.put(id, sent.get(id));
                }
              });
    }
  }

  /** Indexes new documents, all of which have to be acknowledged, and refreshes. */
  void index(Http http, String index, Random random, int from, int to) throws IOException {
    index(http, index, random, from, to, "?refresh=true", () -> {});
    for (int id = from; id < to; id++) {
      if (has(id) == false) {
        throw new AssertionError("document " + id + " should be acknowledged");
      }
    }
  }

  double score(int id, float[] target) {
    return similarity.score(vectors.get(id), target, isByte);
  }

  /** The ids of the nearest documents, the nearest first. */
  List<String> nearest(float[] target, int k, IntPredicate filter) {
    return ids().stream()
        .filter(filter::test)
        .map(id -> new Scored(id, score(id, target)))
        .sorted(Comparator.comparingDouble(Scored::score).reversed())
        .limit(k)
        .map(scored -> Integer.toString(scored.id))
        .toList();
  }

  private record Scored(int id, double score) {}

  /**
   * Measures the recall of a search.
   *
   * @param knn parameters of the query besides field and vector
   * @param least the least number of documents that match; 0 for no filter
   */
  double recall(Http http, String index, int queries, int k, String knn, int least)
      throws IOException {
    Random random = new Random(5);
    String filter = least == 0 ? "" : ",\"filter\":{\"range\":{\"n\":{\"gte\":" + least + "}}}";
    int found = 0;
    for (int query = 0; query < queries; query++) {
      float[] target = random(random);
      Set<String> nearest = new HashSet<>(nearest(target, k, id -> id >= least));
      Http.Answer answer =
          http.ok(
              "POST",
              "/" + index + "/_search",
              "{\"_source\":false,\"size\":"
                  + k
                  + ",\"knn\":{\"field\":\"v\",\"query_vector\":"
                  + json(target)
                  + ",\"k\":"
                  + k
                  + knn
                  + filter
                  + "}}");
      if (answer.at("/_shards/failed").intValue() > 0) {
        throw new AssertionError(answer.toString());
      }
      nearest.retainAll(answer.ids());
      found += nearest.size();
    }
    return (double) found / (k * queries);
  }
}
