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
import org.lucenelmdb.internal.build.CompleteGraph;
import org.lucenelmdb.internal.build.MergeSources;
import org.lucenelmdb.internal.vectors.VectorMetric;

/**
 * Finds the metric of a field in a merge. The attribute of the merged field is unreliable, because
 * Lucene does not compare the attributes of the segments' fields. The merged field has the
 * attributes of all segments, each with the value of the last segment that has it.
 */
final class MergedMetric {

  private MergedMetric() {}

  /**
   * Finds the metric that all segments with live vectors have in common. The merged field is not
   * changed, and its metric attribute may differ from the result.
   *
   * @throws IllegalArgumentException if two segments differ, or if one has an unknown metric
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
    // without live vectors, the metric does not matter
    return metric == null ? VectorMetric.of(info.getVectorSimilarityFunction()) : metric;
  }

  /**
   * The metric of a segment's field, from the segment's files if they are of this format, otherwise
   * from the field info.
   */
  private static VectorMetric of(FieldInfo info, KnnVectorsReader reader) {
    KnnVectorsReader own = MergeSources.fieldReader(reader, info.name);
    return own instanceof LmdbHnswVectorsReader ours
        ? ours.metric(info.name)
        : VectorMetric.of(info);
  }

  /** Whether a segment's field is in this format. */
  static boolean isOwn(KnnVectorsReader reader, String field) {
    return MergeSources.fieldReader(reader, field) instanceof LmdbHnswVectorsReader;
  }

  /** Whether the graph of a segment, if it has one, was built with a metric. */
  static boolean isOfGraph(VectorMetric metric, KnnVectorsReader reader, String field) {
    return switch (MergeSources.fieldReader(reader, field)) {
      case LmdbHnswVectorsReader ours -> ours.metric(field) == metric;
      case CompleteGraph complete -> true;
      // other formats build graphs with Lucene's functions only
      case KnnVectorsReader other -> metric.isLuceneFunction();
    };
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
