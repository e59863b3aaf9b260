/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench;

import java.io.IOException;
import java.nio.file.FileSystemException;
import org.lucenelmdb.bench.data.BadDataException;
import org.lucenelmdb.bench.memory.UnsupportedLimitException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.Option;

/** The benchmark's command line. */
@Command(
    name = "bench",
    description = {
      "Compares vector indexes: lucene-lmdb and its alternatives.",
      "Without a command, runs with the preset 'quick'."
    },
    subcommands = {RunCommand.class, CompareCommand.class, ReportCommand.class},
    sortOptions = false)
public final class Bench {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this text.")
  private boolean help;

  private Bench() {}

  /** Runs the program; exits with 0, with 1 after a failure, or with 2 if the input is bad. */
  public static void main(String[] args) {
    // the options of "run" may be given without its name
    boolean named =
        args.length > 0 && (args[0].startsWith("-") == false || args[0].matches("-h|--help"));
    System.exit(commandLine().execute(named ? args : withRun(args)));
  }

  static String[] withRun(String[] args) {
    String[] all = new String[args.length + 1];
    all[0] = RunCommand.NAME;
    System.arraycopy(args, 0, all, 1, args.length);
    return all;
  }

  static CommandLine commandLine() {
    return new CommandLine(new Bench())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(
            (e, args) -> {
              e.getCommandLine().getErr().println("bench: " + oneLine(e.getMessage()));
              return ExitCode.USAGE;
            })
        .setExecutionExceptionHandler(exceptionHandler());
  }

  private static IExecutionExceptionHandler exceptionHandler() {
    return (e, commandLine, result) -> {
      if (e instanceof BadDataException || e instanceof UnsupportedLimitException) {
        commandLine.getErr().println("bench: " + oneLine(e.getMessage()));
        return ExitCode.USAGE;
      }
      if (e instanceof FileSystemException && ((FileSystemException) e).getReason() == null) {
        // the message of such an exception is the path alone
        String problem = e.getClass().getSimpleName().replaceFirst("Exception$", "");
        commandLine.getErr().println("bench: " + e.getMessage() + ": " + problem);
        return ExitCode.USAGE;
      }
      if (e instanceof IOException) {
        commandLine.getErr().println("bench: " + e.getMessage());
        return ExitCode.SOFTWARE;
      }
      throw e;
    };
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s*\\R\\s*", "; ");
  }
}
