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

/** Every way to say what is accepted comes to the same ordinals. */
public class TestAcceptedVectors extends LuceneTestCase {

  private static final int KINDS = 7;

  private int maxDoc;
  private List<Integer> docs;
  private boolean translates;
  private KnnVectorValues values;
  private FixedBitSet filter;

  /**
   * Which documents have a vector, which is all that matters here.
   *
   * @param translates whether documents become bit sets of ordinals
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
      case 5 -> // a filter that accepts all, of which some are deleted
          AcceptDocs.fromIteratorSupplier(
              () -> {
                FixedBitSet all = new FixedBitSet(maxDoc);
                all.set(0, maxDoc);
                return new BitSetIterator(all, maxDoc);
              },
              live.asReadOnlyBits(),
              maxDoc);
      default -> { // cached by somebody who has made room for more documents
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

  private static List<Integer> all(AcceptedVectors.Batches batches) throws IOException {
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
        AcceptedVectors accepted = new AcceptedVectors(accept(kind), values, scorer(values));
        String message = "kind " + kind;
        assertEquals(message, expected, all(accepted.batches()));
        for (int ord = 0; ord < docs.size(); ord++) {
          boolean isAccepted = accepted.ords() == null || accepted.ords().get(ord);
          assertEquals(message, filter.get(docs.get(ord)), isAccepted);
        }
        assertEquals(message, accepted.ords() != null, accepted.isFilter());
        assertEquals(message, expected.size(), accepted.exactCount());
        boolean isDense = docs.size() == maxDoc;
        if (translates || isDense && kind != 2) { // bit sets of ordinals
          assertEquals(message, expected.size(), accepted.count());
          assertEquals(message, expected.size() < docs.size(), accepted.isFilter());
        } else { // only known to be bits
          assertTrue(message, accepted.count() >= expected.size());
          assertTrue(message, accepted.count() <= docs.size());
          assertTrue(message, accepted.isFilter());
        }
        if (kind == 2
            || accepted.isFilter() == false) { // live documents alone are not the caller's
          assertFalse(message, accepted.isCallersFilter());
        } else if (filter.cardinality() < maxDoc) {
          assertTrue(message, accepted.isCallersFilter());
        }
        if (accepted.bitSet() != null) {
          assertEquals(message, docs.size(), accepted.bitSet().length());
          assertEquals(message, expected.size(), accepted.bitSet().cardinality());
          assertEquals(message, expected, all(AcceptedVectors.batches(accepted.bitSet())));
        } else if (accepted.isFilter()) { // few are not kept as words
          assertTrue(message, accepted.ords() instanceof BitSet);
        }
      }
    }
  }

  public void testAll() throws IOException {
    for (int round = 0; round < 50; round++) {
      randomVectors();
      AcceptDocs all = AcceptDocs.fromLiveDocs(null, maxDoc);
      AcceptedVectors accepted = new AcceptedVectors(all, values, scorer(values));
      assertNull(accepted.ords());
      assertNull(accepted.bitSet());
      assertFalse(accepted.isFilter());
      assertEquals(docs.size(), accepted.count());
      filter.set(0, maxDoc);
      assertEquals(expected(), all(accepted.batches()));
      int[] sample = new int[20];
      assertEquals(Math.min(20, docs.size()), accepted.sample(sample, 20));
    }
  }

  public void testSample() throws IOException {
    for (int round = 0; round < 300; round++) {
      randomVectors();
      List<Integer> expected = expected();
      for (int kind = 0; kind < KINDS; kind++) {
        AcceptedVectors accepted = new AcceptedVectors(accept(kind), values, scorer(values));
        int[] sample = new int[64];
        int wanted = 1 + random().nextInt(64);
        int found = accepted.sample(sample, wanted);
        assertTrue(found <= Math.min(wanted, expected.size()));
        for (int i = 0; i < found; i++) {
          assertTrue("accepted", expected.contains(sample[i]));
          assertTrue("ascending, each once", i == 0 || sample[i] > sample[i - 1]);
        }
        if (accepted.ords() instanceof BitSet && expected.isEmpty() == false) {
          assertTrue(found > 0);
        }
        if (expected.size() == docs.size()) {
          assertEquals(Math.min(wanted, docs.size()), found);
          assertTrue("from all over them", sample[found - 1] >= (found - 1) * docs.size() / wanted);
        }
      }
    }
  }
}
