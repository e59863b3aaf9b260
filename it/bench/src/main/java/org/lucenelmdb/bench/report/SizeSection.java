/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.lucenelmdb.bench.result.ByRound;
import org.lucenelmdb.bench.result.EngineInfo;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.Samples;

/** The sizes of files on disk. */
final class SizeSection {

  /** The parts of a vector's bytes that engines report. */
  static final List<String> PARTS =
      List.of(Figures.RAW_PER_VECTOR, Figures.CODES_PER_VECTOR, Figures.GRAPH_PER_VECTOR);

  private SizeSection() {}

  static Section of(Findings findings) {
    Section.Builder section =
        Section.builder(
            "size",
            "Size",
            "Files after the merge into one segment. Codes are quantized vectors; graph is"
                + " links and the tables that locate them; other is everything else.");
    Samples samples = findings.builds().having(Figures.BYTES);
    if (!samples.isEmpty()) {
      section.add(perVector(findings, samples));
      section.add(files(findings, samples));
      section.add(plot(findings, samples));
    }
    return section.build();
  }

  private static Table perVector(Findings findings, Samples samples) {
    Function<EngineInfo, ByRound> bytes = c -> samples.engine(c.name()).figure(Figures.BYTES);
    return Grid.byEngine(
        "Bytes per vector, " + Findings.vectors(samples),
        findings,
        findings.engines(samples),
        List.of(
            "total MB",
            "per vector",
            "raw",
            "codes",
            "graph",
            "other",
            findings.baselineHeader(),
            findings.oursHeader()),
        List.of(
            c -> Format.number(bytes.apply(c).median() / 1e6),
            c -> Format.number(total(samples, c)),
            c -> Format.number(part(samples, c, Figures.RAW_PER_VECTOR)),
            c -> Format.number(part(samples, c, Figures.CODES_PER_VECTOR)),
            c -> Format.number(part(samples, c, Figures.GRAPH_PER_VECTOR)),
            c -> Format.number(other(samples, c)),
            c -> Format.ratio(findings.toBaseline(c, bytes)),
            c -> Format.ratio(findings.oursToIt(c, bytes))));
  }

  private static double part(Samples samples, EngineInfo engine, String figure) {
    return samples.engine(engine.name()).figure(figure).median();
  }

  /** Derived from all bytes, if the engine does not report it. */
  static double total(Samples samples, EngineInfo engine) {
    double given = part(samples, engine, Figures.BYTES_PER_VECTOR);
    return Double.isNaN(given)
        ? part(samples, engine, Figures.BYTES) / samples.sizes().last()
        : given;
  }

  /** The remainder of the total; at least 0, because the parts may be rounded. */
  static double other(Samples samples, EngineInfo engine) {
    double known =
        PARTS.stream()
            .mapToDouble(figure -> part(samples, engine, figure))
            .filter(bytes -> !Double.isNaN(bytes))
            .sum();
    return Math.max(0, total(samples, engine) - known);
  }

  private static Plot plot(Findings findings, Samples samples) {
    return new BarPlot(
            "size",
            "Bytes per vector",
            Plot.Kind.STACKED,
            findings,
            findings.engines(samples),
            "bytes per vector",
            " bytes")
        .part("raw", c -> part(samples, c, Figures.RAW_PER_VECTOR))
        .part("codes", c -> part(samples, c, Figures.CODES_PER_VECTOR))
        .part("graph", c -> part(samples, c, Figures.GRAPH_PER_VECTOR))
        .part("other", c -> other(samples, c))
        .build();
  }

  private static Table files(Findings findings, Samples samples) {
    List<String> extensions =
        samples.figures().stream()
            .filter(name -> name.startsWith(Figures.FILE_PREFIX))
            .sorted()
            .toList();
    List<String> headers =
        Stream.of(extensions)
            .flatMap(List::stream)
            .map(e -> e.substring(Figures.FILE_PREFIX.length()))
            .toList();
    List<Function<EngineInfo, String>> cells = new ArrayList<>();
    for (String extension : extensions) {
      cells.add(
          c ->
              Format.number(
                  samples.engine(c.name()).figure(extension).median() / samples.sizes().last()));
    }
    return Grid.byEngine(
        "Bytes per vector by file", findings, findings.engines(samples), headers, cells);
  }
}
