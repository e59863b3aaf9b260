/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.jmh;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.lucene.codecs.hnsw.FlatVectorScorerUtil;
import org.apache.lucene.codecs.lucene104.Lucene104ScalarQuantizedVectorScorer;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.store.RandomAccessInput;
import org.apache.lucene.util.BitUtil;
import org.apache.lucene.util.IOUtils;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.apache.lucene.util.quantization.OptimizedScalarQuantizer;
import org.apache.lucene.util.quantization.OptimizedScalarQuantizer.QuantizationResult;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;
import org.apache.lucene.util.quantization.QuantizedVectorsReader;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Scores {@value #NEIGHBORS} random codes of one bit per dimension in mapped memory, of a million,
 * against a target with four bits per dimension: the counterpart of {@link ExpansionScoring} in a
 * traversal by codes.
 *
 * <ul>
 *   <li>{@code lucene}: Lucene's scorer, which copies one code at a time to the heap and calls
 *       {@code VectorUtil.int4BitDotProduct}; Lucene has no bulk kernel for codes.
 *   <li>{@code inPlace}: the same score from longs read in place, without a copy.
 *   <li>{@code lucenePrefetched}, {@code inPlacePrefetched}: the same after a loop that reads a
 *       byte of each record. These reads do not depend on each other, so their cache misses
 *       overlap; otherwise, misses overlap only as far as the processor looks ahead.
 * </ul>
 *
 * <p>With 384 dimensions a record has 64 bytes and fills one cache line. Prefetching helps if the
 * records are not in the cache, and costs one more read of each if they are: compare with {@code -p
 * codes=10000}. The codes are Lucene's own, of {@value #DISTINCT} vectors, repeated.
 */
public class ExpansionCodes extends Expansion {

  static final int DISTINCT = 4096;

  private static final int EXPANSIONS = 1 << 14;
  private static final int TARGET_BITS = 4;
  private static final String CODES = "codes";

  @Param("1000000")
  int codes;

  @Param("384")
  int dimension;

  private Directory indexDirectory;
  private DirectoryReader reader;
  private Directory directory;
  private IndexInput file;

  private RandomVectorScorer scorer;
  private RandomAccessInput input;
  private int recordBytes;
  private int codeBytes;
  private long[] targetBitPlanes;
  private float targetLower;
  private float targetStep;
  private float targetSum;
  private float correction;

  private int[][] neighbors;
  private int expansion;
  private int prefetched;
  private final float[] scores = new float[NEIGHBORS];

  /** For JMH. */
  public ExpansionCodes() {}

  /** Reads the codes of an index, and repeats them. */
  @Setup
  public void setUp() throws IOException {
    if (dimension % Long.SIZE != 0) {
      throw new IllegalArgumentException(
          "dimension must be a multiple of " + Long.SIZE + "; dimension=" + dimension);
    }
    Vectors vectors = new Vectors(DISTINCT, dimension, VectorEncoding.FLOAT32);
    indexDirectory = new MMapDirectory(Indexes.index(Store.LUCENE104_BITS, vectors, false));
    reader = DirectoryReader.open(indexDirectory);
    QuantizedVectorsReader quantized =
        (QuantizedVectorsReader) Indexes.vectorsReader(Indexes.segment(reader));
    QuantizedByteVectorValues few =
        (QuantizedByteVectorValues) quantized.getQuantizedVectorValues(Indexes.FIELD);
    Path path =
        Indexes.path(CODES + "-" + codes + "-" + dimension, to -> write(to, few.getSlice()));
    directory = new MMapDirectory(path);
    file = directory.openInput(CODES, IOContext.DEFAULT);
    CodeValues values = new CodeValues(few, codes, file);
    scorer =
        new Lucene104ScalarQuantizedVectorScorer(
                FlatVectorScorerUtil.getLucene99FlatVectorsScorer())
            .getRandomVectorScorer(Vectors.SIMILARITY, values, vectors.target());
    input = file.randomAccessSlice(0, file.length());
    recordBytes = values.recordBytes();
    codeBytes = values.getVectorByteLength();
    quantize(vectors.target(), few);
    neighbors = ExpansionScoring.neighbors(EXPANSIONS, codes);
  }

  private void write(Directory to, IndexInput few) throws IOException {
    byte[] records = new byte[Math.toIntExact(few.length())];
    few.readBytes(records, 0, records.length);
    try (IndexOutput out = to.createOutput(CODES, IOContext.DEFAULT)) {
      for (int left = codes; left > 0; left -= DISTINCT) {
        out.writeBytes(records, records.length / DISTINCT * Math.min(left, DISTINCT));
      }
    }
  }

  private void quantize(float[] target, QuantizedByteVectorValues values) throws IOException {
    byte[] quantized = new byte[dimension];
    QuantizationResult terms =
        values
            .getQuantizer()
            .scalarQuantize(target, quantized, (byte) TARGET_BITS, values.getCentroid());
    byte[] bitPlanes =
        new byte[ScalarEncoding.SINGLE_BIT_QUERY_NIBBLE.getQueryPackedLength(dimension)];
    OptimizedScalarQuantizer.transposeHalfByte(quantized, bitPlanes);
    targetBitPlanes = new long[bitPlanes.length / Long.BYTES];
    for (int i = 0; i < targetBitPlanes.length; i++) {
      targetBitPlanes[i] = (long) BitUtil.VH_LE_LONG.get(bitPlanes, i * Long.BYTES);
    }
    targetLower = terms.lowerInterval();
    targetStep = (terms.upperInterval() - targetLower) / ((1 << TARGET_BITS) - 1);
    targetSum = terms.quantizedComponentSum();
    correction = terms.additionalCorrection() - values.getCentroidDP();
  }

  /** Closes the files. */
  @TearDown
  public void tearDown() throws IOException {
    IOUtils.close(file, directory, reader, indexDirectory);
  }

  private int[] next() {
    expansion = expansion + 1 & EXPANSIONS - 1;
    return neighbors[expansion];
  }

  /** Lucene's scorer. */
  @Benchmark
  public float[] lucene() throws IOException {
    return scoreByLucene(next());
  }

  /** Lucene's scorer, after a prefetch of the records. */
  @Benchmark
  public float[] lucenePrefetched() throws IOException {
    int[] ords = next();
    prefetch(ords);
    return scoreByLucene(ords);
  }

  /** Reads in place. */
  @Benchmark
  public float[] inPlace() throws IOException {
    return scoreInPlace(next());
  }

  /** Reads in place, after a prefetch of the records. */
  @Benchmark
  public float[] inPlacePrefetched() throws IOException {
    int[] ords = next();
    prefetch(ords);
    return scoreInPlace(ords);
  }

  private void prefetch(int[] ords) throws IOException {
    int sum = 0;
    for (int ord : ords) {
      sum += input.readByte((long) ord * recordBytes);
    }
    prefetched = sum; // so that the JIT does not eliminate the loop
  }

  private float[] scoreByLucene(int[] ords) throws IOException {
    for (int i = 0; i < NEIGHBORS; i++) {
      scores[i] = scorer.score(ords[i]);
    }
    return scores;
  }

  private float[] scoreInPlace(int[] ords) throws IOException {
    for (int i = 0; i < NEIGHBORS; i++) {
      scores[i] = score((long) ords[i] * recordBytes);
    }
    return scores;
  }

  /**
   * A component of the code is {@code lower + step * bit}, one of the target {@code targetLower +
   * targetStep * nibble}: the dot product is the sum of their products.
   */
  private float score(long record) throws IOException {
    int longs = codeBytes / Long.BYTES;
    int product = 0;
    for (int i = 0; i < longs; i++) {
      long code = input.readLong(record + (long) i * Long.BYTES);
      product +=
          Long.bitCount(code & targetBitPlanes[i])
              + (Long.bitCount(code & targetBitPlanes[longs + i]) << 1)
              + (Long.bitCount(code & targetBitPlanes[2 * longs + i]) << 2)
              + (Long.bitCount(code & targetBitPlanes[3 * longs + i]) << 3);
    }
    long terms = record + codeBytes;
    float lower = Float.intBitsToFloat(input.readInt(terms));
    float step = Float.intBitsToFloat(input.readInt(terms + Float.BYTES)) - lower;
    float codeCorrection = Float.intBitsToFloat(input.readInt(terms + 2 * Float.BYTES));
    int sum = input.readInt(terms + 3 * Float.BYTES);
    float dot =
        lower * (targetLower * dimension + targetStep * targetSum)
            + step * (targetLower * sum + targetStep * product)
            + codeCorrection
            + correction;
    return (1 + Math.clamp(dot, -1, 1)) / 2;
  }
}
