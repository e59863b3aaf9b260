/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.generators.RandomNumbers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.hnsw.HnswGraphProvider;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.InfoStream;
import org.apache.lucene.util.NamedThreadFactory;
import org.apache.lucene.util.hnsw.HnswGraph;

/** Merges: from and to other formats, with other options, in parallel, and by addIndexes. */
public class TestMerges extends SegmentTestCase {

  public void testMergesFromAndToOtherFormats() throws IOException {
    float[][] vectors = Vectors.clustered(random(), atLeast(400), 12);
    VectorSimilarityFunction similarity = randomSimilarity();
    KnnVectorsFormat[] others = {
      new Lucene99HnswVectorsFormat(16, 100, 0),
      new Lucene104HnswScalarQuantizedVectorsFormat(),
      new LmdbHnswVectorsFormat(graphs().withMaxConn(4))
    };
    KnnVectorsFormat other = others[random().nextInt(others.length)];
    List<Codec> codecs =
        Arrays.asList(new LmdbHnswCodec(graphs()), TestUtil.alwaysKnnVectorsFormat(other));
    if (random().nextBoolean()) {
      Collections.reverse(codecs);
    }
    try (Directory directory = newDirectory()) {
      for (int part = 0; part < 2; part++) {
        IndexWriterConfig config =
            config(codecs.get(part)).setMergePolicy(NoMergePolicy.INSTANCE).setMaxBufferedDocs(97);
        try (IndexWriter writer = new IndexWriter(directory, config)) {
          for (int id = part * vectors.length / 2; id < (part + 1) * vectors.length / 2; id++) {
            writer.addDocument(document(id, vectors[id], similarity));
          }
        }
      }
      try (IndexWriter writer = new IndexWriter(directory, config(codecs.get(0)))) {
        writer.forceMerge(1);
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        getOnlyLeafReader(reader);
        assertVectors(reader, vectors);
      }
    }
  }

  public void testMergesReuseGraphs() throws IOException {
    float[][] vectors = Vectors.clustered(random(), 600, 12);
    List<String> messages = new ArrayList<>();
    InfoStream infoStream =
        new InfoStream() {
          @Override
          public void message(String component, String message) {
            synchronized (messages) {
              messages.add(component + ": " + message);
            }
          }

          @Override
          public boolean isEnabled(String component) {
            return component.equals("LMDB");
          }

          @Override
          public void close() {}
        };
    try (Directory directory = newDirectory()) {
      IndexWriterConfig config = config().setMaxBufferedDocs(200).setInfoStream(infoStream);
      config.setMergePolicy(newLogMergePolicy());
      try (IndexWriter writer = new IndexWriter(directory, config)) {
        for (int id = 0; id < vectors.length; id++) {
          writer.addDocument(document(id, vectors[id], VectorSimilarityFunction.EUCLIDEAN));
        }
        writer.commit();
        writer.forceMerge(1);
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        assertVectors(reader, vectors);
      }
    }
    assertTrue(
        messages.toString(),
        messages.stream()
            .anyMatch(m -> m.startsWith("LMDB: ") && m.endsWith(", copying: 200 of 200")));
    assertTrue(
        messages.toString(),
        messages.stream()
            .anyMatch(m -> m.startsWith("LMDB: graph of field=\"vector\": 600 vectors of 12 ")));
  }

  /** Lucene's own formats fail in this case: "No growth is allowed". */
  public void testMergesWhenMaxConnHasChanged() throws IOException {
    float[][] vectors = Vectors.clustered(random(), 400, 12);
    int[] maxConns = random().nextBoolean() ? new int[] {3, 24} : new int[] {24, 3};
    try (Directory directory = newDirectory()) {
      for (int part = 0; part < 2; part++) {
        Codec codec = new LmdbHnswCodec(graphs().withMaxConn(maxConns[part]));
        IndexWriterConfig config = config(codec).setMergePolicy(newLogMergePolicy());
        try (IndexWriter writer = new IndexWriter(directory, config)) {
          for (int id = part * 200; id < (part + 1) * 200; id++) {
            writer.addDocument(document(id, vectors[id], VectorSimilarityFunction.EUCLIDEAN));
          }
          writer.forceMerge(part == 1 ? 1 : 10);
        }
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        assertVectors(reader, vectors);
        KnnVectorsReader vectorsReader = vectorsReader(getOnlyLeafReader(reader), FIELD);
        HnswGraph graph = ((HnswGraphProvider) vectorsReader).getGraph(FIELD);
        assertEquals(maxConns[1], graph.maxConn());
        for (int node = 0; node < graph.size(); node++) {
          graph.seek(0, node);
          assertTrue(graph.neighborCount() <= 2 * maxConns[1]);
        }
      }
    }
  }

  /** Writers merge the segments of earlier writers with another M. */
  public void testChangedMaxConn() throws IOException {
    int dimension = 32;
    List<Integer> values = new ArrayList<>(List.of(4, 8, 16, 40));
    try (Directory directory = newDirectory()) {
      int total = 0;
      for (int round = 0; round < 3; round++) {
        int maxConn = values.remove(random().nextInt(values.size()));
        IndexWriterConfig config =
            new IndexWriterConfig()
                .setCodec(
                    new LmdbHnswCodec(
                        LmdbHnswOptions.DEFAULT.withMaxConn(maxConn).withTinySegmentsThreshold(0)));
        if (round == 0) {
          config.setMergePolicy(NoMergePolicy.INSTANCE);
        }
        try (IndexWriter writer = new IndexWriter(directory, config)) {
          for (int segment = 0; segment < 2; segment++) {
            int docs = RandomNumbers.randomIntBetween(random(), 1, 200);
            for (int i = 0; i < docs; i++) {
              float[] vector = new float[dimension];
              for (int j = 0; j < dimension; j++) {
                vector[j] = (float) random().nextGaussian();
              }
              Document document = new Document();
              document.add(
                  new KnnFloatVectorField(FIELD, vector, VectorSimilarityFunction.EUCLIDEAN));
              writer.addDocument(document);
            }
            total += docs;
            writer.flush();
          }
          if (round > 0) {
            writer.forceMerge(1);
          }
        }
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          assertEquals(total, reader.numDocs());
          for (LeafReaderContext leaf : reader.leaves()) {
            for (int i = 0; i < 20; i++) {
              float[] target = new float[dimension];
              for (int j = 0; j < dimension; j++) {
                target[j] = (float) random().nextGaussian();
              }
              int maxDoc = leaf.reader().maxDoc();
              TopDocs top =
                  leaf.reader()
                      .searchNearestVectors(
                          FIELD,
                          target,
                          10,
                          AcceptDocs.fromLiveDocs(null, maxDoc),
                          Integer.MAX_VALUE);
              assertEquals(Math.min(10, maxDoc), top.scoreDocs.length);
            }
          }
        }
      }
    }
  }

  public void testParallelMerge() throws Exception {
    float[][] vectors = Vectors.clustered(random(), atLeast(500), 12);
    ExecutorService executor =
        Executors.newFixedThreadPool(3, new NamedThreadFactory("testParallelMerge"));
    try (Directory directory = newDirectory()) {
      LmdbHnswOptions options = graphs().withBuildThreads(3, executor);
      IndexWriterConfig config = config(new LmdbHnswCodec(options)).setMaxBufferedDocs(100);
      try (IndexWriter writer = new IndexWriter(directory, config)) {
        for (int id = 0; id < vectors.length; id++) {
          writer.addDocument(document(id, vectors[id], VectorSimilarityFunction.EUCLIDEAN));
        }
        writer.forceMerge(1);
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        assertVectors(reader, vectors);
      }
    } finally {
      executor.shutdown();
    }
  }

  public void testAddIndexes() throws IOException {
    float[][] vectors = Vectors.clustered(random(), atLeast(200), 8);
    VectorSimilarityFunction similarity = randomSimilarity();
    try (Directory first = newDirectory();
        Directory second = newDirectory()) {
      for (int part = 0; part < 2; part++) {
        Directory directory = part == 0 ? first : second;
        IndexWriterConfig config = config().setUseCompoundFile(random().nextBoolean());
        try (IndexWriter writer = new IndexWriter(directory, config)) {
          for (int id = part; id < vectors.length; id += 2) {
            writer.addDocument(document(id, vectors[id], similarity));
          }
        }
      }
      try (IndexWriter writer = new IndexWriter(first, config());
          DirectoryReader reader = DirectoryReader.open(second)) {
        if (random().nextBoolean()) {
          writer.addIndexes(second); // copies and renames the files
        } else {
          TestUtil.addIndexesSlowly(writer, reader);
        }
      }
      try (DirectoryReader reader = DirectoryReader.open(first)) {
        assertVectors(reader, vectors);
      }
    }
  }
}
