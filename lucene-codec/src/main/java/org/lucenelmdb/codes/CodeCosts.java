/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.codes;

/**
 * What a search for 10 vectors costs with codes and without, in nanoseconds, of which only the
 * proportions matter. Fitted to searches of 116,000 embeddings of 384 dimensions, as {@code
 * SearchCosts} of the searches.
 */
final class CodeCosts {

  /** Reading the neighbors of a node. */
  private static final double LINKS = 200;

  /** New nodes among the neighbors of a node. */
  private static final double NODES = 14;

  private static final double CODE = 6;
  private static final double CODE_PER_BYTE = 0.4;
  private static final double VECTOR = 15;
  private static final double VECTOR_PER_BYTE = 0.08;

  /** Nodes that a search for 10 expands at least. */
  private static final double EXPANDED = 24;

  private final double vector;

  /**
   * @param vectorBytes the length of a vector
   */
  CodeCosts(int vectorBytes) {
    this.vector = VECTOR + VECTOR_PER_BYTE * vectorBytes;
  }

  /** A search without codes. */
  double without() {
    return EXPANDED * (LINKS + NODES * vector);
  }

  /** A search on the codes of a model. */
  double with(CodeModel model) {
    double code = CODE + CODE_PER_BYTE * model.layout().recordBytes();
    double expanded = Math.max(EXPANDED, model.depth());
    return expanded * (LINKS + NODES * code) + model.depth() * vector;
  }
}
