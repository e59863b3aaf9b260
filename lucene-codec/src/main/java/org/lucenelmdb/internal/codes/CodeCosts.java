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
 * <p>Without the Vector API, which requires {@code --add-modules}, vectors cost several times more,
 * and codes pay off for smaller segments: a search among 6,300 text embeddings took 59 us with 2
 * bits and 133 us without codes, compared with 34 and 35 us with the Vector API.
 *
 * @param vectors the number of vectors; vectors and codes outside of the CPU's caches cost more
 * @param vectorBytes the length of a vector
 * @param hasVectorApi whether the JVM has the Vector API
 */
public record CodeCosts(int vectors, int vectorBytes, boolean hasVectorApi) {

  /** Beyond this number of bytes, every access is expected to miss the CPU's caches. */
  private static final double CACHE_BYTES = 32 << 20;

  /** The cost of a cache miss of a code. Codes are prefetched in batches. */
  private static final double CODE_MISS = 30;

  private static final double CODE_MISS_PER_BYTE = 0.06;

  /** The cost of a cache miss of a vector. */
  private static final double VECTOR_MISS = 50;

  private static final double VECTOR_MISS_PER_BYTE = 0.035;

  /** The largest number of misses of a vector. Large sets also miss the TLB. */
  private static final double MAX_MISSES = 1.5;

  private static final int MANY = 1 << 20;

  /** The cost of a code besides comparing it. */
  private static final double CODE = 4;

  /** Comparing a bit plane of up to 64 bytes with 4 bits of the query. */
  private static final double BIT_PLANE = 5.2;

  /** The same without the Vector API. */
  private static final double SCALAR_BIT_PLANE = 14;

  private static final int BIT_PLANE_BYTES = 64;

  /** Copying and comparing a code of 8 bits. */
  private static final double BYTE_CODE = 28;

  private static final double BYTE_CODE_PER_BYTE = 0.07;

  /** Scoring a vector that is in the CPU's caches. */
  private static final double VECTOR = 4;

  private static final double VECTOR_PER_BYTE = 0.025;

  /** The same without the Vector API. */
  private static final double SCALAR_VECTOR_PER_BYTE = 0.15;

  /** The part of the cost of misses that remains in a scan in the order of memory. */
  private static final double SEQUENTIAL = 0.5;

  /** Reading the neighbor list of a node. */
  private static final double NEIGHBOR_LIST = 250;

  /** The number of unvisited nodes among the neighbors of an expanded node. */
  private static final double VISITS_PER_EXPANSION = 14;

  /** The cost of visiting a node, besides its score. */
  private static final double VISIT = 10;

  /** The time of a filtered search, in multiples of that of a search without a filter. */
  private static final double FILTERED = 1.5;

  /** The cost of reranking a candidate, besides its vector. It includes learning from its error. */
  private static final double CANDIDATE = 100;

  /** The number of candidates that a search finds and reranks, in multiples of the rerank depth. */
  private static final double CANDIDATES_PER_RERANK_DEPTH = 1.5;

  /** The least number of nodes that a search for 10 expands. */
  private static final double MIN_EXPANSIONS = 24;

  /** Rotating and quantizing a query, comparing it with centroids, and starting to rerank. */
  private static final double QUERY = 8_000;

  private static final double QUERY_PER_BYTE = 3;

  /** The costs in this JVM. */
  public CodeCosts(int vectors, int vectorBytes) {
    this(vectors, vectorBytes, Kernels.best().bitPlaneWords() > 1);
  }

  /** The costs for the vectors of a field, in this JVM. */
  public static CodeCosts of(KnnVectorValues values) {
    return new CodeCosts(values.size(), values.dimension() * values.getEncoding().byteSize);
  }

  /** The costs if the field had very many vectors, in this JVM. */
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

  /** The cost of a search for 10 without codes. */
  double withoutCodes() {
    // a vector is visited once at most
    double part = Math.min(1, vectors / (MIN_EXPANSIONS * VISITS_PER_EXPANSION));
    return part * MIN_EXPANSIONS * (NEIGHBOR_LIST + VISITS_PER_EXPANSION * (VISIT + vector()));
  }

  /** The cost of a search for 10 with the codes of a model. */
  double withCodes(CodeModel model) {
    double candidates = CANDIDATES_PER_RERANK_DEPTH * model.rerankDepth();
    return QUERY
        + QUERY_PER_BYTE * vectorBytes
        + Math.max(MIN_EXPANSIONS, candidates)
            * (NEIGHBOR_LIST + VISITS_PER_EXPANSION * (VISIT + code(model)))
        + candidates * (CANDIDATE + vector());
  }
}
