/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

import java.util.List;

/** The recalls at which engines are compared. */
public final class Recalls {

  /** For searches without a filter. */
  public static final List<Double> ALL = List.of(0.90, 0.95, 0.98, 0.99);

  /** For searches with a filter, of which there are many. */
  public static final List<Double> FILTERED = List.of(0.95, 0.98);

  /** For tables and plots of a single recall. */
  public static final double MAIN = 0.95;

  private Recalls() {}
}
