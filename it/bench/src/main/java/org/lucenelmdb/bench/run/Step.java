/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.run;

import java.io.IOException;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.lucenelmdb.bench.result.Sample;

/**
 * A part of a run.
 *
 * @param subject whose failure makes later steps of the same subject pointless; null for data
 */
record Step(String title, String subject, Action action) {

  /** Does it. */
  @FunctionalInterface
  interface Action {
    List<Sample> run(DoubleConsumer progress) throws IOException;
  }
}
