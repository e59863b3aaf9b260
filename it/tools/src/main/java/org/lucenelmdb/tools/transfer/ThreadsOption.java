/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The number of threads that build a graph. */
final class ThreadsOption {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "Threads, if a graph must be built (default: ${DEFAULT-VALUE}). With one, the same input"
              + " gives the same graph.",
      defaultValue = "1")
  private int threads;

  int get() {
    if (threads < 1) {
      throw new ParameterException(
          command.commandLine(), "--threads must be at least 1; found " + threads);
    }
    return threads;
  }
}
