/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.source;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SegmentReader;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.tools.index.IndexException;
import org.lucenelmdb.tools.index.IndexFolder;
import org.lucenelmdb.tools.index.SegmentField;
import org.lucenelmdb.tools.output.ProgressLine;
import org.lucenelmdb.tools.transfer.flat.FlatWriter;

/** The field to export, in all segments or in one. */
public final class FieldSource {

  private final List<FieldLeaf> leaves;
  private final DocIds ids;
  private final String description;

  private FieldSource(List<FieldLeaf> leaves, DocIds ids, String description) {
    this.leaves = leaves;
    this.ids = ids;
    this.description = description;
  }

  /**
   * Finds a field.
   *
   * @param segment null for all segments
   * @param idField the field with the ids; null for Lucene's numbers of documents
   * @throws IndexException if there is no such field or segment, or no vector in them, or if
   *     segments have different metrics
   */
  public static FieldSource of(
      IndexFolder folder, DirectoryReader reader, String field, String segment, String idField)
      throws IOException {
    Map<String, SegmentField> own =
        folder.fields(reader, field).stream()
            .collect(Collectors.toMap(SegmentField::segmentName, Function.identity()));
    List<FieldLeaf> leaves = new ArrayList<>();
    List<String> segments = new ArrayList<>();
    for (LeafReaderContext leaf : reader.leaves()) {
      FieldInfo info = leaf.reader().getFieldInfos().fieldInfo(field);
      String name = ((SegmentReader) leaf.reader()).getSegmentName();
      if (info != null && info.hasVectorValues()) {
        segments.add(name);
        if (segment == null || segment.equals(name)) {
          leaves.add(new FieldLeaf(leaf, info, own.get(name)));
        }
      }
    }
    if (leaves.isEmpty()) {
      throw new IndexException(
          folder.path()
              + ": expected a segment "
              + segment
              + " with the field "
              + field
              + "; found "
              + segments);
    }
    String description = folder.path() + ", field " + field;
    FieldSource source = new FieldSource(leaves, new DocIds(idField), description);
    if (source.countLive() == 0) {
      throw new IndexException(description + ": expected live vectors; found none");
    }
    return source;
  }

  /** The segments. */
  public List<FieldLeaf> leaves() {
    return leaves;
  }

  DocIds ids() {
    return ids;
  }

  /** The index and the field, for messages. */
  public String description() {
    return description;
  }

  /** The field in the first segment. */
  public FieldInfo info() {
    return leaves.getFirst().info();
  }

  /**
   * Returns the metric.
   *
   * @throws IndexException if segments have different ones
   */
  public VectorMetric metric() throws IndexException {
    VectorMetric metric = null;
    for (FieldLeaf leaf : leaves) {
      VectorMetric found = leaf.metric();
      if (metric != null && metric != found) {
        throw new IndexException(
            description + ": expected one metric in all segments; found " + metric + ", " + found);
      }
      metric = found;
    }
    return metric;
  }

  /** Counts the vectors whose documents are not deleted. */
  public int countLive() throws IOException {
    int count = 0;
    for (FieldLeaf leaf : leaves) {
      count = Math.addExact(count, leaf.countLive());
    }
    return count;
  }

  /** Writes the live vectors with their ids, in the order of documents. */
  public void write(FlatWriter out) throws IOException {
    try (ProgressLine progress = ProgressLine.begin("vectors", countLive())) {
      for (FieldLeaf leaf : leaves) {
        KnnVectorValues values = leaf.values();
        DocIds.Segment segmentIds = ids.open(leaf.leaf());
        KnnVectorValues.DocIndexIterator docs = values.iterator();
        for (int doc = docs.nextDoc(); doc != NO_MORE_DOCS; doc = docs.nextDoc()) {
          if (leaf.isLive(doc)) {
            String id = segmentIds.get(doc);
            if (values instanceof FloatVectorValues floats) {
              out.write(id, floats.vectorValue(docs.index()));
            } else {
              out.write(id, ((ByteVectorValues) values).vectorValue(docs.index()));
            }
            progress.advance(1);
          }
        }
      }
    }
  }
}
