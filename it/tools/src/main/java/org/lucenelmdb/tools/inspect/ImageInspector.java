/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.inspect;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;
import java.util.function.LongConsumer;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.Bits;
import org.lucenelmdb.internal.codes.CodeModel;
import org.lucenelmdb.internal.graph.NodeOrdinals;
import org.lucenelmdb.internal.inspection.FieldInspection;
import org.lucenelmdb.internal.inspection.SegmentInspection;
import org.lucenelmdb.internal.search.RecallCurve;
import org.lucenelmdb.internal.store.ImageWalk;
import org.lucenelmdb.internal.vectors.VectorsInput;

/** Reads an image once, and describes its fields. */
final class ImageInspector implements ImageWalk.Visitor {

  private final SegmentInspection segment;
  private final Bits liveDocs; // null without deletes
  private final LongConsumer progress;
  private final IndexInput image;
  private final List<GraphStatistics> graphs = new ArrayList<>(); // null without a graph
  private final long[] levelBytes;
  private final long[] docBytes;
  private final Map<String, Long> unused = new TreeMap<>();
  private byte[] value = new byte[0];

  private ImageInspector(SegmentInspection segment, Bits liveDocs, LongConsumer progress) {
    this.segment = segment;
    this.liveDocs = liveDocs;
    this.progress = progress;
    this.image = segment.image().clone();
    for (FieldInspection field : segment.fields()) {
      graphs.add(field.graph() == null ? null : new GraphStatistics(segment, field));
    }
    this.levelBytes = new long[graphs.size()];
    this.docBytes = new long[graphs.size()];
  }

  /**
   * Inspects an image.
   *
   * @param field the field to show; null for all
   * @param liveDocs null if no document is deleted
   * @param progress receives the number of pages that were read since its last call
   */
  static InspectResult.Image inspect(
      SegmentInspection segment, String file, String field, Bits liveDocs, LongConsumer progress)
      throws IOException {
    return new ImageInspector(segment, liveDocs, progress).inspect(file, field);
  }

  private InspectResult.Image inspect(String file, String name) throws IOException {
    ImageWalk.Pages pages = ImageWalk.walk(segment.image(), this);
    List<InspectResult.Field> fields = new ArrayList<>();
    for (FieldInspection field : segment.fields()) {
      if (name == null || name.equals(field.info().name)) {
        fields.add(inspect(field));
      }
    }
    return new InspectResult.Image(
        file,
        segment.version(),
        segment.checksums() != null,
        segment.writerOptions(),
        segment.image().length(),
        segment.metadata().length(),
        segment.pageSize(),
        pages.pages(),
        pages.freePages(),
        unused,
        pages.databases().stream()
            .map(
                d ->
                    new InspectResult.Database(
                        d.name(),
                        d.depth(),
                        d.entries(),
                        d.branchPages(),
                        d.leafPages(),
                        d.overflowPages(),
                        d.valueBytes()))
            .toList(),
        fields);
  }

  @Override
  public void record(ImageWalk.Record record) throws IOException {
    int field = (int) record.keyNumber(0, Short.BYTES);
    if (field >= graphs.size()) {
      return;
    }
    switch (record.database()) {
      case "links" -> {
        if (graphs.get(field) != null) {
          boolean isApart = record.isOnOverflowPages();
          byte[] bytes = isApart ? read(record) : record.bytes();
          graphs.get(field).add(record, bytes, isApart ? 0 : record.offset());
        }
      }
      case "levels" -> levelBytes[field] += record.length();
      case "docs" -> docBytes[field] += record.length();
      default -> {} // vectors and codes are not read
    }
  }

  private byte[] read(ImageWalk.Record record) throws IOException {
    int length = Math.toIntExact(record.length());
    value = ArrayUtil.growNoCopy(value, length);
    image.seek(record.address());
    image.readBytes(value, 0, length);
    return value;
  }

  @Override
  public void damage(long address, String expected, String found) {
    throw new UncheckedIOException(
        new CorruptIndexException(
            "byte " + address + " of the image: expected " + expected + "; found " + found, image));
  }

  @Override
  public void unused(long start, long end, ImageWalk.Unused why) {
    if (end > start) {
      unused.merge(why.name().toLowerCase(Locale.ROOT).replace('_', ' '), end - start, Long::sum);
    }
  }

  @Override
  public void progress(long pages) {
    progress.accept(pages);
  }

  private InspectResult.Field inspect(FieldInspection field) throws IOException {
    KnnVectorValues values =
        new VectorsInput(
                field.blocks(),
                field.docs(),
                field.info().getVectorDimension(),
                field.metric(),
                segment.image(),
                segment.metadata())
            .values(field.info().getVectorEncoding());
    int deleted = 0;
    for (int ord = 0; liveDocs != null && ord < values.size(); ord++) {
      if (liveDocs.get(values.ordToDoc(ord)) == false) {
        deleted++;
      }
    }
    GraphStatistics graph = graphs.get(field.number());
    return new InspectResult.Field(
        field.info().name,
        field.metric().name(),
        field.info().getVectorEncoding().name(),
        field.info().getVectorDimension(),
        values.size(),
        deleted,
        field.targetRecall(),
        sizes(field),
        codes(field),
        efforts(field.recallCurve()),
        graph == null ? null : graph.result(documents(field, values)));
  }

  /** Returns the documents of nodes. */
  private IntUnaryOperator documents(FieldInspection field, KnnVectorValues values)
      throws IOException {
    NodeOrdinals order =
        field.codes() == null
            ? NodeOrdinals.IDENTITY
            : field.codes().order(segment.image(), segment.metadata());
    return node -> {
      try {
        return values.ordToDoc(order.ordinal(node));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  private InspectResult.Sizes sizes(FieldInspection field) {
    long vectors = field.blocks().byteSize();
    long codes = field.codes() == null ? 0 : field.codes().blocks().byteSize();
    long links = field.graph() == null ? 0 : field.graph().linksBytes();
    long tables =
        GraphStatistics.tableBytes(field.graph())
            + field.docs().byteSize()
            + (field.codes() == null ? 0 : field.codes().nodes().byteSize());
    long levels = levelBytes[field.number()];
    long docs = docBytes[field.number()];
    double all = vectors + codes + links + levels + docs + tables;
    return new InspectResult.Sizes(
        vectors, codes, links, levels, docs, tables, all / Math.max(1, field.blocks().size()));
  }

  private static InspectResult.Codes codes(FieldInspection field) {
    if (field.codes() == null) {
      return null;
    }
    CodeModel model = field.codes().model();
    return new InspectResult.Codes(
        model.layout().bits(),
        model.layout().kind().name(),
        model.layout().recordBytes(),
        model.centroids().length,
        model.queryBits(),
        field.codes().oversampling().factor().orElse(0),
        model.error(),
        model.rerankDepth());
  }

  private static List<InspectResult.Effort> efforts(RecallCurve curve) {
    if (curve == null) {
      return List.of();
    }
    return curve.points().stream()
        .map(
            p ->
                new InspectResult.Effort(
                    p.efFactor(),
                    p.tolerance(),
                    p.recallOfFew(),
                    p.expandedNodesOfFew() * RecallCurve.FEW,
                    p.recallOfMany(),
                    p.expandedNodesOfMany() * RecallCurve.MANY))
        .toList();
  }
}
