/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.lucenelmdb.bench.report.HtmlReport;
import org.lucenelmdb.bench.report.TerminalReport;
import org.lucenelmdb.bench.result.Result;
import org.lucenelmdb.bench.result.ResultFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows the report of a finished run. */
@Command(name = "report", description = "Shows the report of a run from its JSON file.")
final class ReportCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "RESULT.json", description = "The JSON file of a run.")
  private Path result;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write an HTML report to this file; by default, only tables are printed.")
  private Path html;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this text.")
  private boolean help;

  @Override
  public Integer call() throws IOException {
    Result read = ResultFile.read(result);
    new TerminalReport(spec.commandLine().getOut()).print(read);
    if (html != null) {
      HtmlReport.write(read, html);
    }
    return ExitCode.OK;
  }
}
