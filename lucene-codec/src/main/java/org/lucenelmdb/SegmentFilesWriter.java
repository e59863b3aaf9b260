/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.IORunnable;
import org.apache.lucene.util.IOUtils;
import org.lucenelmdb.internal.calibration.Calibrator;
import org.lucenelmdb.internal.graph.GraphWriter;
import org.lucenelmdb.internal.search.CalibrationSearcher;
import org.lucenelmdb.internal.search.RecallCurve;
import org.lucenelmdb.internal.store.ChecksummedOutput;
import org.lucenelmdb.internal.store.ImageChecksums;
import org.lucenelmdb.internal.store.ImageReader;
import org.lucenelmdb.internal.store.ImageWriter;
import org.lucenelmdb.internal.vectors.VectorsInput;
import org.lucenelmdb.internal.workers.Workers;

/**
 * Writes the two files of a segment whose image is complete. It also measures the recall curves of
 * fields, because they are part of the metadata.
 */
final class SegmentFilesWriter {

  private final SegmentWriteState state;
  private final int maxDoc;
  private final float targetRecall;
  private final Function<FieldWriter, Workers> workers;

  /**
   * Creates a writer.
   *
   * @param targetRecall the target recall to store for all fields
   * @param workers supplies the workers of a field
   */
  SegmentFilesWriter(
      SegmentWriteState state,
      int maxDoc,
      float targetRecall,
      Function<FieldWriter, Workers> workers) {
    this.state = state;
    this.maxDoc = maxDoc;
    this.targetRecall = targetRecall;
    this.workers = workers;
  }

  /**
   * Writes the files.
   *
   * @param fields all fields, in the order of their numbers
   * @param abort throws if the merge is aborted
   */
  void write(ImageWriter image, List<FieldWriter> fields, IORunnable abort) throws IOException {
    image.commit();
    try (IndexOutput vectors = createOutput(LmdbHnswVectorsFormat.VECTORS_EXTENSION);
        ChecksummedOutput meta =
            new ChecksummedOutput(createOutput(LmdbHnswVectorsFormat.META_EXTENSION))) {
      writeHeader(vectors, LmdbHnswVectorsFormat.VECTORS_CODEC_NAME);
      long offset = vectors.alignFilePointer(image.pageSize());
      ImageChecksums.Writer checksums = image.copyTo(vectors, abort);
      CodecUtil.writeFooter(vectors);

      writeHeader(meta, LmdbHnswVectorsFormat.META_CODEC_NAME);
      meta.writeLong(offset);
      meta.writeLong(image.length());
      try (IndexInput in = image.openInput(SegmentImage.RANDOM_ACCESS)) {
        ImageReader reader = new ImageReader(in, 0, image.length());
        if (fields.stream().anyMatch(FieldWriter::hasHoldout)) {
          writeMeasuredFields(meta, fields, reader, in);
        } else {
          writeFields(meta, fields, reader);
          for (int i = 0; i < fields.size(); i++) {
            FieldMeta.writeRecall(meta, targetRecall, null);
          }
        }
      }
      checksums.write(meta);
      meta.writeChecksum();
      CodecUtil.writeFooter(meta);
    }
  }

  private IndexOutput createOutput(String extension) throws IOException {
    String name =
        IndexFileNames.segmentFileName(state.segmentInfo.name, state.segmentSuffix, extension);
    return state.directory.createOutput(name, state.context);
  }

  private void writeHeader(IndexOutput out, String codec) throws IOException {
    CodecUtil.writeIndexHeader(
        out,
        codec,
        LmdbHnswVectorsFormat.VERSION_CURRENT,
        state.segmentInfo.getId(),
        state.segmentSuffix);
  }

  private void writeFields(IndexOutput meta, List<FieldWriter> fields, ImageReader reader)
      throws IOException {
    ImageReader.Cursor links = GraphWriter.links(reader);
    for (FieldWriter field : fields) {
      FieldMeta.write(meta, field, maxDoc, reader, links, workers.apply(field));
    }
    meta.writeInt(FieldMeta.NO_MORE_FIELDS);
  }

  /**
   * Writes the fields and their recall curves. Searches read the metadata of fields from a file, so
   * this goes to a temporary file first.
   */
  private void writeMeasuredFields(
      IndexOutput meta, List<FieldWriter> fields, ImageReader reader, IndexInput image)
      throws IOException {
    String name = null;
    try {
      try (IndexOutput temporary =
          state.directory.createTempOutput(state.segmentInfo.name, "fields", state.context)) {
        name = temporary.getName();
        writeFields(temporary, fields, reader);
      }
      try (IndexInput written = state.directory.openInput(name, SegmentImage.RANDOM_ACCESS)) {
        meta.copyBytes(written, written.length());
        written.seek(0);
        // a flush has no FieldInfos yet
        FieldInfos infos =
            new FieldInfos(fields.stream().map(FieldWriter::info).toArray(FieldInfo[]::new));
        for (FieldWriter field : fields) {
          FieldMeta read =
              FieldMeta.read(
                  written,
                  written,
                  reader,
                  field.number(),
                  infos,
                  maxDoc,
                  LmdbHnswVectorsFormat.VERSION_CURRENT);
          RecallCurve curve =
              field.hasHoldout() ? measure(field, read, reader, image, written) : null;
          FieldMeta.writeRecall(meta, targetRecall, curve);
        }
      }
    } finally {
      if (name != null) {
        IOUtils.deleteFilesIgnoringExceptions(state.directory, name);
      }
    }
  }

  private RecallCurve measure(
      FieldWriter field, FieldMeta read, ImageReader reader, IndexInput image, IndexInput meta)
      throws IOException {
    VectorsInput vectors =
        new VectorsInput(
            read.blocks(),
            read.docs(),
            field.info().getVectorDimension(),
            field.metric(),
            image,
            meta);
    CalibrationSearcher searcher =
        new CalibrationSearcher(
            read.graph(), read.codes(), read.blocks(), image, reader.pageSize(), meta);
    return Calibrator.measure(
        vectors.values(field.info().getVectorEncoding()),
        field.metric(),
        field.holdout(),
        searcher,
        workers.apply(field));
  }
}
