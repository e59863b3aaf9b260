/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.inspect;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.util.Bits;
import org.lucenelmdb.internal.inspection.SegmentInspection;
import org.lucenelmdb.tools.ExitCodes;
import org.lucenelmdb.tools.IndexArgument;
import org.lucenelmdb.tools.index.FormatFiles;
import org.lucenelmdb.tools.index.IndexException;
import org.lucenelmdb.tools.index.IndexFolder;
import org.lucenelmdb.tools.output.Output;
import org.lucenelmdb.tools.output.ProgressLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description =
        "Shows the segments of an index and their vectors: fields, options, sizes, LMDB pages,"
            + " codes, recall curves and graphs.")
public final class InspectCommand implements Callable<Integer> {

  @Mixin private IndexArgument index;

  @Mixin private Output output;

  @Option(names = "--field", paramLabel = "FIELD", description = "Show only this field.")
  private String field;

  /** Creates an instance for the command line. */
  public InspectCommand() {}

  @Override
  public Integer call() throws IOException {
    List<InspectResult.Segment> segments = new ArrayList<>();
    try (IndexFolder folder = index.open()) {
      SegmentInfos infos = folder.segments();
      long bytes = 0;
      for (SegmentCommitInfo segment : infos) {
        bytes += segment.sizeInBytes();
      }
      try (ProgressLine progress = ProgressLine.begin("inspect (KiB)", bytes >> 10)) {
        for (SegmentCommitInfo segment : infos) {
          segments.add(inspect(folder, segment, progress));
        }
      }
    }
    if (field != null && hasField(segments) == false) {
      throw new IndexException(
          index.path() + ": expected vectors in the field " + field + "; found none");
    }
    InspectResult result = new InspectResult(index.path().toString(), segments);
    output.print(result, tables -> new InspectTables(tables).print(result));
    return ExitCodes.OK;
  }

  private boolean hasField(List<InspectResult.Segment> segments) {
    return segments.stream()
        .anyMatch(
            segment ->
                segment.otherFields().containsKey(field)
                    || segment.images().stream()
                        .anyMatch(image -> image.fields().isEmpty() == false));
  }

  private InspectResult.Segment inspect(
      IndexFolder folder, SegmentCommitInfo segment, ProgressLine progress) throws IOException {
    try {
      if (segment.info.getUseCompoundFile()) {
        try (Directory compound =
            segment
                .info
                .getCodec()
                .compoundFormat()
                .getCompoundReader(segment.info.dir, segment.info)) {
          return inspect(segment, FormatFiles.read(segment, compound), progress);
        }
      }
      return inspect(segment, FormatFiles.read(segment, segment.info.dir), progress);
    } catch (IOException | RuntimeException e) {
      Throwable cause = e instanceof UncheckedIOException unchecked ? unchecked.getCause() : e;
      throw new IndexException(
          folder.describe(segment)
              + ": expected a healthy segment; found damage, which the command verify lists: "
              + cause.getMessage(),
          cause);
    }
  }

  private InspectResult.Segment inspect(
      SegmentCommitInfo segment, FormatFiles files, ProgressLine progress) throws IOException {
    Bits liveDocs =
        segment.hasDeletions()
            ? segment
                .info
                .getCodec()
                .liveDocsFormat()
                .readLiveDocs(segment.info.dir, segment, IOContext.READONCE)
            : null;
    List<InspectResult.Image> images = new ArrayList<>();
    for (Map.Entry<String, List<String>> entry : files.fieldsBySuffix().entrySet()) {
      if (field == null || entry.getValue().contains(field)) {
        try (KnnVectorsReader reader = files.open(entry.getKey())) {
          SegmentInspection inspection = (SegmentInspection) reader;
          int pageSize = inspection.pageSize();
          images.add(
              ImageInspector.inspect(
                  inspection,
                  files.fileName(entry.getKey(), "vec"),
                  field,
                  liveDocs,
                  pages -> progress.advance(pages * pageSize >> 10)));
        }
      }
    }
    return new InspectResult.Segment(
        segment.info.name,
        segment.info.getCodec().getName(),
        String.valueOf(segment.info.getVersion()),
        segment.info.maxDoc(),
        segment.getDelCount(),
        segment.info.getUseCompoundFile(),
        segment.sizeInBytes(),
        images,
        files.otherFields());
  }
}
