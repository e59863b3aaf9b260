/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import org.apache.lucene.index.KnnVectorValues;
import org.lucenelmdb.internal.kernels.Kernels;

/**
 * What it costs to score codes and vectors, and to search by them, in nanoseconds, of which only
 * the proportions matter. Fitted to random batches of 16 among 10,000 and 100,000 vectors of 64 to
 * 768 dimensions, and to searches for 10 among 2,000 to 60,000 vectors of 64 to 1,024 dimensions,
 * on an AMD EPYC with the Vector API: with 4 bits a code of 128 dimensions took 24 and 35 ns, its
 * vector 14 and 87; a search of 8,000 texts of 384 dimensions took 40 us with 2 bits, 53 with 1 and
 * 37 without codes, and one of 60,000 took 59, 64 and 90. Where a JVM has no Vector API, as without
 * {@code --add-modules}, vectors cost several times more, and codes are worthwhile sooner: a search
 * of 6,300 texts took 59 us with 2 bits and 133 without codes, instead of 34 and 35.
 *
 * @param vectors their number: what is beyond the CPU's caches costs more
 * @param vectorBytes the length of a vector
 * @param hasVectorApi whether the JVM has it
 */
public record CodeCosts(int vectors, int vectorBytes, boolean hasVectorApi) {

  /** Of more bytes than these, none are expected in a cache. */
  private static final double CACHE_BYTES = 32 << 20;

  /** What a cache miss costs with a code, which is prefetched together with others. */
  private static final double CODE_MISS = 30;

  private static final double CODE_MISS_PER_BYTE = 0.06;

  /** What a cache miss costs with a vector. */
  private static final double MISS = 50;

  private static final double MISS_PER_BYTE = 0.035;

  /** Large sets of vectors miss the CPU's address translation caches, too. */
  private static final double MAX_MISSES = 1.5;

  private static final int MANY = 1 << 20;

  private static final double CODE = 4;

  /** Comparing a bit plane of up to 64 bytes with 4 bits of the query. */
  private static final double PLANE = 5.2;

  private static final double SCALAR_PLANE = 14;

  private static final int PLANE_BYTES = 64;

  /** Copying and comparing a code of 8 bits. */
  private static final double BYTES = 28;

  private static final double BYTES_PER_BYTE = 0.07;

  private static final double VECTOR = 4;
  private static final double VECTOR_PER_BYTE = 0.025;
  private static final double SCALAR_VECTOR_PER_BYTE = 0.15;

  /** Of the misses of a vector, a scan in order waits for a part. */
  private static final double SEQUENTIAL = 0.5;

  /** Reading the neighbors of a node. */
  private static final double LINKS = 250;

  /** New nodes among the neighbors of a node. */
  private static final double NODES = 14;

  /** What a node costs a traversal beside its score. */
  private static final double NODE = 10;

  /** A filtered search takes this many times as long as one without a filter. */
  private static final double FILTERED = 1.5;

  /** What a candidate costs beside its vector: its errors are learned from. */
  private static final double CANDIDATE = 100;

  /** Nodes that a search expands for each candidate that it needs: some are found in vain. */
  private static final double EXPANDED_PER_CANDIDATE = 1.5;

  /** Nodes that a search for 10 expands at least. */
  private static final double EXPANDED = 24;

  /** Rotating and quantizing a query, comparing it with centroids, and beginning to rerank. */
  private static final double QUERY = 8_000;

  private static final double QUERY_PER_BYTE = 3;

  /** Those of this JVM. */
  public CodeCosts(int vectors, int vectorBytes) {
    this(vectors, vectorBytes, Kernels.best().bitPlaneWords() > 1);
  }

  /** Those of all vectors of a field, in this JVM. */
  public static CodeCosts of(KnnVectorValues values) {
    return new CodeCosts(values.size(), values.dimension() * values.getEncoding().byteSize);
  }

  /** Those of a field, if it had very many such vectors. */
  public static CodeCosts ofMany(KnnVectorValues values) {
    return new CodeCosts(MANY, values.dimension() * values.getEncoding().byteSize);
  }

  private double codeMiss(int bytes) {
    double part = Math.min(1, (double) vectors * bytes / CACHE_BYTES);
    return part * (CODE_MISS + CODE_MISS_PER_BYTE * bytes);
  }

  private double miss() {
    double part = Math.min(MAX_MISSES, (double) vectors * vectorBytes / CACHE_BYTES);
    return part * (MISS + MISS_PER_BYTE * vectorBytes);
  }

  /** Scoring a code. */
  public double code(CodeModel model) {
    CodeLayout layout = model.layout();
    double compared =
        layout.hasPlanes()
            ? (hasVectorApi ? PLANE : SCALAR_PLANE)
                * layout.bits()
                * (model.queryBits() / 4)
                * Math.max(1, (double) layout.planeBytes() / PLANE_BYTES)
            : BYTES + BYTES_PER_BYTE * layout.dimension();
    return CODE + compared + codeMiss(layout.recordBytes());
  }

  private double perByte() {
    return hasVectorApi ? VECTOR_PER_BYTE : SCALAR_VECTOR_PER_BYTE;
  }

  /** Scoring a vector of a scan. */
  public double scannedVector() {
    return VECTOR + perByte() * vectorBytes + SEQUENTIAL * miss();
  }

  /** Scoring any vector. */
  public double vector() {
    return VECTOR + perByte() * vectorBytes + miss();
  }

  /** Scoring and collecting so many vectors in order. */
  public double exactScan(int count) {
    return count * (NODE + scannedVector());
  }

  /** A search without codes for the nearest that a filter accepts, which is one of Lucene's. */
  public double filteredWalk(int k) {
    return FILTERED * Math.max(1, k / 10d) * without();
  }

  /** A search for 10 without codes. */
  double without() {
    double part = Math.min(1, vectors / (EXPANDED * NODES)); // of few vectors, each is met once
    return part * EXPANDED * (LINKS + NODES * (NODE + vector()));
  }

  /** A search for 10 on the codes of a model. */
  double with(CodeModel model) {
    double candidates = EXPANDED_PER_CANDIDATE * model.depth();
    return QUERY
        + QUERY_PER_BYTE * vectorBytes
        + Math.max(EXPANDED, candidates) * (LINKS + NODES * (NODE + code(model)))
        + candidates * (CANDIDATE + vector());
  }
}
