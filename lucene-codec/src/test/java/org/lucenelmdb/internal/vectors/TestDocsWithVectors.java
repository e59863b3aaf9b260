/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DocsWithFieldSet;
import org.apache.lucene.index.KnnVectorValues.DocIndexIterator;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.BitSet;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.DenseLiveDocs;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.SparseFixedBitSet;
import org.apache.lucene.util.SparseLiveDocs;
import org.lucenelmdb.internal.store.Inputs;

/** Tests the translation of accepted documents to ordinals, and the file format. */
public class TestDocsWithVectors extends LuceneTestCase {

  private Directory directory;
  private IndexInput meta;
  private int maxDoc;
  private List<Integer> docs; // the documents with a vector
  private DocsWithVectors all;

  /** The class of the accepted documents. */
  private enum Kind {
    FIXED,
    LONGER,
    SPARSE,
    DENSE_LIVE,
    SPARSE_LIVE,
    READ_ONLY,
    OTHER;

    boolean isLive() {
      return this == DENSE_LIVE || this == SPARSE_LIVE || this == READ_ONLY;
    }

    Bits accept(FixedBitSet accepted) {
      int maxDoc = accepted.length();
      return switch (this) {
        case FIXED -> accepted.clone();
        case LONGER -> { // longer than the segment
          FixedBitSet longer = new FixedBitSet(maxDoc + 1 + random().nextInt(200));
          longer.set(maxDoc, longer.length());
          longer.or(accepted);
          yield longer;
        }
        case SPARSE -> sparse(accepted, true);
        case DENSE_LIVE -> DenseLiveDocs.builder(accepted.clone(), maxDoc).build();
        case SPARSE_LIVE -> SparseLiveDocs.builder(sparse(accepted, false), maxDoc).build();
        case READ_ONLY -> accepted.clone().asReadOnlyBits();
        case OTHER ->
            new Bits() {
              @Override
              public boolean get(int doc) {
                return accepted.get(doc);
              }

              @Override
              public int length() {
                return maxDoc;
              }
            };
      };
    }

    private static SparseFixedBitSet sparse(FixedBitSet bits, boolean value) {
      SparseFixedBitSet sparse = new SparseFixedBitSet(bits.length());
      for (int doc = 0; doc < bits.length(); doc++) {
        if (bits.get(doc) == value) {
          sparse.set(doc);
        }
      }
      return sparse;
    }
  }

  @Override
  public void setUp() throws Exception {
    super.setUp();
    directory = new ByteBuffersDirectory();
  }

  @Override
  public void tearDown() throws Exception {
    if (meta != null) {
      meta.close();
    }
    directory.close();
    super.tearDown();
  }

  /** Creates documents of which one in {@code nth} has a vector. */
  private void index(int nth) throws IOException {
    maxDoc = TestUtil.nextInt(random(), 2, random().nextBoolean() ? 200 : 20_000);
    docs = new ArrayList<>();
    DocsWithFieldSet set = new DocsWithFieldSet();
    for (int doc = 0; doc < maxDoc; doc++) {
      if (nth == 1 || random().nextInt(nth) == 0 || docs.isEmpty() && doc == maxDoc - 1) {
        docs.add(doc);
        set.add(doc);
      }
    }
    if (meta != null) {
      meta.close();
      directory.deleteFile("meta");
    }
    try (IndexOutput out = directory.createOutput("meta", IOContext.DEFAULT)) {
      DocsWithVectors.write(out, set, maxDoc);
    }
    meta = directory.openInput("meta", IOContext.DEFAULT);
    all = DocsWithVectors.read(meta.clone(), meta, docs.size(), maxDoc);
  }

  private static int randomNth() {
    int[] nths = {1, 2, 5, 64, 500};
    return nths[random().nextInt(nths.length)];
  }

  private FixedBitSet randomDocs() {
    double[] parts = {0, 0.01, 0.2, 0.5, 0.9, 1};
    double part = parts[random().nextInt(parts.length)];
    FixedBitSet accepted = new FixedBitSet(maxDoc);
    for (int doc = 0; doc < maxDoc; doc++) {
      if (random().nextDouble() < part) {
        accepted.set(doc);
      }
    }
    return accepted;
  }

  private void assertOrds(String message, FixedBitSet accepted, Bits ords) {
    assertEquals(message, docs.size(), ords.length());
    int count = 0;
    for (int ord = 0; ord < docs.size(); ord++) {
      boolean expected = accepted.get(docs.get(ord));
      assertEquals(message + ", ordinal " + ord, expected, ords.get(ord));
      count += expected ? 1 : 0;
    }
    if (ords instanceof BitSet bits) {
      assertEquals(message, count, bits.cardinality());
    }
  }

  public void testAcceptedOrds() throws IOException {
    for (int round = 0; round < 60; round++) {
      index(randomNth());
      boolean isDense = docs.size() == maxDoc;
      DocsWithVectors.Docs opened = all.open(meta);
      assertEquals(isDense, opened.isDense());
      assertNull(opened.acceptedOrds(null));
      for (Kind kind : Kind.values()) {
        FixedBitSet accepted = randomDocs();
        Bits given = kind.accept(accepted);
        Bits ords = opened.acceptedOrds(given);
        String message = kind + ", " + docs.size() + " of " + maxDoc;
        assertOrds(message, accepted, ords);
        // as a bit set, which can be counted and scanned
        boolean isBitSet = kind != Kind.OTHER && (kind != Kind.SPARSE || isDense == false);
        assertEquals(message, isBitSet, ords instanceof FixedBitSet);
        if (isDense && (kind == Kind.FIXED || isBitSet == false)) {
          assertSame("nothing is copied", given, ords);
        }
      }
    }
  }

  /** Live documents, which searches share, are translated once; other bits each time. */
  public void testLiveDocsAreKept() throws IOException {
    for (int nth : new int[] {1, 5, 500}) {
      index(nth);
      long before = all.ramBytesUsed();
      for (Kind kind : Kind.values()) {
        FixedBitSet accepted = randomDocs();
        Bits given = kind.accept(accepted);
        Bits first = all.open(meta).acceptedOrds(given);
        Bits second = all.open(meta).acceptedOrds(given);
        if (kind.isLive()) {
          assertSame(kind.toString(), first, second);
          assertTrue(all.ramBytesUsed() >= before + docs.size() / 8);
          Bits other = kind.accept(randomDocs());
          assertNotSame(first, all.open(meta).acceptedOrds(other));
        } else if (kind == Kind.FIXED) { // the caller may change its bits
          ((FixedBitSet) given).flip(0, maxDoc);
          accepted.flip(0, maxDoc);
        }
        assertOrds(kind.toString(), accepted, all.open(meta).acceptedOrds(given));
      }
    }
  }

  /** The set of documents uses memory, unless few documents have a vector. */
  public void testMemory() throws IOException {
    index(1);
    long dense = all.ramBytesUsed();
    index(5);
    assertTrue(all.ramBytesUsed() >= dense + maxDoc / 8);
    assertTrue(all.ramBytesUsed() <= dense + maxDoc / 5 + 200);
    do {
      index(500);
    } while (docs.size() >= maxDoc / 64);
    assertEquals(dense, all.ramBytesUsed());
  }

  public void testIterators() throws IOException {
    for (int round = 0; round < 60; round++) {
      index(randomNth());
      DocIndexIterator iterator = all.open(meta).iterator();
      assertEquals(docs.size(), iterator.cost());
      assertEquals(-1, iterator.docID());
      assertEquals(-1, iterator.index());
      int next = 0; // the next ordinal that the iterator may return
      while (next < docs.size()) {
        int doc;
        if (random().nextInt(10) == 0) {
          int target = Math.min(maxDoc - 1, iterator.docID() + 1 + random().nextInt(300));
          while (next < docs.size() && docs.get(next) < target) {
            next++;
          }
          doc = iterator.advance(target);
        } else {
          doc = iterator.nextDoc();
        }
        if (next < docs.size()) {
          assertEquals((int) docs.get(next), doc);
          assertEquals(doc, iterator.docID());
          assertEquals(next, iterator.index());
          next++;
        } else {
          assertEquals(NO_MORE_DOCS, doc);
        }
      }
      if (iterator.docID() != NO_MORE_DOCS) {
        assertEquals(NO_MORE_DOCS, iterator.nextDoc());
      }
      assertEquals(NO_MORE_DOCS, iterator.docID());
      assertEquals(NO_MORE_DOCS, iterator.index());
    }
  }

  public void testIntoBitSet() throws IOException {
    for (int round = 0; round < 60; round++) {
      index(randomNth());
      DocIndexIterator iterator = all.open(meta).iterator();
      FixedBitSet found = new FixedBitSet(maxDoc);
      int doc = iterator.nextDoc();
      while (doc != NO_MORE_DOCS) {
        int offset = random().nextInt(doc + 1);
        int upTo = random().nextInt(10) == 0 ? NO_MORE_DOCS : doc + random().nextInt(500);
        FixedBitSet window = new FixedBitSet(Math.min(maxDoc, Math.max(doc + 1, upTo)) - offset);
        iterator.intoBitSet(upTo, window, offset);
        FixedBitSet.orRange(window, 0, found, offset, window.length());
        doc =
            docs.stream().mapToInt(d -> d).filter(d -> d >= upTo).findFirst().orElse(NO_MORE_DOCS);
        assertEquals(doc, iterator.docID());
      }
      assertEquals(docs.size(), found.cardinality());
      for (int with : docs) {
        assertTrue(found.get(with));
      }
    }
  }

  public void testKey() {
    assertArrayEquals(new byte[] {(byte) 0xFF, (byte) 0xFE}, DocsWithVectors.key(0xFFFE));
  }

  /** Rejects documents that do not ascend, and that are too large, too many or too few. */
  public void testCorrupt() throws Exception {
    int maxDoc = TestUtil.nextInt(random(), 5, 1000);
    DocsWithFieldSet some = new DocsWithFieldSet();
    for (int doc = 0; doc < maxDoc - 1; doc += 1 + random().nextInt(3)) {
      some.add(doc);
    }
    int size = some.cardinality();
    try (Directory directory = Inputs.HEAP.newDirectory(random())) {
      try (IndexOutput out = directory.createOutput("docs", IOContext.DEFAULT)) {
        DocsWithVectors.write(out, some, maxDoc);
      }
      try (IndexInput in = directory.openInput("docs", IOContext.DEFAULT)) {
        DocsWithVectors.read(in.clone(), in, size, maxDoc);
        for (int[] wrong :
            new int[][] {{size, size}, {size, size - 1}, {0, maxDoc}, {size + 500, 2000}, {2, 1}}) {
          expectThrows(
              CorruptIndexException.class,
              () -> DocsWithVectors.read(in.clone(), in, wrong[0], wrong[1]));
        }
        int last = docOf(some)[size - 1];
        if (last >= size + 1) {
          expectThrows(
              CorruptIndexException.class, () -> DocsWithVectors.read(in.clone(), in, size, last));
        }
      }
      for (int kind = -128; kind <= 127; kind++) {
        byte first = (byte) kind;
        directory.deleteFile("docs");
        try (IndexOutput out = directory.createOutput("docs", IOContext.DEFAULT)) {
          out.writeByte(first);
          out.writeByte((byte) 8);
          for (int i = 0; i < 20; i++) {
            out.writeByte((byte) (i < 10 ? i : i - 1)); // 9 twice
          }
        }
        try (IndexInput in = directory.openInput("docs", IOContext.DEFAULT)) {
          if (kind == 0) {
            DocsWithVectors.read(in.clone(), in, 10, 10);
            DocsWithVectors.read(in.clone(), in, 0, 10);
          } else {
            expectThrows(
                CorruptIndexException.class, () -> DocsWithVectors.read(in.clone(), in, 10, 10));
          }
          if (kind == 1) {
            DocsWithVectors.read(in.clone(), in, 10, 11);
            expectThrows(
                CorruptIndexException.class, () -> DocsWithVectors.read(in.clone(), in, 11, 20));
            expectThrows(
                CorruptIndexException.class, () -> DocsWithVectors.read(in.clone(), in, 10, 9));
          } else {
            expectThrows(
                CorruptIndexException.class, () -> DocsWithVectors.read(in.clone(), in, 10, 11));
          }
        }
      }
    }
  }

  private static int[] docOf(DocsWithFieldSet set) throws IOException {
    int[] docs = new int[set.cardinality()];
    var iterator = set.iterator();
    for (int i = 0; i < docs.length; i++) {
      docs[i] = iterator.nextDoc();
    }
    return docs;
  }
}
