/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.hnsw.HnswGraphProvider;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.NamedThreadFactory;
import org.apache.lucene.util.hnsw.HnswGraph;

/** Segments of all kinds: deletes, many fields, all dimensions, concurrent searches, heap use. */
public class TestSegments extends SegmentTestCase {

  /**
   * With a beam width of 1, Lucene's builders fail; with M = 1, a merge after deletes never ends.
   */
  public void testSmallestOptions() throws IOException {
    LmdbHnswOptions options =
        graphs()
            .withMaxConn(LmdbHnswOptions.MIN_MAX_CONN)
            .withBeamWidth(LmdbHnswOptions.MIN_BEAM_WIDTH);
    float[][] vectors = Vectors.clustered(random(), 200, 4);
    try (Directory directory = newDirectory();
        IndexWriter writer = new IndexWriter(directory, config(new LmdbHnswCodec(options)))) {
      for (int id = 0; id < vectors.length; id++) {
        writer.addDocument(document(id, vectors[id], VectorSimilarityFunction.EUCLIDEAN));
        if (id == 100) {
          writer.flush();
        }
      }
      for (int id = 0; id < vectors.length; id += 9) {
        writer.deleteDocuments(new Term("key", Integer.toString(id)));
      }
      writer.forceMerge(1);
      try (DirectoryReader reader = DirectoryReader.open(writer)) {
        TopDocs hits = newSearcher(reader).search(new KnnFloatVectorQuery(FIELD, vectors[0], 5), 5);
        assertTrue(hits.scoreDocs.length > 0);
      }
    }
  }

  public void testDeletesUpdatesSortAndNearRealTime() throws IOException {
    int count = atLeast(300);
    float[][] vectors = Vectors.clustered(random(), count, 8);
    float[][] others = Vectors.clustered(random(), count, 8);
    VectorSimilarityFunction similarity = randomSimilarity();
    try (Directory directory = newDirectory()) {
      IndexWriterConfig config = config().setMaxBufferedDocs(2 + random().nextInt(100));
      if (random().nextBoolean()) {
        config.setIndexSort(new Sort(new SortField("order", SortField.Type.LONG)));
      }
      try (IndexWriter writer = new IndexWriter(directory, config)) {
        for (int id = 0; id < count; id++) {
          writer.addDocument(document(id, vectors[id], similarity));
        }
        for (int id = 0; id < count; id++) {
          Term key = new Term("key", Integer.toString(id));
          switch (random().nextInt(5)) {
            case 0 -> {
              writer.deleteDocuments(key);
              vectors[id] = null;
            }
            case 1 -> {
              vectors[id] = others[id];
              writer.updateDocument(key, document(id, vectors[id], similarity));
            }
            case 2 -> {
              vectors[id] = null;
              writer.updateDocument(key, document(id, null, similarity));
            }
            default -> {}
          }
        }
        if (random().nextBoolean()) {
          writer.forceMerge(1 + random().nextInt(3));
        }
        writer.forceMergeDeletes();
        try (DirectoryReader reader = DirectoryReader.open(writer)) {
          if (reader.hasDeletions() == false) {
            assertVectors(reader, vectors);
          }
        }
        writer.forceMerge(1);
        try (DirectoryReader reader = DirectoryReader.open(writer)) {
          assertVectors(reader, vectors);
        }
      }
    }
  }

  public void testAllDeleted() throws IOException {
    try (Directory directory = newDirectory();
        IndexWriter writer = new IndexWriter(directory, config())) {
      float[][] vectors = Vectors.clustered(random(), 50, 4);
      for (int id = 0; id < vectors.length; id++) {
        writer.addDocument(document(id, vectors[id], VectorSimilarityFunction.COSINE));
      }
      writer.addDocument(document(vectors.length, null, null)); // keeps the segment
      writer.commit();
      for (int id = 0; id < vectors.length; id++) {
        writer.deleteDocuments(new Term("key", Integer.toString(id)));
      }
      try (DirectoryReader reader = DirectoryReader.open(writer)) {
        IndexSearcher searcher = newSearcher(reader);
        assertEquals(
            0, searcher.search(new KnnFloatVectorQuery(FIELD, vectors[0], 5), 5).scoreDocs.length);
      }
      writer.forceMerge(1);
      try (DirectoryReader reader = DirectoryReader.open(writer)) {
        LeafReader leaf = getOnlyLeafReader(reader);
        assertEquals(1, leaf.maxDoc());
        assertEquals(0, leaf.getFloatVectorValues(FIELD).size());
        assertEquals(
            0,
            vectorsReader(leaf, FIELD)
                .getOffHeapByteSize(leaf.getFieldInfos().fieldInfo(FIELD))
                .values()
                .stream()
                .mapToLong(b -> b)
                .sum());
      }
    }
  }

  public void testManyFieldsAndFormats() throws IOException {
    int fields = 1 + random().nextInt(20);
    int[] dimensions = new int[fields];
    float[][][] floats = new float[fields][][];
    byte[][][] bytes = new byte[fields][][];
    int count = atLeast(50);
    for (int f = 0; f < fields; f++) {
      dimensions[f] = 1 + random().nextInt(100);
      if (random().nextBoolean()) {
        floats[f] = Vectors.clustered(random(), count, dimensions[f]);
      } else {
        bytes[f] = Vectors.bytes(random(), count, dimensions[f]);
      }
    }
    Codec codec =
        new LmdbHnswCodec(graphs()) {
          private final KnnVectorsFormat lucene = new Lucene99HnswVectorsFormat();

          @Override
          public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
            return field.hashCode() % 3 == 0 ? lucene : super.getKnnVectorsFormatForField(field);
          }
        };
    try (Directory directory = newDirectory()) {
      IndexWriterConfig config = config(codec).setMaxBufferedDocs(2 + random().nextInt(50));
      try (IndexWriter writer = new IndexWriter(directory, config)) {
        for (int id = 0; id < count; id++) {
          Document document = new Document();
          document.add(new StoredField("id", id));
          for (int f = 0; f < fields; f++) {
            if (random().nextInt(5) == 0) {
              continue;
            }
            if (floats[f] != null) {
              document.add(new KnnFloatVectorField("f" + f, floats[f][id]));
            } else {
              document.add(new KnnByteVectorField("f" + f, bytes[f][id]));
            }
          }
          writer.addDocument(document);
        }
        if (random().nextBoolean()) {
          writer.forceMerge(1);
        }
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        for (LeafReaderContext leaf : reader.leaves()) {
          StoredFields stored = leaf.reader().storedFields();
          for (int f = 0; f < fields; f++) {
            FloatVectorValues floatValues = leaf.reader().getFloatVectorValues("f" + f);
            ByteVectorValues byteValues = leaf.reader().getByteVectorValues("f" + f);
            KnnVectorValues values = floatValues == null ? byteValues : floatValues;
            if (values == null) {
              continue;
            }
            KnnVectorValues.DocIndexIterator iterator = values.iterator();
            for (int doc = iterator.nextDoc();
                doc != DocIdSetIterator.NO_MORE_DOCS;
                doc = iterator.nextDoc()) {
              int id = stored.document(doc).getField("id").numericValue().intValue();
              if (floatValues != null) {
                assertArrayEquals(floats[f][id], floatValues.vectorValue(iterator.index()), 0);
              } else {
                assertArrayEquals(bytes[f][id], byteValues.vectorValue(iterator.index()));
              }
            }
          }
        }
      }
    }
  }

  public void testDimensions() throws IOException {
    for (int dimension : new int[] {1, 3, 4096, LmdbHnswVectorsFormat.MAX_DIMENSIONS}) {
      float[][] vectors = Vectors.clustered(random(), dimension > 10 ? 40 : 400, dimension);
      byte[][] bytes = Vectors.bytes(random(), vectors.length, dimension);
      try (Directory directory = newDirectory();
          IndexWriter writer = new IndexWriter(directory, config())) {
        for (int id = 0; id < vectors.length; id++) {
          Document document = document(id, vectors[id], VectorSimilarityFunction.EUCLIDEAN);
          document.add(new KnnByteVectorField("bytes", bytes[id], VectorSimilarityFunction.COSINE));
          writer.addDocument(document);
          if (random().nextInt(20) == 0) {
            writer.flush();
          }
        }
        writer.forceMerge(1);
        try (DirectoryReader reader = DirectoryReader.open(writer)) {
          if (dimension > 1) { // with 1 dimension, most distances are equal
            assertVectors(reader, vectors);
          }
          LeafReader leaf = getOnlyLeafReader(reader);
          ByteVectorValues values = leaf.getByteVectorValues("bytes");
          for (int ord = 0; ord < vectors.length; ord++) { // merges may reorder documents
            Document document = leaf.storedFields().document(ord);
            int id = document.getField("id").numericValue().intValue();
            assertArrayEquals(bytes[id], values.vectorValue(ord));
          }
        }
      }
    }
  }

  public void testDuplicateVectors() throws IOException {
    int count = atLeast(500);
    float[] vector = Vectors.clustered(random(), 1, 16)[0];
    try (Directory directory = newDirectory();
        IndexWriter writer = new IndexWriter(directory, config().setMaxBufferedDocs(150))) {
      for (int id = 0; id < count; id++) {
        writer.addDocument(document(id, vector, VectorSimilarityFunction.DOT_PRODUCT));
      }
      writer.forceMerge(1);
      try (DirectoryReader reader = DirectoryReader.open(writer)) {
        IndexSearcher searcher = newSearcher(reader);
        TopDocs hits = searcher.search(new KnnFloatVectorQuery(FIELD, vector, 20), 20);
        assertEquals(20, hits.scoreDocs.length);
        assertEquals(20, Arrays.stream(hits.scoreDocs).mapToInt(h -> h.doc).distinct().count());
      }
    }
  }

  public void testConcurrentSearches() throws Exception {
    float[][] vectors = Vectors.clustered(random(), atLeast(500), 16);
    ExecutorService executor =
        Executors.newFixedThreadPool(4, new NamedThreadFactory("testConcurrentSearches"));
    try (Directory directory = newDirectory()) {
      try (IndexWriter writer = new IndexWriter(directory, config())) {
        for (int id = 0; id < vectors.length; id++) {
          // sparse, so that searches read the table of documents
          float[] vector = id % 9 == 0 ? null : vectors[id];
          writer.addDocument(document(id, vector, VectorSimilarityFunction.EUCLIDEAN));
        }
        writer.forceMerge(1);
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        List<Future<TopDocs>> answers = new ArrayList<>();
        for (float[] vector : vectors) {
          answers.add(
              executor.submit(
                  () -> searcher.search(new KnnFloatVectorQuery(FIELD, vector, 10), 10)));
        }
        for (int id = 0; id < vectors.length; id++) {
          TopDocs expected = searcher.search(new KnnFloatVectorQuery(FIELD, vectors[id], 10), 10);
          TopDocs found = answers.get(id).get();
          assertEquals(expected.scoreDocs.length, found.scoreDocs.length);
          for (int i = 0; i < expected.scoreDocs.length; i++) {
            assertEquals(expected.scoreDocs[i].doc, found.scoreDocs[i].doc);
            assertEquals(expected.scoreDocs[i].score, found.scoreDocs[i].score, 0);
          }
        }
      }
    } finally {
      executor.shutdown();
    }
  }

  public void testGraphIsWithinItsLimits() throws IOException {
    int maxConn = 2 + random().nextInt(10);
    float[][] vectors = Vectors.clustered(random(), atLeast(500), 8);
    try (Directory directory = newDirectory();
        IndexWriter writer =
            new IndexWriter(directory, config(new LmdbHnswCodec(graphs().withMaxConn(maxConn))))) {
      for (int id = 0; id < vectors.length; id++) {
        writer.addDocument(document(id, vectors[id], VectorSimilarityFunction.EUCLIDEAN));
      }
      writer.forceMerge(1);
      try (DirectoryReader reader = DirectoryReader.open(writer)) {
        KnnVectorsReader vectorsReader = vectorsReader(getOnlyLeafReader(reader), FIELD);
        HnswGraph graph = ((HnswGraphProvider) vectorsReader).getGraph(FIELD);
        assertEquals(vectors.length, graph.size());
        assertEquals(maxConn, graph.maxConn());
        int links = 0;
        for (int level = 0; level < graph.numLevels(); level++) {
          HnswGraph.NodesIterator nodes = graph.getNodesOnLevel(level);
          assertTrue(level > 0 || nodes.size() == vectors.length);
          while (nodes.hasNext()) {
            int node = nodes.nextInt();
            graph.seek(level, node);
            int previous = -1;
            int degree = 0;
            for (int n = graph.nextNeighbor();
                n != DocIdSetIterator.NO_MORE_DOCS;
                n = graph.nextNeighbor()) {
              assertTrue(n > previous && n < graph.size() && n != node);
              previous = n;
              degree++;
            }
            assertEquals(degree, graph.neighborCount());
            assertTrue(degree <= (level == 0 ? 2 * maxConn : maxConn));
            links += degree;
          }
        }
        assertTrue(links >= vectors.length);
        Map<String, Long> sizes =
            vectorsReader.getOffHeapByteSize(
                getOnlyLeafReader(reader).getFieldInfos().fieldInfo(FIELD));
        assertEquals(vectors.length * 8L * Float.BYTES, sizes.get("vec").longValue());
        assertTrue(sizes.get("vex") >= 2L * links);
      }
    }
  }

  public void testHeapDoesNotGrowWithTheSegment() throws IOException {
    // 40 MB of vectors; the writer may use 6 MB of heap
    int dimension = 4096;
    float[] vector = Vectors.clustered(random(), 1, dimension)[0];
    try (Directory directory = newFSDirectory(createTempDir())) {
      IndexWriterConfig config =
          config(new LmdbHnswCodec(LmdbHnswOptions.DEFAULT.withTinySegmentsThreshold(10_000)))
              .setRAMBufferSizeMB(64);
      try (IndexWriter writer = new IndexWriter(directory, config)) {
        for (int id = 0; id < 2_500; id++) {
          vector[id] = -vector[id];
          writer.addDocument(document(id, vector, VectorSimilarityFunction.EUCLIDEAN));
        }
        assertTrue("" + writer.ramBytesUsed(), writer.ramBytesUsed() < 6 << 20);
        String files = Arrays.toString(directory.listAll());
        assertTrue(
            files, files.contains("_vectors_lmdb_")); // the temporary file that holds the vectors
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        assertEquals("one flush", 1, reader.leaves().size());
        assertEquals(2_500, getOnlyLeafReader(reader).getFloatVectorValues(FIELD).size());
      }
      for (String name : directory.listAll()) {
        assertFalse(name, name.endsWith(".tmp"));
      }
    }
  }
}
