/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.elasticsearch;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.lucenelmdb.elasticsearch.server.FormatsMain;

/** Reads from disk which format the vectors of each segment have. */
final class SegmentFormats implements Closeable {

  /** The name of the format that all segments should have. */
  static final String LMDB = "LmdbHnswVectorsFormat";

  private final Process process;
  private final PrintWriter questions;
  private final BufferedReader answers;

  /**
   * @param classPath with the server, its plugin and {@link FormatsMain}
   */
  SegmentFormats(String classPath) throws IOException {
    process =
        new ProcessBuilder(
                NodeProcess.java(),
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath,
                FormatsMain.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    questions = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
    answers = process.inputReader(StandardCharsets.UTF_8);
  }

  /**
   * A field in a segment.
   *
   * @param field its name
   * @param format the name of the format of its vectors
   * @param codec the name of the segment's codec
   */
  record Segment(String field, String format, String codec) {}

  /**
   * Returns the fields with vectors of the segments of an index.
   *
   * @param folder of a shard's Lucene index, which has been flushed
   */
  List<Segment> of(Path folder) throws IOException {
    questions.println(folder);
    List<Segment> segments = new ArrayList<>();
    for (String line = answers.readLine();
        line == null || line.isEmpty() == false;
        line = answers.readLine()) {
      if (line == null) {
        throw new IOException("the process that reads segments should answer; found its end");
      }
      String[] words = line.split(" ");
      if (words.length != 3) {
        throw new IOException(line);
      }
      segments.add(new Segment(words[0], words[1], words[2]));
    }
    return segments;
  }

  @Override
  public void close() {
    questions.close();
    process.destroy();
  }
}
