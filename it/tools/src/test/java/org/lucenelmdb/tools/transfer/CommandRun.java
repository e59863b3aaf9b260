/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.Assert;
import org.lucenelmdb.tools.ExitCodes;
import org.lucenelmdb.tools.Tools;

/**
 * What a command did.
 *
 * @param exitCode one of {@link ExitCodes}
 * @param out standard output
 * @param err standard error
 */
record CommandRun(int exitCode, String out, String err) {

  /** Runs a command. */
  static CommandRun of(Object... args) {
    String[] texts = new String[args.length];
    for (int i = 0; i < args.length; i++) {
      texts[i] = args[i].toString();
    }
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        Tools.commandLine()
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(texts);
    return new CommandRun(exitCode, out.toString(), err.toString());
  }

  /** Runs a command that must succeed, and returns its output. */
  static String ok(Object... args) {
    CommandRun run = of(args);
    Assert.assertEquals(run.toString(), ExitCodes.OK, run.exitCode);
    Assert.assertEquals("", run.err);
    return run.out;
  }

  /** Runs a command that must fail with a message, and without a stack trace. */
  static void fails(int exitCode, String message, Object... args) {
    CommandRun run = of(args);
    Assert.assertEquals(run.toString(), exitCode, run.exitCode);
    Assert.assertTrue(run.toString(), run.err.contains(message));
    Assert.assertFalse(run.toString(), run.err.contains("\tat "));
    Assert.assertEquals("", run.out);
  }
}
