/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.external;

/** A JVM that is ended while it runs a program. */
final class EndingParent {

  private EndingParent() {}

  public static void main(String[] args) throws Exception {
    ChildProgram.run(FakeProgram.command(FakeProgram.class, "waits"), System.out::println);
  }
}
