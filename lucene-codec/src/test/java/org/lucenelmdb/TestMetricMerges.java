/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.generators.RandomPicks;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.hnsw.HnswGraphProvider;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.VectorScorer;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.hnsw.HnswGraph;

/** Merges of segments with different metrics, and from formats that do not know the metric. */
public class TestMetricMerges extends MetricTestCase {

  private static void index(Directory directory, Codec codec, Field... vectors) throws IOException {
    IndexWriterConfig config = config().setCodec(codec).setMergePolicy(NoMergePolicy.INSTANCE);
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (int id = 0; id < vectors.length; id++) {
        writer.addDocument(document(id, vectors[id]));
      }
    }
  }

  private static Throwable cause(Throwable t) {
    while (t.getCause() != null) {
      t = t.getCause();
    }
    return t;
  }

  private static void assertMergeFails(ThrowingRunnable merge, String... words) {
    Exception e = expectThrows(Exception.class, merge);
    Throwable cause = cause(e);
    if (cause instanceof IllegalArgumentException == false) {
      for (Throwable suppressed : cause.getSuppressed()) {
        cause = cause(suppressed);
      }
    }
    assertEquals(IllegalArgumentException.class, cause.getClass());
    assertMessage(cause, "\"" + FIELD + "\"");
    assertMessage(cause, words);
  }

  private static Codec otherFormat() {
    return TestUtil.alwaysKnnVectorsFormat(new Lucene99HnswVectorsFormat());
  }

  public void testSegmentsOfDifferentMetrics() throws IOException {
    boolean manhattanFirst = random().nextBoolean();
    boolean copied = random().nextBoolean();
    try (Directory first = newDirectory();
        Directory second = newDirectory()) {
      index(first, codec(), manhattanFirst ? manhattan() : euclidean());
      index(
          second,
          random().nextBoolean() ? codec() : otherFormat(),
          manhattanFirst ? euclidean() : manhattan());
      try (IndexWriter writer = new IndexWriter(first, config())) {
        if (copied) {
          writer.addIndexes(second);
        } else {
          try (DirectoryReader reader = DirectoryReader.open(second)) {
            // merges only the added readers with each other
            writer.addIndexes((CodecReader) getOnlyLeafReader(reader));
          }
        }
        writer.commit();
        assertMergeFails(() -> writer.forceMerge(1), "MANHATTAN", "EUCLIDEAN");
        writer.rollback();
      }
      // no segment is damaged or lost
      TestUtil.checkIndex(first);
      try (DirectoryReader reader = DirectoryReader.open(first)) {
        assertEquals(2, reader.numDocs());
        TopDocs hits =
            newSearcher(reader).search(new KnnFloatVectorQuery(FIELD, new float[4], 10), 10);
        assertEquals(2, hits.scoreDocs.length);
      }
    }
  }

  public void testReadersOfDifferentMetrics() throws IOException {
    try (Directory first = newDirectory();
        Directory second = newDirectory();
        Directory target = newDirectory()) {
      index(first, random().nextBoolean() ? codec() : otherFormat(), manhattan());
      index(second, random().nextBoolean() ? codec() : otherFormat(), euclidean());
      try (DirectoryReader a = DirectoryReader.open(first);
          DirectoryReader b = DirectoryReader.open(second);
          IndexWriter writer = new IndexWriter(target, config())) {
        CodecReader[] readers = {
          (CodecReader) getOnlyLeafReader(a), (CodecReader) getOnlyLeafReader(b)
        };
        if (random().nextBoolean()) {
          readers = new CodecReader[] {readers[1], readers[0]};
        }
        CodecReader[] inAnyOrder = readers;
        assertMergeFails(() -> writer.addIndexes(inAnyOrder), "MANHATTAN", "EUCLIDEAN");
        writer.addDocument(document(0, null)); // the writer still works
      }
    }
  }

  public void testHammingAndManhattan() throws IOException {
    byte[] vector = new byte[4];
    try (Directory first = newDirectory();
        Directory second = newDirectory()) {
      index(
          first, codec(), new KnnByteVectorField(FIELD, vector, LmdbHnswFieldTypes.byteHamming(4)));
      index(
          second,
          codec(),
          new KnnByteVectorField(FIELD, vector, LmdbHnswFieldTypes.byteManhattan(4)));
      try (IndexWriter writer = new IndexWriter(first, config())) {
        writer.addIndexes(second);
        assertMergeFails(() -> writer.forceMerge(1), "MANHATTAN", "HAMMING");
        writer.rollback();
      }
    }
  }

  /** Another format ignores the attribute and builds its graph with another function. */
  public void testMergesFromOtherFormats() throws IOException {
    MetricKind kind = RandomPicks.randomFrom(random(), MetricKind.values());
    int dimension = 8;
    Object[] vectors = kind.vectors(400, dimension);
    FieldType type = kind.type(dimension);
    KnnVectorsFormat lucenes = new Lucene99HnswVectorsFormat(16, 100, 0);
    try (Directory directory = newDirectory()) {
      for (int from = 0; from < vectors.length; from += 100) {
        IndexWriterConfig config = config().setMergePolicy(NoMergePolicy.INSTANCE);
        if (from < 200) {
          config.setCodec(TestUtil.alwaysKnnVectorsFormat(lucenes));
        }
        try (IndexWriter writer = new IndexWriter(directory, config)) {
          for (int id = from; id < from + 100; id++) {
            writer.addDocument(document(id, kind.field(vectors[id], type)));
          }
        }
      }
      try (IndexWriter writer = new IndexWriter(directory, config())) {
        writer.forceMerge(1);
      }
      TestUtil.checkIndex(directory);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        checkScorer(kind, reader, vectors);
        checkQueries(kind, newSearcher(reader), vectors);
      }
    }
  }

  public void testUnknownMetricFromAnotherFormat() throws IOException {
    FieldType type = type(VectorEncoding.FLOAT32, VectorSimilarityFunction.EUCLIDEAN, "taxicab");
    try (Directory directory = newDirectory()) {
      index(directory, otherFormat(), floats(type), floats(type));
      try (IndexWriter writer = new IndexWriter(directory, config())) {
        writer.addDocument(document(2, manhattan()));
        assertMergeFails(() -> writer.forceMerge(1), "taxicab", "MANHATTAN", "HAMMING");
        writer.rollback();
      }
    }
  }

  /** Deleted vectors do not prevent a merge, whatever the order of the segments. */
  public void testDeletedVectorsOfAnotherMetric() throws IOException {
    boolean manhattanFirst = random().nextBoolean();
    try (Directory directory = newDirectory()) {
      for (int segment = 0; segment < 2; segment++) {
        IndexWriterConfig config = config().setMergePolicy(NoMergePolicy.INSTANCE);
        try (IndexWriter writer = new IndexWriter(directory, config)) {
          boolean manhattan = manhattanFirst == (segment == 0);
          for (int i = 0; i < 10; i++) {
            writer.addDocument(
                document(manhattan ? 100 + i : i, manhattan ? manhattan() : euclidean()));
          }
          writer.addDocument(document(1000, null));
        }
      }
      boolean keepManhattan = random().nextBoolean();
      try (IndexWriter writer = new IndexWriter(directory, config())) {
        for (int i = 0; i < 10; i++) {
          writer.deleteDocuments(new Term("key", Integer.toString(keepManhattan ? i : 100 + i)));
        }
        writer.forceMerge(1);
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        LeafReader leaf = getOnlyLeafReader(reader);
        assertEquals(12, leaf.maxDoc());
        VectorScorer scorer = leaf.getFloatVectorValues(FIELD).scorer(new float[4]);
        scorer.iterator().nextDoc();
        float[] vector = leaf.getFloatVectorValues(FIELD).vectorValue(0);
        assertScore(
            keepManhattan
                ? MetricKind.FLOAT_MANHATTAN.score(new float[4], vector)
                : VectorSimilarityFunction.EUCLIDEAN.compare(new float[4], vector),
            scorer.score());
      }
    }
  }

  /** A merge builds a graph by the metric instead of copying the other format's graph. */
  public void testGraphsOfOtherFormatsAreNotTaken() throws IOException {
    int dimension = 2;
    FieldType type = LmdbHnswFieldTypes.floatManhattan(dimension);
    Object[] vectors = MetricKind.FLOAT_MANHATTAN.vectors(300, dimension);
    int[][][] neighbors = new int[2][][];
    for (int i = 0; i < 2; i++) {
      try (Directory directory = newDirectory()) {
        Codec codec =
            i == 0
                ? codec()
                : TestUtil.alwaysKnnVectorsFormat(new Lucene99HnswVectorsFormat(16, 100, 0));
        Field[] fields =
            Arrays.stream(vectors)
                .map(v -> MetricKind.FLOAT_MANHATTAN.field(v, type))
                .toArray(Field[]::new);
        index(directory, codec, fields);
        IndexWriterConfig config = config();
        try (IndexWriter writer = new IndexWriter(directory, config)) {
          writer.addDocument(document(300, null));
          writer.forceMerge(1);
        }
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          neighbors[i] = neighbors(getOnlyLeafReader(reader));
        }
      }
    }
    assertArrayEquals(neighbors[0], neighbors[1]);
  }

  private static int[][] neighbors(LeafReader leaf) throws IOException {
    KnnVectorsReader reader =
        ((PerFieldKnnVectorsFormat.FieldsReader) ((CodecReader) leaf).getVectorReader())
            .getFieldReader(FIELD);
    HnswGraph graph = ((HnswGraphProvider) reader).getGraph(FIELD);
    int[][] neighbors = new int[graph.size()][];
    for (int node = 0; node < neighbors.length; node++) {
      graph.seek(0, node);
      neighbors[node] = IntStream.generate(() -> next(graph)).takeWhile(n -> n >= 0).toArray();
    }
    return neighbors;
  }

  private static int next(HnswGraph graph) {
    try {
      int node = graph.nextNeighbor();
      return node == DocIdSetIterator.NO_MORE_DOCS ? -1 : node;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
