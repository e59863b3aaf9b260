/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.run;

/** Receives the progress of a run. */
public interface Progress {

  /** A step begins. */
  void begin(int step, int steps, String title);

  /** The share of the step that is done, from 0 to 1. */
  void update(double done);

  /** An unmeasured part of the step begins that takes long. */
  void say(String text);

  /** The run has ended. */
  void end();
}
