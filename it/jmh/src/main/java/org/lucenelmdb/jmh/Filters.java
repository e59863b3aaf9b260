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
import org.lucenelmdb.LmdbHnswSearchListener;
import org.lucenelmdb.LmdbHnswSearchStrategy;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Whole searches with a filter on codes, by each strategy: what the constants are fitted to by
 * which a search chooses one.
 *
 * <p>Beside the nanoseconds of a search, {@code :visits} are those for a code that it scored, and
 * {@code :expandedNodes} those for a node whose links it read. Both have their share of what is
 * done once in a search, such as scoring the candidates by their vectors. A filter accepts vectors
 * at random.
 *
 * <p>There is more to compile than for a expansion: until that is done, the Vector API makes
 * searches a hundred times slower, so they warm up for longer.
 */
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class Filters extends Expansion {

  private static final int K = 10;
  private static final int TARGETS = 64;

  /** From this number of dimensions on, the default is codes of one bit. */
  private static final int MANY_DIMENSIONS = 320;

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

  /** How many codes were scored: JMH divides the time by it. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Visits {

    /** So many. */
    public long visits;

    /** For JMH. */
    public Visits() {}
  }

  /** How many nodes' links were read, likewise. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Expansions {

    /** So many. */
    public long expandedNodes;

    /** For JMH. */
    public Expansions() {}
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

  /** With codes, also where vectors are so few that the format would leave them out. */
  private void write(Directory to, Vectors vectors) throws IOException {
    LmdbHnswOptions options =
        LmdbHnswOptions.DEFAULT
            .withMaxConn(Store.MAX_CONN)
            .withBeamWidth(Store.BEAM_WIDTH)
            .withCodeBits(dimension < MANY_DIMENSIONS ? 4 : 1)
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
  public int scan(Visits visits) throws IOException {
    return search(LmdbHnswFilterStrategy.EXHAUSTIVE, search -> visits.visits += search.visits())[0]
        .doc;
  }

  /** Walks as without a filter. */
  @Benchmark
  public int sweep(Visits visits, Expansions expandedNodes) throws IOException {
    return walk(LmdbHnswFilterStrategy.POST_FILTERED, visits, expandedNodes);
  }

  /** Walks from accepted node to accepted node. */
  @Benchmark
  public int twoHop(Visits visits, Expansions expandedNodes) throws IOException {
    return walk(LmdbHnswFilterStrategy.FILTERED, visits, expandedNodes);
  }

  private int walk(LmdbHnswFilterStrategy forced, Visits visits, Expansions expandedNodes)
      throws IOException {
    return search(
            forced,
            search -> {
              visits.visits += search.visits();
              expandedNodes.expandedNodes += search.expandedNodes();
            })[0]
        .doc;
  }

  /** As it is planned. */
  @Benchmark
  public int planned() throws IOException {
    return search(LmdbHnswFilterStrategy.AUTO, null)[0].doc;
  }

  /** Searches the next target. */
  ScoreDoc[] search(LmdbHnswFilterStrategy forced, LmdbHnswSearchListener listener)
      throws IOException {
    target = target + 1 & TARGETS - 1;
    KnnSearchStrategy strategy =
        new LmdbHnswSearchStrategy().withFilterStrategy(forced).withListener(listener);
    TopKnnCollector collector = new TopKnnCollector(K, Integer.MAX_VALUE, strategy);
    vectors.search(Indexes.FIELD, targets[target], collector, docs);
    return collector.topDocs().scoreDocs;
  }

  /** What may be found. */
  FixedBitSet accepted() {
    return accepted;
  }
}
