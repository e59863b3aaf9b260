/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.VectorUtil;

/** Quantized searches with codes of every number of bits, compared with the exact results. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestQuantizedSearch extends LuceneTestCase {

  private static final int[] BITS = {1, 2, 4, 8};
  private static final int QUERIES = 20;
  private static final int K = 10;

  private static VectorSimilarityFunction randomSimilarity() {
    VectorSimilarityFunction[] all = VectorSimilarityFunction.values();
    return all[random().nextInt(all.length)];
  }

  private static float[][] targets(VectorSimilarityFunction similarity, float[][] vectors) {
    float[][] targets = new float[QUERIES][];
    for (int i = 0; i < QUERIES; i++) {
      float[] near = null;
      while (near == null) {
        near = vectors[random().nextInt(vectors.length)];
      }
      float[] away = Vectors.clustered(random(), similarity, 1, near.length)[0];
      targets[i] = near.clone();
      for (int j = 0; j < near.length; j++) {
        targets[i][j] += 0.2f * away[j];
      }
      if (similarity == VectorSimilarityFunction.DOT_PRODUCT) {
        VectorUtil.l2normalize(targets[i]);
      }
    }
    return targets;
  }

  private static double recall(
      VectorIndex index,
      float[][] targets,
      Query filter,
      IntPredicate accept,
      KnnSearchStrategy how)
      throws IOException {
    double sum = 0;
    for (float[] target : targets) {
      Query query = new KnnFloatVectorQuery(VectorIndex.FIELD, target, K, filter, how);
      sum += index.recall(query, target, K, accept);
    }
    return sum / targets.length;
  }

  private static IndexWriterConfig randomConfig(LmdbHnswOptions options) {
    return config(options, random().nextBoolean());
  }

  /** Several segments, a sparse field, deletes, and merges of some and of all segments. */
  public void testDeletesAndMerges() throws IOException {
    VectorSimilarityFunction similarity = randomSimilarity();
    float[][] vectors = Vectors.clustered(random(), similarity, 1500, 10 + random().nextInt(90));
    boolean sparse = random().nextBoolean();
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = sparse && i % 7 == 2 ? null : vectors[i];
    }
    float[][] targets = targets(similarity, vectors);
    boolean sorted = random().nextBoolean();
    double[] withoutCodes = null;
    for (int bits : new int[] {0, 1, 2, 4, 8}) {
      LmdbHnswOptions options = VectorIndex.options(bits, bits == 1 ? 8 : 5);
      try (VectorIndex index = new VectorIndex(newDirectory(), vectors.clone(), similarity)) {
        index.add(config(options, sorted), 3);
        List<Double> recalls = new ArrayList<>();
        recalls.add(recall(index, targets, null, id -> true, KnnSearchStrategy.Hnsw.DEFAULT));
        IndexWriterConfig noMerges = config(options, sorted).setMergePolicy(NoMergePolicy.INSTANCE);
        try (IndexWriter writer = new IndexWriter(index.directory, noMerges)) {
          for (int i = 0; i < vectors.length; i += 1 + random().nextInt(6)) {
            writer.deleteDocuments(IntPoint.newExactQuery("id", i));
            index.vectors[i] = null;
          }
        }
        index.open();
        assertTrue(index.reader.hasDeletions());
        recalls.add(recall(index, targets, null, id -> true, KnnSearchStrategy.Hnsw.DEFAULT));
        for (int segments : new int[] {2, 1}) {
          try (IndexWriter writer = new IndexWriter(index.directory, config(options, sorted))) {
            writer.forceMerge(segments);
          }
          index.open();
          recalls.add(recall(index, targets, null, id -> true, KnnSearchStrategy.Hnsw.DEFAULT));
        }
        double[] found = recalls.stream().mapToDouble(x -> x).toArray();
        String message = similarity + ", " + bits + " bits: " + Arrays.toString(found);
        withoutCodes = withoutCodes == null ? found : withoutCodes;
        for (int i = 0; i < found.length; i++) {
          assertTrue(
              message + " without codes " + withoutCodes[i], found[i] >= withoutCodes[i] - 0.25);
          assertTrue(message, found[i] >= 0.6);
        }
      }
    }
  }

  private static IndexWriterConfig config(LmdbHnswOptions options, boolean sorted) {
    IndexWriterConfig config =
        VectorIndex.config(options).setUseCompoundFile(random().nextBoolean());
    return sorted ? VectorIndex.sorted(config) : config;
  }

  /** Vectors of very different lengths, which Lucene's own quantized format merges incorrectly. */
  public void testCosineBeforeAndAfterMerge() throws IOException {
    VectorSimilarityFunction similarity = VectorSimilarityFunction.COSINE;
    float[][] vectors = Vectors.clustered(random(), similarity, 1500, 64);
    float[][] targets = targets(similarity, vectors);
    for (int bits : TEST_NIGHTLY ? BITS : twoOfBits()) {
      LmdbHnswOptions options = VectorIndex.options(bits, 8);
      double[] recalls = new double[2];
      for (int merged = 0; merged < 2; merged++) {
        boolean sorted = random().nextBoolean();
        try (VectorIndex index = new VectorIndex(newDirectory(), vectors, similarity)) {
          index.add(config(options, sorted), merged == 0 ? 1 : 2 + random().nextInt(3));
          double before = recall(index, targets, null, id -> true, KnnSearchStrategy.Hnsw.DEFAULT);
          assertTrue(bits + " bits: " + before, before >= 0.65);
          try (IndexWriter writer = new IndexWriter(index.directory, config(options, sorted))) {
            writer.forceMerge(1);
          }
          index.open();
          LeafReader leaf = getOnlyLeafReader(index.reader);
          long visited = traverse(leaf, targets[0], 8).visitedCount();
          assertTrue("visits of a traversal: " + visited, visited < vectors.length);
          KnnSearchStrategy postFiltered =
              LmdbHnswSearchStrategy.DEFAULT.withFilterStrategy(
                  LmdbHnswFilterStrategy.POST_FILTERED);
          Query filter = IntPoint.newRangeQuery("id", 1, vectors.length);
          recalls[merged] = recall(index, targets, filter, id -> id >= 1, postFiltered);
        }
      }
      String message = bits + " bits: " + recalls[0] + ", merged " + recalls[1];
      assertTrue(message, recalls[1] >= 0.65);
      assertTrue(message, recalls[1] >= recalls[0] - 0.2);
    }
  }

  /** 1 or 2 bits, and 4 or 8 bits. */
  private static int[] twoOfBits() {
    return new int[] {BITS[random().nextInt(2)], BITS[2 + random().nextInt(2)]};
  }

  public void testFilters() throws IOException {
    VectorSimilarityFunction similarity = randomSimilarity();
    float[][] vectors = Vectors.clustered(random(), similarity, 2000, 40);
    float[][] targets = targets(similarity, vectors);
    int bits = BITS[random().nextInt(BITS.length)];
    try (VectorIndex index = new VectorIndex(newDirectory(), vectors, similarity)) {
      index.add(randomConfig(VectorIndex.options(bits, 6)), 1 + random().nextInt(2));
      Query even = new TermQuery(new Term("even", "true"));
      Query tenth = new TermQuery(new Term("tenth", "true"));
      for (KnnSearchStrategy how :
          List.of(
              KnnSearchStrategy.Hnsw.DEFAULT,
              new KnnSearchStrategy.Hnsw(100),
              LmdbHnswSearchStrategy.DEFAULT.withOversampling(8).withFilteredSearchThreshold(0),
              LmdbHnswSearchStrategy.DEFAULT
                  .withOversampling(8)
                  .withFilteredSearchThreshold(100))) {
        String message = similarity + ", " + bits + " bits, " + how;
        double half = recall(index, targets, even, id -> id % 2 == 0, how);
        assertTrue(message + ": " + half, half >= 0.6);
        double some = recall(index, targets, tenth, id -> id % 10 == 3, how);
        assertTrue(message + ": " + some, some >= 0.6);
        double none = recall(index, targets, new TermQuery(new Term("even", "?")), i -> false, how);
        assertEquals(0, none, 0);
      }
    }
  }

  /** k below, at and above the number of vectors. */
  public void testLargeK() throws IOException {
    VectorSimilarityFunction similarity = randomSimilarity();
    int size = 50 + random().nextInt(300);
    float[][] vectors = Vectors.clustered(random(), similarity, size, 20);
    for (int bits : BITS) {
      try (VectorIndex index = new VectorIndex(newDirectory(), vectors, similarity)) {
        index.add(randomConfig(VectorIndex.options(bits, 1 + random().nextInt(4))), 1);
        float[] target = targets(similarity, vectors)[0];
        for (int k : new int[] {size / 2, size - 1, size, size + 1, 10 * size}) {
          Query query = new KnnFloatVectorQuery(VectorIndex.FIELD, target, k);
          double recall = index.recall(query, target, k, id -> true);
          assertTrue(bits + " bits, k " + k, recall >= (k >= size ? 1 : 0.5));
        }
      }
    }
  }

  /** Lucene searches segments again, with seeds, if all of their hits are competitive. */
  public void testManySegments() throws IOException {
    VectorSimilarityFunction similarity = randomSimilarity();
    float[][] vectors = Vectors.clustered(random(), similarity, 3000, 24);
    float[][] targets = targets(similarity, vectors);
    for (int bits : twoOfBits()) {
      try (VectorIndex index = new VectorIndex(newDirectory(), vectors, similarity)) {
        index.add(randomConfig(VectorIndex.options(bits, 4)), 10);
        assertTrue(index.reader.leaves().size() >= 9);
        double sum = 0;
        for (float[] target : targets) {
          Query query = new KnnFloatVectorQuery(VectorIndex.FIELD, target, 100);
          sum += index.recall(query, target, 100, id -> true) / targets.length;
        }
        assertTrue(similarity + ", " + bits + " bits: " + sum, sum >= 0.65);
      }
    }
  }

  /**
   * Traverses the graph even if an exhaustive search costs less. Accepts all documents but the
   * first.
   */
  private static TopKnnCollector traverse(LeafReader leaf, float[] target, float oversampling)
      throws IOException {
    KnnSearchStrategy how =
        LmdbHnswSearchStrategy.DEFAULT
            .withOversampling(oversampling)
            .withFilterStrategy(LmdbHnswFilterStrategy.POST_FILTERED);
    TopKnnCollector collector = new TopKnnCollector(K, Integer.MAX_VALUE, how);
    AcceptDocs accepted =
        AcceptDocs.fromIteratorSupplier(
            () -> DocIdSetIterator.range(1, leaf.maxDoc()), null, leaf.maxDoc());
    leaf.searchNearestVectors(VectorIndex.FIELD, target, collector, accepted);
    return collector;
  }

  public void testOversamplingOfAQuery() throws IOException {
    VectorSimilarityFunction similarity = randomSimilarity();
    float[][] vectors = Vectors.clustered(random(), similarity, 3000, 32);
    float[][] targets = targets(similarity, vectors);
    try (VectorIndex index = new VectorIndex(newDirectory(), vectors, similarity)) {
      index.add(randomConfig(VectorIndex.options(1, 3)), 1);
      LeafReader leaf = getOnlyLeafReader(index.reader);
      float[] oversamplings = {1, 3, 10, 1000};
      double[] recalls = new double[oversamplings.length];
      long[] visits = new long[oversamplings.length];
      for (int i = 0; i < oversamplings.length; i++) {
        for (float[] target : targets) {
          visits[i] += traverse(leaf, target, oversamplings[i]).visitedCount();
        }
        KnnSearchStrategy how = LmdbHnswSearchStrategy.DEFAULT.withOversampling(oversamplings[i]);
        recalls[i] = recall(index, targets, null, id -> true, how);
      }
      String message = similarity + " " + Arrays.toString(recalls) + Arrays.toString(visits);
      for (int i = 1; i < visits.length; i++) {
        assertTrue(message, visits[i] > visits[i - 1]);
        assertTrue(message, recalls[i] >= recalls[i - 1]);
      }
      assertTrue(message, recalls[2] > recalls[0]);
      assertEquals("exhaustive", 1, recalls[3], 0);
      assertEquals("exhaustive", (long) (vectors.length - 1) * QUERIES, visits[3]);
      // without it, the field's oversampling applies
      double other = recall(index, targets, null, id -> true, KnnSearchStrategy.Hnsw.DEFAULT);
      assertEquals(recalls[1], other, 0);
    }
  }

  public void testStrategy() {
    LmdbHnswSearchStrategy strategy =
        LmdbHnswSearchStrategy.DEFAULT.withOversampling(3.5f).withFilteredSearchThreshold(40);
    assertEquals(3.5f, strategy.oversampling(), 0f);
    assertEquals(40, strategy.filteredSearchThreshold());
    assertEquals(
        strategy,
        LmdbHnswSearchStrategy.DEFAULT.withOversampling(3.5f).withFilteredSearchThreshold(40));
    assertEquals(
        strategy.hashCode(),
        LmdbHnswSearchStrategy.DEFAULT
            .withOversampling(3.5f)
            .withFilteredSearchThreshold(40)
            .hashCode());
    KnnSearchStrategy lucenes = new KnnSearchStrategy.Hnsw(40);
    for (Object other :
        new Object[] {
          LmdbHnswSearchStrategy.DEFAULT.withOversampling(3).withFilteredSearchThreshold(40),
          LmdbHnswSearchStrategy.DEFAULT.withOversampling(3.5f),
          lucenes,
          "",
          null
        }) {
      assertNotEquals(strategy, other);
    }
    assertNotEquals(lucenes, strategy);
    Query query = new KnnFloatVectorQuery("f", new float[2], 3, null, strategy);
    assertEquals(
        query,
        new KnnFloatVectorQuery(
            "f",
            new float[2],
            3,
            null,
            LmdbHnswSearchStrategy.DEFAULT.withOversampling(3.5f).withFilteredSearchThreshold(40)));
    assertNotEquals(
        query,
        new KnnFloatVectorQuery(
            "f",
            new float[2],
            3,
            null,
            LmdbHnswSearchStrategy.DEFAULT.withOversampling(4).withFilteredSearchThreshold(40)));
    assertTrue(strategy.toString(), strategy.toString().contains("3.5"));
    for (float wrong : new float[] {0, 0.99f, -2, 1000.1f, Float.NaN, Float.POSITIVE_INFINITY}) {
      expectThrows(
          IllegalArgumentException.class,
          () -> LmdbHnswSearchStrategy.DEFAULT.withOversampling(wrong));
    }
    expectThrows(
        IllegalArgumentException.class,
        () -> LmdbHnswSearchStrategy.DEFAULT.withOversampling(2).withFilteredSearchThreshold(101));
  }

  public void testBytes() throws IOException {
    for (int bits : BITS) {
      VectorSimilarityFunction similarity = randomSimilarity();
      byte[][] vectors = Vectors.bytes(random(), 1000, 48);
      try (Directory directory = newDirectory()) {
        IndexWriterConfig config = VectorIndex.config(VectorIndex.options(bits, 10));
        try (IndexWriter writer = new IndexWriter(directory, config)) {
          for (byte[] vector : vectors) {
            Document document = new Document();
            document.add(new KnnByteVectorField(VectorIndex.FIELD, vector, similarity));
            writer.addDocument(document);
          }
          writer.forceMerge(1);
        }
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          double recall = 0;
          for (byte[] target : Vectors.bytes(random(), QUERIES, 48)) {
            ScoreDoc[] hits =
                new IndexSearcher(reader)
                    .search(new KnnByteVectorQuery(VectorIndex.FIELD, target, K), K)
                    .scoreDocs;
            float[] all = new float[vectors.length];
            for (int i = 0; i < all.length; i++) {
              all[i] = similarity.compare(target, vectors[i]);
            }
            for (ScoreDoc hit : hits) { // documents are in the order of vectors
              assertEquals(all[hit.doc], hit.score, 1e-5f * Math.max(1, all[hit.doc]));
            }
            Arrays.sort(all);
            float worst = all[all.length - K];
            recall += Arrays.stream(hits).filter(hit -> hit.score >= worst).count();
          }
          recall /= QUERIES * K;
          assertTrue(similarity + ", " + bits + " bits: " + recall, recall >= 0.5);
        }
      }
    }
  }

  public void testManhattan() throws IOException {
    for (int bits : BITS) {
      float[][] vectors = Vectors.clustered(random(), 1000, 48);
      try (Directory directory = newDirectory()) {
        IndexWriterConfig config = VectorIndex.config(VectorIndex.options(bits, 8));
        try (IndexWriter writer = new IndexWriter(directory, config)) {
          for (float[] vector : vectors) {
            Document document = new Document();
            document.add(
                new KnnFloatVectorField(
                    VectorIndex.FIELD, vector, LmdbHnswFieldTypes.floatManhattan(48)));
            writer.addDocument(document);
          }
          writer.forceMerge(1);
        }
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          double recall = 0;
          for (float[] target : targets(VectorSimilarityFunction.EUCLIDEAN, vectors)) {
            ScoreDoc[] hits =
                new IndexSearcher(reader)
                    .search(new KnnFloatVectorQuery(VectorIndex.FIELD, target, K), K)
                    .scoreDocs;
            float[] all = new float[vectors.length];
            for (int i = 0; i < all.length; i++) {
              float distance = 0;
              for (int j = 0; j < target.length; j++) {
                distance += Math.abs(target[j] - vectors[i][j]);
              }
              all[i] = 1 / (1 + distance);
            }
            for (ScoreDoc hit : hits) {
              assertEquals(all[hit.doc], hit.score, 1e-5f);
            }
            Arrays.sort(all);
            float worst = all[all.length - K] - 1e-6f;
            recall += Arrays.stream(hits).filter(hit -> hit.score >= worst).count();
          }
          recall /= QUERIES * K;
          assertTrue(bits + " bits: " + recall, recall >= 0.6);
        }
      }
    }
  }
}
