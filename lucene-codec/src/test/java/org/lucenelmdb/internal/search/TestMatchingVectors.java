/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.BitSet;
import org.apache.lucene.util.BitSetIterator;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.SparseFixedBitSet;
import org.apache.lucene.util.hnsw.RandomVectorScorer;

/** All kinds of live documents and filters yield the same ordinals. */
public class TestMatchingVectors extends LuceneTestCase {

  private static final int KINDS = 7;

  private int maxDoc;
  private List<Integer> docs;
  private boolean translates;
  private KnnVectorValues values;
  private FixedBitSet filter;

  /**
   * Returns values that only know which documents have a vector.
   *
   * @param translates whether accepted documents are translated to bit sets of ordinals
   */
  private static KnnVectorValues values(List<Integer> docs, boolean dense, boolean translates) {
    return new KnnVectorValues() {
      @Override
      public int dimension() {
        return 1;
      }

      @Override
      public int size() {
        return docs.size();
      }

      @Override
      public int ordToDoc(int ord) {
        return docs.get(ord);
      }

      @Override
      public KnnVectorValues copy() {
        return this;
      }

      @Override
      public VectorEncoding getEncoding() {
        return VectorEncoding.FLOAT32;
      }

      @Override
      public Bits getAcceptOrds(Bits acceptDocs) {
        if (acceptDocs == null || translates == false) {
          return dense ? acceptDocs : super.getAcceptOrds(acceptDocs);
        }
        FixedBitSet ords = new FixedBitSet(docs.size());
        for (int ord = 0; ord < docs.size(); ord++) {
          if (acceptDocs.get(docs.get(ord))) {
            ords.set(ord);
          }
        }
        return ords;
      }

      @Override
      public DocIndexIterator iterator() {
        return dense ? createDenseIterator() : createSparseIterator();
      }
    };
  }

  private static RandomVectorScorer scorer(KnnVectorValues values) {
    return new RandomVectorScorer.AbstractRandomVectorScorer(values) {
      @Override
      public float score(int ord) {
        throw new AssertionError("nothing is scored");
      }
    };
  }

  private void randomVectors() {
    maxDoc = TestUtil.nextInt(random(), 1, random().nextBoolean() ? 70 : 3000);
    boolean dense = random().nextBoolean();
    docs = new ArrayList<>();
    int missing = 2 + random().nextInt(5);
    for (int doc = 0; doc < maxDoc; doc++) {
      if (dense || random().nextInt(missing) > 0 || docs.isEmpty() && doc == maxDoc - 1) {
        docs.add(doc);
      }
    }
    translates = random().nextBoolean();
    values = values(docs, docs.size() == maxDoc, translates);
    filter = new FixedBitSet(maxDoc);
    double part = new double[] {0, 0.01, 0.1, 0.5, 0.95, 1}[random().nextInt(6)];
    for (int doc = 0; doc < maxDoc; doc++) {
      if (random().nextDouble() < part) {
        filter.set(doc);
      }
    }
  }

  private static SparseFixedBitSet sparse(FixedBitSet bits) {
    SparseFixedBitSet sparse = new SparseFixedBitSet(bits.length());
    for (int doc = 0; doc < bits.length(); doc++) {
      if (bits.get(doc)) {
        sparse.set(doc);
      }
    }
    return sparse;
  }

  private AcceptDocs accept(int kind) {
    FixedBitSet live = filter.clone();
    return switch (kind) {
      case 0 -> AcceptDocs.fromLiveDocs(filter, maxDoc);
      case 1 -> AcceptDocs.fromLiveDocs(sparse(filter), maxDoc);
      case 2 -> AcceptDocs.fromLiveDocs(filter.asReadOnlyBits(), maxDoc);
      case 3 ->
          AcceptDocs.fromIteratorSupplier(
              () -> new BitSetIterator(filter, filter.cardinality()), null, maxDoc);
      case 4 ->
          AcceptDocs.fromIteratorSupplier(
              () -> new BitSetIterator(sparse(filter), filter.cardinality()), null, maxDoc);
      case 5 -> // a filter that accepts all documents, and deletes
          AcceptDocs.fromIteratorSupplier(
              () -> {
                FixedBitSet all = new FixedBitSet(maxDoc);
                all.set(0, maxDoc);
                return new BitSetIterator(all, maxDoc);
              },
              live.asReadOnlyBits(),
              maxDoc);
      default -> { // a bit set that is longer than the segment, as a cache may return
        FixedBitSet longer = new FixedBitSet(maxDoc + 1 + random().nextInt(100));
        longer.or(filter);
        yield AcceptDocs.fromIteratorSupplier(
            () -> new BitSetIterator(longer, longer.cardinality()), null, maxDoc);
      }
    };
  }

  private List<Integer> expected() {
    List<Integer> ords = new ArrayList<>();
    for (int ord = 0; ord < docs.size(); ord++) {
      if (filter.get(docs.get(ord))) {
        ords.add(ord);
      }
    }
    return ords;
  }

  private static List<Integer> all(Batches batches) throws IOException {
    int[] batch = new int[1 + random().nextInt(300)];
    List<Integer> found = new ArrayList<>();
    for (int count = batches.next(batch); count > 0; count = batches.next(batch)) {
      for (int i = 0; i < count; i++) {
        found.add(batch[i]);
      }
    }
    assertEquals("still none", 0, batches.next(batch));
    return found;
  }

  public void testBatches() throws IOException {
    for (int round = 0; round < 300; round++) {
      randomVectors();
      List<Integer> expected = expected();
      for (int kind = 0; kind < KINDS; kind++) {
        MatchingVectors matching = new MatchingVectors(accept(kind), values, scorer(values));
        String message = "kind " + kind;
        assertEquals(message, expected, all(matching.batches()));
        for (int ord = 0; ord < docs.size(); ord++) {
          boolean isMatching = matching.ords() == null || matching.ords().get(ord);
          assertEquals(message, filter.get(docs.get(ord)), isMatching);
        }
        assertEquals(message, matching.ords() != null, matching.isFiltered());
        assertEquals(message, expected.size(), matching.exactCount());
        boolean isDense = docs.size() == maxDoc;
        if (translates || isDense && kind != 2) { // bit sets of ordinals
          assertEquals(message, expected.size(), matching.count());
          assertEquals(message, expected.size() < docs.size(), matching.isFiltered());
        } else { // bits, which are not counted
          assertTrue(message, matching.count() >= expected.size());
          assertTrue(message, matching.count() <= docs.size());
          assertTrue(message, matching.isFiltered());
        }
        if (kind == 2
            || matching.isFiltered() == false) { // live documents are no filter of the query
          assertFalse(message, matching.hasQueryFilter());
        } else if (filter.cardinality() < maxDoc) {
          assertTrue(message, matching.hasQueryFilter());
        }
        if (matching.bitSet() != null) {
          assertEquals(message, docs.size(), matching.bitSet().length());
          assertEquals(message, expected.size(), matching.bitSet().cardinality());
          assertEquals(message, expected, all(Batches.of(matching.bitSet())));
        } else if (matching.isFiltered()) { // sparse
          assertTrue(message, matching.ords() instanceof BitSet);
        }
      }
    }
  }

  public void testAll() throws IOException {
    for (int round = 0; round < 50; round++) {
      randomVectors();
      AcceptDocs all = AcceptDocs.fromLiveDocs(null, maxDoc);
      MatchingVectors matching = new MatchingVectors(all, values, scorer(values));
      assertNull(matching.ords());
      assertNull(matching.bitSet());
      assertFalse(matching.isFiltered());
      assertEquals(docs.size(), matching.count());
      filter.set(0, maxDoc);
      assertEquals(expected(), all(matching.batches()));
      int[] sample = new int[20];
      assertEquals(Math.min(20, docs.size()), matching.sample(sample, 20));
    }
  }

  public void testSample() throws IOException {
    for (int round = 0; round < 300; round++) {
      randomVectors();
      List<Integer> expected = expected();
      for (int kind = 0; kind < KINDS; kind++) {
        MatchingVectors matching = new MatchingVectors(accept(kind), values, scorer(values));
        int[] sample = new int[64];
        int wanted = 1 + random().nextInt(64);
        int found = matching.sample(sample, wanted);
        assertTrue(found <= Math.min(wanted, expected.size()));
        for (int i = 0; i < found; i++) {
          assertTrue("matching", expected.contains(sample[i]));
          assertTrue("ascending, each once", i == 0 || sample[i] > sample[i - 1]);
        }
        if (matching.ords() instanceof BitSet && expected.isEmpty() == false) {
          assertTrue(found > 0);
        }
        if (expected.size() == docs.size()) {
          assertEquals(Math.min(wanted, docs.size()), found);
          assertTrue("at equal distances", sample[found - 1] >= (found - 1) * docs.size() / wanted);
        }
      }
    }
  }
}
