/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.contestant;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.util.Version;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;
import org.lucenelmdb.LmdbHnswOptions;
import org.lucenelmdb.LmdbHnswVectorsFormat;
import org.lucenelmdb.bench.data.BadDataException;
import org.lucenelmdb.bench.result.ContestantInfo;

/** All contestants that run in the JVM, by name. */
public final class Contestants {

  private static final String LUCENE99 = "Lucene99";
  private static final String LUCENE104 = "Lucene104";

  private static final Map<String, Contestant> ALL = new LinkedHashMap<>();

  static {
    addOurs("ours", "lucene-lmdb", LmdbHnswOptions.AUTO);
    add(
        new LuceneContestant(
            lucene("lucene99", "Lucene99 HNSW", LUCENE99, "lucene99"),
            Lucene99HnswVectorsFormat::new,
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
    add(new JvectorContestant("jvector", "jvector, full vectors", false));
    add(new JvectorContestant("jvector+pq", "jvector, two passes", true));
  }

  private Contestants() {}

  private static void add(Contestant contestant) {
    ALL.put(contestant.info().name(), contestant);
  }

  private static void addOurs(String name, String label, int codeBits) {
    add(
        new LuceneContestant(
            new ContestantInfo(name, label, ContestantInfo.OURS, projectVersion(), name),
            (maxConn, beamWidth, workers, executor) -> {
              LmdbHnswOptions options =
                  LmdbHnswOptions.DEFAULT
                      .withMaxConn(maxConn)
                      .withBeamWidth(beamWidth)
                      .withCodeBits(codeBits);
              return new LmdbHnswVectorsFormat(
                  workers == 1 ? options : options.withBuildThreads(workers, executor));
            },
            LuceneStrategies.OURS,
            false));
  }

  private static void addQuantized(int bits, ScalarEncoding encoding) {
    String index = "lucene104-" + bits;
    for (boolean rescores : new boolean[] {false, true}) {
      String name = rescores ? index + "+rescore" : index;
      String label = "Lucene104, " + bits + " bit" + (rescores ? ", reranked" : "");
      add(
          new LuceneContestant(
              lucene(name, label, LUCENE104, index),
              (maxConn, beamWidth, workers, executor) ->
                  new Lucene104HnswScalarQuantizedVectorsFormat(
                      encoding, maxConn, beamWidth, workers, executor),
              LuceneStrategies.LUCENES,
              rescores));
    }
  }

  private static ContestantInfo lucene(String name, String label, String family, String index) {
    return new ContestantInfo(name, label, family, Version.LATEST.toString(), index);
  }

  /** Of the jar, if the class is in one. */
  private static String projectVersion() {
    String version = LmdbHnswVectorsFormat.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /** The names of all, in the order of reports. */
  public static List<String> names() {
    return List.copyOf(ALL.keySet());
  }

  /** The contestant of a name. */
  public static Contestant get(String name) {
    Contestant contestant = ALL.get(name);
    if (contestant == null) {
      throw new IllegalArgumentException("no contestant " + name);
    }
    return contestant;
  }

  /**
   * The contestants of a list of names, separated by commas.
   *
   * @throws BadDataException if there is no contestant of a name
   */
  public static List<Contestant> parse(String list) throws BadDataException {
    List<Contestant> chosen = new ArrayList<>();
    for (String name : Arrays.stream(list.split(",")).map(String::strip).distinct().toList()) {
      if (ALL.containsKey(name) == false) {
        throw new BadDataException(
            "unknown contestant '"
                + name
                + "'; known are "
                + ALL.keySet().stream().collect(Collectors.joining(", ")));
      }
      chosen.add(ALL.get(name));
    }
    return chosen;
  }
}
