/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import org.apache.lucene.index.KnnVectorValues;
import org.lucenelmdb.internal.kernels.Kernels;

/**
 * A cost model for scoring codes and vectors, and for searches with and without codes. Costs are in
 * nanoseconds, but only their ratios matter.
 *
 * <p>The constants were fitted on an AMD EPYC with the Vector API, to random batches of 16 among
 * 10,000 and 100,000 vectors of 64 to 768 dimensions, and to searches for 10 among 2,000 to 60,000
 * vectors of 64 to 1,024 dimensions. With 4 bits, a code of 128 dimensions took 24 ns among 10,000
 * and 35 ns among 100,000, its vector 14 and 87 ns. Among 8,000 text embeddings of 384 dimensions,
 * a search took 40 us with 2 bits, 53 us with 1 bit and 37 us without codes; among 60,000, it took
 * 59, 64 and 90 us.
 *
 * <p>Without the Vector API, which requires {@code --add-modules}, vectors cost several times as
 * much, and codes pay off in smaller segments: a search among 6,300 text embeddings took 59 us with
 * 2 bits and 133 us without codes, compared with 34 and 35 us with the Vector API.
 *
 * @param vectors the number of vectors; vectors and codes outside of the CPU's caches cost more
 * @param vectorBytes the length of a vector in bytes
 * @param hasVectorApi whether the JVM has the Vector API
 */
public record CodeCosts(int vectors, int vectorBytes, boolean hasVectorApi) {

  /**
   * The number of bytes of vectors or codes from which every access is expected to miss the CPU's
   * caches.
   */
  private static final double CACHE_BYTES = 32 << 20;

  /** The cost of a cache miss of a code. Codes are prefetched in batches. */
  private static final double CODE_MISS = 30;

  private static final double CODE_MISS_PER_BYTE = 0.06;

  /** The cost of a cache miss of a vector. */
  private static final double VECTOR_MISS = 50;

  private static final double VECTOR_MISS_PER_BYTE = 0.035;

  /**
   * The maximum number of cache misses per vector. It is more than 1, because accesses to large
   * sets also miss the TLB.
   */
  private static final double MAX_MISSES = 1.5;

  private static final int MANY = 1 << 20;

  /** The cost of scoring a code besides comparing it. */
  private static final double CODE = 4;

  /** The cost of comparing a bit plane of up to 64 bytes with 4 bits of the query. */
  private static final double BIT_PLANE = 5.2;

  /**
   * The cost of comparing a bit plane of up to 64 bytes with 4 bits of the query, without the
   * Vector API.
   */
  private static final double SCALAR_BIT_PLANE = 14;

  private static final int BIT_PLANE_BYTES = 64;

  /** The cost of copying and comparing a code of 8 bits, besides the cost per byte. */
  private static final double BYTE_CODE = 28;

  private static final double BYTE_CODE_PER_BYTE = 0.07;

  /** The cost of scoring a vector that is in the CPU's caches, besides the cost per byte. */
  private static final double VECTOR = 4;

  private static final double VECTOR_PER_BYTE = 0.025;

  /** The cost per byte of scoring a vector that is in the CPU's caches, without the Vector API. */
  private static final double SCALAR_VECTOR_PER_BYTE = 0.15;

  /** The share of the cost of cache misses that remains in a scan in the order of memory. */
  private static final double SEQUENTIAL = 0.5;

  /** The cost of reading the neighbor list of a node. */
  private static final double NEIGHBOR_LIST = 250;

  /** The number of unvisited nodes among the neighbors of an expanded node. */
  private static final double VISITS_PER_EXPANSION = 14;

  /** The cost of visiting a node, besides its score. */
  private static final double VISIT = 10;

  /** The ratio of the costs of a search with and without a filter. */
  private static final double FILTERED = 1.5;

  /**
   * The cost of reranking a candidate besides scoring its vector, including the cost of learning
   * from its error.
   */
  private static final double CANDIDATE = 100;

  /**
   * The number of candidates that a search finds and reranks, as a multiple of the rerank depth.
   */
  private static final double CANDIDATES_PER_RERANK_DEPTH = 1.5;

  /** The minimum number of nodes that a search for 10 results expands. */
  private static final double MIN_EXPANSIONS = 24;

  /**
   * The cost per query of rotating and quantizing it, comparing it with centroids, and starting to
   * rerank.
   */
  private static final double QUERY = 8_000;

  private static final double QUERY_PER_BYTE = 3;

  /** Creates the cost model of this JVM. */
  public CodeCosts(int vectors, int vectorBytes) {
    this(vectors, vectorBytes, Kernels.best().bitPlaneWords() > 1);
  }

  /** Returns the cost model for the vectors of a field, in this JVM. */
  public static CodeCosts of(KnnVectorValues values) {
    return new CodeCosts(values.size(), values.dimension() * values.getEncoding().byteSize);
  }

  /** Returns the cost model for very many vectors like those of a field, in this JVM. */
  public static CodeCosts ofMany(KnnVectorValues values) {
    return new CodeCosts(MANY, values.dimension() * values.getEncoding().byteSize);
  }

  private double codeMiss(int bytes) {
    double part = Math.min(1, (double) vectors * bytes / CACHE_BYTES);
    return part * (CODE_MISS + CODE_MISS_PER_BYTE * bytes);
  }

  private double vectorMiss() {
    double part = Math.min(MAX_MISSES, (double) vectors * vectorBytes / CACHE_BYTES);
    return part * (VECTOR_MISS + VECTOR_MISS_PER_BYTE * vectorBytes);
  }

  /** The cost of scoring a code. */
  public double code(CodeModel model) {
    CodeLayout layout = model.layout();
    double comparison =
        layout.hasBitPlanes()
            ? (hasVectorApi ? BIT_PLANE : SCALAR_BIT_PLANE)
                * layout.bits()
                * (model.queryBits() / 4)
                * Math.max(1, (double) layout.bitPlaneBytes() / BIT_PLANE_BYTES)
            : BYTE_CODE + BYTE_CODE_PER_BYTE * layout.dimension();
    return CODE + comparison + codeMiss(layout.recordBytes());
  }

  private double vectorPerByte() {
    return hasVectorApi ? VECTOR_PER_BYTE : SCALAR_VECTOR_PER_BYTE;
  }

  /** The cost of scoring a vector in a scan in the order of memory. */
  public double scannedVector() {
    return VECTOR + vectorPerByte() * vectorBytes + SEQUENTIAL * vectorMiss();
  }

  /** The cost of scoring a random vector. */
  public double vector() {
    return VECTOR + vectorPerByte() * vectorBytes + vectorMiss();
  }

  /** The cost of scoring and collecting vectors in the order of memory. */
  public double exactScan(int count) {
    return count * (VISIT + scannedVector());
  }

  /** The cost of Lucene's filtered search for the k nearest matching vectors, without codes. */
  public double filteredTraversal(int k) {
    return FILTERED * Math.max(1, k / 10d) * withoutCodes();
  }

  /** The cost of a search for 10 results without codes. */
  double withoutCodes() {
    // a vector is visited at most once
    double part = Math.min(1, vectors / (MIN_EXPANSIONS * VISITS_PER_EXPANSION));
    return part * MIN_EXPANSIONS * (NEIGHBOR_LIST + VISITS_PER_EXPANSION * (VISIT + vector()));
  }

  /** The cost of a search for 10 results with the codes of a model. */
  double withCodes(CodeModel model) {
    double candidates = CANDIDATES_PER_RERANK_DEPTH * model.rerankDepth();
    return QUERY
        + QUERY_PER_BYTE * vectorBytes
        + Math.max(MIN_EXPANSIONS, candidates)
            * (NEIGHBOR_LIST + VISITS_PER_EXPANSION * (VISIT + code(model)))
        + candidates * (CANDIDATE + vector());
  }
}
