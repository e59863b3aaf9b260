/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.jmh;

import java.io.IOException;
import java.util.SplittableRandom;
import org.apache.lucene.codecs.hnsw.FlatVectorScorerUtil;
import org.apache.lucene.codecs.hnsw.FlatVectorsScorer;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.IOUtils;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.lucenelmdb.internal.vectors.BlockVectorsScorer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Scores {@value #NEIGHBORS} random vectors in mapped memory, of 100,000, against a target.
 *
 * <ul>
 *   <li>{@code oneByOne}: a call for each vector; {@code bulk}: one call for all, as in a search.
 *   <li>store {@code LMDB}: the codec's blocks of vectors through its scorer, which translates
 *       ordinals to slots and delegates to Lucene's; {@code LUCENE99}: Lucene's contiguous file of
 *       vectors, with Lucene's scorer alone.
 * </ul>
 *
 * <p>Both stores should take the same time: the difference is the cost of blocks. Also run it with
 * {@code -Djmh.jvmargs="--add-modules jdk.incubator.vector"}: with SIMD, memory access dominates,
 * and {@code bulk}, which reads several vectors at once, gains most.
 */
public class ExpansionScoring extends Expansion {

  private static final int EXPANSIONS = 4096;

  @Param("100000")
  int nodes;

  @Param("384")
  int dimension;

  @Param({"FLOAT32", "BYTE"})
  VectorEncoding encoding;

  @Param({"LMDB", "LUCENE99"})
  Store store;

  private Directory directory;
  private DirectoryReader reader;
  private RandomVectorScorer scorer;
  private int[][] neighbors;
  private int expansion;
  private final float[] scores = new float[NEIGHBORS];

  /** For JMH. */
  public ExpansionScoring() {}

  /** Opens the vectors. */
  @Setup
  public void setUp() throws IOException {
    Vectors vectors = new Vectors(nodes, dimension, encoding);
    directory = new MMapDirectory(Indexes.index(store, vectors, false));
    reader = DirectoryReader.open(directory);
    scorer = scorer(Indexes.segment(reader), vectors.target());
    neighbors = neighbors(EXPANSIONS, nodes);
  }

  private RandomVectorScorer scorer(CodecReader segment, float[] target) throws IOException {
    FlatVectorsScorer scorers =
        store == Store.LMDB
            ? BlockVectorsScorer.INSTANCE
            : FlatVectorScorerUtil.getLucene99FlatVectorsScorer();
    return switch (encoding) {
      case FLOAT32 -> {
        FloatVectorValues values = segment.getFloatVectorValues(Indexes.FIELD);
        yield scorers.getRandomVectorScorer(Vectors.SIMILARITY, values, target);
      }
      case BYTE -> {
        ByteVectorValues values = segment.getByteVectorValues(Indexes.FIELD);
        byte[] bytes = Vectors.bytes(target);
        yield scorers.getRandomVectorScorer(Vectors.SIMILARITY, values, bytes);
      }
    };
  }

  /** The neighbors of many random expansions. */
  static int[][] neighbors(int expansions, int nodes) {
    SplittableRandom random = new SplittableRandom(SEED);
    int[][] neighbors = new int[expansions][];
    for (int i = 0; i < expansions; i++) {
      neighbors[i] = random.ints(NEIGHBORS, 0, nodes).sorted().toArray();
    }
    return neighbors;
  }

  /** Closes the vectors. */
  @TearDown
  public void tearDown() throws IOException {
    IOUtils.close(reader, directory);
  }

  private int[] next() {
    expansion = expansion + 1 & EXPANSIONS - 1;
    return neighbors[expansion];
  }

  /** A call for each vector. */
  @Benchmark
  public float[] oneByOne() throws IOException {
    int[] ords = next();
    for (int i = 0; i < NEIGHBORS; i++) {
      scores[i] = scorer.score(ords[i]);
    }
    return scores;
  }

  /** One call for all vectors. */
  @Benchmark
  public float[] bulk() throws IOException {
    scorer.bulkScore(next(), scores, NEIGHBORS);
    return scores;
  }
}
