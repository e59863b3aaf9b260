/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.lucene.index.VectorEncoding;
import org.lucenelmdb.LmdbHnswOptions;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.tools.ExitCodes;
import org.lucenelmdb.tools.transfer.flat.FlatWriter;

/** Exports to hnswlib's layout, and imports of it. */
public class TestHnswlibTransfer extends TransferTestCase {

  private static final List<VectorMetric> METRICS =
      List.of(
          VectorMetric.EUCLIDEAN,
          VectorMetric.DOT_PRODUCT,
          VectorMetric.MAXIMUM_INNER_PRODUCT,
          VectorMetric.COSINE);

  private static Path out(String name) {
    return createTempDir().resolve(name);
  }

  public void testRoundTrips() throws IOException {
    for (VectorMetric metric : METRICS) {
      Path index = write(Spec.of(metric, VectorEncoding.FLOAT32, random().nextInt(500) + 1));
      Path file = out("index.hnsw");
      CommandRun.ok("export", index, "--field", FIELD, "--to", "hnswlib", "--out", file);
      Path imported = out("index");
      CommandRun.ok("import", "--from", "hnswlib", file, "--index", imported, "--metric", metric);
      if (metric != VectorMetric.COSINE) { // whose vectors are normalized
        assertEquals(vectors(index), TestHannoyTransfer.byId(imported));
      }
      assertEquals(metric.toString(), graph(index, null), graph(imported, "id"));
    }
  }

  public void testRefusedFields() throws IOException {
    Path manhattan = write(Spec.of(VectorMetric.MANHATTAN, VectorEncoding.FLOAT32, 10));
    CommandRun.fails(
        ExitCodes.UNUSABLE,
        "hnswlib: expected a metric that hnswlib has",
        "export",
        manhattan,
        "--field",
        FIELD,
        "--to",
        "hnswlib",
        "--out",
        out("x"));
    for (VectorMetric metric : List.of(VectorMetric.EUCLIDEAN, VectorMetric.HAMMING)) {
      Path bytes = write(Spec.of(metric, VectorEncoding.BYTE, 10));
      CommandRun.fails(
          ExitCodes.UNUSABLE,
          "hnswlib: expected vectors of floats; found bytes",
          "export",
          bytes,
          "--field",
          FIELD,
          "--to",
          "hnswlib",
          "--out",
          out("x"));
    }
  }

  public void testDamagedFiles() throws IOException {
    Path index = write(Spec.of(VectorMetric.EUCLIDEAN, VectorEncoding.FLOAT32, 60).dimension(4));
    Path file = out("index.hnsw");
    CommandRun.ok("export", index, "--field", FIELD, "--to", "hnswlib", "--out", file);
    byte[] bytes = Files.readAllBytes(file);
    Path damaged = out("damaged.hnsw");
    Path out = out("index");
    for (int i = 0; i < 50; i++) {
      byte[] copy = bytes.clone();
      int at = random().nextBoolean() ? random().nextInt(104) : random().nextInt(copy.length);
      copy[at] ^= (byte) (1 << random().nextInt(8));
      Files.write(damaged, random().nextInt(10) == 0 ? Arrays.copyOf(copy, at) : copy);
      CommandRun run =
          CommandRun.of(
              "import", "--from", "hnswlib", damaged, "--index", out, "--metric", "euclidean");
      assertTrue(run.toString(), run.exitCode() == ExitCodes.OK || run.err().contains("expected"));
      assertTrue(run.toString(), run.exitCode() != ExitCodes.SOFTWARE);
      if (run.exitCode() == ExitCodes.OK) {
        out = out("index");
      }
    }
  }

  /** hnswlib itself searches an export, and what it saves is imported with every link. */
  public void testLibrary() throws Exception {
    PythonPackages.assume("hnswlib", "numpy");
    for (VectorMetric metric : METRICS) {
      Spec spec = Spec.of(metric, VectorEncoding.FLOAT32, 600);
      Path index = write(spec, LmdbHnswOptions.DEFAULT.withTinySegmentsThreshold(0));
      Path file = out("index.hnsw");
      String printed =
          CommandRun.ok("export", index, "--field", FIELD, "--to", "hnswlib", "--out", file);
      String space =
          metric == VectorMetric.EUCLIDEAN ? "l2" : metric == VectorMetric.COSINE ? "cosine" : "ip";
      assertTrue(printed, printed.contains("| " + space + " "));
      Path npy = out("vectors.npy");
      CommandRun.ok("export", index, "--field", FIELD, "--to", "npy", "--out", npy);
      String recall =
          PythonPackages.run(
              PythonPackages.program("hnswlib_search.py"), file, space, npy, spec.dimension());
      assertTrue(metric + ": " + recall, Double.parseDouble(recall) >= 0.95);
    }
  }

  /** The graph of hnswlib is kept; elements that it deleted are left out. */
  public void testImports() throws Exception {
    PythonPackages.assume("hnswlib", "numpy");
    for (int deleted : new int[] {0, 100}) {
      int dimension = random().nextInt(20) + 2;
      Path npy = out("vectors.npy");
      Map<Long, String> expected = new TreeMap<>();
      try (FlatWriter out = FlatWriter.npy(npy, VectorEncoding.FLOAT32, 700, dimension)) {
        for (int i = 0; i < 700; i++) {
          float[] vector = floats(dimension, false);
          out.write("", vector);
          if (i >= deleted) {
            expected.put(1L << 40 | i, Arrays.toString(vector));
          }
        }
      }
      Path file = out("index.hnsw");
      String printed =
          PythonPackages.run(PythonPackages.program("hnswlib_build.py"), npy, file, deleted);
      Path index = out("index");
      String imported =
          CommandRun.ok(
              "import", "--from", "hnswlib", file, "--index", index, "--metric", "euclidean");
      assertEquals(expected, TestHannoyTransfer.byId(index));
      assertTrue(imported, imported.contains(deleted == 0 ? "| kept" : "| repaired"));
      if (deleted == 0) {
        assertEquals(links(printed), graph(index, "id").links());
      }
    }
  }

  private static List<Map<Long, List<Long>>> links(String printed) {
    List<Map<Long, List<Long>>> links = new ArrayList<>();
    printed
        .lines()
        .map(line -> Arrays.stream(line.split(" ")).map(Long::valueOf).collect(Collectors.toList()))
        .forEach(
            numbers -> {
              int level = numbers.getFirst().intValue();
              while (links.size() <= level) {
                links.add(new TreeMap<>());
              }
              List<Long> neighbors = new ArrayList<>(numbers.subList(2, numbers.size()));
              neighbors.sort(null);
              links.get(level).put(numbers.get(1), neighbors);
            });
    return links;
  }
}
