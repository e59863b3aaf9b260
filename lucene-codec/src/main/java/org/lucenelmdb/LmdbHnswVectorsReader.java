/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.hnsw.HnswGraphProvider;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.ChecksumIndexInput;
import org.apache.lucene.store.DataAccessHint;
import org.apache.lucene.store.FileDataHint;
import org.apache.lucene.store.FileTypeHint;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.Accountable;
import org.apache.lucene.util.IOUtils;
import org.apache.lucene.util.RamUsageEstimator;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.lucenelmdb.internal.graph.ImageHnswGraph;
import org.lucenelmdb.internal.graph.ImageHnswGraph.Use;
import org.lucenelmdb.internal.graph.LinksInput;
import org.lucenelmdb.internal.graph.NodeOrdinals;
import org.lucenelmdb.internal.inspection.FieldInspection;
import org.lucenelmdb.internal.inspection.SearchTracer;
import org.lucenelmdb.internal.inspection.SegmentInspection;
import org.lucenelmdb.internal.search.ExactTraversal;
import org.lucenelmdb.internal.search.QuantizedSearcher;
import org.lucenelmdb.internal.search.SearchObserver;
import org.lucenelmdb.internal.search.SearchReport;
import org.lucenelmdb.internal.search.SearchRequest;
import org.lucenelmdb.internal.search.SegmentSearcher;
import org.lucenelmdb.internal.store.ImageChecksums;
import org.lucenelmdb.internal.store.ImageReader;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.vectors.VectorsInput;

/**
 * Reads vectors, graphs and codes in place from a segment's image, and searches them. Thread-safe.
 */
final class LmdbHnswVectorsReader extends KnnVectorsReader
    implements HnswGraphProvider, SegmentInspection, Accountable {

  private static final long SHALLOW_SIZE =
      RamUsageEstimator.shallowSizeOfInstance(LmdbHnswVectorsReader.class);

  /**
   * The category of a graph's memory in {@link #getOffHeapByteSize}: the file extension of graphs
   * in Lucene's formats.
   */
  private static final String GRAPH_CATEGORY = "vex";

  /**
   * The category of the memory of codes in {@link #getOffHeapByteSize}: the file extension of codes
   * in Lucene's formats.
   */
  private static final String CODES_CATEGORY = "veq";

  /** By name, in the order of their numbers in the image. */
  private final Map<String, FieldMeta> fields;

  private final Map<String, SegmentSearcher> searchers;

  private final SegmentReadState state;
  private final String segment;
  private final IndexInput file;
  private final IndexInput meta;
  private final int version;
  private final Image location;
  private final IndexInput image;
  private final int pageSize;
  private final boolean isForMerges;
  private final SegmentPages pages;

  /** The image file, opened for merges; null before the first merge. */
  private IndexInput mergesFile;

  LmdbHnswVectorsReader(SegmentReadState state) throws IOException {
    this.state = state;
    this.segment = state.segmentInfo.name;
    this.fields = new LinkedHashMap<>();
    this.searchers = new HashMap<>();
    this.isForMerges = false;
    IndexInput openedFile = null;
    IndexInput openedMeta = null;
    try {
      openedFile = open(LmdbHnswVectorsFormat.VECTORS_EXTENSION, DataAccessHint.RANDOM);
      openedMeta = open(LmdbHnswVectorsFormat.META_EXTENSION, DataAccessHint.RANDOM);
      version = checkHeader(state, openedFile);
      file = openedFile;
      meta = openedMeta;
      location = readMeta(state, version);
      image = location.of(file);
      pageSize = location.pageSize;
      for (FieldMeta field : fields.values()) {
        searchers.put(field.info().name, searcher(field));
      }
      pages = SegmentPages.advise(image, fields.values(), meta);
    } catch (Throwable t) {
      IOUtils.closeWhileSuppressingExceptions(t, openedFile, openedMeta);
      throw t;
    }
  }

  /** Creates an instance for merges, which does not close the files. */
  private LmdbHnswVectorsReader(LmdbHnswVectorsReader reader, IndexInput file) throws IOException {
    this.state = reader.state;
    this.segment = reader.segment;
    this.fields = reader.fields;
    this.searchers = reader.searchers;
    this.file = file;
    this.meta = reader.meta;
    this.version = reader.version;
    this.location = reader.location;
    this.image = location.of(file);
    this.pageSize = reader.pageSize;
    this.isForMerges = true;
    this.pages = reader.pages;
  }

  private SegmentSearcher searcher(FieldMeta field) throws IOException {
    SegmentSearcher.GraphSource graph = () -> graph(field, Use.SEARCH);
    if (field.codes() != null) {
      QuantizedSearcher quantized =
          new QuantizedSearcher(
              field.graph(), field.codes(), field.blocks(), image, pageSize, meta);
      return new SegmentSearcher(graph, null, quantized);
    }
    ExactTraversal traversal =
        field.graph() == null ? null : new ExactTraversal(field.graph(), image, pageSize, meta);
    return new SegmentSearcher(graph, traversal, null);
  }

  /** Checks the header and the footer of the image file, and returns its version. */
  private static int checkHeader(SegmentReadState state, IndexInput in) throws IOException {
    try {
      checkCodecName(in, LmdbHnswVectorsFormat.VECTORS_CODEC_NAME);
      int version = checkHeader(state, in, LmdbHnswVectorsFormat.VECTORS_CODEC_NAME);
      CodecUtil.retrieveChecksum(in);
      return version;
    } catch (EOFException e) {
      throw tooShort(in, e);
    }
  }

  private static CorruptIndexException tooShort(IndexInput in, EOFException e) {
    return new CorruptIndexException("the file should be longer; found its end", in, e);
  }

  /**
   * The location of the image.
   *
   * @param checksums null before the version with checksums
   */
  private record Image(long offset, long length, int pageSize, ImageChecksums checksums) {
    IndexInput of(IndexInput file) throws IOException {
      return file.slice("image", offset, length);
    }
  }

  private IndexInput open(String extension, DataAccessHint access) throws IOException {
    return state.directory.openInput(
        fileName(state, extension),
        state.context.withHints(FileTypeHint.DATA, FileDataHint.KNN_VECTORS, access));
  }

  private static String fileName(SegmentReadState state, String extension) {
    return IndexFileNames.segmentFileName(state.segmentInfo.name, state.segmentSuffix, extension);
  }

  /**
   * Checks the length of the codec's name in the header, because Lucene would read a name of any
   * length. The length follows the magic number of four bytes; for our names it takes one byte.
   */
  private static void checkCodecName(IndexInput in, String codec) throws IOException {
    in.seek(Integer.BYTES);
    int length = in.readByte();
    if (length != codec.length()) {
      throw new CorruptIndexException(
          "the codec's name should have " + codec.length() + " characters; found " + length, in);
    }
    in.seek(0);
  }

  private static int checkHeader(SegmentReadState state, IndexInput in, String codec)
      throws IOException {
    return CodecUtil.checkIndexHeader(
        in,
        codec,
        LmdbHnswVectorsFormat.VERSION_START,
        LmdbHnswVectorsFormat.VERSION_CURRENT,
        state.segmentInfo.getId(),
        state.segmentSuffix);
  }

  private Image readMeta(SegmentReadState state, int version) throws IOException {
    String name = fileName(state, LmdbHnswVectorsFormat.META_EXTENSION);
    Image location = null;
    try (ChecksumIndexInput in = state.directory.openChecksumInput(name)) {
      Throwable failure = null;
      try {
        checkCodecName(meta, LmdbHnswVectorsFormat.META_CODEC_NAME);
        int metaVersion = checkHeader(state, in, LmdbHnswVectorsFormat.META_CODEC_NAME);
        if (metaVersion != version) {
          throw new CorruptIndexException(
              "both files should have version " + version + "; found " + metaVersion, in);
        }
        location = readFields(state, in, version);
      } catch (EOFException e) {
        failure = tooShort(in, e);
      } catch (Throwable t) {
        failure = t;
      } finally {
        CodecUtil.checkFooter(in, failure);
      }
    }
    return location;
  }

  private Image readFields(SegmentReadState state, IndexInput in, int version) throws IOException {
    long offset = in.readLong();
    long length = in.readLong();
    ImageReader reader = new ImageReader(file, offset, length);
    int maxDoc = state.segmentInfo.maxDoc();
    List<String> names = new ArrayList<>();
    while (true) {
      FieldMeta field =
          FieldMeta.read(in, meta, reader, fields.size(), state.fieldInfos, maxDoc, version);
      if (field == null) {
        for (String name :
            version < LmdbHnswVectorsFormat.VERSION_RECALL ? List.<String>of() : names) {
          fields.put(name, fields.get(name).withRecall(in));
        }
        checkAllThere(state, in);
        ImageChecksums checksums = null;
        if (version >= LmdbHnswVectorsFormat.VERSION_CHECKSUMS) {
          checksums = ImageChecksums.read(in, length);
          in.readInt(); // of this file, which Lucene's checksum also covers
        }
        return new Image(offset, length, reader.pageSize(), checksums);
      }
      if (fields.putIfAbsent(field.info().name, field) != null) {
        throw new CorruptIndexException(
            "field \"" + field.info().name + "\" should be there once; found it again", in);
      }
      names.add(field.info().name);
    }
  }

  /** Checks that the metadata has all fields whose attributes name this format. */
  private void checkAllThere(SegmentReadState state, IndexInput in) throws IOException {
    for (FieldInfo info : state.fieldInfos) {
      String format =
          info.getAttribute(PerFieldKnnVectorsFormat.PER_FIELD_FORMAT_KEY)
              + "_"
              + info.getAttribute(PerFieldKnnVectorsFormat.PER_FIELD_SUFFIX_KEY);
      if (info.hasVectorValues()
          && format.equals(state.segmentSuffix)
          && fields.containsKey(info.name) == false) {
        throw new CorruptIndexException(
            "field \"" + info.name + "\" should be there; found " + fields.keySet(), in);
      }
    }
  }

  @Override
  public void checkIntegrity() throws IOException {
    CodecUtil.checksumEntireFile(file);
    CodecUtil.checksumEntireFile(meta);
  }

  private FieldMeta field(String name) {
    FieldMeta field = fields.get(name);
    if (field == null) {
      throw new IllegalArgumentException("field=\"" + name + "\" not found");
    }
    return field;
  }

  private FieldMeta field(String name, VectorEncoding expected) {
    FieldMeta field = field(name);
    if (field.info().getVectorEncoding() != expected) {
      throw new IllegalArgumentException(
          "field=\""
              + name
              + "\" is encoded as: "
              + field.info().getVectorEncoding()
              + " expected: "
              + expected);
    }
    return field;
  }

  /** The metric of a field. */
  VectorMetric metric(String field) {
    return field(field).metric();
  }

  private VectorsInput vectors(FieldMeta field) {
    return new VectorsInput(
        field.blocks(),
        field.docs(),
        field.info().getVectorDimension(),
        field.metric(),
        image,
        meta);
  }

  @Override
  public FloatVectorValues getFloatVectorValues(String field) throws IOException {
    return vectors(field(field, VectorEncoding.FLOAT32)).floats();
  }

  @Override
  public ByteVectorValues getByteVectorValues(String field) throws IOException {
    return vectors(field(field, VectorEncoding.BYTE)).bytes();
  }

  @Override
  public HnswGraph getGraph(String field) throws IOException {
    return graph(field(field), Use.COPY);
  }

  private HnswGraph graph(FieldMeta field, Use use) throws IOException {
    if (field.graph() == null) {
      return HnswGraph.EMPTY;
    }
    NodeOrdinals order = NodeOrdinals.IDENTITY;
    if (field.codes() != null) {
      order =
          use == Use.COPY
              ? field.codes().checkedOrder(image, meta)
              : field.codes().order(image, meta);
    }
    LinksInput links = new LinksInput(field.graph(), image, pageSize, meta);
    return new ImageHnswGraph(field.graph(), links, order, use);
  }

  @Override
  public void search(String name, float[] target, KnnCollector collector, AcceptDocs acceptDocs)
      throws IOException {
    FieldMeta field = field(name, VectorEncoding.FLOAT32);
    checkTarget(field, target.length);
    FieldVectorsWriter.checkFinite(field.info(), target);
    if (isEmpty(field, collector)) {
      return;
    }
    FloatVectorValues values = vectors(field).floats();
    RandomVectorScorer exact = field.metric().scorer(values, target);
    boolean isZero = FieldVectorsWriter.isZero(target);
    search(field, target, isZero, values, exact, collector, acceptDocs);
  }

  @Override
  public void search(String name, byte[] target, KnnCollector collector, AcceptDocs acceptDocs)
      throws IOException {
    FieldMeta field = field(name, VectorEncoding.BYTE);
    checkTarget(field, target.length);
    if (isEmpty(field, collector)) {
      return;
    }
    ByteVectorValues values = vectors(field).bytes();
    float[] floats = field.codes() == null ? null : floats(target);
    RandomVectorScorer exact = field.metric().scorer(values, target);
    boolean isZero = FieldVectorsWriter.isZero(target);
    search(field, floats, isZero, values, exact, collector, acceptDocs);
  }

  private void search(
      FieldMeta field,
      float[] target,
      boolean isZero,
      KnnVectorValues values,
      RandomVectorScorer exact,
      KnnCollector collector,
      AcceptDocs acceptDocs)
      throws IOException {
    LmdbHnswSearchStrategy strategy = LmdbHnswSearchStrategy.of(collector.getSearchStrategy());
    SearchRequest request =
        new SearchRequest(
            target,
            values,
            exact,
            strategy.goal(field),
            strategy.filterStrategy(field.filterStrategy()),
            isZero && field.metric() == VectorMetric.COSINE,
            collector,
            acceptDocs,
            observer(strategy, field, collector));
    SearchReport report = searchers.get(field.info().name).search(request);
    if (strategy.listener() != null) {
      strategy
          .listener()
          .onSearch(LmdbHnswSearchListener.Search.of(segment, field.info().name, report));
    }
  }

  /** Returns the observer of a search; null, unless the listener is one of a tool. */
  private SearchObserver observer(
      LmdbHnswSearchStrategy strategy, FieldMeta field, KnnCollector collector) {
    return strategy.listener() instanceof SearchTracer tracer
        ? tracer.begin(segment, field.info().name, collector.k())
        : null;
  }

  private static float[] floats(byte[] bytes) {
    float[] floats = new float[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      floats[i] = bytes[i];
    }
    return floats;
  }

  private static boolean isEmpty(FieldMeta field, KnnCollector collector) {
    return field.blocks().size() == 0 || collector.k() == 0;
  }

  /** Checks the dimension of a query, with the message of Lucene's formats. */
  private static void checkTarget(FieldMeta field, int dimension) {
    if (dimension != field.info().getVectorDimension()) {
      throw new IllegalArgumentException(
          "vector query dimension: "
              + dimension
              + " differs from field dimension: "
              + field.info().getVectorDimension());
    }
  }

  /**
   * Returns a reader that has opened the image file again, for sequential reads.
   *
   * <p>Directories that map files advise the operating system about the access pattern of a
   * mapping. The advice also applies to its slices and clones. If the advice for this reader's
   * mapping were changed, the operating system would read ahead for searches during merges and
   * forever after, because Lucene 10.5 never calls {@link #finishMerge}. The file stays open for
   * the next merge until this reader is closed.
   */
  @Override
  public KnnVectorsReader getMergeInstance() throws IOException {
    return isForMerges ? this : new LmdbHnswVectorsReader(this, mergesFile());
  }

  private synchronized IndexInput mergesFile() throws IOException {
    if (mergesFile == null) {
      try {
        mergesFile = openForMerges();
      } catch (IOException | AlreadyClosedException e) {
        // this reader may outlive the file's name or directory; merges then share its mapping
        return file;
      }
    }
    return mergesFile;
  }

  private IndexInput openForMerges() throws IOException {
    IndexInput opened = open(LmdbHnswVectorsFormat.VECTORS_EXTENSION, DataAccessHint.SEQUENTIAL);
    try {
      checkHeader(state, opened); // the name may belong to another index by now
      if (opened.length() != file.length()) {
        throw new CorruptIndexException(
            "the file should have " + file.length() + " bytes; found " + opened.length(), opened);
      }
      return opened;
    } catch (Throwable t) {
      IOUtils.closeWhileSuppressingExceptions(t, opened);
      throw t;
    }
  }

  @Override
  public Map<String, Long> getOffHeapByteSize(FieldInfo info) {
    FieldMeta field = field(info.name);
    Map<String, Long> bytes = new HashMap<>();
    bytes.put(LmdbHnswVectorsFormat.VECTORS_EXTENSION, field.blocks().byteSize());
    if (field.graph() != null) {
      long tables = field.graph().addresses().byteSize();
      bytes.put(GRAPH_CATEGORY, field.graph().linksBytes() + tables);
    }
    if (field.codes() != null) {
      bytes.put(CODES_CATEGORY, field.codes().byteSize());
    }
    if (field.docs().byteSize() > 0) {
      bytes.put(LmdbHnswVectorsFormat.META_EXTENSION, field.docs().byteSize());
    }
    return Map.copyOf(bytes);
  }

  @Override
  public int version() {
    return version;
  }

  @Override
  public String writerOptions() {
    return state.segmentInfo.getAttribute(OPTIONS_ATTRIBUTE + state.segmentSuffix);
  }

  @Override
  public List<FieldInspection> fields() {
    List<FieldInspection> inspected = new ArrayList<>();
    for (FieldMeta field : fields.values()) {
      inspected.add(field.inspection(inspected.size()));
    }
    return inspected;
  }

  @Override
  public IndexInput image() {
    return image;
  }

  @Override
  public int pageSize() {
    return pageSize;
  }

  @Override
  public ImageChecksums checksums() {
    return location.checksums;
  }

  @Override
  public IndexInput metadata() {
    return meta;
  }

  @Override
  public long ramBytesUsed() {
    long bytes = SHALLOW_SIZE;
    for (FieldMeta field : fields.values()) {
      bytes += field.ramBytesUsed();
    }
    for (SegmentSearcher searcher : searchers.values()) {
      bytes += searcher.ramBytesUsed();
    }
    return bytes;
  }

  @Override
  public synchronized void close() throws IOException {
    if (isForMerges == false) {
      IOUtils.close(file, meta, mergesFile, pages);
    }
  }
}
