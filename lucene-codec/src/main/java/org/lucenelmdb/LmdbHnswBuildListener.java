/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

/**
 * Receives the progress of builds: flushes and merges that write codes and graphs.
 *
 * @see LmdbHnswOptions#withBuildListener
 */
@FunctionalInterface
public interface LmdbHnswBuildListener {

  /**
   * Called when a phase begins, with 0 units done; about ten times a second while it runs; and when
   * it ends, with all units done. If a phase does not end, the build was aborted or failed.
   *
   * <p>The calls of one build do not overlap, but may come from several threads. Several builds may
   * call the method at the same time. It must return quickly. An exception that it throws ends the
   * build.
   *
   * @param progress the state of the build
   */
  void onProgress(Progress progress);

  /**
   * The state of a build.
   *
   * @param segment the name of the segment that is written
   * @param field the name of the field
   * @param phase the current phase
   * @param done the number of completed units of work in this phase
   * @param total the number of units in this phase: vectors, or groups of queries in {@link
   *     Phase#FINDING_NEAREST}
   * @param secondsLeft the estimated time until the phase ends, by the time that the done units
   *     took; NaN before a hundredth of them is done. {@link Phase#INSERTING} takes most of the
   *     time of a build, and about a fifth of it follows
   */
  record Progress(
      String segment, String field, Phase phase, int done, int total, double secondsLeft) {}

  /**
   * A phase of a build, in about the order in which they run. A build skips phases that it does not
   * need, and prunes and connects again after it has inserted held-out vectors.
   */
  enum Phase {
    /**
     * Compares a small sample of vectors with all others. The result decides how vectors are
     * quantized.
     */
    SAMPLING("sample"),

    /**
     * Finds an order of the vectors in which near ones follow each other, then copies them in this
     * order. Only if the build needs more memory than it may have, and so uses a file.
     */
    ORDERING("ordering"),

    /** Quantizes all vectors. */
    QUANTIZING("codes"),

    /** Copies the graph of a merged segment, without deleted documents. */
    COPYING("copying"),

    /** Inserts vectors into the graph by a full search. */
    INSERTING("graph"),

    /**
     * Inserts the vectors of the other merged segments near their neighbors in the graphs of those
     * segments.
     */
    JOINING("joining"),

    /** Prunes nodes that have too many neighbors. */
    PRUNING("pruning"),

    /** Links nodes that no traversal reaches. This phase uses one thread. */
    CONNECTING("connecting"),

    /** Inserts the held-out vectors, with which recall is measured. */
    INSERTING_HELD_OUT("held out"),

    /** Finds the nearest neighbors of the held-out vectors. */
    FINDING_NEAREST("nearest"),

    /** Searches for the neighbors of the held-out vectors with increasing effort. */
    MEASURING_RECALL("recall");

    private final String internalName;

    Phase(String internalName) {
      this.internalName = internalName;
    }

    /** Returns the phase that builds report under a name. */
    static Phase of(String internalName) {
      for (Phase phase : values()) {
        if (phase.internalName.equals(internalName)) {
          return phase;
        }
      }
      throw new IllegalArgumentException("unknown phase " + internalName);
    }
  }
}
