/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.VectorScorer;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;

/** A small index of any kind, for tests of searches with a filter; every score is checked. */
final class FilteredIndex implements Closeable {

  static final String FIELD = "vector";

  /**
   * By how much of a score another way to come to it may differ: not at all, but with the Vector
   * API, where Lucene adds in another order if it scores several vectors in mapped memory at once.
   */
  private static final float DELTA =
      ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent() ? 1e-5f : 0;

  final DirectoryReader reader;
  final int count;
  private final Directory directory;
  private final VectorSimilarityFunction similarity; // null for a metric of ours
  private final boolean bytes;
  private final int dimension;
  private final String description;

  /** Indexes a random number of documents, in a random way. */
  FilteredIndex(Random random, Directory directory) throws IOException {
    this.directory = directory;
    VectorSimilarityFunction[] all = VectorSimilarityFunction.values();
    int which = random.nextInt(all.length + 1);
    this.similarity = which == all.length ? null : all[which];
    this.bytes = random.nextInt(4) == 0;
    this.dimension = 1 + random.nextInt(random.nextBoolean() ? 64 : 8);
    this.count = 1 + random.nextInt(400);
    int bits = new int[] {0, 1, 2, 4, 8}[random.nextInt(5)];
    LmdbHnswOptions options =
        CodesIndex.options(
                bits, random.nextBoolean() ? LmdbHnswOptions.AUTO : 1 + random.nextInt(4))
            .withMaxConn(2 + random.nextInt(7))
            .withBeamWidth(2 + random.nextInt(12));
    IndexWriterConfig config =
        CodesIndex.config(options)
            .setMergePolicy(NoMergePolicy.INSTANCE)
            .setUseCompoundFile(random.nextBoolean());
    boolean sorted = random.nextInt(4) == 0;
    if (sorted) {
      CodesIndex.sorted(config);
    }
    int missing = random.nextInt(3) == 0 ? 2 + random.nextInt(8) : Integer.MAX_VALUE;
    int deleted = random.nextInt(3) == 0 ? 2 + random.nextInt(8) : Integer.MAX_VALUE;
    int segments = random.nextInt(3) > 0 ? 1 : 2 + random.nextInt(3);
    this.description =
        (similarity == null ? "own metric" : similarity)
            + (bytes ? ", bytes" : "")
            + (sorted ? ", sorted" : "")
            + (", dimension " + dimension + ", " + count + " documents, 1 of " + missing)
            + (" without a vector, 1 of " + deleted + " deleted, " + segments + " segments, ")
            + options;
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (int i = 0; i < count; i++) {
        Document document = new Document();
        document.add(new IntPoint("id", i));
        document.add(new NumericDocValuesField("sort", random.nextInt(1000)));
        if (i % missing != 1) {
          document.add(vector(vector(random)));
        }
        writer.addDocument(document);
        if (i % ((count + segments - 1) / segments) == 0) {
          writer.flush();
        }
      }
      for (int i = 0; i < count; i++) {
        if (i % deleted == 1) {
          writer.deleteDocuments(IntPoint.newExactQuery("id", i));
        }
      }
    }
    this.reader = DirectoryReader.open(directory);
  }

  private Field vector(Object vector) {
    if (similarity == null) {
      FieldType type =
          bytes
              ? LmdbHnswFieldTypes.byteManhattan(dimension)
              : LmdbHnswFieldTypes.floatManhattan(dimension);
      return bytes
          ? new KnnByteVectorField(FIELD, (byte[]) vector, type)
          : new KnnFloatVectorField(FIELD, (float[]) vector, type);
    }
    return bytes
        ? new KnnByteVectorField(FIELD, (byte[]) vector, similarity)
        : new KnnFloatVectorField(FIELD, (float[]) vector, similarity);
  }

  /** A vector of the field, or one to search for. */
  Object vector(Random random) {
    if (bytes) {
      return Vectors.bytes(random, 1, dimension)[0];
    }
    VectorSimilarityFunction kind =
        similarity == null ? VectorSimilarityFunction.EUCLIDEAN : similarity;
    return CodesIndex.vectors(random, kind, 1, dimension)[0];
  }

  static void search(LeafReader leaf, Object target, KnnCollector collector, AcceptDocs accepted)
      throws IOException {
    if (target instanceof byte[] of) {
      leaf.searchNearestVectors(FIELD, of, collector, accepted);
    } else {
      leaf.searchNearestVectors(FIELD, (float[]) target, collector, accepted);
    }
  }

  static Query query(Object target, int k, Query filter, KnnSearchStrategy strategy) {
    return target instanceof byte[] of
        ? new KnnByteVectorQuery(FIELD, of, k, filter, strategy)
        : new KnnFloatVectorQuery(FIELD, (float[]) target, k, filter, strategy);
  }

  /** The exact score of each document of a segment, NaN of those without a vector. */
  static float[] scores(LeafReader leaf, Object target) throws IOException {
    float[] scores = new float[leaf.maxDoc()];
    Arrays.fill(scores, Float.NaN);
    VectorScorer scorer = null;
    if (leaf.getFieldInfos().fieldInfo(FIELD) != null) {
      scorer =
          target instanceof byte[] of
              ? leaf.getByteVectorValues(FIELD).scorer(of)
              : leaf.getFloatVectorValues(FIELD).scorer((float[]) target);
    }
    if (scorer != null) {
      for (int doc = scorer.iterator().nextDoc();
          doc != NO_MORE_DOCS;
          doc = scorer.iterator().nextDoc()) {
        scores[doc] = scorer.score();
      }
    }
    return scores;
  }

  /** Those that have a vector, are live and are accepted. */
  static FixedBitSet expected(float[] scores, Bits accepted, Bits live) {
    FixedBitSet expected = new FixedBitSet(scores.length);
    for (int doc = 0; doc < scores.length; doc++) {
      if (Float.isNaN(scores[doc]) == false
          && accepted.get(doc)
          && (live == null || live.get(doc))) {
        expected.set(doc);
      }
    }
    return expected;
  }

  /** Hits may be there, once, with their exact scores, the best first. */
  static void check(ScoreDoc[] hits, float[] scores, FixedBitSet expected) {
    FixedBitSet seen = new FixedBitSet(scores.length);
    float previous = Float.POSITIVE_INFINITY;
    for (ScoreDoc hit : hits) {
      assertTrue("twice: " + hit.doc, seen.getAndSet(hit.doc) == false);
      assertTrue("does not pass: " + hit.doc, expected.get(hit.doc));
      assertScore("score of " + hit.doc, scores[hit.doc], hit.score);
      assertTrue(hit.score + " after " + previous, hit.score <= previous);
      previous = hit.score;
    }
  }

  /** As {@link #check}, and these are the best. */
  static void checkBest(ScoreDoc[] hits, float[] scores, FixedBitSet expected) {
    check(hits, scores, expected);
    float[] best = new float[expected.cardinality()];
    int count = 0;
    for (int doc = 0; doc < scores.length; doc++) {
      if (expected.get(doc)) {
        best[count++] = -scores[doc];
      }
    }
    Arrays.sort(best);
    for (int i = 0; i < hits.length; i++) {
      assertScore("score of hit " + i, -best[i], hits[i].score);
    }
  }

  private static void assertScore(String message, float expected, float found) {
    assertEquals(message, expected, found, DELTA * Math.max(1, Math.abs(expected)));
  }

  @Override
  public String toString() {
    return description;
  }

  @Override
  public void close() throws IOException {
    reader.close();
    directory.close();
  }
}
