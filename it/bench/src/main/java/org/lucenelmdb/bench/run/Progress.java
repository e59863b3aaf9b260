/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.run;

/** Is told how far a run is. */
public interface Progress {

  /** A step begins, of so many; from 1. */
  void begin(int step, int steps, String title);

  /** The part of the step that is done, from 0 to 1. */
  void update(double done);

  /** Something that takes long and is not measured happens within the step. */
  void say(String text);

  /** All steps are done, or none will be begun any more. */
  void end();
}
