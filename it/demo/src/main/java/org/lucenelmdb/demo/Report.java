/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.demo;

import java.util.Locale;
import java.util.stream.Collectors;

/** Prints statistics of the index and the search. */
final class Report {

  private static final double BYTES_PER_MB = 1 << 20;
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double NANOS_PER_SECOND = 1e9;

  private final Printer printer;

  Report(Printer printer) {
    this.printer = printer;
  }

  void print(IndexStats stats, long buildNanos, Evaluation evaluation) {
    printer.line("");
    printer.line("The index");
    row("codec", "%s", String.join(", ", stats.codecs()));
    row("documents", "%,d", stats.documents());
    row("dimensions", "%d, float32, dot product", stats.dimensions());
    row("segments", "%d, with %s documents", stats.segments().size(), segmentSizes(stats));
    row("size", "%.1f MB", stats.totalBytes() / BYTES_PER_MB);
    stats
        .mainExtensions()
        .forEach((extension, bytes) -> row("  ." + extension, "%,d bytes", bytes));
    row("  other files", "%,d bytes", stats.otherBytes());
    row(
        "bytes per vector",
        "%,d for the vector, %,.0f for the graph, tables and padding",
        stats.rawBytesPerVector(),
        stats.graphBytesPerVector());
    row(
        "build time",
        "%.1f s, %,.0f documents per second",
        buildNanos / NANOS_PER_SECOND,
        stats.documents() * NANOS_PER_SECOND / buildNanos);
    printer.line("");
    printer.line("The search");
    row(
        "recall@" + evaluation.neighbors(),
        "%.3f (share of the true nearest neighbors found), over %d queries",
        evaluation.recall(),
        evaluation.queries());
    row("vectors visited", "%,d of %,d, median", evaluation.visited(), stats.documents());
    row(
        "median latency",
        "%.2f ms; comparing all vectors takes %.2f ms",
        evaluation.searchNanos() / NANOS_PER_MILLI,
        evaluation.exhaustiveNanos() / NANOS_PER_MILLI);
    row("SIMD", hasSimd() ? "on" : "off; enable it with java --add-modules jdk.incubator.vector");
  }

  /** Whether Lucene may use the JDK's vector instructions, which need a JVM option. */
  private static boolean hasSimd() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
  }

  private static String segmentSizes(IndexStats stats) {
    return stats.segments().stream()
        .map(size -> String.format(Locale.ROOT, "%,d", size))
        .collect(Collectors.joining(" + "));
  }

  private void row(String label, String format, Object... values) {
    printer.row(label, String.format(Locale.ROOT, format, values));
  }
}
