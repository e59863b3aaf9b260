/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.util.Version;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;
import org.lucenelmdb.LmdbHnswOptions;
import org.lucenelmdb.LmdbHnswVectorsFormat;
import org.lucenelmdb.bench.data.BadDataException;
import org.lucenelmdb.bench.result.EngineInfo;

/** All engines that run in the JVM, by name. */
public final class Engines {

  private static final String LUCENE99 = "Lucene99";
  private static final String LUCENE104 = "Lucene104";

  private static final Map<String, Engine> ALL = new LinkedHashMap<>();

  static {
    addOurs("ours", "lucene-lmdb", LmdbHnswOptions.AUTO);
    add(
        new LuceneEngine(
            lucene("lucene99", "Lucene99 HNSW", LUCENE99, "lucene99"),
            (parameters, executor) ->
                new Lucene99HnswVectorsFormat(
                    parameters.maxConn(), parameters.beamWidth(), parameters.threads(), executor),
            LuceneStrategies.LUCENES,
            false));
    addQuantized(8, ScalarEncoding.UNSIGNED_BYTE);
    addQuantized(4, ScalarEncoding.PACKED_NIBBLE);
    addQuantized(2, ScalarEncoding.DIBIT_QUERY_NIBBLE);
    addQuantized(1, ScalarEncoding.SINGLE_BIT_QUERY_NIBBLE);
    addOurs("ours-0", "lucene-lmdb, no codes", 0);
    for (int bits = 1; bits <= Byte.SIZE; bits *= 2) {
      addOurs("ours-" + bits, "lucene-lmdb, " + bits + " bit", bits);
    }
    add(new JvectorEngine("jvector", "jvector, full vectors", false));
    add(new JvectorEngine("jvector+pq", "jvector, two passes", true));
  }

  private Engines() {}

  private static void add(Engine engine) {
    ALL.put(engine.info().name(), engine);
  }

  private static void addOurs(String name, String label, int codeBits) {
    add(
        new LuceneEngine(
            new EngineInfo(name, label, EngineInfo.OURS, projectVersion(), name),
            (parameters, executor) ->
                new LmdbHnswVectorsFormat(options(codeBits, parameters, executor)),
            LuceneStrategies.OURS,
            false));
  }

  private static LmdbHnswOptions options(
      int codeBits, BuildParameters parameters, ExecutorService executor) {
    LmdbHnswOptions options =
        LmdbHnswOptions.DEFAULT
            .withMaxConn(parameters.maxConn())
            .withBeamWidth(parameters.beamWidth())
            .withCodeBits(codeBits);
    if (parameters.offHeapMegabytes() != null) {
      options = options.withBuildMemory((long) parameters.offHeapMegabytes() << 20);
    }
    return parameters.threads() == 1
        ? options
        : options.withBuildThreads(parameters.threads(), executor);
  }

  private static void addQuantized(int bits, ScalarEncoding encoding) {
    String index = "lucene104-" + bits;
    for (boolean rescores : new boolean[] {false, true}) {
      String name = rescores ? index + "+rescore" : index;
      String label = "Lucene104, " + bits + " bit" + (rescores ? ", reranked" : "");
      add(
          new LuceneEngine(
              lucene(name, label, LUCENE104, index),
              (parameters, executor) ->
                  new Lucene104HnswScalarQuantizedVectorsFormat(
                      encoding,
                      parameters.maxConn(),
                      parameters.beamWidth(),
                      parameters.threads(),
                      executor),
              LuceneStrategies.LUCENES,
              rescores));
    }
  }

  private static EngineInfo lucene(String name, String label, String family, String index) {
    return new EngineInfo(name, label, family, Version.LATEST.toString(), index);
  }

  /** The version of the jar, if the class is in one. */
  private static String projectVersion() {
    String version = LmdbHnswVectorsFormat.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /** The names of all engines, in the order of reports. */
  public static List<String> names() {
    return List.copyOf(ALL.keySet());
  }

  /** Returns the engine of a name. */
  public static Engine get(String name) {
    Engine engine = ALL.get(name);
    if (engine == null) {
      throw new IllegalArgumentException("no engine " + name);
    }
    return engine;
  }

  /**
   * Parses a comma-separated list of engine names.
   *
   * @throws BadDataException if a name is unknown
   */
  public static List<Engine> parse(String list) throws BadDataException {
    List<Engine> chosen = new ArrayList<>();
    for (String name : Arrays.stream(list.split(",")).map(String::strip).distinct().toList()) {
      if (ALL.containsKey(name) == false) {
        throw new BadDataException(
            "unknown engine '"
                + name
                + "'; known are "
                + ALL.keySet().stream().collect(Collectors.joining(", ")));
      }
      chosen.add(ALL.get(name));
    }
    return chosen;
  }
}
