/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.util.SuppressForbidden;
import org.lmdbjava.ByteArrayProxy;
import org.lmdbjava.CursorIterable;
import org.lmdbjava.Dbi;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.Txn;
import org.lucenelmdb.LmdbHnswOptions;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.tools.ExitCodes;

/** Exports of images, which LMDB itself opens. */
public class TestImageExport extends TransferTestCase {

  private static final int ALL_METRICS_VECTORS = 300;

  @SuppressForbidden(reason = "lmdbjava takes only a File")
  private static File file(Path path) {
    return path.toFile();
  }

  /** Reads the vectors of an image through LMDB. */
  private static Map<Long, String> vectors(Path path, int dimension, boolean isFolder) {
    EnvFlags[] flags =
        isFolder
            ? new EnvFlags[] {EnvFlags.MDB_RDONLY_ENV}
            : new EnvFlags[] {EnvFlags.MDB_RDONLY_ENV, EnvFlags.MDB_NOSUBDIR};
    Map<Long, String> vectors = new TreeMap<>();
    try (Env<byte[]> env =
            Env.create(ByteArrayProxy.PROXY_BA).setMaxDbs(8).open(file(path), flags);
        Txn<byte[]> txn = env.txnRead()) {
      Dbi<byte[]> database =
          env.openDbi(txn, "vectors".getBytes(StandardCharsets.UTF_8), null, false);
      try (CursorIterable<byte[]> records = database.iterate(txn)) {
        for (CursorIterable.KeyVal<byte[]> record : records) {
          ByteBuffer value = ByteBuffer.wrap(record.val()).order(ByteOrder.LITTLE_ENDIAN);
          int offset = value.getInt();
          int count = value.getInt();
          value.position(offset);
          for (int i = 0; i < count; i++) {
            float[] vector = new float[dimension];
            for (int j = 0; j < dimension; j++) {
              vector[j] = value.getFloat();
            }
            vectors.put((long) vectors.size(), Arrays.toString(vector));
          }
        }
      }
    }
    return vectors;
  }

  public void testOpensInLmdb() throws IOException {
    // small images have pages of another size than the machine's
    for (int docs : new int[] {1, 20, 900}) {
      Spec spec = Spec.of(VectorMetric.EUCLIDEAN, VectorEncoding.FLOAT32, docs);
      Path index = write(spec, docs < 100 ? LmdbHnswOptions.DEFAULT : options());
      Path folder = createTempDir().resolve("image");
      CommandRun.ok("export", index, "--field", FIELD, "--to", "lmdb", "--out", folder);
      assertEquals(vectors(index), vectors(folder, spec.dimension(), true));
      Path file = createTempDir().resolve("image.mdb");
      CommandRun.ok("export", index, "--field", FIELD, "--to", "lmdb", "--out", file);
      assertEquals(vectors(index), vectors(file, spec.dimension(), false));
      assertTrue(Files.exists(file.resolveSibling("image.mdb.json")));
    }
  }

  public void testSegments() throws IOException {
    Spec spec = Spec.of(VectorMetric.COSINE, VectorEncoding.FLOAT32, 300).segments(3);
    Path index = write(spec);
    Path out = createTempDir().resolve("images");
    CommandRun.ok("export", index, "--field", FIELD, "--to", "lmdb", "--out", out);
    int found = 0;
    for (String segment : new String[] {"_0", "_1", "_2"}) {
      found += vectors(out.resolve(segment), spec.dimension(), true).size();
    }
    assertEquals(300, found);
    CommandRun.fails(
        ExitCodes.UNUSABLE,
        "expected one segment for one file; found 3",
        "export",
        index,
        "--field",
        FIELD,
        "--to",
        "lmdb",
        "--out",
        out.resolve("one.mdb"));
    CommandRun.fails(
        ExitCodes.UNUSABLE,
        "images: expected a new or empty folder; found one with",
        "export",
        index,
        "--field",
        FIELD,
        "--to",
        "lmdb",
        "--out",
        out);
    Path one = createTempDir().resolve("one.mdb");
    CommandRun.ok(
        "export", index, "--field", FIELD, "--to", "lmdb", "--out", one, "--segment", "_1");
    assertEquals(100, vectors(one, spec.dimension(), false).size());
    CommandRun.fails(
        ExitCodes.UNUSABLE,
        "one.mdb: expected a new file; found an existing one",
        "export",
        index,
        "--field",
        FIELD,
        "--to",
        "lmdb",
        "--out",
        one,
        "--segment",
        "_1");
  }

  /** The documented program reads images of every metric, with and without codes. */
  public void testScript() throws Exception {
    PythonPackages.assume("lmdb", "numpy", "pyroaring");
    for (VectorMetric metric : VectorMetric.values()) {
      boolean isByte = metric == VectorMetric.HAMMING || random().nextInt(4) == 0;
      Spec spec =
          Spec.of(
                  metric,
                  isByte ? VectorEncoding.BYTE : VectorEncoding.FLOAT32,
                  ALL_METRICS_VECTORS)
              .sparse(random().nextBoolean() ? 1 : 0.7)
              .deleted(random().nextBoolean() ? 0 : 0.1);
      LmdbHnswOptions options =
          LmdbHnswOptions.DEFAULT
              .withTinySegmentsThreshold(0)
              .withCodeBits(random().nextBoolean() ? 0 : 2);
      Path image = createTempDir().resolve("image");
      CommandRun.ok(
          "export", write(spec, options), "--field", FIELD, "--to", "lmdb", "--out", image);
      String printed = PythonPackages.run(script(), image, FIELD);
      assertTrue(printed, printed.contains("level 0: "));
      String recall =
          printed.lines().filter(line -> line.startsWith("recall@10: ")).findAny().get();
      assertTrue(spec + printed, Double.parseDouble(recall.split("[ ,]+")[1]) >= 0.95);
    }
  }

  /** The documented program also explains a segment without a graph. */
  public void testScriptWithoutGraph() throws Exception {
    PythonPackages.assume("lmdb", "numpy", "pyroaring");
    Spec spec = Spec.of(VectorMetric.EUCLIDEAN, VectorEncoding.FLOAT32, 5);
    Path image = createTempDir().resolve("image");
    CommandRun.ok(
        "export",
        write(spec, LmdbHnswOptions.DEFAULT),
        "--field",
        FIELD,
        "--to",
        "lmdb",
        "--out",
        image);
    String printed = PythonPackages.run(script(), image);
    assertTrue(printed, printed.contains("no graph"));
  }

  private static Path script() {
    return repositoryFile("docs", "read_image.py");
  }
}
