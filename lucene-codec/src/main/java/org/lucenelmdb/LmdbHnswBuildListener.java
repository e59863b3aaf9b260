/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

/**
 * Is told how far the graphs of segments are that are being built, by flushes and merges: see
 * {@link LmdbHnswOptions#withBuildListener}.
 */
@FunctionalInterface
public interface LmdbHnswBuildListener {

  /**
   * Called when a phase of a build begins, with 0 done; about ten times a second while it goes on;
   * and when it ends, with all done. A build whose phases do not all end was aborted, or failed.
   * For one build, one thread calls at a time, but not always the same; several builds may call at
   * once. It should return at once, and what it throws ends the build.
   *
   * @param progress how far it is
   */
  void onProgress(Progress progress);

  /**
   * How far a build is.
   *
   * @param segment the name of the segment that is written
   * @param field the name of the field
   * @param phase {@code sample}: a few vectors are compared with all others, for codes to be
   *     chosen; {@code codes}: vectors are quantized; {@code copying}: the graph of a merged
   *     segment is taken over, without what was deleted; {@code graph}: vectors are inserted into
   *     the graph; {@code joining}: those of other merged segments are, near their neighbors there;
   *     {@code pruning}: nodes lose the neighbors that are too many; {@code connecting}: nodes that
   *     cannot be reached are linked, by one thread; {@code held out}: vectors that recall is
   *     measured with are inserted; {@code nearest} and {@code recall}: their nearest vectors are
   *     found, and searched for
   * @param done how many of its pieces of work are done
   * @param total how many there are: vectors, or groups of queries in {@code nearest}
   */
  record Progress(String segment, String field, String phase, int done, int total) {}
}
