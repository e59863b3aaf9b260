/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter.MergedVectorValues;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.MergeState;

/** Finds the graphs of the segments of a merge. */
public final class MergeSources {

  private MergeSources() {}

  /**
   * Returns the graph from which a merge starts: the one with the most vectors that are not
   * deleted, with the graphs of the other segments as its {@linkplain SourceGraph#others others}.
   *
   * @param maxConn M of the merged graph
   * @param isOwn whether this format built a source's graph
   * @param sameMetric whether a source's graph was built by the metric of the merged field
   * @return null if no graph can be used
   */
  public static SourceGraph base(
      FieldInfo field,
      MergeState merge,
      int maxConn,
      Predicate<KnnVectorsReader> isOwn,
      Predicate<KnnVectorsReader> sameMetric)
      throws IOException {
    SegmentGraph base = null;
    List<SegmentGraph> all = new ArrayList<>();
    for (int i = 0; i < merge.knnVectorsReaders.length; i++) {
      KnnVectorsReader reader = merge.knnVectorsReaders[i];
      if (reader != null
          && MergedVectorValues.hasVectorValues(merge.fieldInfos[i], field.name)
          && sameMetric.test(reader)) {
        SegmentGraph source =
            SegmentGraph.of(
                fieldReader(reader, field.name),
                field,
                isOwn.test(reader),
                maxConn,
                merge.docMaps[i],
                merge.liveDocs[i]);
        if (source != null) {
          all.add(source);
          base = base == null || source.live() > base.live() ? source : base;
        }
      }
    }
    if (base == null) {
      return null;
    }
    all.remove(base);
    return base.with(all);
  }

  /** Returns the reader of a field, in segments with a format for each field as well. */
  public static KnnVectorsReader fieldReader(KnnVectorsReader reader, String field) {
    return reader instanceof PerFieldKnnVectorsFormat.FieldsReader perField
        ? perField.getFieldReader(field)
        : reader;
  }
}
