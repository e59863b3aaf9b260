/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer;

import com.carrotsearch.randomizedtesting.generators.RandomPicks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.lucene.index.VectorEncoding;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.tools.transfer.flat.FlatWriter;

/** Imports of environments that hannoy itself wrote. Skipped without its Python package. */
public class TestHannoyImports extends TransferTestCase {

  /** Values of M that hannoy 0.1.3 has in Python. */
  private static final List<Integer> CONNECTIONS = List.of(4, 8, 12, 16);

  @Override
  public void setUp() throws Exception {
    super.setUp();
    PythonPackages.assume("hannoy", "lmdb", "numpy", "pyroaring");
  }

  /** An environment of hannoy has the same vectors and links after its import. */
  public void testImports() throws Exception {
    for (VectorMetric metric :
        List.of(
            VectorMetric.EUCLIDEAN,
            VectorMetric.COSINE,
            VectorMetric.MANHATTAN,
            VectorMetric.HAMMING)) {
      VectorEncoding encoding =
          metric == VectorMetric.HAMMING ? VectorEncoding.BYTE : VectorEncoding.FLOAT32;
      imports(metric, encoding);
    }
  }

  private void imports(VectorMetric metric, VectorEncoding encoding) throws Exception {
    int dimension = random().nextInt(30) + 1;
    int size = random().nextInt(1500) + 1;
    Path vectors = createTempDir().resolve("vectors.npy");
    Map<Long, String> expected = new TreeMap<>();
    try (FlatWriter out = FlatWriter.npy(vectors, encoding, size, dimension)) {
      for (int i = 0; i < size; i++) {
        if (encoding == VectorEncoding.BYTE) {
          byte[] vector = bytes(dimension);
          out.write("", vector);
          expected.put(7L * i + 3, Arrays.toString(vector));
        } else {
          float[] vector = floats(dimension, false);
          out.write("", vector);
          expected.put(7L * i + 3, Arrays.toString(vector));
        }
      }
    }
    Path hannoy = createTempDir().resolve("hannoy");
    int maxConn = RandomPicks.randomFrom(random(), CONNECTIONS);
    PythonPackages.run(PythonPackages.program("hannoy_build.py"), hannoy, metric, vectors, maxConn);
    Path index = createTempDir().resolve("index");
    CommandRun.ok("import", "--from", "hannoy", hannoy, "--index", index);
    assertEquals(expected, TestHannoyTransfer.byId(index));
    List<Map<Long, List<Long>>> links = new ArrayList<>();
    String printed = PythonPackages.run(PythonPackages.program("hannoy_print.py"), hannoy);
    for (String line : printed.split("\n")) {
      List<Long> numbers = Arrays.stream(line.split(" ")).map(Long::valueOf).toList();
      int level = numbers.getFirst().intValue();
      while (links.size() <= level) {
        links.add(new TreeMap<>());
      }
      links.get(level).put(numbers.get(1), numbers.subList(2, numbers.size()));
    }
    assertEquals(metric.toString(), links, graph(index, "id").links());
    Path again = createTempDir().resolve("again");
    CommandRun.ok(
        "export", index, "--field", FIELD, "--to", "hannoy", "--out", again, "--id-field", "id");
    assertEquals(printed, PythonPackages.run(PythonPackages.program("hannoy_print.py"), again));
  }
}
