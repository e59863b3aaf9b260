/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.codecs.KnnFieldVectorsWriter;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.DocsWithFieldSet;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.MergeState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.index.Sorter;
import org.apache.lucene.search.TaskExecutor;
import org.apache.lucene.store.DataAccessHint;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.IORunnable;
import org.apache.lucene.util.IOUtils;
import org.apache.lucene.util.RamUsageEstimator;
import org.lucenelmdb.internal.build.BuiltGraph;
import org.lucenelmdb.internal.build.GraphBuilder;
import org.lucenelmdb.internal.build.GraphParameters;
import org.lucenelmdb.internal.build.GrowingGraph;
import org.lucenelmdb.internal.build.MergeSources;
import org.lucenelmdb.internal.build.NodeOrder;
import org.lucenelmdb.internal.build.SourceGraph;
import org.lucenelmdb.internal.calibration.Calibrator;
import org.lucenelmdb.internal.codes.BuiltCodes;
import org.lucenelmdb.internal.codes.CodeCosts;
import org.lucenelmdb.internal.codes.CodeLayout;
import org.lucenelmdb.internal.codes.CodeModel;
import org.lucenelmdb.internal.codes.CodeTrainer;
import org.lucenelmdb.internal.codes.CodesWriter;
import org.lucenelmdb.internal.graph.GraphWriter;
import org.lucenelmdb.internal.graph.Holdout;
import org.lucenelmdb.internal.graph.NodeOrdinals;
import org.lucenelmdb.internal.offheap.BuildBudgets;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.MemoryBudget;
import org.lucenelmdb.internal.search.CalibrationSearcher;
import org.lucenelmdb.internal.search.RecallCurve;
import org.lucenelmdb.internal.store.ImageReader;
import org.lucenelmdb.internal.store.ImageWriter;
import org.lucenelmdb.internal.vectors.DocsWithVectors;
import org.lucenelmdb.internal.vectors.VectorBlocks;
import org.lucenelmdb.internal.vectors.VectorBlocksWriter;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.vectors.VectorsInput;
import org.lucenelmdb.internal.workers.Workers;

/**
 * Writes a segment: vectors go into an image in a temporary file while they come in, codes and
 * graphs are built over them there, field by field, and in the end the image is copied into the
 * segment's file. A field's codes, its graph and the order of the nodes are outside the heap
 * meanwhile.
 */
final class LmdbHnswVectorsWriter extends KnnVectorsWriter {

  private static final String INFO_STREAM = "LMDB";

  /** Of so many vectors, what one needs is an average. */
  private static final int SAMPLE = 1 << 16;

  /** Images of up to this many bytes of vectors, without graphs, get small pages. */
  private static final int SMALL_BYTES = 256 << 10;

  private static final int MAX_FIELDS = 1 << Character.SIZE;
  private static final long SHALLOW_SIZE =
      RamUsageEstimator.shallowSizeOfInstance(LmdbHnswVectorsWriter.class);

  private final SegmentWriteState state;
  private final GraphParameters graphs;
  private final LmdbHnswOptions options;
  private final BuildBudgets memory;

  /** A field's place in the list is its number in the image. */
  private final List<Field> fields = new ArrayList<>();

  /** Of graphs that grow: in the thread that adds a document. */
  private final Workers growing = new Workers(null, 1, () -> {}, (phase, done, total) -> {});

  private ImageWriter image; // created when there is something to write to it
  private boolean isSmall; // whether it is known that the image will be
  private IORunnable abort = () -> {};
  private TaskExecutor executor; // of builds; null if they have one thread
  private int maxDoc = -1;
  private boolean finished;

  LmdbHnswVectorsWriter(
      SegmentWriteState state,
      GraphParameters graphs,
      LmdbHnswOptions options,
      BuildBudgets memory) {
    this.state = state;
    this.graphs = graphs;
    this.options = options;
    this.memory = memory;
    this.executor =
        options.buildExecutor() == null ? null : new TaskExecutor(options.buildExecutor());
  }

  /** Those of one field. */
  private Workers workers(Field field) {
    LmdbHnswBuildListener listener = options.buildListener();
    String segment = state.segmentInfo.name;
    return new Workers(
        executor,
        options.buildThreads(),
        abort,
        (phase, done, total) -> {
          if (listener != null) {
            listener.onProgress(
                new LmdbHnswBuildListener.Progress(segment, field.info.name, phase, done, total));
          }
          message(field, phase, done, total);
        });
  }

  private void message(Field field, String phase, int done, int total) {
    if (state.infoStream.isEnabled(INFO_STREAM)) {
      state.infoStream.message(
          INFO_STREAM,
          "segment "
              + state.segmentInfo.name
              + ", field=\""
              + field.info.name
              + "\", "
              + phase
              + ": "
              + done
              + " of "
              + total);
    }
  }

  /** What is known of a field so far. */
  private static final class Field {
    final FieldInfo info;
    final int number;
    final VectorMetric metric;
    FieldVectorsWriter<?> adding; // while documents are added
    VectorBlocksWriter vectors;
    DocsWithFieldSet docs;
    int[] newOrdinals; // by ordinal while documents were added; null if they are not sorted
    long bytesPerVector; // that a build needs; 0 until somebody asks
    GraphWriter graph; // null if none was worthwhile
    Holdout holdout; // null if there is no graph
    CodesWriter codes; // null if there is no graph, or none were asked for

    Field(FieldInfo info, int number, VectorMetric metric) {
      this.info = info;
      this.number = number;
      this.metric = metric;
    }

    VectorsInput input(VectorBlocks blocks, DocsWithVectors docsWithVectors, IndexInput in) {
      return new VectorsInput(blocks, docsWithVectors, info.getVectorDimension(), metric, in, null);
    }
  }

  private ImageWriter image() throws IOException {
    if (image == null) {
      String prefix = state.segmentInfo.name + "_vectors";
      image =
          isSmall
              ? ImageWriter.createSmall(state.directory, prefix)
              : ImageWriter.create(state.directory, prefix);
    }
    return image;
  }

  private Field newField(FieldInfo info, VectorMetric metric) {
    if (fields.size() == MAX_FIELDS) {
      throw new IllegalArgumentException(
          "a segment can have "
              + MAX_FIELDS
              + " fields of this format; found one more: "
              + info.name);
    }
    options.filterStrategy().writeTo(info);
    Field field = new Field(info, fields.size(), metric);
    field.vectors = vectorsWriter(field);
    fields.add(field);
    return field;
  }

  private VectorBlocksWriter vectorsWriter(Field field) {
    return new VectorBlocksWriter(
        this::image, VectorBlocks.DATABASE, field.number, FieldMeta.vectorBytes(field.info), 0);
  }

  @Override
  public KnnFieldVectorsWriter<?> addField(FieldInfo info) {
    // An exception from here would make Lucene drop the whole segment, so it has to wait.
    String rejection = null;
    VectorMetric metric;
    try {
      metric = VectorMetric.of(info);
    } catch (IllegalArgumentException e) {
      rejection = e.getMessage();
      metric = VectorMetric.of(info.getVectorSimilarityFunction());
      info.putAttribute(
          VectorMetric.ATTRIBUTE, metric.name()); // nothing wrong is to reach the disk
    }
    Field field = newField(info, metric);
    field.adding =
        FieldVectorsWriter.create(
            info, metric, field.vectors, values -> growingGraph(field, values));
    field.adding.reject(rejection);
    field.docs = field.adding.docs;
    return field.adding;
  }

  /** Null if the graph is to be built when the segment is written. */
  private GrowingGraph growingGraph(Field field, KnnVectorValues values) {
    if (GrowingGraph.isWorthwhile(graphs) == false) {
      return null;
    }
    VectorMetric metric = field.metric.ofUnitVectors(field.info.getVectorEncoding());
    return new GrowingGraph(
        graphs,
        values,
        metric,
        some -> train(field.info, metric, some, CodeCosts.ofMany(some), growing),
        size -> Calibrator.heldOut(Math.max(size, Calibrator.MIN_VECTORS)));
  }

  @Override
  public void flush(int maxDoc, Sorter.DocMap sortMap) throws IOException {
    this.maxDoc = maxDoc;
    long bytes = 0;
    boolean hasGraph = false;
    for (Field field : fields) {
      bytes += (long) field.vectors.size() * FieldMeta.vectorBytes(field.info);
      hasGraph |= graphs.worthwhile(field.vectors.size());
    }
    isSmall = bytes <= SMALL_BYTES && hasGraph == false;
    for (Field field : fields) {
      field.vectors.finish();
    }
    if (sortMap != null && image != null) {
      sort(sortMap);
    }
    for (Field field : fields) {
      try (FieldVectorsWriter<?> adding = field.adding) {
        if (adding.failure() != null && state.infoStream.isEnabled(INFO_STREAM)) {
          state.infoStream.message(
              INFO_STREAM,
              "graph of field=\"" + field.info.name + "\" could not grow: " + adding.failure());
        }
        writeGraph(field, adding.graph(field.newOrdinals), memory.flushes());
      }
    }
  }

  /** Copies the vectors into another image, in the order of the sorted documents. */
  private void sort(Sorter.DocMap sortMap) throws IOException {
    try (ImageWriter unsorted = image) {
      image = null;
      try (IndexInput in = unsorted.openInput(randomAccess())) {
        ImageReader reader = new ImageReader(in, 0, unsorted.length());
        for (Field field : fields) {
          int[] oldOrds = new int[field.docs.cardinality()];
          DocsWithFieldSet sortedDocs = new DocsWithFieldSet();
          field.newOrdinals = new int[oldOrds.length];
          mapOldOrdToNewOrd(field.docs, sortMap, field.newOrdinals, oldOrds, sortedDocs);
          VectorsInput old =
              field.input(field.vectors.locate(reader), DocsWithVectors.of(field.docs, maxDoc), in);
          field.vectors = vectorsWriter(field);
          KnnVectorValues values = old.values(field.info.getVectorEncoding());
          for (int oldOrd : oldOrds) {
            add(field.vectors, values, oldOrd);
          }
          field.vectors.finish();
          field.docs = sortedDocs;
        }
      }
    }
  }

  private static void add(VectorBlocksWriter vectors, KnnVectorValues values, int ord)
      throws IOException {
    if (values instanceof FloatVectorValues floats) {
      vectors.add(floats.vectorValue(ord));
    } else {
      vectors.add(((ByteVectorValues) values).vectorValue(ord));
    }
  }

  @Override
  public IORunnable mergeOneField(FieldInfo info, MergeState merge) throws IOException {
    maxDoc = state.segmentInfo.maxDoc();
    abort = merge::checkAborted;
    isSmall = image == null && isSmall(merge);
    if (executor == null && merge.intraMergeTaskExecutor != null) {
      executor = new TaskExecutor(merge.intraMergeTaskExecutor);
    }
    Field field = newField(info, MergedMetric.of(info, merge));
    field.docs = new DocsWithFieldSet();
    KnnVectorValues values =
        switch (info.getVectorEncoding()) {
          case FLOAT32 -> MergedVectorValues.mergeFloatVectorValues(info, merge);
          case BYTE -> MergedVectorValues.mergeByteVectorValues(info, merge);
        };
    int checkInterval = Workers.checkInterval(FieldMeta.vectorBytes(info));
    KnnVectorValues.DocIndexIterator iterator = values.iterator();
    for (int doc = iterator.nextDoc(); doc != NO_MORE_DOCS; doc = iterator.nextDoc()) {
      if (field.vectors.size() % checkInterval == 0) {
        abort.run();
      }
      add(field.vectors, values, iterator.index());
      field.docs.add(doc);
    }
    field.vectors.finish();
    return () ->
        writeGraph(
            field,
            MergeSources.base(
                info,
                merge,
                graphs.maxConn(),
                source -> MergedMetric.isOwn(source, info.name),
                source -> MergedMetric.isOfGraph(field.metric, source, info.name)),
            memory.merges());
  }

  /** Whether the image would be small if all documents had vectors of all fields. */
  private boolean isSmall(MergeState merge) {
    long bytes = 0;
    for (FieldInfo info : merge.mergeFieldInfos) {
      if (info.hasVectorValues()) {
        bytes += (long) maxDoc * FieldMeta.vectorBytes(info);
      }
    }
    return bytes <= SMALL_BYTES && graphs.worthwhile(maxDoc) == false;
  }

  /**
   * Builds and writes the graph of a field, if it is worth one.
   *
   * @param base null if there is none to begin with
   */
  private void writeGraph(Field field, SourceGraph base, MemoryBudget budget) throws IOException {
    DocsWithVectors.writeImage(image(), field.number, field.docs, maxDoc);
    if (graphs.worthwhile(field.vectors.size()) == false) {
      return;
    }
    long start = System.nanoTime();
    Workers workers = workers(field);
    try (IndexInput in = image().openInput(randomAccess())) {
      VectorBlocks blocks = field.vectors.locate(new ImageReader(in, 0, image().length()));
      KnnVectorValues values =
          field
              .input(blocks, DocsWithVectors.of(field.docs, maxDoc), in)
              .values(field.info.getVectorEncoding());
      CodeModel model = train(field.info, field.metric, values, CodeCosts.of(values), workers);
      CodeLayout layout = model == null ? null : model.layout();
      long bytes = memoryBytes(values.size(), layout, base, workers.threads());
      try (BuildMemory taken = budget.take(bytes, abort)) {
        writeGraph(field, values, base, model, taken, workers);
      }
    }
    if (state.infoStream.isEnabled(INFO_STREAM)) {
      state.infoStream.message(
          INFO_STREAM,
          "graph of field=\""
              + field.info.name
              + "\": "
              + blocksText(field)
              + " in "
              + (System.nanoTime() - start) / 1_000_000
              + " ms");
    }
  }

  /** How the vectors of a field are quantized; null if they get no codes. */
  private CodeModel train(
      FieldInfo info, VectorMetric metric, KnnVectorValues values, CodeCosts costs, Workers workers)
      throws IOException {
    int bits = options.codeBits(info, metric);
    if (bits == 0) {
      return null;
    }
    return options.codeBits() == LmdbHnswOptions.AUTO
        ? CodeTrainer.trainAny(values, metric, bits, costs, workers)
        : CodeTrainer.train(values, metric, bits, costs, workers);
  }

  /** What the codes, the graph and the order of so many vectors take. */
  private long memoryBytes(int size, CodeLayout layout, SourceGraph base, int threads) {
    long bytes = GraphBuilder.memoryBytes(graphs, size, base, threads);
    if (layout != null) {
      bytes += BuiltCodes.memoryBytes(size, layout) + NodeOrder.memoryBytes(size);
    }
    return bytes;
  }

  private void writeGraph(
      Field field,
      KnnVectorValues values,
      SourceGraph base,
      CodeModel model,
      BuildMemory taken,
      Workers workers)
      throws IOException {
    BuiltCodes codes = model == null ? null : BuiltCodes.build(values, model, taken, workers);
    int heldOut = Calibrator.heldOut(values.size());
    BuiltGraph graph =
        new GraphBuilder(graphs, values, field.metric, codes, taken, workers).build(base, heldOut);
    field.holdout = graph.holdout();
    NodeOrdinals order =
        codes == null ? NodeOrdinals.IDENTITY : NodeOrder.of(graph, taken, workers);
    field.graph =
        GraphWriter.writeImage(image(), field.number, graph, graphs.maxConn(), order, workers);
    if (codes != null) {
      field.codes =
          CodesWriter.writeImage(
              image(), field.number, codes, order, options.codesOversampling(), workers);
    }
  }

  private static String blocksText(Field field) {
    return field.vectors.size() + " vectors of " + field.info.getVectorDimension() + " dimensions";
  }

  @Override
  public void finish() throws IOException {
    if (finished) {
      throw new IllegalStateException("already finished");
    }
    finished = true;
    image().commit();
    try (IndexOutput vectors = createOutput(LmdbHnswVectorsFormat.VECTORS_EXTENSION);
        IndexOutput meta = createOutput(LmdbHnswVectorsFormat.META_EXTENSION)) {
      writeHeader(vectors, LmdbHnswVectorsFormat.VECTORS_CODEC_NAME);
      long offset = vectors.alignFilePointer(image.pageSize());
      image.copyTo(vectors, abort);
      CodecUtil.writeFooter(vectors);

      writeHeader(meta, LmdbHnswVectorsFormat.META_CODEC_NAME);
      meta.writeLong(offset);
      meta.writeLong(image.length());
      try (IndexInput in = image.openInput(randomAccess())) {
        ImageReader reader = new ImageReader(in, 0, image.length());
        if (fields.stream().anyMatch(LmdbHnswVectorsWriter::isMeasured)) {
          writeMeasuredFields(meta, reader, in);
        } else {
          writeFields(meta, reader);
          for (Field ignored : fields) {
            FieldMeta.writeRecall(meta, options.recordedTargetRecall(), null);
          }
        }
      }
      CodecUtil.writeFooter(meta);
    }
  }

  /** Whether it is measured what effort reaches what recall. */
  private static boolean isMeasured(Field field) {
    return field.graph != null && field.holdout.size() > 0;
  }

  /**
   * Writes the fields, and what searches of them recall. For these, the metadata has to be in a
   * file that can be read.
   */
  private void writeMeasuredFields(IndexOutput meta, ImageReader reader, IndexInput in)
      throws IOException {
    String name = null;
    try {
      try (IndexOutput temporary =
          state.directory.createTempOutput(state.segmentInfo.name, "fields", state.context)) {
        name = temporary.getName();
        writeFields(temporary, reader);
      }
      try (IndexInput written = state.directory.openInput(name, randomAccess())) {
        meta.copyBytes(written, written.length());
        written.seek(0);
        // a flush has no FieldInfos yet
        FieldInfos infos =
            new FieldInfos(fields.stream().map(field -> field.info).toArray(FieldInfo[]::new));
        for (Field field : fields) {
          FieldMeta read =
              FieldMeta.read(
                  written,
                  written,
                  reader,
                  field.number,
                  infos,
                  maxDoc,
                  LmdbHnswVectorsFormat.VERSION_CURRENT);
          RecallCurve measured =
              isMeasured(field) ? measure(field, read, reader, in, written) : null;
          FieldMeta.writeRecall(meta, options.recordedTargetRecall(), measured);
        }
      }
    } finally {
      if (name != null) {
        IOUtils.deleteFilesIgnoringExceptions(state.directory, name);
      }
    }
  }

  private RecallCurve measure(
      Field field, FieldMeta read, ImageReader reader, IndexInput in, IndexInput meta)
      throws IOException {
    VectorsInput vectors =
        new VectorsInput(
            read.blocks(), read.docs(), field.info.getVectorDimension(), field.metric, in, meta);
    CalibrationSearcher search =
        new CalibrationSearcher(
            read.graph(), read.codes(), read.blocks(), in, reader.pageSize(), meta);
    return Calibrator.measure(
        vectors.values(field.info.getVectorEncoding()),
        field.metric,
        field.holdout,
        search,
        workers(field));
  }

  private void writeFields(IndexOutput meta, ImageReader reader) throws IOException {
    ImageReader.Cursor links = GraphWriter.links(reader);
    for (Field field : fields) {
      FieldMeta.write(
          meta,
          field.info,
          field.metric,
          field.vectors.locate(reader),
          field.docs,
          maxDoc,
          field.graph,
          field.codes,
          reader,
          links,
          workers(field));
    }
    meta.writeInt(FieldMeta.NO_MORE_FIELDS);
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

  private static IOContext randomAccess() {
    return IOContext.DEFAULT.withHints(DataAccessHint.RANDOM);
  }

  /**
   * The heap; and what the flush of a field would need of memory outside the heap beyond the limit,
   * so that Lucene flushes in time.
   */
  @Override
  public long ramBytesUsed() {
    long bytes = SHALLOW_SIZE;
    for (Field field : fields) {
      if (field.adding == null) {
        bytes += field.vectors.ramBytesUsed();
      } else {
        bytes += field.adding.ramBytesUsed();
        bytes += Math.max(0, flushBytes(field) - memory.flushes().limit());
      }
    }
    return bytes;
  }

  /** About what {@link #memoryBytes} will be; Lucene asks after each document. */
  private long flushBytes(Field field) {
    if (field.bytesPerVector == 0) {
      int bits = options.codeBits(field.info, field.metric);
      CodeLayout layout =
          bits == 0 ? null : CodeLayout.of(field.info.getVectorDimension(), bits, field.metric);
      int threads = workers(field).threads();
      field.bytesPerVector = memoryBytes(SAMPLE, layout, null, threads) / SAMPLE + 1;
    }
    return field.vectors.size() * field.bytesPerVector;
  }

  @Override
  public void close() throws IOException {
    List<Closeable> all = new ArrayList<>();
    for (Field field : fields) {
      all.add(field.adding);
    }
    all.add(image);
    IOUtils.close(all);
  }
}
