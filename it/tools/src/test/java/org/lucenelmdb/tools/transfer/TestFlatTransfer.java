/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.store.Directory;
import org.lucenelmdb.bench.data.VectorFile;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.tools.ExitCodes;

/** Exports to files of vectors, and imports of them. */
public class TestFlatTransfer extends TransferTestCase {

  private static Path out(String name) {
    return createTempDir().resolve(name);
  }

  private static Map<String, String> byId(Path index) throws IOException {
    Map<String, String> vectors = new TreeMap<>();
    try (Directory directory = openDirectory(index);
        DirectoryReader reader = DirectoryReader.open(directory)) {
      LeafReader leaf = getOnlyLeafReader(reader);
      KnnVectorValues values = values(leaf);
      for (int doc = 0; doc < leaf.maxDoc(); doc++) {
        String id = leaf.storedFields().document(doc).get("id");
        vectors.put(id, vector(values, doc));
      }
    }
    return vectors;
  }

  private static Map<String, String> expected(Path index) throws IOException {
    Map<String, String> expected = new TreeMap<>();
    vectors(index).forEach((doc, vector) -> expected.put(Long.toString(doc), vector));
    return expected;
  }

  public void testRoundTrips() throws IOException {
    for (VectorMetric metric : VectorMetric.values()) {
      for (VectorEncoding encoding : VectorEncoding.values()) {
        if (metric == VectorMetric.HAMMING && encoding != VectorEncoding.BYTE) {
          continue;
        }
        Path index = write(Spec.of(metric, encoding, 60).segments(3).sparse(0.7).deleted(0.2));
        Path npy = out("vectors.npy");
        CommandRun.ok("export", index, "--field", FIELD, "--to", "npy", "--out", npy);
        Path imported = out("index");
        CommandRun.ok("import", "--from", "npy", npy, "--index", imported, "--metric", metric);
        assertEquals(metric + " " + encoding, expected(index), byId(imported));
        Path fvecs = out("vectors.fvecs");
        CommandRun.ok("export", index, "--field", FIELD, "--to", "fvecs", "--out", fvecs);
        if (encoding == VectorEncoding.FLOAT32) {
          Path again = out("index");
          CommandRun.ok("import", "--from", "fvecs", fvecs, "--index", again, "--metric", metric);
          assertEquals(metric + " " + encoding, expected(index), byId(again));
        } else {
          assertEquals(expected(index).size(), VectorFile.readAll(fvecs).length);
        }
      }
    }
  }

  public void testTextIds() throws IOException {
    Path index = write(Spec.of(VectorMetric.EUCLIDEAN, VectorEncoding.FLOAT32, 50));
    Path npy = out("vectors.npy");
    CommandRun.ok(
        "export", index, "--field", FIELD, "--to", "npy", "--out", npy, "--id-field", KEY);
    List<String> ids = Files.readAllLines(npy.resolveSibling("vectors.npy.ids.txt"));
    assertEquals(50, Set.copyOf(ids).size());
    Path imported = out("index");
    CommandRun.ok("import", "--from", "npy", npy, "--index", imported);
    Map<String, String> vectors = new TreeMap<>();
    vectors(index).forEach((doc, vector) -> vectors.put(ids.get(doc.intValue()), vector));
    assertEquals(vectors, byId(imported));
  }

  public void testDamagedFiles() throws IOException {
    Path index = write(Spec.of(VectorMetric.EUCLIDEAN, VectorEncoding.FLOAT32, 20));
    Path npy = out("vectors.npy");
    CommandRun.ok("export", index, "--field", FIELD, "--to", "npy", "--out", npy);
    Path out = out("index");
    byte[] bytes = Files.readAllBytes(npy);
    Path damaged = out("damaged.npy");
    for (int i = 0; i < 25; i++) {
      byte[] copy = bytes.clone();
      copy[random().nextInt(128)] ^= (byte) (1 << random().nextInt(8));
      Files.write(damaged, copy);
      CommandRun run = CommandRun.of("import", "--from", "npy", damaged, "--index", out);
      assertTrue(run.toString(), run.exitCode() == ExitCodes.OK || run.err().contains("expected"));
      assertTrue(run.toString(), run.exitCode() != ExitCodes.SOFTWARE);
      if (run.exitCode() == ExitCodes.OK) {
        out = out("index");
      } else {
        assertFalse(Files.exists(out)); // nothing is left
      }
    }
    Files.write(damaged, Arrays.copyOf(bytes, bytes.length - 1));
    CommandRun.fails(
        ExitCodes.UNUSABLE,
        "damaged.npy: expected " + bytes.length + " bytes; found " + (bytes.length - 1),
        "import",
        "--from",
        "npy",
        damaged,
        "--index",
        out);
    Files.writeString(npy.resolveSibling("vectors.npy.ids.txt"), "1\n2\n");
    CommandRun.fails(
        ExitCodes.UNUSABLE,
        "expected 20 ids, one a line; found 2",
        "import",
        "--from",
        "npy",
        npy,
        "--index",
        out);
  }

  public void testVectorsThatAreNotFinite() throws IOException {
    Path npy = out("vectors.npy");
    String header =
        "\u0093NUMPY\u0001\u0000\u0036\u0000"
            + "{'descr': '<f4', 'fortran_order': False, 'shape': (1,2)}";
    byte[] start = header.getBytes(StandardCharsets.ISO_8859_1);
    start[8] = (byte) (start.length - 10);
    byte[] bytes = Arrays.copyOf(start, start.length + 8);
    bytes[bytes.length - 1] = 0x7F;
    bytes[bytes.length - 2] = (byte) 0xC0; // NaN
    Files.write(npy, bytes);
    CommandRun.fails(
        ExitCodes.UNUSABLE,
        "expected finite components of the vector with the id 0",
        "import",
        "--from",
        "npy",
        npy,
        "--index",
        out("index"));
  }

  public void testRefusedArguments() throws IOException {
    Path index = write(Spec.of(VectorMetric.EUCLIDEAN, VectorEncoding.FLOAT32, 20));
    Path fvecs = out("vectors.fvecs");
    CommandRun.fails(
        ExitCodes.UNUSABLE,
        "expected vectors in the field absent of this format; found vector",
        "export",
        index,
        "--field",
        "absent",
        "--to",
        "fvecs",
        "--out",
        fvecs);
    CommandRun.fails(
        ExitCodes.UNUSABLE,
        "expected the folder of an index; found nothing",
        "export",
        index.resolve("x"),
        "--field",
        FIELD,
        "--to",
        "fvecs",
        "--out",
        fvecs);
    CommandRun.ok("export", index, "--field", FIELD, "--to", "fvecs", "--out", fvecs);
    CommandRun.fails(
        ExitCodes.UNUSABLE,
        "vectors.fvecs: expected a new file; found an existing one",
        "export",
        index,
        "--field",
        FIELD,
        "--to",
        "fvecs",
        "--out",
        fvecs);
    CommandRun.fails(
        ExitCodes.UNUSABLE,
        "expected a new or empty folder; found one with",
        "import",
        "--from",
        "fvecs",
        fvecs,
        "--index",
        index);
    CommandRun.fails(
        ExitCodes.UNUSABLE,
        "expected vectors of bytes, as the metric is HAMMING; found floats",
        "import",
        "--from",
        "fvecs",
        fvecs,
        "--index",
        out("index"),
        "--metric",
        "hamming");
    CommandRun.fails(
        ExitCodes.USAGE,
        "--field and --id-field must differ",
        "import",
        "--from",
        "fvecs",
        fvecs,
        "--index",
        out("index"),
        "--field",
        "id");
    CommandRun.fails(
        ExitCodes.USAGE,
        "--metric is required",
        "import",
        "--from",
        "hnswlib",
        fvecs,
        "--index",
        out("index"));
    CommandRun.fails(
        ExitCodes.UNUSABLE,
        "expected a file; found nothing",
        "import",
        "--from",
        "npy",
        out("absent.npy"),
        "--index",
        out("index"));
    CommandRun.fails(
        ExitCodes.UNUSABLE,
        "expected an LMDB environment; found none",
        "import",
        "--from",
        "hannoy",
        fvecs.getParent(),
        "--index",
        out("index"));
    CommandRun.fails(
        ExitCodes.UNUSABLE,
        "expected a healthy LMDB environment; found damage or another file",
        "import",
        "--from",
        "hannoy",
        fvecs,
        "--index",
        out("index"));
  }

  /** Another process may be about to write an index into the folder. */
  public void testLockedFolder() throws IOException {
    Path index = write(Spec.of(VectorMetric.EUCLIDEAN, VectorEncoding.FLOAT32, 20));
    Path fvecs = out("vectors.fvecs");
    CommandRun.ok("export", index, "--field", FIELD, "--to", "fvecs", "--out", fvecs);
    Path folder = createTempDir().resolve("locked");
    try (Directory directory = openDirectory(folder);
        var lock = directory.obtainLock(IndexWriter.WRITE_LOCK_NAME)) {
      lock.ensureValid();
      CommandRun.fails(
          ExitCodes.UNUSABLE,
          "expected a new or empty folder; found one with 1 files",
          "import",
          "--from",
          "fvecs",
          fvecs,
          "--index",
          folder);
    }
  }
}
