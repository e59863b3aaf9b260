/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;
import static org.apache.lucene.tests.util.LuceneTestCase.random;
import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.codecs.hnsw.DefaultFlatVectorScorer;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.DocAndFloatFeatureBuffer;
import org.apache.lucene.search.VectorScorer;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.apache.lucene.util.hnsw.RandomVectorScorerSupplier;
import org.apache.lucene.util.hnsw.UpdateableRandomVectorScorer;

/** Checks vectors that are read from blocks, and their scores, against those on the heap. */
final class VectorsCheck {

  private final VectorField field;
  private final VectorsInput vectors;

  VectorsCheck(VectorField field, VectorsInput vectors) {
    this.field = field;
    this.vectors = vectors;
  }

  void check() throws IOException {
    checkVectors();
    checkDocs();
    for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
      checkScorer(similarity);
      checkSupplier(similarity);
    }
    checkDocScorer();
  }

  private void checkVectors() throws IOException {
    KnnVectorValues values = vectors.values(field.encoding);
    assertEquals(field.encoding, values.getEncoding());
    assertEquals(field.dimension, values.dimension());
    assertEquals(field.size, values.size());
    assertEquals(field.vectorBytes(), values.getVectorByteLength());
    KnnVectorValues copy = values.copy();
    int[] ords = field.someOrds();
    values.prefetch(ords, random().nextInt(ords.length + 1));
    for (int ord : ords) {
      field.assertVector(ord, values);
      assertEquals(field.docOf[ord], values.ordToDoc(ord));
      if (random().nextBoolean()) {
        int other = ords[random().nextInt(ords.length)];
        field.assertVector(other, copy);
        field.assertVector(ord, values); // the copy did not change it
      }
    }
    for (int ord = 0; ord < field.size && field.size < 5000; ord++) {
      field.assertVector(ord, values);
    }
  }

  private static Bits randomBits(int length) {
    FixedBitSet bits = new FixedBitSet(Math.max(1, length));
    double density = random().nextDouble();
    for (int i = 0; i < length; i++) {
      if (random().nextDouble() < density) {
        bits.set(i);
      }
    }
    return bits;
  }

  private void checkDocs() throws IOException {
    KnnVectorValues.DocIndexIterator all = vectors.values(field.encoding).iterator();
    assertEquals(-1, all.docID());
    assertEquals(field.size, all.cost());
    for (int ord = 0; ord < field.size; ord++) {
      assertEquals(field.docOf[ord], all.nextDoc());
      assertEquals(field.docOf[ord], all.docID());
      assertEquals(ord, all.index());
    }
    assertEquals(NO_MORE_DOCS, all.nextDoc());
    assertEquals(NO_MORE_DOCS, all.docID());

    for (int round = 0; round < 10; round++) {
      KnnVectorValues.DocIndexIterator some = vectors.values(field.encoding).iterator();
      int maxStep = 1 + random().nextInt(random().nextBoolean() ? 10 : 1 + field.maxDoc);
      for (int doc = -1; doc != NO_MORE_DOCS; ) {
        int target = random().nextBoolean() ? doc + 1 : doc + 1 + random().nextInt(maxStep);
        if (random().nextInt(1000) == 0) {
          target = random().nextBoolean() ? NO_MORE_DOCS : field.maxDoc;
        }
        int ord = Arrays.binarySearch(field.docOf, target);
        ord = ord < 0 ? -ord - 1 : ord;
        int expected = ord < field.size ? field.docOf[ord] : NO_MORE_DOCS;
        int found =
            target == doc + 1 && random().nextBoolean() ? some.nextDoc() : some.advance(target);
        assertEquals(expected, found);
        assertEquals(expected, some.docID());
        if (expected != NO_MORE_DOCS) {
          assertEquals(ord, some.index());
        }
        doc = found;
      }
    }
    assertNull(vectors.values(field.encoding).getAcceptOrds(null));
    Bits accepted = randomBits(field.maxDoc);
    Bits ords = vectors.values(field.encoding).getAcceptOrds(accepted);
    if (field.size > 0) {
      assertEquals(field.size, ords.length());
    }
    for (int ord = 0; ord < field.size; ord++) {
      assertEquals(accepted.get(field.docOf[ord]), ords.get(ord));
    }
  }

  private static void assertScore(float expected, float actual) {
    assertEquals(expected, actual, 1e-5f * Math.abs(expected));
  }

  private RandomVectorScorer expectedScorer(VectorSimilarityFunction similarity, Object target)
      throws IOException {
    return target instanceof float[] floats
        ? DefaultFlatVectorScorer.INSTANCE.getRandomVectorScorer(similarity, field.heap(), floats)
        : DefaultFlatVectorScorer.INSTANCE.getRandomVectorScorer(
            similarity, field.heap(), (byte[]) target);
  }

  private Object randomTarget() {
    if (field.size > 0 && random().nextBoolean()) {
      int ord = random().nextInt(field.size);
      return field.encoding == VectorEncoding.FLOAT32
          ? field.floats.get(ord)
          : field.bytes.get(ord);
    }
    return field.encoding == VectorEncoding.FLOAT32
        ? VectorField.randomFloats(random(), field.dimension)
        : VectorField.randomBytes(random(), field.dimension);
  }

  private void checkScorer(VectorSimilarityFunction similarity) throws IOException {
    Object target = randomTarget();
    KnnVectorValues values = vectors.values(field.encoding);
    RandomVectorScorer scorer =
        target instanceof float[] floats
            ? BlockVectorsScorer.INSTANCE.getRandomVectorScorer(similarity, values, floats)
            : BlockVectorsScorer.INSTANCE.getRandomVectorScorer(
                similarity, values, (byte[]) target);
    checkScores(expectedScorer(similarity, target), scorer);
  }

  private void checkScores(RandomVectorScorer expected, RandomVectorScorer scorer)
      throws IOException {
    assertEquals(field.size, scorer.maxOrd());
    int[] ords = field.someOrds();
    for (int ord : ords) {
      assertScore(expected.score(ord), scorer.score(ord));
      assertEquals(field.docOf[ord], scorer.ordToDoc(ord));
    }
    for (int round = 0; round < 5 && ords.length > 0; round++) {
      int count = TestUtil.nextInt(random(), 1, ords.length);
      int[] some = new int[count + random().nextInt(3)];
      Arrays.fill(some, -1);
      for (int i = 0; i < count; i++) {
        some[i] = ords[random().nextInt(ords.length)];
      }
      int[] asked = some.clone();
      float[] scores = new float[some.length];
      Arrays.fill(scores, -77);
      float max = scorer.bulkScore(some, scores, count);
      assertArrayEquals(asked, some);
      float expectedMax = Float.NEGATIVE_INFINITY;
      for (int i = 0; i < count; i++) {
        assertScore(expected.score(some[i]), scores[i]);
        expectedMax = Math.max(expectedMax, scores[i]);
      }
      for (int i = count; i < scores.length; i++) {
        assertEquals(-77, scores[i], 0);
      }
      assertEquals(expectedMax, max, 0);
    }
    Bits accepted = randomBits(field.maxDoc);
    Bits acceptedOrds = scorer.getAcceptOrds(accepted);
    for (int ord : ords) {
      assertEquals(accepted.get(field.docOf[ord]), acceptedOrds.get(ord));
    }
  }

  private void checkSupplier(VectorSimilarityFunction similarity) throws IOException {
    RandomVectorScorerSupplier supplier =
        BlockVectorsScorer.INSTANCE.getRandomVectorScorerSupplier(
            similarity, vectors.values(field.encoding));
    UpdateableRandomVectorScorer first = supplier.scorer();
    UpdateableRandomVectorScorer second = supplier.copy().scorer();
    int[] ords = field.someOrds();
    for (int round = 0; round < 5 && ords.length > 0; round++) {
      int a = ords[random().nextInt(ords.length)];
      int b = ords[random().nextInt(ords.length)];
      first.setScoringOrdinal(a);
      second.setScoringOrdinal(b);
      checkScores(expectedScorer(similarity, vector(a)), first);
      checkScores(expectedScorer(similarity, vector(b)), second);
    }
  }

  private Object vector(int ord) {
    return field.encoding == VectorEncoding.FLOAT32 ? field.floats.get(ord) : field.bytes.get(ord);
  }

  /** Checks the scorer that Lucene's exact search uses, in document order. */
  private void checkDocScorer() throws IOException {
    Object target = randomTarget();
    RandomVectorScorer expected = expectedScorer(field.similarity, target);
    VectorScorer scorer = docScorer(target);
    if (field.size == 0) {
      assertNull(scorer);
      return;
    }
    int step = 1 + field.size / 100;
    for (int ord = 0; ord < field.size; ord += step) {
      assertEquals(field.docOf[ord], scorer.iterator().advance(field.docOf[ord]));
      assertScore(expected.score(ord), scorer.score());
    }

    VectorScorer.Bulk bulk = docScorer(target).bulk(null);
    Bits live = random().nextBoolean() ? null : randomBits(field.maxDoc);
    DocAndFloatFeatureBuffer buffer = new DocAndFloatFeatureBuffer();
    int ord = 0;
    int limit = Math.min(field.size, 1000);
    while (true) {
      bulk.nextDocsAndScores(limit == field.size ? NO_MORE_DOCS : field.docOf[limit], live, buffer);
      if (buffer.size == 0) {
        break;
      }
      for (int i = 0; i < buffer.size; i++, ord++) {
        while (live != null && live.get(field.docOf[ord]) == false) {
          ord++;
        }
        assertEquals(field.docOf[ord], buffer.docs[i]);
        assertScore(expected.score(ord), buffer.features[i]);
      }
    }
    for (; ord < limit; ord++) {
      assertTrue(live != null && live.get(field.docOf[ord]) == false);
    }
  }

  private VectorScorer docScorer(Object target) throws IOException {
    return target instanceof float[] floats
        ? vectors.floats().scorer(floats)
        : vectors.bytes().scorer((byte[]) target);
  }
}
