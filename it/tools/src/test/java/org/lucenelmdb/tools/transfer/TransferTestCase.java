/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.lucene.codecs.hnsw.HnswGraphProvider;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.store.BaseDirectoryWrapper;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.apache.lucene.util.hnsw.HnswGraph.NodesIterator;
import org.lucenelmdb.LmdbHnswCodec;
import org.lucenelmdb.LmdbHnswFieldTypes;
import org.lucenelmdb.LmdbHnswOptions;
import org.lucenelmdb.internal.vectors.VectorMetric;

/** Writes indexes, and compares vectors and graphs. */
@LuceneTestCase.SuppressFileSystems("ExtrasFS") // adds files to empty folders
@ThreadLeakFilters(filters = LibraryThreads.class)
abstract class TransferTestCase extends LuceneTestCase {

  static final String FIELD = "vector";
  static final String KEY = "key";
  static final String NUMBER = "number";

  /**
   * A kind of index.
   *
   * @param withVectors the share of documents that have a vector
   * @param deleted the share of documents that are deleted
   */
  record Spec(
      VectorMetric metric,
      VectorEncoding encoding,
      int dimension,
      int docs,
      int segments,
      double withVectors,
      double deleted) {

    static Spec of(VectorMetric metric, VectorEncoding encoding, int docs) {
      return new Spec(metric, encoding, encoding == VectorEncoding.BYTE ? 9 : 24, docs, 1, 1, 0);
    }

    Spec segments(int count) {
      return new Spec(metric, encoding, dimension, docs, count, withVectors, deleted);
    }

    Spec sparse(double share) {
      return new Spec(metric, encoding, dimension, docs, segments, share, deleted);
    }

    Spec deleted(double share) {
      return new Spec(metric, encoding, dimension, docs, segments, withVectors, share);
    }

    Spec dimension(int changed) {
      return new Spec(metric, encoding, changed, docs, segments, withVectors, deleted);
    }
  }

  static LmdbHnswOptions options() {
    LmdbHnswOptions options =
        LmdbHnswOptions.DEFAULT
            .withMaxConn(TestUtil.nextInt(random(), 4, 16))
            .withBeamWidth(50)
            .withTinySegmentsThreshold(0);
    return switch (random().nextInt(3)) {
      case 0 -> options.withCodeBits(0);
      case 1 -> options.withCodeBits(4);
      default -> options;
    };
  }

  static IndexWriterConfig config(LmdbHnswOptions options) {
    return new IndexWriterConfig()
        .setCodec(new LmdbHnswCodec(options))
        .setMergePolicy(NoMergePolicy.INSTANCE)
        .setMergeScheduler(new SerialMergeScheduler())
        .setUseCompoundFile(random().nextBoolean());
  }

  /** Sorts documents in the reverse of their order. */
  private static IndexWriterConfig maybeSorted(IndexWriterConfig config) {
    return random().nextInt(3) == 0
        ? config.setIndexSort(new Sort(new SortField(NUMBER, SortField.Type.LONG, true)))
        : config;
  }

  /** Opens a folder. An index in it is not checked when it is closed, for speed. */
  static Directory openDirectory(Path folder) {
    BaseDirectoryWrapper directory = newFSDirectory(folder);
    directory.setCheckIndexOnClose(false);
    return directory;
  }

  /** Writes an index into a new folder. Its documents have the fields {@link #KEY} and others. */
  static Path write(Spec spec, LmdbHnswOptions options) throws IOException {
    Path folder = createTempDir();
    try (Directory directory = openDirectory(folder);
        IndexWriter writer = new IndexWriter(directory, maybeSorted(config(options)))) {
      for (int doc = 0; doc < spec.docs; doc++) {
        Document document = new Document();
        document.add(new StringField(KEY, "k" + doc, Field.Store.YES));
        document.add(new NumericDocValuesField(NUMBER, 1000L + doc));
        if (random().nextDouble() < spec.withVectors) {
          document.add(field(spec));
        }
        writer.addDocument(document);
        if ((doc + 1) % ((spec.docs + spec.segments - 1) / spec.segments) == 0) {
          writer.flush();
        }
      }
      writer.commit();
      for (int doc = 0; doc < spec.docs; doc++) {
        if (random().nextDouble() < spec.deleted) {
          writer.deleteDocuments(new Term(KEY, "k" + doc));
        }
      }
    }
    return folder;
  }

  static Path write(Spec spec) throws IOException {
    return write(spec, options());
  }

  private static Field field(Spec spec) {
    if (spec.encoding == VectorEncoding.BYTE) {
      byte[] vector = bytes(spec.dimension);
      return switch (spec.metric) {
        case MANHATTAN ->
            new KnnByteVectorField(FIELD, vector, LmdbHnswFieldTypes.byteManhattan(spec.dimension));
        case HAMMING ->
            new KnnByteVectorField(FIELD, vector, LmdbHnswFieldTypes.byteHamming(spec.dimension));
        default -> new KnnByteVectorField(FIELD, vector, spec.metric.function());
      };
    }
    float[] vector = floats(spec.dimension, spec.metric == VectorMetric.DOT_PRODUCT);
    return spec.metric == VectorMetric.MANHATTAN
        ? new KnnFloatVectorField(FIELD, vector, LmdbHnswFieldTypes.floatManhattan(spec.dimension))
        : new KnnFloatVectorField(FIELD, vector, spec.metric.function());
  }

  static byte[] bytes(int dimension) {
    byte[] vector = new byte[dimension];
    random().nextBytes(vector);
    vector[0] |= 1; // no zero vector
    return vector;
  }

  static float[] floats(int dimension, boolean isUnit) {
    float[] vector = new float[dimension];
    double squares = 0;
    for (int i = 0; i < dimension; i++) {
      vector[i] = (float) random().nextGaussian();
      squares += (double) vector[i] * vector[i];
    }
    for (int i = 0; isUnit && i < dimension; i++) {
      vector[i] /= (float) Math.sqrt(squares);
    }
    return vector;
  }

  /** Finds a file of the repository, in which the tests run. */
  static Path repositoryFile(String first, String... more) {
    Path relative = Path.of(first, more);
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve(relative))) {
        return folder.resolve(relative);
      }
    }
    throw new AssertionError(relative + " is not above " + Path.of("").toAbsolutePath());
  }

  /** Returns the live vectors by the number of their documents. */
  static Map<Long, String> vectors(Path index) throws IOException {
    Map<Long, String> vectors = new TreeMap<>();
    try (Directory directory = openDirectory(index);
        DirectoryReader reader = DirectoryReader.open(directory)) {
      for (LeafReaderContext leaf : reader.leaves()) {
        KnnVectorValues values = values(leaf.reader());
        KnnVectorValues.DocIndexIterator docs =
            values == null
                ? FloatVectorValues.fromFloats(List.of(), 1).iterator()
                : values.iterator();
        for (int doc = docs.nextDoc(); doc != NO_MORE_DOCS; doc = docs.nextDoc()) {
          if (leaf.reader().getLiveDocs() == null || leaf.reader().getLiveDocs().get(doc)) {
            vectors.put((long) leaf.docBase + doc, vector(values, docs.index()));
          }
        }
      }
    }
    return vectors;
  }

  static KnnVectorValues values(LeafReader reader) throws IOException {
    FieldInfo info = reader.getFieldInfos().fieldInfo(FIELD);
    if (info == null) {
      return null;
    }
    return info.getVectorEncoding() == VectorEncoding.BYTE
        ? reader.getByteVectorValues(FIELD)
        : reader.getFloatVectorValues(FIELD);
  }

  /** Returns a vector as a text, so that vectors of both encodings can be compared. */
  static String vector(KnnVectorValues values, int ordinal) throws IOException {
    return values instanceof FloatVectorValues floats
        ? Arrays.toString(floats.vectorValue(ordinal))
        : Arrays.toString(((ByteVectorValues) values).vectorValue(ordinal));
  }

  /**
   * A graph with names for its nodes.
   *
   * @param links for each level and node the neighbors
   * @param entryNode the entry node
   */
  record NamedGraph(List<Map<Long, List<Long>>> links, long entryNode) {

    static NamedGraph of(HnswGraph graph, long[] names) throws IOException {
      List<Map<Long, List<Long>>> links = new ArrayList<>();
      for (int level = 0; level < graph.numLevels(); level++) {
        Map<Long, List<Long>> lists = new TreeMap<>();
        NodesIterator nodes = graph.getNodesOnLevel(level);
        while (nodes.hasNext()) {
          int node = nodes.nextInt();
          graph.seek(level, node);
          List<Long> neighbors = new ArrayList<>();
          for (int n = graph.nextNeighbor(); n != NO_MORE_DOCS; n = graph.nextNeighbor()) {
            neighbors.add(names[n]);
          }
          neighbors.sort(null);
          lists.put(names[node], neighbors);
        }
        links.add(lists);
      }
      return new NamedGraph(links, names[graph.entryNode()]);
    }
  }

  /**
   * Returns the graph of an index of one segment without deletes.
   *
   * @param idField the numeric doc values that name the nodes; null for the documents
   */
  static NamedGraph graph(Path index, String idField) throws IOException {
    try (Directory directory = openDirectory(index);
        DirectoryReader reader = DirectoryReader.open(directory)) {
      CodecReader leaf = (CodecReader) getOnlyLeafReader(reader);
      KnnVectorValues values = values(leaf);
      long[] names = new long[values.size()];
      for (int ordinal = 0; ordinal < names.length; ordinal++) {
        names[ordinal] =
            idField == null
                ? values.ordToDoc(ordinal)
                : leaf.storedFields()
                    .document(values.ordToDoc(ordinal))
                    .getField(idField)
                    .numericValue()
                    .longValue();
      }
      PerFieldKnnVectorsFormat.FieldsReader fields =
          (PerFieldKnnVectorsFormat.FieldsReader) leaf.getVectorReader();
      HnswGraphProvider graphs = (HnswGraphProvider) fields.getFieldReader(FIELD);
      return NamedGraph.of(graphs.getGraph(FIELD), names);
    }
  }
}
