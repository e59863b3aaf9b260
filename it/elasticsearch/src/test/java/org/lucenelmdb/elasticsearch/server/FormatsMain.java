/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.elasticsearch.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SegmentReader;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.elasticsearch.common.logging.LogConfigurator;

/**
 * Prints the formats of the vectors of each segment. It runs in a JVM that has the server's codecs:
 * a line with the folder of an index is answered by lines, the last of which is empty.
 */
public final class FormatsMain {

  private FormatsMain() {}

  /** Answers until the standard input ends. */
  public static void main(String[] args) throws IOException {
    PrintStream out = System.out;
    LogConfigurator.configureESLogging();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      try {
        print(Path.of(line), out);
      } catch (IOException e) {
        out.println(e);
      }
      out.println();
      out.flush();
    }
  }

  private static void print(Path folder, PrintStream out) throws IOException {
    try (Directory directory = new MMapDirectory(folder);
        DirectoryReader reader = DirectoryReader.open(directory)) {
      for (LeafReaderContext leaf : reader.leaves()) {
        SegmentReader segment = (SegmentReader) leaf.reader();
        for (FieldInfo field : segment.getFieldInfos()) {
          if (field.hasVectorValues()) {
            out.println(
                field.name
                    + " "
                    + field.getAttribute(PerFieldKnnVectorsFormat.PER_FIELD_FORMAT_KEY)
                    + " "
                    + segment.getSegmentInfo().info.getCodec().getName());
          }
        }
      }
    }
  }
}
