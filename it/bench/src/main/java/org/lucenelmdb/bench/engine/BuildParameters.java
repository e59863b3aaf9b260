/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.engine;

/**
 * What all engines build with.
 *
 * @param maxConn the M of HNSW: neighbors per node on upper levels; level 0 has twice as many
 * @param beamWidth how many candidates are kept while neighbors of a new node are searched
 * @param ramMegabytes of a Lucene writer's buffer
 * @param threads that build graphs; for Lucene's formats in merges, vectors are added by one
 */
public record BuildParameters(int maxConn, int beamWidth, int ramMegabytes, int threads) {

  /** The same with another number of threads. */
  public BuildParameters withThreads(int other) {
    return new BuildParameters(maxConn, beamWidth, ramMegabytes, other);
  }
}
