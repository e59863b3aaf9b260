/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.lucenelmdb.bench.report.ComparisonReport;
import org.lucenelmdb.bench.result.Comparison;
import org.lucenelmdb.bench.result.ResultFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares the results of two runs. */
@Command(
    name = "compare",
    description = "Shows the ratios between the figures of two runs, with their spread.")
final class CompareCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "BEFORE.json",
      index = "0",
      description = "The JSON file of the first run.")
  private Path before;

  @Parameters(
      paramLabel = "AFTER.json",
      index = "1",
      description = "The JSON file of the second run.")
  private Path after;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this text.")
  private boolean help;

  @Override
  public Integer call() throws IOException {
    Comparison comparison = Comparison.of(ResultFile.read(before), ResultFile.read(after));
    new ComparisonReport(spec.commandLine().getOut()).print(comparison);
    return ExitCode.OK;
  }
}
