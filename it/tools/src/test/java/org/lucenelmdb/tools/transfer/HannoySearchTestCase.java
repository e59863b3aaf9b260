/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.lucenelmdb.LmdbHnswOptions;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.tools.transfer.flat.FlatWriter;

/** Searches of exports by hannoy itself. Skipped without its Python package. */
abstract class HannoySearchTestCase extends TransferTestCase {

  private static final int K = 10;
  private static final int QUERIES = 100;

  /** The value that {@code by_vec} of hannoy's Python package has by default. */
  private static final int EF = 200;

  private static final int VECTORS = 20_000;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    PythonPackages.assume("hannoy", "lmdb", "numpy", "pyroaring");
  }

  /** hannoy's answers from an export are about as good as those of this format. */
  final void searches(
      VectorMetric metric, VectorEncoding encoding, int dimension, LmdbHnswOptions options)
      throws Exception {
    Path index = write(Spec.of(metric, encoding, VECTORS).dimension(dimension), options);
    Path hannoy = createTempDir().resolve("hannoy");
    CommandRun.ok("export", index, "--field", FIELD, "--to", "hannoy", "--out", hannoy);
    List<Object> queries = queries(encoding, dimension);
    Path file = createTempDir().resolve("queries.npy");
    writeQueries(file, encoding, dimension, queries);
    String[] answers =
        PythonPackages.run(PythonPackages.program("hannoy_search.py"), hannoy, metric, file, K, EF)
            .split("\n");
    assertEquals(QUERIES, answers.length);
    int ours = 0;
    int theirs = 0;
    try (Directory directory = openDirectory(index);
        DirectoryReader reader = DirectoryReader.open(directory)) {
      IndexSearcher searcher = new IndexSearcher(reader);
      LeafReader leaf = getOnlyLeafReader(reader);
      for (int i = 0; i < QUERIES; i++) {
        float[] scores = scores(leaf, metric, queries.get(i));
        float threshold = kth(scores);
        for (ScoreDoc hit : searcher.search(query(queries.get(i)), K).scoreDocs) {
          ours += scores[hit.doc] >= threshold ? 1 : 0;
        }
        Set<Integer> found =
            Arrays.stream(answers[i].split(" ")).map(Integer::valueOf).collect(Collectors.toSet());
        assertEquals(K, found.size());
        for (int doc : found) {
          theirs += scores[doc] >= threshold ? 1 : 0;
        }
      }
    }
    double ourRecall = (double) ours / (K * QUERIES);
    double theirRecall = (double) theirs / (K * QUERIES);
    String recalls = metric + ": hannoy " + theirRecall + ", this format " + ourRecall;
    assertTrue(recalls, ourRecall > 0.85);
    assertTrue(recalls, theirRecall >= ourRecall - 0.02);
  }

  private static List<Object> queries(VectorEncoding encoding, int dimension) {
    List<Object> queries = new ArrayList<>();
    for (int i = 0; i < QUERIES; i++) {
      queries.add(encoding == VectorEncoding.BYTE ? bytes(dimension) : floats(dimension, false));
    }
    return queries;
  }

  private static void writeQueries(
      Path file, VectorEncoding encoding, int dimension, List<Object> vectors) throws IOException {
    try (FlatWriter out = FlatWriter.npy(file, encoding, vectors.size(), dimension)) {
      for (Object vector : vectors) {
        if (vector instanceof byte[] bytes) {
          out.write("", bytes);
        } else {
          out.write("", (float[]) vector);
        }
      }
    }
  }

  private static Query query(Object vector) {
    return vector instanceof byte[] bytes
        ? new KnnByteVectorQuery(FIELD, bytes, K)
        : new KnnFloatVectorQuery(FIELD, (float[]) vector, K);
  }

  private static float[] scores(LeafReader leaf, VectorMetric metric, Object query)
      throws IOException {
    KnnVectorValues values = values(leaf);
    RandomVectorScorer scorer =
        query instanceof byte[] bytes
            ? metric.scorer((ByteVectorValues) values, bytes)
            : metric.scorer((FloatVectorValues) values, (float[]) query);
    float[] scores = new float[values.size()];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = scorer.score(i);
    }
    return scores;
  }

  /** Returns the score of the nearest vector number K, slightly less for rounding. */
  private static float kth(float[] scores) {
    float[] sorted = scores.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length - K] - 1e-6f;
  }
}
