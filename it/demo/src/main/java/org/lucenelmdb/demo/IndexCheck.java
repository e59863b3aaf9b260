/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.demo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.lucene.index.CheckIndex;
import org.apache.lucene.store.Directory;

/** Runs Lucene's CheckIndex, which reads and verifies the whole index. */
final class IndexCheck {

  private IndexCheck() {}

  /**
   * Checks the index in a directory.
   *
   * @throws IOException with CheckIndex's own report, if it finds problems
   */
  static void run(Directory directory) throws IOException {
    ByteArrayOutputStream report = new ByteArrayOutputStream();
    try (CheckIndex check = new CheckIndex(directory)) {
      check.setInfoStream(new PrintStream(report, true, StandardCharsets.UTF_8));
      if (!check.checkIndex().clean) {
        throw new IOException(
            "CheckIndex found problems:\n" + report.toString(StandardCharsets.UTF_8));
      }
    }
  }
}
