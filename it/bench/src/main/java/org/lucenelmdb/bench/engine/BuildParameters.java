/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.engine;

/**
 * The build parameters that all engines share.
 *
 * @param maxConn M of HNSW: the neighbors per node on upper levels; level 0 has twice as many
 * @param beamWidth the number of candidates kept while the neighbors of a new node are searched
 * @param ramMegabytes the buffer of a Lucene writer
 * @param threads the threads that build graphs; Lucene's formats use them in merges, and one thread
 *     adds vectors
 * @param offHeapMegabytes the limit of the memory outside the heap that builds of lucene-lmdb use;
 *     null for its default
 */
public record BuildParameters(
    int maxConn, int beamWidth, int ramMegabytes, int threads, Integer offHeapMegabytes) {

  /** Returns a copy with another number of threads. */
  public BuildParameters withThreads(int other) {
    return new BuildParameters(maxConn, beamWidth, ramMegabytes, other, offHeapMegabytes);
  }
}
