/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DocsWithFieldSet;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.BitSet;
import org.apache.lucene.util.BitSetIterator;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.DenseLiveDocs;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.LiveDocs;
import org.apache.lucene.util.LongValues;
import org.apache.lucene.util.RamUsageEstimator;
import org.apache.lucene.util.SparseLiveDocs;
import org.apache.lucene.util.packed.PackedInts;
import org.apache.lucene.util.packed.PackedLongValues;
import org.lucenelmdb.internal.store.ImageWriter;
import org.lucenelmdb.internal.store.PackedTable;
import org.roaringbitmap.RoaringBitmap;
import org.roaringbitmap.RoaringBitmapWriter;

/**
 * Maps the ordinals of a field's vectors to documents and back. Ordinals are in document order.
 *
 * <p>If all documents have a vector, ordinals are documents. Otherwise, the metadata has a table of
 * the document of each ordinal, which searches use, and the image's {@code docs} database has the
 * documents as a Roaring bitmap, for other readers of the image. An open segment also has {@link
 * DocOrdinals}, unless few of its documents have a vector.
 */
public final class DocsWithVectors {

  private static final long SHALLOW_SIZE =
      RamUsageEstimator.shallowSizeOfInstance(DocsWithVectors.class);

  /**
   * Lucene's class of immutable bits, such as the live documents of near-real-time readers. It is
   * not public.
   */
  private static final Class<?> READ_ONLY_BITS = new FixedBitSet(1).asReadOnlyBits().getClass();

  /** The name of the image's database of the documents with a vector. */
  public static final String DATABASE = "docs";

  // wire numbers
  private static final byte ALL = 0;
  private static final byte SOME = 1;

  private final int size;

  // the document of each ordinal is in one of these; both are null if all documents have a vector
  private final PackedTable table;
  private final LongValues heap;

  private final DocOrdinals ordinals; // null if all documents have a vector, or few

  /** The ordinals of the live documents of the last search. */
  private volatile LiveOrds live;

  private record LiveOrds(WeakReference<Bits> docs, FixedBitSet ords) {}

  private DocsWithVectors(int size, PackedTable table, LongValues heap, DocOrdinals ordinals) {
    this.size = size;
    this.table = table;
    this.heap = heap;
    this.ordinals = ordinals;
  }

  /** Creates a map of documents that all have a vector. */
  public static DocsWithVectors all(int size) {
    return new DocsWithVectors(size, null, null, null);
  }

  /** Creates a map of a segment that is being written. */
  public static DocsWithVectors of(DocsWithFieldSet docs, int maxDoc) throws IOException {
    if (docs.cardinality() == maxDoc || docs.cardinality() == 0) {
      return new DocsWithVectors(docs.cardinality(), null, null, null);
    }
    PackedLongValues.Builder builder = PackedLongValues.monotonicBuilder(PackedInts.DEFAULT);
    DocIdSetIterator iterator = docs.iterator();
    for (int doc = iterator.nextDoc(); doc != NO_MORE_DOCS; doc = iterator.nextDoc()) {
      builder.add(doc);
    }
    return new DocsWithVectors(docs.cardinality(), null, builder.build(), null);
  }

  /** The key of a field: [int16] field, big-endian. */
  static byte[] key(int field) {
    return ByteBuffer.allocate(Short.BYTES).putShort((short) field).array();
  }

  /** Puts the documents with a vector into the image, unless all documents have one, or none. */
  public static void writeImage(ImageWriter image, int field, DocsWithFieldSet docs, int maxDoc)
      throws IOException {
    if (docs.cardinality() == maxDoc || docs.cardinality() == 0) {
      return;
    }
    RoaringBitmapWriter<RoaringBitmap> writer = RoaringBitmapWriter.writer().get();
    DocIdSetIterator iterator = docs.iterator();
    for (int doc = iterator.nextDoc(); doc != NO_MORE_DOCS; doc = iterator.nextDoc()) {
      writer.add(doc);
    }
    RoaringBitmap bitmap = writer.get();
    bitmap.runOptimize();
    bitmap.serialize(image.put(DATABASE, key(field), bitmap.serializedSizeInBytes(), false));
  }

  /**
   * Writes [int8] 0 if all documents have a vector or none has; otherwise [int8] 1 and a {@link
   * PackedTable} of the document of each ordinal.
   */
  public static void write(IndexOutput meta, DocsWithFieldSet docs, int maxDoc) throws IOException {
    if (docs.cardinality() == maxDoc || docs.cardinality() == 0) {
      meta.writeByte(ALL);
      return;
    }
    meta.writeByte(SOME);
    PackedTable.Writer table = new PackedTable.Writer(meta, docs.cardinality(), maxDoc - 1);
    DocIdSetIterator iterator = docs.iterator();
    for (int doc = iterator.nextDoc(); doc != NO_MORE_DOCS; doc = iterator.nextDoc()) {
      table.add(doc);
    }
    table.finish();
  }

  /**
   * Reads what {@link #write} wrote, and checks the table.
   *
   * @param meta the metadata file, positioned at the map
   * @param file the same file; it stays open and is read by searches
   * @param size the number of vectors
   */
  public static DocsWithVectors read(IndexInput meta, IndexInput file, int size, int maxDoc)
      throws IOException {
    byte kind = meta.readByte();
    if (kind == ALL && (size == maxDoc || size == 0)) {
      return new DocsWithVectors(size, null, null, null);
    }
    if (kind != SOME || size == 0 || size >= maxDoc) {
      throw new CorruptIndexException(
          size + " of " + maxDoc + " documents should have a vector; found kind " + kind, meta);
    }
    PackedTable table = PackedTable.read(meta, size);
    LongValues values = table.open(file);
    FixedBitSet docs = DocOrdinals.isWorthwhile(size, maxDoc) ? new FixedBitSet(maxDoc) : null;
    long previous = -1;
    for (int ord = 0; ord < size; ord++) {
      long doc = values.get(ord);
      if (doc <= previous || doc >= maxDoc) {
        throw new CorruptIndexException(
            "the documents should ascend and be below "
                + maxDoc
                + "; found "
                + doc
                + " after "
                + previous,
            meta);
      }
      previous = doc;
      if (docs != null) {
        docs.set((int) doc);
      }
    }
    return new DocsWithVectors(size, table, null, docs == null ? null : new DocOrdinals(docs));
  }

  /** The length of the table in the metadata file, in bytes. */
  public long byteSize() {
    return table == null ? 0 : table.byteSize();
  }

  /** The heap that this object uses, with the translated live documents, in bytes. */
  public long ramBytesUsed() {
    LiveOrds cached = live;
    return SHALLOW_SIZE
        + (ordinals == null ? 0 : ordinals.ramBytesUsed())
        + (cached == null ? 0 : cached.ords.ramBytesUsed());
  }

  /** Opens the map for one thread. */
  Docs open(IndexInput file) throws IOException {
    return new Docs(this, table == null ? heap : table.open(file));
  }

  /** An open map; not thread-safe. */
  static final class Docs {
    private final DocsWithVectors all;
    private final int size;
    private final LongValues docs;
    private KnnVectorValues.DocIndexIterator iterator;

    private Docs(DocsWithVectors all, LongValues docs) {
      this.all = all;
      this.size = all.size;
      this.docs = docs;
    }

    boolean isDense() {
      return docs == null;
    }

    int doc(int ord) {
      return docs == null ? ord : (int) docs.get(ord);
    }

    /**
     * Translates accepted documents to ordinals; null if all documents are accepted. The result is
     * a {@link FixedBitSet}, as long as the number of vectors, if the documents are a {@code
     * FixedBitSet} or live documents in one of Lucene's classes. If not all documents have a
     * vector, it is also a {@code FixedBitSet} for any other {@link BitSet}. Otherwise the result
     * tests the document of an ordinal on each access.
     *
     * <p>The translation takes about 2 ns per 64 documents, and no time if all documents have a
     * vector. Live documents, which searches share, are only translated once.
     */
    Bits acceptedOrds(Bits acceptDocs) {
      if (acceptDocs instanceof FixedBitSet bits) {
        return toOrds(bits);
      }
      if (isLive(acceptDocs)) {
        LiveOrds cached = all.live;
        if (cached == null || cached.docs.refersTo(acceptDocs) == false) {
          cached = new LiveOrds(new WeakReference<>(acceptDocs), toOrds(bitSet(acceptDocs)));
          all.live = cached;
        }
        return cached.ords;
      }
      if (acceptDocs == null || docs == null) {
        return acceptDocs;
      }
      return acceptDocs instanceof BitSet bits ? toOrds(bits) : new AcceptedOrds(acceptDocs);
    }

    /** Whether bits are live documents in one of Lucene's immutable classes. */
    private static boolean isLive(Bits bits) {
      return bits instanceof DenseLiveDocs
          || bits instanceof SparseLiveDocs
          || READ_ONLY_BITS.isInstance(bits);
    }

    private FixedBitSet toOrds(FixedBitSet accepted) {
      if (docs == null) {
        if (accepted.length() == size) {
          return accepted;
        }
        FixedBitSet ords = new FixedBitSet(size);
        FixedBitSet.orRange(accepted, 0, ords, 0, Math.min(size, accepted.length()));
        return ords;
      }
      return all.ordinals == null ? toOrds((BitSet) accepted) : all.ordinals.toOrds(accepted);
    }

    /** Translates a bit set one document at a time, for sets whose words cannot be accessed. */
    private FixedBitSet toOrds(BitSet accepted) {
      FixedBitSet ords = new FixedBitSet(size);
      if (all.ordinals == null) { // few documents have a vector
        for (int ord = 0; ord < size; ord++) {
          if (accepted.get(doc(ord))) {
            ords.set(ord);
          }
        }
        return ords;
      }
      int next = 0;
      while (next < accepted.length()) {
        int doc = accepted.nextSetBit(next);
        if (doc == NO_MORE_DOCS) {
          break;
        }
        int ord = all.ordinals.ordinalOf(doc);
        if (ord >= 0) {
          ords.set(ord);
        }
        next = doc + 1;
      }
      return ords;
    }

    /** Returns live documents as a bit set, which must not be changed. */
    private static FixedBitSet bitSet(Bits live) {
      if (live instanceof LiveDocs liveDocs
          && liveDocs.liveDocsIterator() instanceof BitSetIterator iterator
          && iterator.getBitSet() instanceof FixedBitSet bits) {
        return bits;
      }
      FixedBitSet bits = new FixedBitSet(live.length());
      bits.set(0, live.length());
      if (live instanceof LiveDocs liveDocs) {
        clear(bits, liveDocs.deletedDocsIterator());
      } else {
        live.applyMask(bits, 0);
      }
      return bits;
    }

    private static void clear(FixedBitSet bits, DocIdSetIterator deleted) {
      try {
        for (int doc = deleted.nextDoc(); doc != NO_MORE_DOCS; doc = deleted.nextDoc()) {
          bits.clear(doc);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e); // does not happen: live documents are in memory
      }
    }

    private final class AcceptedOrds implements Bits {
      private final Bits acceptDocs;

      AcceptedOrds(Bits acceptDocs) {
        this.acceptDocs = acceptDocs;
      }

      @Override
      public boolean get(int ord) {
        return acceptDocs.get(doc(ord));
      }

      @Override
      public int length() {
        return size;
      }
    }

    /**
     * Returns an iterator. As with Lucene's own values, a field that is not dense has a single
     * iterator, which continues at its current position.
     */
    KnnVectorValues.DocIndexIterator iterator() {
      if (docs == null) {
        return new Iterator();
      }
      if (iterator == null) {
        iterator = all.ordinals == null ? new Iterator() : all.ordinals.iterator();
      }
      return iterator;
    }

    private final class Iterator extends KnnVectorValues.DocIndexIterator {
      private int ord = -1;
      private int doc = -1;

      @Override
      public int docID() {
        return doc;
      }

      @Override
      public int index() {
        return ord;
      }

      @Override
      public int nextDoc() {
        return ord == NO_MORE_DOCS ? NO_MORE_DOCS : goTo(ord + 1);
      }

      @Override
      public int advance(int target) {
        if (docs == null || target == NO_MORE_DOCS) {
          return goTo(Math.min(target, size));
        }
        int low = ord + 1;
        int high = size - 1;
        // gallop, because the target is usually near
        for (int step = 1; low + step < high && doc(low + step) < target; step *= 2) {
          low += step;
        }
        while (low <= high) {
          int mid = (low + high) >>> 1;
          if (doc(mid) < target) {
            low = mid + 1;
          } else {
            high = mid - 1;
          }
        }
        return goTo(low);
      }

      private int goTo(int newOrd) {
        ord = newOrd < size ? newOrd : NO_MORE_DOCS;
        doc = newOrd < size ? doc(newOrd) : NO_MORE_DOCS;
        return doc;
      }

      @Override
      public long cost() {
        return size;
      }
    }
  }
}
