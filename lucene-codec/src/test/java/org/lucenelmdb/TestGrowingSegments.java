/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.InfoStream;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.lucenelmdb.internal.build.SourceGraph;

/** Segments whose graphs grow while documents are added. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestGrowingSegments extends LuceneTestCase {

  private static final int DIMENSION = 64;

  private static float[] vector() {
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = (float) random().nextGaussian();
    }
    return vector;
  }

  private static void add(IndexWriter writer, float[] vector, VectorSimilarityFunction similarity)
      throws IOException {
    Document document = new Document();
    document.add(new KnnFloatVectorField("floats", vector, similarity));
    byte[] bytes = new byte[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      bytes[i] = (byte) (30 * Math.max(-4, Math.min(4, vector[i])));
    }
    document.add(new KnnByteVectorField("bytes", bytes, VectorSimilarityFunction.EUCLIDEAN));
    writer.addDocument(document);
  }

  /** The RAM buffer limits the vectors and the graphs of a segment together. */
  public void testRamBuffer() throws IOException {
    double megabytes = 0.5 + random().nextDouble();
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(new LmdbHnswCodec())
            .setRAMBufferSizeMB(megabytes)
            .setMergePolicy(NoMergePolicy.INSTANCE);
    int count = 8000;
    try (Directory directory = newDirectory()) {
      try (IndexWriter writer = new IndexWriter(directory, config)) {
        for (int i = 0; i < count; i++) {
          add(writer, vector(), VectorSimilarityFunction.EUCLIDEAN);
        }
      }
      TestUtil.checkIndex(directory);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        assertEquals(count, reader.numDocs());
        for (LeafReaderContext leaf : reader.leaves()) {
          long bytes = leaf.reader().maxDoc() * (Float.BYTES + 1L) * DIMENSION;
          assertTrue(bytes + " of " + megabytes + " MB", bytes < megabytes * (1 << 20));
        }
      }
    }
  }

  /** The graph is complete when the last document was added, before the segment is written. */
  public void testGrows() throws IOException {
    int count = TestUtil.nextInt(random(), 600, 1500);
    FieldInfo info = WriterStates.field(DIMENSION, "floats");
    LmdbHnswOptions options = LmdbHnswOptions.DEFAULT.withTinySegmentsThreshold(0);
    try (Directory directory = newDirectory()) {
      SegmentWriteState state =
          new SegmentWriteState(
              InfoStream.NO_OUTPUT,
              directory,
              WriterStates.segment(directory, count),
              new FieldInfos(new FieldInfo[] {info}),
              null,
              IOContext.DEFAULT);
      try (KnnVectorsWriter writer = new LmdbHnswVectorsFormat(options).fieldsWriter(state)) {
        @SuppressWarnings("unchecked")
        FieldVectorsWriter<float[]> field = (FieldVectorsWriter<float[]>) writer.addField(info);
        for (int doc = 0; doc < count; doc++) {
          field.addValue(doc, vector());
        }
        assertNull(field.failure());
        long vectorBytes = (long) count * DIMENSION * Float.BYTES;
        assertTrue(writer.ramBytesUsed() > 1.5 * vectorBytes); // vectors and links
        SourceGraph graph = field.graph(null);
        assertEquals(count, graph.live());
        HnswGraph links = graph.open();
        int linked = 0;
        for (int node = 0; node < count; node++) {
          links.seek(0, node);
          linked += links.nextNeighbor() == DocIdSetIterator.NO_MORE_DOCS ? 0 : 1;
        }
        assertTrue(linked + " of " + count, linked >= 0.7 * count); // the others are held out
      }
    }
  }

  /** With COSINE, vectors may have any length above 0. */
  public void testAnyLength() throws IOException {
    List<float[]> vectors = new ArrayList<>();
    Random lengths = new Random(random().nextLong());
    for (int i = 0; i < 1500; i++) {
      float[] vector = vector();
      float length = new float[] {1e-8f, 1e-4f, 1, 1e4f, 1e8f}[lengths.nextInt(5)];
      for (int j = 0; j < DIMENSION; j++) {
        vector[j] *= length;
      }
      vectors.add(vector);
    }
    Collections.shuffle(vectors, random());
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(new LmdbHnswCodec(LmdbHnswOptions.DEFAULT.withTinySegmentsThreshold(0)))
            .setRAMBufferSizeMB(100);
    try (Directory directory = newDirectory()) {
      try (IndexWriter writer = new IndexWriter(directory, config)) {
        for (float[] vector : vectors) {
          add(writer, vector, VectorSimilarityFunction.COSINE);
        }
      }
      TestUtil.checkIndex(directory);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        assertEquals(vectors.size(), reader.numDocs());
        IndexSearcher searcher = new IndexSearcher(reader);
        for (int i = 0; i < 20; i++) {
          KnnFloatVectorQuery query = new KnnFloatVectorQuery("floats", vector(), 10);
          assertEquals(10, searcher.search(query, 10).scoreDocs.length);
        }
      }
    }
  }
}
