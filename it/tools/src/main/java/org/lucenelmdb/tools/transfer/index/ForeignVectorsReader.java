/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.index;

import java.io.IOException;
import java.util.Map;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.lucenelmdb.internal.build.CompleteGraph;
import org.lucenelmdb.tools.transfer.model.ForeignIndex;

/** Shows a foreign index to a merge, as the reader of a segment's vectors. It is not searched. */
final class ForeignVectorsReader extends KnnVectorsReader implements CompleteGraph {

  private final ForeignIndex index;

  ForeignVectorsReader(ForeignIndex index) {
    this.index = index;
  }

  @Override
  public HnswGraph getGraph(String field) {
    return index.graph() == null ? null : index.graph().open();
  }

  @Override
  public FloatVectorValues getFloatVectorValues(String field) {
    return index.vectors().encoding() == VectorEncoding.FLOAT32
        ? new FloatValues(index.vectors())
        : null;
  }

  @Override
  public ByteVectorValues getByteVectorValues(String field) {
    return index.vectors().encoding() == VectorEncoding.BYTE
        ? new ByteValues(index.vectors())
        : null;
  }

  @Override
  public void search(String field, float[] target, KnnCollector collector, AcceptDocs acceptDocs)
      throws IOException {
    throw new UnsupportedOperationException("a foreign index is only merged");
  }

  @Override
  public void search(String field, byte[] target, KnnCollector collector, AcceptDocs acceptDocs)
      throws IOException {
    throw new UnsupportedOperationException("a foreign index is only merged");
  }

  @Override
  public Map<String, Long> getOffHeapByteSize(FieldInfo info) {
    return Map.of();
  }

  @Override
  public void checkIntegrity() {}

  @Override
  public void close() {}
}
