/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.IOException;
import org.apache.lucene.codecs.KnnFieldVectorsWriter;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.index.SegmentInfo;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.util.InfoStream;

/** A segment that is written and read through the format, without an IndexWriter's checks. */
final class FormatSegment {
  final Directory directory;
  final FieldInfos infos;
  final SegmentInfo info;
  final LmdbHnswVectorsFormat format =
      new LmdbHnswVectorsFormat(LmdbHnswOptions.DEFAULT.withTinySegmentsThreshold(0));

  FormatSegment(Directory directory, int maxDoc, FieldInfo... infos) {
    this.directory = directory;
    this.infos = new FieldInfos(infos);
    this.info = WriterStates.segment(directory, maxDoc);
  }

  KnnVectorsWriter writer() throws IOException {
    return format.fieldsWriter(
        new SegmentWriteState(
            InfoStream.NO_OUTPUT, directory, info, infos, null, IOContext.DEFAULT));
  }

  KnnVectorsReader reader() throws IOException {
    return format.fieldsReader(new SegmentReadState(directory, info, infos, IOContext.DEFAULT));
  }

  String file(String extension) {
    return IndexFileNames.segmentFileName(info.name, "", extension);
  }

  static FieldInfo floats(
      String name, int number, int dimension, VectorSimilarityFunction similarity) {
    return WriterStates.field(name, number, dimension, VectorEncoding.FLOAT32, similarity);
  }

  static FieldInfo bytes(
      String name, int number, int dimension, VectorSimilarityFunction similarity) {
    return WriterStates.field(name, number, dimension, VectorEncoding.BYTE, similarity);
  }

  @SuppressWarnings("unchecked")
  static <T> KnnFieldVectorsWriter<T> add(KnnVectorsWriter writer, FieldInfo info)
      throws IOException {
    return (KnnFieldVectorsWriter<T>) writer.addField(info);
  }
}
