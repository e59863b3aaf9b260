/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.io.IOException;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter.MergedVectorValues;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.MergeState;
import org.apache.lucene.util.Bits;
import org.lucenelmdb.internal.build.MergeSources;
import org.lucenelmdb.internal.vectors.VectorMetric;

/**
 * The metric of a field in a merge. Lucene does not compare the attributes of the segments' fields:
 * the merged field has those of all of them, and of two values of one attribute the last.
 */
final class MergedMetric {

  private MergedMetric() {}

  /**
   * Finds the metric that all segments have, and sets the merged field's attribute right. Segments
   * whose vectors are all deleted may have any.
   *
   * @throws IllegalArgumentException if two segments differ, or one asks for an unknown metric
   */
  static VectorMetric of(FieldInfo info, MergeState merge) throws IOException {
    VectorMetric metric = null;
    for (int i = 0; i < merge.knnVectorsReaders.length; i++) {
      KnnVectorsReader reader = merge.knnVectorsReaders[i];
      if (reader != null
          && MergedVectorValues.hasVectorValues(merge.fieldInfos[i], info.name)
          && hasLiveVectors(reader, info, merge.liveDocs[i])) {
        VectorMetric found = of(merge.fieldInfos[i].fieldInfo(info.name), reader);
        if (metric != null && metric != found) {
          throw new IllegalArgumentException(
              "field=\""
                  + info.name
                  + "\" cannot be merged, as its metric differs: one segment has "
                  + metric
                  + ", another "
                  + found);
        }
        metric = found;
      }
    }
    if (metric == null) { // no vectors
      metric = VectorMetric.of(info.getVectorSimilarityFunction());
    }
    if (metric.isOf(info) == false) {
      info.putAttribute(VectorMetric.ATTRIBUTE, metric.name());
    }
    return metric;
  }

  /** The metric of a segment: what our own files say, else what the field asks for. */
  private static VectorMetric of(FieldInfo info, KnnVectorsReader reader) {
    KnnVectorsReader own = MergeSources.fieldReader(reader, info.name);
    return own instanceof LmdbHnswVectorsReader ours
        ? ours.metric(info.name)
        : VectorMetric.of(info);
  }

  /** Whether a segment's field is in our format. */
  static boolean isOwn(KnnVectorsReader reader, String field) {
    return MergeSources.fieldReader(reader, field) instanceof LmdbHnswVectorsReader;
  }

  /** Whether the graph of a segment, if there is one, was built by a metric. */
  static boolean isOfGraph(VectorMetric metric, KnnVectorsReader reader, String field) {
    // other formats know Lucene's functions only
    return MergeSources.fieldReader(reader, field) instanceof LmdbHnswVectorsReader ours
        ? ours.metric(field) == metric
        : metric.isLucenes();
  }

  private static boolean hasLiveVectors(KnnVectorsReader reader, FieldInfo info, Bits liveDocs)
      throws IOException {
    KnnVectorValues values =
        switch (info.getVectorEncoding()) {
          case FLOAT32 -> reader.getFloatVectorValues(info.name);
          case BYTE -> reader.getByteVectorValues(info.name);
        };
    if (values == null || values.size() == 0 || liveDocs == null) {
      return values != null && values.size() > 0;
    }
    KnnVectorValues.DocIndexIterator iterator = values.iterator();
    for (int doc = iterator.nextDoc(); doc != NO_MORE_DOCS; doc = iterator.nextDoc()) {
      if (liveDocs.get(doc)) {
        return true;
      }
    }
    return false;
  }
}
