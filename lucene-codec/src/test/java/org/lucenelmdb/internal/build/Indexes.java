/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.hnsw.HnswGraphProvider;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.junit.Assert;
import org.lucenelmdb.LmdbHnswOptions;
import org.lucenelmdb.internal.vectors.VectorMetric;

/** Indexes for tests of the graphs that flushes and merges build. */
final class Indexes {

  static final String FIELD = "vector";
  static final int MAX_CONN = 12;

  private static final int[] BITS = {LmdbHnswOptions.AUTO, 0, 1, 2, 4, 8};

  private Indexes() {}

  /** Returns random options, with graphs in the smallest segments. */
  static LmdbHnswOptions options(Random random, ExecutorService executor) {
    LmdbHnswOptions options =
        LmdbHnswOptions.DEFAULT
            .withMaxConn(MAX_CONN)
            .withBeamWidth(60)
            .withTinySegmentsThreshold(0)
            .withCodeBits(BITS[random.nextInt(BITS.length)]);
    return executor == null || random.nextBoolean()
        ? options
        : options.withBuildThreads(2 + random.nextInt(3), executor);
  }

  /** Returns a configuration without automatic flushes and merges. */
  static IndexWriterConfig config(Codec codec) {
    return new IndexWriterConfig()
        .setCodec(codec)
        .setMaxBufferedDocs(1_000_000)
        .setRAMBufferSizeMB(1000)
        .setUseCompoundFile(false)
        .setMergePolicy(NoMergePolicy.INSTANCE);
  }

  /**
   * Adds the documents of one segment.
   *
   * @param vectors the vectors; null for documents without one
   */
  static void add(IndexWriter writer, List<float[]> vectors, int firstId) throws IOException {
    for (int i = 0; i < vectors.size(); i++) {
      Document document = new Document();
      int id = firstId + i;
      document.add(new StringField("id", "" + id, Field.Store.NO));
      document.add(new NumericDocValuesField("sort", id * 7919L % 1009));
      if (vectors.get(i) != null) {
        document.add(
            new KnnFloatVectorField(FIELD, vectors.get(i), VectorSimilarityFunction.EUCLIDEAN));
      }
      writer.addDocument(document);
    }
    writer.flush();
  }

  /** Deletes random documents. */
  static void delete(IndexWriter writer, Random random, int ids, double part) throws IOException {
    for (int id = 0; id < ids; id++) {
      if (random.nextDouble() < part) {
        writer.deleteDocuments(new Term("id", "" + id));
      }
    }
  }

  /** Checks all graphs of a field. */
  static void check(String message, Random random, DirectoryReader reader, double minRecall)
      throws IOException {
    for (LeafReaderContext leaf : reader.leaves()) {
      FloatVectorValues values = leaf.reader().getFloatVectorValues(FIELD);
      if (values != null && values.size() > 0) {
        HeapGraph graph = graph((CodecReader) leaf.reader());
        graph.check(message, values.size(), MAX_CONN);
        double recall = Graphs.recall(random, graph, values, VectorMetric.EUCLIDEAN, 60);
        Assert.assertTrue(message + ": recall " + recall, recall > minRecall);
      }
    }
  }

  static HeapGraph graph(CodecReader reader) throws IOException {
    KnnVectorsReader vectors = MergeSources.fieldReader(reader.getVectorReader(), FIELD);
    HnswGraph graph = ((HnswGraphProvider) vectors).getGraph(FIELD);
    return HeapGraph.copy(graph);
  }
}
