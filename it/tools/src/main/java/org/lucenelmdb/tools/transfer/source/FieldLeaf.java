/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.source;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.io.IOException;
import org.apache.lucene.codecs.hnsw.HnswGraphProvider;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.tools.index.SegmentField;

/**
 * A field of a segment.
 *
 * @param leaf the segment
 * @param info the field
 * @param own the parts of the field; null if it is in another format
 */
public record FieldLeaf(LeafReaderContext leaf, FieldInfo info, SegmentField own) {

  /** Opens the vectors; for one thread. */
  public KnnVectorValues values() throws IOException {
    return switch (info.getVectorEncoding()) {
      case FLOAT32 -> leaf.reader().getFloatVectorValues(info.name);
      case BYTE -> leaf.reader().getByteVectorValues(info.name);
    };
  }

  /** The metric. */
  public VectorMetric metric() {
    return own == null ? VectorMetric.of(info) : own.field().metric();
  }

  /** The reader of the segment. */
  CodecReader reader() {
    return (CodecReader) leaf.reader();
  }

  /** Returns whether the document of a vector is not deleted. */
  boolean isLive(int doc) {
    Bits live = leaf.reader().getLiveDocs();
    return live == null || live.get(doc);
  }

  /** Counts the vectors whose documents are not deleted. */
  public int countLive() throws IOException {
    KnnVectorValues values = values();
    if (leaf.reader().getLiveDocs() == null) {
      return values.size();
    }
    int count = 0;
    KnnVectorValues.DocIndexIterator docs = values.iterator();
    for (int doc = docs.nextDoc(); doc != NO_MORE_DOCS; doc = docs.nextDoc()) {
      count += isLive(doc) ? 1 : 0;
    }
    return count;
  }

  /** Opens the graph; for one thread. Returns null if there is none of this format. */
  HnswGraph graph() throws IOException {
    return own == null || own.field().graph() == null
        ? null
        : ((HnswGraphProvider) own.vectors()).getGraph(info.name);
  }
}
