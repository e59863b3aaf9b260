/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.elasticsearch;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.bench.data.VectorSource;

/**
 * The vectors of a comparison, by cosine: documents, and queries that are not among them. Each
 * document has a random number below {@value #PERCENT}, by which filters select.
 */
final class ComparisonData {

  /** A filter accepts the numbers below its percentage. */
  static final int PERCENT = 100;

  private final float[][] documents;
  private final float[][] queries;
  private final int[] numbers;

  /**
   * Reads vectors. Queries are taken at equal distances.
   *
   * @param size of documents
   */
  ComparisonData(VectorSource source, int size, int queryCount, long seed) throws IOException {
    int all = size + queryCount;
    if (source.count() < all) {
      throw new IllegalArgumentException(
          "the data should have " + all + " vectors; found " + source.count());
    }
    documents = new float[size][source.dimension()];
    queries = new float[queryCount][source.dimension()];
    int document = 0;
    int query = 0;
    for (int i = 0; i < all; i++) {
      boolean isQuery = (long) (i + 1) * queryCount / all > query;
      float[] vector = isQuery ? queries[query++] : documents[document++];
      source.read(i, vector);
      VectorUtil.l2normalize(vector);
    }
    Random random = new Random(seed);
    numbers = IntStream.generate(() -> random.nextInt(PERCENT)).limit(size).toArray();
  }

  int size() {
    return documents.length;
  }

  int dimension() {
    return documents[0].length;
  }

  float[] document(int id) {
    return documents[id];
  }

  int number(int id) {
    return numbers[id];
  }

  List<float[]> queries() {
    return List.of(queries);
  }

  /**
   * Returns the ids of the nearest documents of each query.
   *
   * @param percent of the documents that a filter accepts
   */
  List<Set<String>> truth(int k, int percent) {
    return IntStream.range(0, queries.length)
        .parallel()
        .mapToObj(query -> nearest(queries[query], k, percent))
        .toList();
  }

  private Set<String> nearest(float[] query, int k, int percent) {
    TopKnnCollector nearest = new TopKnnCollector(k, Integer.MAX_VALUE);
    for (int id = 0; id < documents.length; id++) {
      if (numbers[id] < percent) {
        nearest.collect(id, VectorUtil.dotProduct(query, documents[id]));
      }
    }
    TopDocs docs = nearest.topDocs();
    Set<String> ids = new HashSet<>();
    for (ScoreDoc doc : docs.scoreDocs) {
      ids.add(Integer.toString(doc.doc));
    }
    return ids;
  }
}
