/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import java.io.IOException;
import org.apache.lucene.codecs.lucene95.OffHeapByteVectorValues;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.search.VectorScorer;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.Bits;

/** The byte vectors of a field, read from their blocks. Not thread-safe. */
final class BlockByteVectorValues extends ByteVectorValues implements BlockValues {

  private final VectorsInput vectors;
  private final DocsWithVectors.Docs docs;
  private final byte[] value;
  private IndexInput ownInput; // cloned by the first read; most searches do not read
  private BlockPrefetch prefetch; // created by the first use
  private int lastOrd = -1;

  BlockByteVectorValues(VectorsInput vectors, DocsWithVectors.Docs docs) {
    this.vectors = vectors;
    this.docs = docs;
    this.value = new byte[vectors.dimension()];
  }

  @Override
  public byte[] vectorValue(int ord) throws IOException {
    if (ord != lastOrd) {
      IndexInput in = input();
      in.seek(vectors.blocks().address(ord));
      in.readBytes(value, 0, value.length);
      lastOrd = ord;
    }
    return value;
  }

  @Override
  public void prefetch(int[] ords, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      input().prefetch(vectors.blocks().address(ords[i]), vectors.blocks().vectorBytes());
    }
  }

  @Override
  public int prefetchIntoCache(int[] ords, int count) throws IOException {
    if (prefetch == null) {
      prefetch = new BlockPrefetch(vectors.image(), vectors.blocks());
    }
    return prefetch.prefetch(ords, count);
  }

  private IndexInput input() {
    if (ownInput == null) {
      ownInput = vectors.image().clone();
    }
    return ownInput;
  }

  @Override
  public KnnVectorValues slots() throws IOException {
    return new OffHeapByteVectorValues.DenseOffHeapVectorValues(
        vectors.dimension(),
        vectors.blocks().slotCount(),
        vectors.blocks().slots(vectors.image()),
        vectors.blocks().vectorBytes(),
        BlockVectorsScorer.LUCENE,
        vectors.metric().function());
  }

  @Override
  public VectorBlocks blocks() {
    return vectors.blocks();
  }

  @Override
  public int dimension() {
    return vectors.dimension();
  }

  @Override
  public int size() {
    return vectors.blocks().size();
  }

  @Override
  public int ordToDoc(int ord) {
    return docs.doc(ord);
  }

  @Override
  public Bits getAcceptOrds(Bits acceptDocs) {
    return docs.acceptedOrds(acceptDocs);
  }

  @Override
  public DocIndexIterator iterator() {
    return docs.iterator();
  }

  @Override
  public ByteVectorValues copy() throws IOException {
    return vectors.bytes();
  }

  @Override
  public VectorScorer scorer(byte[] target) throws IOException {
    if (size() == 0) {
      return null;
    }
    ByteVectorValues copy = copy();
    return new DocVectorScorer(
        vectors.metric().scorer(copy, target), copy.iterator(), docs.isDense());
  }
}
