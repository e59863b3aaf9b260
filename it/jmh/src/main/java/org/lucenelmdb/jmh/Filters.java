/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.jmh;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.BitSetIterator;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.IOUtils;
import org.lucenelmdb.LmdbHnswCodec;
import org.lucenelmdb.LmdbHnswFilterStrategy;
import org.lucenelmdb.LmdbHnswOptions;
import org.lucenelmdb.LmdbHnswSearchStrategy;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Whole searches with a filter on codes, by each strategy: what the constants are fitted to by
 * which a search chooses one.
 *
 * <p>Beside the nanoseconds of a search, {@code :visits} are those for a code that it scored, and
 * {@code :hops} those for a node whose links it read. Both have their share of what is done once in
 * a search, such as scoring the candidates by their vectors. A filter accepts vectors at random.
 */
public class Filters extends Hop {

  private static final int K = 10;
  private static final int TARGETS = 64;

  @Param("116000")
  int nodes;

  @Param("384")
  int dimension;

  @Param({"0.5", "0.1", "0.02"})
  double selectivity;

  private Directory directory;
  private DirectoryReader reader;
  private KnnVectorsReader vectors;
  private FixedBitSet accepted;
  private AcceptDocs docs;
  private float[][] targets;
  private int target;

  /** What was done: JMH divides the time by these. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Counters {

    /** How many codes were scored. */
    public long visits;

    /** How many nodes' links were read. */
    public long hops;

    /** For JMH. */
    public Counters() {}
  }

  /** For JMH. */
  public Filters() {}

  /** Opens an index, and chooses what is accepted. */
  @Setup
  public void setUp() throws IOException {
    Vectors all = new Vectors(nodes, dimension, VectorEncoding.FLOAT32);
    String name = String.format(Locale.ROOT, "filters-%d-%d", nodes, dimension);
    Path index = Indexes.path(name, to -> write(to, all));
    directory = new MMapDirectory(index);
    reader = DirectoryReader.open(directory);
    vectors = Indexes.vectorsReader(Indexes.segment(reader));
    accepted = new FixedBitSet(nodes);
    SplittableRandom random = new SplittableRandom(SEED);
    for (int doc = 0; doc < nodes; doc++) {
      if (random.nextDouble() < selectivity) {
        accepted.set(doc);
      }
    }
    int count = accepted.cardinality();
    docs = AcceptDocs.fromIteratorSupplier(() -> new BitSetIterator(accepted, count), null, nodes);
    targets = new float[TARGETS][];
    for (int i = 0; i < TARGETS; i++) {
      targets[i] = all.floats(nodes + i);
    }
  }

  private static void write(Directory to, Vectors vectors) throws IOException {
    LmdbHnswOptions options =
        LmdbHnswOptions.DEFAULT
            .withMaxConn(Store.MAX_CONN)
            .withBeamWidth(Store.BEAM_WIDTH)
            .withTinySegmentsThreshold(0);
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(new LmdbHnswCodec(options))
            .setRAMBufferSizeMB(Indexes.RAM_BUFFER_MEGABYTES);
    try (IndexWriter writer = new IndexWriter(to, config)) {
      for (int i = 0; i < vectors.count(); i++) {
        Document document = new Document();
        document.add(vectors.field(i));
        writer.addDocument(document);
      }
      writer.forceMerge(1);
      writer.commit();
    }
  }

  /** Closes it. */
  @TearDown
  public void tearDown() throws IOException {
    IOUtils.close(reader, directory);
  }

  /** Scores the codes of all that is accepted. */
  @Benchmark
  public int scan(Counters counters) throws IOException {
    return search(LmdbHnswFilterStrategy.SCAN, counters)[0].doc;
  }

  /** Walks as without a filter. */
  @Benchmark
  public int sweep(Counters counters) throws IOException {
    return search(LmdbHnswFilterStrategy.SWEEP, counters)[0].doc;
  }

  /** Walks from accepted node to accepted node. */
  @Benchmark
  public int twoHop(Counters counters) throws IOException {
    return search(LmdbHnswFilterStrategy.TWO_HOP, counters)[0].doc;
  }

  /** As it is planned. */
  @Benchmark
  public int planned(Counters counters) throws IOException {
    return search(LmdbHnswFilterStrategy.AUTO, counters)[0].doc;
  }

  /** Searches the next target. */
  ScoreDoc[] search(LmdbHnswFilterStrategy forced, Counters counters) throws IOException {
    target = target + 1 & TARGETS - 1;
    KnnSearchStrategy strategy =
        new LmdbHnswSearchStrategy()
            .withFilterStrategy(forced)
            .withListener(
                search -> {
                  counters.visits += search.visits();
                  counters.hops += search.hops();
                });
    TopKnnCollector collector = new TopKnnCollector(K, Integer.MAX_VALUE, strategy);
    vectors.search(Indexes.FIELD, targets[target], collector, docs);
    return collector.topDocs().scoreDocs;
  }

  /** What may be found. */
  FixedBitSet accepted() {
    return accepted;
  }
}
