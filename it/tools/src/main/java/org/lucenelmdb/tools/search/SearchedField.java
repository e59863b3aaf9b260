/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.Bits;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.tools.index.IndexFolder;
import org.lucenelmdb.tools.index.SegmentField;

/**
 * A field in all segments of an index.
 *
 * @param name of the field
 * @param info the field in its first segment of this format
 * @param metric of the field
 * @param searcher of the index, without a cache of filters
 * @param segments those of this format, in their order
 * @param leaves the segments with vectors, whatever their format
 * @param vectors the number of vectors in all segments, with deleted ones
 * @param live the documents that are not deleted and have a vector, ascending
 */
public record SearchedField(
    String name,
    FieldInfo info,
    VectorMetric metric,
    IndexSearcher searcher,
    List<SegmentField> segments,
    List<LeafReaderContext> leaves,
    int vectors,
    int[] live) {

  /** Returns the names of the fields of this format. */
  public static Set<String> names(IndexFolder folder, DirectoryReader reader, String field)
      throws IOException {
    Set<String> names = new TreeSet<>();
    folder.fields(reader, field).forEach(segment -> names.add(segment.name()));
    return names;
  }

  /** Opens a field. */
  public static SearchedField of(IndexFolder folder, DirectoryReader reader, String name)
      throws IOException {
    List<SegmentField> segments = folder.fields(reader, name);
    List<LeafReaderContext> leaves = new ArrayList<>();
    int vectors = 0;
    int[] live = new int[1 << 10];
    int count = 0;
    for (LeafReaderContext leaf : reader.leaves()) {
      StoredVectors stored = StoredVectors.open(leaf.reader(), name);
      if (stored == null || stored.size() == 0) {
        continue;
      }
      leaves.add(leaf);
      vectors += stored.size();
      Bits bits = leaf.reader().getLiveDocs();
      DocIdSetIterator docs = stored.iterator();
      for (int doc = docs.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = docs.nextDoc()) {
        if (bits == null || bits.get(doc)) {
          live = ArrayUtil.grow(live, count + 1);
          live[count++] = leaf.docBase + doc;
        }
      }
    }
    IndexSearcher searcher = new IndexSearcher(reader);
    searcher.setQueryCache(null);
    return new SearchedField(
        name,
        segments.getFirst().field().info(),
        segments.getFirst().field().metric(),
        searcher,
        segments,
        List.copyOf(leaves),
        vectors,
        ArrayUtil.copyOfSubArray(live, 0, count));
  }

  /** The number of components of a vector. */
  public int dimension() {
    return info.getVectorDimension();
  }

  /** Whether components are bytes. */
  public boolean isBytes() {
    return info.getVectorEncoding() == VectorEncoding.BYTE;
  }

  /** Returns the segment of a document. */
  public LeafReaderContext leaf(int doc) {
    List<LeafReaderContext> all = searcher.getIndexReader().leaves();
    return all.get(ReaderUtil.subIndex(doc, all));
  }

  /** Returns a copy of the vector of a document that has one. */
  public float[] vector(int doc) throws IOException {
    LeafReaderContext leaf = leaf(doc);
    StoredVectors stored = StoredVectors.open(leaf.reader(), name);
    var docs = stored.iterator();
    docs.advance(doc - leaf.docBase);
    return stored.read(docs.index()).clone();
  }
}
