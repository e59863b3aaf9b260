/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.run;

import java.io.IOException;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.lucenelmdb.bench.engine.Engine;
import org.lucenelmdb.bench.result.Sample;

/**
 * A step of a run.
 *
 * @param subject a failure skips later steps of the same subject; null for data
 */
record Step(String title, String subject, Action action) {

  /** A step of an engine. Engines that share an index share a subject. */
  static Step of(String title, Engine engine, Action action) {
    return new Step(title + " " + engine.info().name(), engine.info().index(), action);
  }

  /** Runs the step. */
  @FunctionalInterface
  interface Action {
    List<Sample> run(DoubleConsumer progress) throws IOException;
  }
}
