/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.FixedBitSet;
import org.lucenelmdb.DocFilter.By;
import org.lucenelmdb.VectorIndex.Form;

/**
 * Recall of exhaustive searches that scan codes. The score error model may stop reranking only if
 * the remaining candidates cannot change the result. The errors of codes in a cluster are
 * correlated, which matters most for targets between clusters.
 */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestExhaustiveRecall extends LuceneTestCase {

  private static final int K = 10;
  private static final int COUNT = 4000;
  private static final int QUERIES = 40;

  /** The average recall that the project promises. */
  private static final double MIN_RECALL = 0.995;

  /** Automatic codes are precise enough; with fewer bits, the error model must compensate. */
  private static final int[] BITS = {LmdbHnswOptions.AUTO, 1, 2, 4};

  private final List<LmdbHnswSearchListener.Search> searches = new ArrayList<>();

  /** Clusters: a center, plus noise relative to the center's length. */
  private static HardVectors.Source clusters(
      Random random, int clusters, double spread, int dimension) {
    float[][] centers = HardVectors.gaussian(random, clusters, dimension, 1);
    return vector -> {
      float[] center = centers[random.nextInt(clusters)];
      for (int i = 0; i < dimension; i++) {
        vector[i] = center[i] + (float) (spread * random.nextGaussian());
      }
    };
  }

  private static int anyBits() {
    return BITS[random().nextInt(BITS.length)];
  }

  private double recall(
      HardVectors.Source source, int dimension, VectorSimilarityFunction similarity, int bits)
      throws IOException {
    float[][] vectors = new float[COUNT][dimension];
    for (float[] vector : vectors) {
      source.fill(vector);
    }
    LmdbHnswOptions options = // the graph is not searched
        LmdbHnswOptions.DEFAULT.withMaxConn(4).withBeamWidth(4).withCodeBits(bits);
    KnnSearchStrategy how =
        LmdbHnswSearchStrategy.DEFAULT
            .withFilterStrategy(LmdbHnswFilterStrategy.EXHAUSTIVE)
            .withListener(searches::add);
    double recall = 0;
    try (VectorIndex index =
        new VectorIndex(newDirectory(), vectors, similarity).add(Form.ONE_SEGMENT, options)) {
      for (int i = 0; i < QUERIES; i++) {
        float[] a = vectors[random().nextInt(COUNT)];
        float[] b = vectors[random().nextInt(COUNT)];
        float[] target = new float[dimension];
        for (int j = 0; j < dimension; j++) {
          target[j] = (a[j] + b[j]) / 2;
        }
        FixedBitSet accepted = DocFilter.randomDocs(random(), COUNT, 0.5);
        float[] scores = index.scores(target);
        ScoreDoc[] hits =
            index.search(VectorIndex.FIELD, target, K, new DocFilter(accepted, By.FILTER), how);
        recall += Hits.recall(hits, K, scores, accepted) / QUERIES;
      }
    }
    return recall;
  }

  /** Counts searches that scanned codes and did not score all vectors. */
  private long scansOfCodes() {
    return searches.stream()
        .filter(search -> search.quantized() && search.reranked() < search.matching() / 2)
        .count();
  }

  public void testBetweenClusters() throws IOException {
    List<String> recalls = new ArrayList<>();
    double sum = 0;
    int cases = 0;
    for (int dimension : new int[] {128, 200, 384}) {
      for (double spread : new double[] {0.1, 0.2, 0.5}) {
        int clusters = 3 + random().nextInt(30);
        VectorSimilarityFunction similarity =
            random().nextBoolean()
                ? VectorSimilarityFunction.EUCLIDEAN
                : VectorSimilarityFunction.COSINE;
        double recall =
            recall(
                clusters(random(), clusters, spread, dimension), dimension, similarity, anyBits());
        recalls.add(
            dimension
                + " dimensions, "
                + clusters
                + " of "
                + spread
                + ", "
                + similarity
                + ": "
                + recall);
        sum += recall;
        cases++;
      }
    }
    String message = String.join("\n", recalls);
    assertTrue(message, sum / cases >= MIN_RECALL);
    assertTrue("scans of codes: " + scansOfCodes(), scansOfCodes() > searches.size() / 10);
  }

  public void testHardVectors() throws IOException {
    List<String> recalls = new ArrayList<>();
    double sum = 0;
    for (HardVectors kind : HardVectors.values()) {
      int dimension = random().nextBoolean() ? 200 : 384;
      VectorSimilarityFunction similarity =
          kind == HardVectors.NORMS
              ? VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT
              : VectorSimilarityFunction.EUCLIDEAN;
      // with 1-bit codes, the errors of long vectors exceed what the model expects on average
      int bits = kind == HardVectors.NORMS ? LmdbHnswOptions.AUTO : anyBits();
      double recall = recall(kind.open(random(), dimension), dimension, similarity, bits);
      recalls.add(kind + ", " + dimension + " dimensions: " + recall);
      sum += recall;
    }
    String message = String.join("\n", recalls);
    assertTrue(message, sum / HardVectors.values().length >= MIN_RECALL);
    assertTrue("scans of codes: " + scansOfCodes(), scansOfCodes() > searches.size() / 10);
  }
}
