/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools;

import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * A run of a command in this JVM.
 *
 * @param exitCode one of {@link ExitCodes}
 * @param out what it printed to standard output
 * @param err what it printed to standard error
 */
public record ToolRun(int exitCode, String out, String err) {

  /** Runs a command. */
  public static ToolRun of(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        Tools.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(args);
    return new ToolRun(exitCode, out.toString(), err.toString());
  }
}
