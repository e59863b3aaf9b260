/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.lucene.index.CorruptIndexException;
import org.lucenelmdb.bench.data.BadDataException;
import org.lucenelmdb.tools.bench.BenchCommand;
import org.lucenelmdb.tools.doctor.DoctorCommand;
import org.lucenelmdb.tools.explain.ExplainCommand;
import org.lucenelmdb.tools.index.IndexException;
import org.lucenelmdb.tools.inspect.InspectCommand;
import org.lucenelmdb.tools.transfer.ExportCommand;
import org.lucenelmdb.tools.transfer.ImportCommand;
import org.lucenelmdb.tools.verify.VerifyCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;

/** The program. */
@Command(
    name = "lucene-lmdb-tools",
    mixinStandardHelpOptions = true,
    versionProvider = ToolsVersion.class,
    description =
        "Looks into indexes with vectors of lucene-lmdb. An index that is read is never changed.",
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:Success, and nothing was found that is wrong.",
      "1:Damage (verify), or a cause of bad recall (doctor).",
      "2:The command line is wrong.",
      "3:The index or a file cannot be used.",
      "70:An error of this program."
    },
    subcommands = {
      InspectCommand.class,
      VerifyCommand.class,
      DoctorCommand.class,
      ExplainCommand.class,
      ExportCommand.class,
      ImportCommand.class,
      BenchCommand.class,
      CommandLine.HelpCommand.class
    })
public final class Tools {

  /** Lucene warns on standard error if the Vector API is missing, which a tool can do without. */
  private static final Logger VECTORIZATION =
      Logger.getLogger("org.apache.lucene.internal.vectorization.VectorizationProvider");

  private Tools() {}

  /** Runs a command and exits with one of {@link ExitCodes}. */
  public static void main(String[] args) {
    VECTORIZATION.setLevel(Level.SEVERE);
    System.exit(commandLine().execute(args));
  }

  /** The commands. Tests redirect their output. */
  public static CommandLine commandLine() {
    return new CommandLine(new Tools())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(errors());
  }

  private static IExecutionExceptionHandler errors() {
    return (e, command, parsed) -> {
      boolean isUnusable =
          e instanceof IndexException
              || e instanceof BadDataException
              || e instanceof CorruptIndexException;
      if (isUnusable || e instanceof FileSystemException || e instanceof FileNotFoundException) {
        String message =
            isUnusable ? e.getMessage() : "expected a file that can be used; found " + e;
        command.getErr().println(message);
        return ExitCodes.UNUSABLE;
      }
      if (e instanceof IOException) {
        command.getErr().println(e);
        return ExitCodes.UNUSABLE;
      }
      e.printStackTrace(command.getErr());
      return ExitCodes.SOFTWARE;
    };
  }
}
