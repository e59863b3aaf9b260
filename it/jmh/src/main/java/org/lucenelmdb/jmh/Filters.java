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
 * Complete searches by codes with a filter, by each strategy: the measurements behind the cost
 * constants by which the codec chooses a strategy.
 *
 * <p>Besides the nanoseconds of a search, {@code :visits} gives the nanoseconds per scored code,
 * and {@code :expandedNodes} those per expanded node. Both include a share of the work that is done
 * once per search, such as reranking. A filter accepts random vectors.
 *
 * <p>Searches have more code to compile than an expansion: until that is done, the Vector API makes
 * them a hundred times slower, so they warm up for longer.
 */
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class Filters extends Expansion {

  private static final int K = 10;
  private static final int TARGETS = 64;

  /** From this dimension on, 1-bit codes are the default. */
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

  /** The number of scored codes: JMH divides the time by it. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Visits {

    /** The count. */
    public long visits;

    /** For JMH. */
    public Visits() {}
  }

  /** The number of expanded nodes: JMH divides the time by it. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Expansions {

    /** The count. */
    public long expandedNodes;

    /** For JMH. */
    public Expansions() {}
  }

  /** For JMH. */
  public Filters() {}

  /** Opens an index, and chooses the matching vectors. */
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

  /**
   * Writes an index with codes, even for so few vectors that the format would omit them by default.
   */
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

  /** Closes the index. */
  @TearDown
  public void tearDown() throws IOException {
    IOUtils.close(reader, directory);
  }

  /** Scores the codes of all matching vectors. */
  @Benchmark
  public int exhaustive(Visits visits) throws IOException {
    return search(LmdbHnswFilterStrategy.EXHAUSTIVE, search -> visits.visits += search.visits())[0]
        .doc;
  }

  /** Traverses as without a filter. */
  @Benchmark
  public int postFiltered(Visits visits, Expansions expansions) throws IOException {
    return traverse(LmdbHnswFilterStrategy.POST_FILTERED, visits, expansions);
  }

  /** Traverses matching nodes. */
  @Benchmark
  public int filtered(Visits visits, Expansions expansions) throws IOException {
    return traverse(LmdbHnswFilterStrategy.FILTERED, visits, expansions);
  }

  private int traverse(LmdbHnswFilterStrategy forced, Visits visits, Expansions expansions)
      throws IOException {
    return search(
            forced,
            search -> {
              visits.visits += search.visits();
              expansions.expandedNodes += search.expandedNodes();
            })[0]
        .doc;
  }

  /** Uses the planned strategy. */
  @Benchmark
  public int planned() throws IOException {
    return search(LmdbHnswFilterStrategy.AUTO, null)[0].doc;
  }

  /** Searches the next target. */
  ScoreDoc[] search(LmdbHnswFilterStrategy forced, LmdbHnswSearchListener listener)
      throws IOException {
    target = target + 1 & TARGETS - 1;
    KnnSearchStrategy strategy =
        LmdbHnswSearchStrategy.DEFAULT.withFilterStrategy(forced).withListener(listener);
    TopKnnCollector collector = new TopKnnCollector(K, Integer.MAX_VALUE, strategy);
    vectors.search(Indexes.FIELD, targets[target], collector, docs);
    return collector.topDocs().scoreDocs;
  }

  /** The matching vectors. */
  FixedBitSet accepted() {
    return accepted;
  }
}
