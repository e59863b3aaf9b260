/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

/** Scores codes during a build, in which nodes are ordinals. */
final class BuiltCodeScorer extends CodeScorer {

  private final BuiltCodes codes;

  BuiltCodeScorer(BuiltCodes codes) {
    super(codes.model(), codes.records(), null);
    this.codes = codes;
  }

  @Override
  public int prefetch(int[] nodes, int count) {
    long[] addresses = addresses(count);
    for (int i = 0; i < count; i++) {
      addresses[i] = codes.address(nodes[i]);
    }
    return prefetchRecords(count);
  }
}
