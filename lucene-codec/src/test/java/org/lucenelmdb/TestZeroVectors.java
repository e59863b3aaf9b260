/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;

/**
 * Zero vectors under COSINE, as queries and as vectors. Lucene's formats do not reject such
 * vectors, so a merge may bring them in. Their cosine is taken to be 0.
 */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestZeroVectors extends LuceneTestCase {

  private static final VectorSimilarityFunction SIMILARITY = VectorSimilarityFunction.COSINE;
  private static final int DIMENSION = 16;

  private float[][] floats;
  private byte[][] bytes;
  private boolean[] accepted;

  /** Creates vectors, of which the given share is zero. */
  private void vectors(int count, double zeros) {
    floats = Vectors.clustered(random(), count, DIMENSION);
    bytes = new byte[count][DIMENSION];
    accepted = new boolean[count];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < DIMENSION; j++) {
        bytes[i][j] = (byte) Math.round(100 * floats[i][j]);
      }
      bytes[i][0] |= 1;
      if (random().nextDouble() < zeros) {
        floats[i] = new float[DIMENSION];
        bytes[i] = new byte[DIMENSION];
      }
      accepted[i] = random().nextBoolean();
    }
  }

  /**
   * Indexes documents.
   *
   * @param segments 1 or 2
   */
  private void index(Directory directory, Codec codec, int segments) throws IOException {
    IndexWriterConfig config =
        new IndexWriterConfig().setCodec(codec).setMergePolicy(NoMergePolicy.INSTANCE);
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (int i = 0; i < floats.length; i++) {
        Document document = new Document();
        document.add(new NumericDocValuesField("id", i));
        document.add(new StringField("accepted", "" + accepted[i], Field.Store.NO));
        // Lucene checks a vector when its field is created, and keeps a reference to the array
        float[] floatVector = new float[DIMENSION];
        byte[] byteVector = new byte[DIMENSION];
        floatVector[0] = byteVector[0] = 1;
        document.add(new KnnFloatVectorField("f", floatVector, SIMILARITY));
        document.add(new KnnByteVectorField("b", byteVector, SIMILARITY));
        System.arraycopy(floats[i], 0, floatVector, 0, DIMENSION);
        System.arraycopy(bytes[i], 0, byteVector, 0, DIMENSION);
        writer.addDocument(document);
        if (i == floats.length / segments) {
          writer.flush();
        }
      }
    }
  }

  private static boolean isZero(float[] vector) {
    return Arrays.equals(vector, new float[DIMENSION]);
  }

  private float expected(boolean isFloat, int target, int i) {
    float[] floatTarget = target < 0 ? new float[DIMENSION] : floats[target];
    if (isZero(floatTarget) || isZero(floats[i])) {
      return 0.5f;
    }
    return isFloat
        ? SIMILARITY.compare(floatTarget, floats[i])
        : SIMILARITY.compare(bytes[target], bytes[i]);
  }

  private static Codec codec(int bits) {
    return new LmdbHnswCodec(VectorIndex.options(bits, 3).withMaxConn(8).withBeamWidth(40));
  }

  /**
   * Searches for a stored vector, or for a zero vector if {@code target} is negative.
   *
   * @return recall@k
   */
  private double checkQuery(IndexSearcher searcher, boolean isFloat, int target, boolean filtered)
      throws IOException {
    Query filter = filtered ? new TermQuery(new Term("accepted", "true")) : null;
    int k = random().nextBoolean() ? 10 : 1 + random().nextInt(floats.length);
    Query query =
        isFloat
            ? new KnnFloatVectorQuery(
                "f", target < 0 ? new float[DIMENSION] : floats[target], k, filter)
            : new KnnByteVectorQuery(
                "b", target < 0 ? new byte[DIMENSION] : bytes[target], k, filter);
    String message =
        searcher.getIndexReader() + ": " + query + ", filtered: " + filtered + ", target " + target;
    TopDocs hits = searcher.search(query, k);
    Float[] best =
        IntStream.range(0, floats.length)
            .filter(i -> filtered == false || accepted[i])
            .mapToObj(i -> expected(isFloat, target, i))
            .sorted(Comparator.reverseOrder())
            .limit(k)
            .toArray(Float[]::new);
    assertEquals(message, best.length, hits.scoreDocs.length);
    int right = 0;
    for (int i = 0; i < best.length; i++) {
      ScoreDoc hit = hits.scoreDocs[i];
      assertTrue(message, filtered == false || accepted[hit.doc]);
      assertEquals(message, expected(isFloat, target, hit.doc), hit.score, 1e-5f);
      assertTrue(message, i == 0 || hit.score <= hits.scoreDocs[i - 1].score);
      right += hit.score >= best[best.length - 1] - 1e-5f ? 1 : 0;
    }
    return (double) right / best.length;
  }

  private void checkQueries(DirectoryReader reader) throws IOException {
    IndexSearcher searcher = new IndexSearcher(reader);
    int zero =
        IntStream.range(0, floats.length).filter(i -> isZero(floats[i])).findAny().orElse(-1);
    double recall = 0;
    for (int i = 0; i < 40; i++) {
      boolean filtered = random().nextBoolean();
      int target =
          switch (random().nextInt(3)) {
            case 0 -> -1;
            case 1 -> zero;
            default -> random().nextInt(floats.length);
          };
      recall += checkQuery(searcher, random().nextBoolean(), target, filtered) / 40;
    }
    assertTrue("recall " + recall, recall >= 0.7);
    // all vectors have the score of the threshold
    Query all = SimilarityQueries.floats("f", new float[DIMENSION], 0.5f);
    assertEquals(floats.length, searcher.count(all));
    all = SimilarityQueries.bytes("b", new byte[DIMENSION], 0.5f);
    assertEquals(floats.length, searcher.count(all));
    Query none = SimilarityQueries.floats("f", new float[DIMENSION], 0.51f);
    assertEquals(0, searcher.count(none));
  }

  /** Zero queries, in segments with and without a graph and codes. */
  public void testZeroQueries() throws IOException {
    for (int bits : new int[] {0, 1, 4, 8}) {
      vectors(300 + random().nextInt(300), 0);
      try (Directory directory = directory()) {
        index(directory, random().nextInt(4) == 0 ? new LmdbHnswCodec() : codec(bits), 1);
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          checkQueries(reader);
        }
      }
    }
  }

  /** Merges in zero vectors. CheckIndex, which searches for them, must accept the index. */
  public void testMergedZeroVectors() throws IOException {
    // too few for a graph: Lucene asserts that scores in graphs are numbers
    Codec lucenes =
        TestUtil.alwaysKnnVectorsFormat(new Lucene99HnswVectorsFormat(16, 100, 1000000));
    for (int bits : new int[] {0, 1, 4, 8}) {
      vectors(300 + random().nextInt(300), 0.05);
      try (Directory directory = directory()) {
        index(directory, lucenes, 2);
        IndexWriterConfig config = new IndexWriterConfig().setCodec(codec(bits));
        config.setMergePolicy(newLogMergePolicy()); // keeps the order of documents
        try (IndexWriter writer = new IndexWriter(directory, config)) {
          writer.forceMerge(1);
        }
        TestUtil.checkIndex(directory);
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          getOnlyLeafReader(reader);
          checkQueries(reader);
        }
      }
    }
  }

  private static Directory directory() throws IOException {
    return random().nextBoolean() ? newDirectory() : new MMapDirectory(createTempDir());
  }
}
