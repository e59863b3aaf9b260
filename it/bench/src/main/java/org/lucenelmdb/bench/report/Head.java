/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.lucenelmdb.bench.result.DataWarning;
import org.lucenelmdb.bench.result.EngineInfo;
import org.lucenelmdb.bench.result.Machine;
import org.lucenelmdb.bench.result.Result;
import org.lucenelmdb.bench.result.Setup;

/** The head of a report: setup, machine and warnings. */
final class Head {

  private Head() {}

  /** A line of the head. */
  record Line(String name, String text) {}

  static List<Line> lines(Result result) {
    Setup setup = result.setup();
    Machine machine = result.machine();
    List<Line> lines = new ArrayList<>();
    add(lines, "data", setup.data());
    lines.add(
        new Line(
            "vectors",
            Format.text(
                "%s vectors of %d dimensions, %s, %,d queries, k %d",
                sizes(setup), setup.dimension(), setup.metric(), setup.queries(), setup.k())));
    lines.add(
        new Line("graphs", Format.text("M %d, beam width %d", setup.maxConn(), setup.beamWidth())));
    lines.add(
        new Line(
            "run",
            Format.text(
                "preset %s, rounds %d, seed %d, %s, took %s",
                setup.preset(),
                setup.rounds(),
                setup.seed(),
                result.started(),
                duration(result.seconds()))));
    lines.add(
        new Line(
            "machine",
            Format.text(
                "%s, %d cores, %,d MB, %s",
                machine.cpu(), machine.cores(), machine.memoryMegabytes(), machine.system())));
    add(lines, "memory", limits(setup));
    lines.add(
        new Line("java", machine.java() + (machine.simd() ? ", with SIMD" : ", without SIMD")));
    add(lines, "commit", result.commit());
    add(lines, "command", setup.command());
    add(lines, "data hash", setup.dataHash());
    return lines;
  }

  /** Empty if there were none. */
  private static String limits(Setup setup) {
    List<String> limits = new ArrayList<>();
    if (setup.memoryLimitMegabytes() != null) {
      limits.add(
          Format.text(
              "each process is limited to %,d MB, including its page cache",
              setup.memoryLimitMegabytes()));
    }
    if (setup.heapMegabytes() != null) {
      limits.add(Format.text("heap of each JVM %,d MB", setup.heapMegabytes()));
    }
    if (Boolean.FALSE.equals(setup.limitedBuilds())) {
      limits.add("builds of the searched indexes have no limits");
    }
    return String.join("; ", limits);
  }

  private static void add(List<Line> lines, String name, String text) {
    if (text != null && !text.isBlank()) {
      lines.add(new Line(name, text));
    }
  }

  private static String sizes(Setup setup) {
    return setup.sizes().stream().map(Format::count).collect(Collectors.joining(" / "));
  }

  private static String duration(double seconds) {
    long whole = Math.round(seconds);
    if (whole < 120) {
      return whole + " s";
    }
    return whole < 7200
        ? whole / 60 + " min " + whole % 60 + " s"
        : whole / 3600 + " h " + whole % 3600 / 60 + " min";
  }

  static Table engines(Result result) {
    Table.Builder table =
        Table.builder("Engines", 5, "name", "label", "family", "version", "index");
    for (EngineInfo c : result.engines()) {
      table.row(
          c.name(),
          orEmpty(c.label()),
          orEmpty(c.family()),
          orEmpty(c.version()),
          orEmpty(c.index()));
    }
    return table.build();
  }

  private static String orEmpty(String text) {
    return Objects.requireNonNullElse(text, "");
  }

  /** A sentence for each warning. */
  static List<String> warnings(Result result) {
    return result.warnings().stream().map(Head::text).toList();
  }

  private static String text(DataWarning warning) {
    return warning.what() + ", " + warning.subject() + ": " + warning.text();
  }
}
