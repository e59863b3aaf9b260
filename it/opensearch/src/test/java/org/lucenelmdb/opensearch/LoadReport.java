/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.opensearch.common.xcontent.json.JsonXContent;
import org.opensearch.core.xcontent.XContentBuilder;

/**
 * The figures of a load test.
 *
 * @param setup what was measured
 * @param seconds the duration of the load
 * @param segments at the start and at the end
 * @param merges that ended during the load
 */
record LoadReport(
    String setup,
    double seconds,
    List<Latencies> requests,
    NodeMemory before,
    NodeMemory after,
    int segmentsBefore,
    int segmentsAfter,
    int merges,
    double recall,
    double filteredRecall) {

  private static final double[] PERCENTILES = {50, 90, 99, 99.9, 100};

  /** As a table for people. */
  String asText() {
    List<Column> columns =
        List.of(
            new Column().header("requests").dataAlign(HorizontalAlign.LEFT),
            new Column().header("number"),
            new Column().header("per second"),
            new Column().header("p50 ms"),
            new Column().header("p90 ms"),
            new Column().header("p99 ms"),
            new Column().header("p99.9 ms"),
            new Column().header("max ms"),
            new Column().header("errors"));
    String[][] rows = requests.stream().map(this::row).toArray(String[][]::new);
    String text =
        setup
            + "\n\n"
            + AsciiTable.getTable(
                AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS, columns.toArray(Column[]::new), rows)
            + "\n\n"
            + line("heap after a collection, MB", before.heapBytes(), after.heapBytes())
            + line("anonymous memory, MB", before.anonymousBytes(), after.anonymousBytes())
            + line("mapped files in memory, MB", before.fileBytes(), after.fileBytes())
            + String.format(
                Locale.ROOT,
                "%-30s %d -> %d; %d merges ended%n%-30s %.3f; with the filter %.3f%n",
                "segments",
                segmentsBefore,
                segmentsAfter,
                merges,
                "recall at the end",
                recall,
                filteredRecall);
    for (Latencies latencies : requests) {
      for (String sample : latencies.samples()) {
        text += "error of a " + latencies.kind() + ": " + sample + "\n";
      }
    }
    return text;
  }

  private static String line(String name, long before, long after) {
    return String.format(Locale.ROOT, "%-30s %.0f -> %.0f%n", name, before / 1e6, after / 1e6);
  }

  private String[] row(Latencies latencies) {
    String[] row = new String[4 + PERCENTILES.length];
    row[0] = latencies.kind();
    row[1] = Long.toString(latencies.count());
    row[2] = String.format(Locale.ROOT, "%.0f", latencies.count() / seconds);
    for (int i = 0; i < PERCENTILES.length; i++) {
      row[3 + i] = String.format(Locale.ROOT, "%.1f", latencies.millis(PERCENTILES[i]));
    }
    row[3 + PERCENTILES.length] = Integer.toString(latencies.errors());
    return row;
  }

  /** As JSON for programs. */
  String asJson() throws IOException {
    try (XContentBuilder json = JsonXContent.contentBuilder().prettyPrint()) {
      json.startObject().field("setup", setup).field("seconds", seconds);
      json.startArray("requests");
      for (Latencies latencies : requests) {
        json.startObject().field("kind", latencies.kind()).field("number", latencies.count());
        json.field("per_second", latencies.count() / seconds);
        json.startObject("millis");
        for (double percentile : PERCENTILES) {
          json.field("p" + percentile, latencies.millis(percentile));
        }
        json.endObject().field("errors", latencies.errors()).endObject();
      }
      json.endArray();
      memory(json, "before", before, segmentsBefore);
      memory(json, "after", after, segmentsAfter);
      json.field("merges", merges).field("recall", recall);
      json.field("filtered_recall", filteredRecall);
      return json.endObject().toString();
    }
  }

  private static void memory(XContentBuilder json, String name, NodeMemory memory, int segments)
      throws IOException {
    json.startObject(name).field("heap_bytes", memory.heapBytes());
    json.field("anonymous_bytes", memory.anonymousBytes());
    json.field("mapped_file_bytes", memory.fileBytes());
    json.field("segments", segments).endObject();
  }
}
