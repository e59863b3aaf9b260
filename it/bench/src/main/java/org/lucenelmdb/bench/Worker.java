/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench;

import java.nio.file.Path;

/**
 * What a child JVM runs: one measurement of one contestant. Reports figures on lines of their own,
 * of a mark, a number and a name.
 */
final class Worker {

  static final String MARK = "@";
  static final String PROGRESS = "progress";

  private static double reported;

  private Worker() {}

  public static void main(String[] args) throws Exception {
    Workspace work = new Workspace(Path.of(args[0]));
    switch (args[1]) {
      case "truth" -> Truth.write(work, Worker::progress);
      case "build" -> Building.run(work, Contestant.valueOf(args[2]), Integer.parseInt(args[3]));
      case "search" -> Searching.run(work, Contestant.valueOf(args[2]), Integer.parseInt(args[3]));
      default -> throw new IllegalArgumentException(args[1]);
    }
  }

  static void report(String name, double value) {
    System.out.println(MARK + " " + value + " " + name);
  }

  /** Reports which part of the work is done, from 0 to 1; not every time. */
  static void progress(double done) {
    if (done >= reported + 0.01 || done == 1) {
      report(PROGRESS, done);
      reported = done;
    }
  }
}
