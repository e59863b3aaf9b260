/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.verify;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.SegmentInfos;
import org.lucenelmdb.tools.ExitCodes;
import org.lucenelmdb.tools.IndexArgument;
import org.lucenelmdb.tools.index.IndexException;
import org.lucenelmdb.tools.index.IndexFolder;
import org.lucenelmdb.tools.output.Output;
import org.lucenelmdb.tools.output.ProgressLine;
import org.lucenelmdb.tools.output.Tables;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description =
        "Reads every byte of an index with vectors of this format, and finds damage, also damage"
            + " that checksums do not show. Files of other formats have their checksums verified.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:The index is healthy.",
      "1:Damage was found.",
      "2:The command line is wrong.",
      "3:There is no index, or it has another codec or version."
    })
public final class VerifyCommand implements Callable<Integer> {

  private static final int KIB = 1024;

  @Mixin private IndexArgument index;

  @Mixin private Output output;

  @Option(
      names = "--all",
      description =
          "Compare every code with its vector. Otherwise, a field with more than "
              + 2 * CodesCheck.SAMPLE
              + " vectors is sampled.")
  private boolean allCodes;

  /** Creates an instance for the command line. */
  public VerifyCommand() {}

  @Override
  public Integer call() throws IOException {
    Findings findings = new Findings();
    List<VerifyResult.Segment> segments = new ArrayList<>();
    try (IndexFolder folder = index.openUnmapped()) {
      SegmentInfos infos = segments(folder, findings);
      if (infos != null) {
        check(infos, segments, findings);
      }
    }
    VerifyResult result =
        new VerifyResult(index.path().toString(), segments, findings.kept(), findings.count());
    output.print(result, tables -> print(result, tables));
    return findings.count() == 0 ? ExitCodes.OK : ExitCodes.FINDINGS;
  }

  /** Reads the list of segments; null if it is damaged. */
  private static SegmentInfos segments(IndexFolder folder, Findings findings)
      throws IndexException {
    try {
      return folder.segments();
    } catch (IndexException e) {
      if (isOther(e.getCause())) {
        throw e;
      }
      findings.add("list of segments", "one that can be read", FileCheck.message(cause(e)));
    } catch (IOException | RuntimeException e) {
      findings.add("list of segments", "one that can be read", FileCheck.message(e));
    }
    return null;
  }

  private static Exception cause(IndexException e) {
    return e.getCause() instanceof Exception cause ? cause : e;
  }

  /** Whether an index is healthy, but of another codec or version. */
  private static boolean isOther(Throwable cause) {
    boolean isOther =
        cause instanceof IndexFormatTooOldException
            || cause instanceof IndexFormatTooNewException
            || cause instanceof IllegalArgumentException; // an unknown codec
    return isOther
        && Stream.of(cause.getSuppressed()) // a checksum that is verified after an exception
            .noneMatch(suppressed -> String.valueOf(suppressed.getMessage()).contains("failed"));
  }

  private void check(SegmentInfos infos, List<VerifyResult.Segment> segments, Findings findings)
      throws IOException {
    long bytes = 0;
    for (SegmentCommitInfo segment : infos) {
      try {
        bytes += 2 * segment.sizeInBytes();
      } catch (IOException e) {
        bytes += 0; // a missing file is a finding later
      }
    }
    try (ProgressLine progress = ProgressLine.begin("verify (KiB)", bytes / KIB)) {
      for (SegmentCommitInfo segment : infos) {
        segments.add(
            new SegmentCheck(segment, allCodes, findings, read -> progress.advance(read / KIB))
                .check());
      }
    }
  }

  private static void print(VerifyResult result, Tables tables) {
    for (Finding finding : result.findings()) {
      tables.line(finding.line());
    }
    long more = result.findingCount() - result.findings().size();
    if (more > 0) {
      tables.line("and " + more + " more findings");
    }
    List<List<String>> rows = new ArrayList<>();
    for (VerifyResult.Segment segment : result.segments()) {
      for (VerifyResult.Image image : segment.images()) {
        rows.add(
            Output.row(
                segment.name(),
                String.join(", ", image.fields()),
                image.version() < 0 ? "unknown" : image.version(),
                image.hasChecksums() ? "yes" : "no",
                image.vectors(),
                image.links(),
                image.comparedCodes() + " of " + image.codes(),
                image.pages()));
      }
    }
    if (rows.isEmpty() == false) {
      tables.table(
          "Images",
          List.of(
              "segment",
              "fields",
              "version",
              "checksums of blocks",
              "vectors",
              "links",
              "codes compared",
              "pages"),
          rows);
    }
    printUnused(result, tables);
    for (VerifyResult.Segment segment : result.segments()) {
      if (segment.otherFields().isEmpty() == false) {
        tables.line(segment.name() + ": only checksums of other formats: " + segment.otherFields());
      }
    }
    tables.line(
        result.findingCount() == 0
            ? result.index() + ": healthy"
            : result.index() + ": damaged, findings: " + result.findingCount());
  }

  private static void printUnused(VerifyResult result, Tables tables) {
    for (VerifyResult.Segment segment : result.segments()) {
      for (VerifyResult.Image image : segment.images()) {
        String unused =
            image.unusedBytes().entrySet().stream()
                .map(
                    entry ->
                        entry.getKey().toLowerCase(Locale.ROOT).replace('_', ' ')
                            + " "
                            + entry.getValue())
                .collect(Collectors.joining(", "));
        tables.line(image.file() + ": bytes of the image that nothing reads: " + unused);
      }
    }
  }
}
