/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.util.SuppressForbidden;
import org.lmdbjava.ByteArrayProxy;
import org.lmdbjava.CursorIterable;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.Txn;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.tools.ExitCodes;

/** Damaged indexes and environments, and environments that need more options. */
public class TestTransferDamage extends TransferTestCase {

  private static Path out(String name) {
    return createTempDir().resolve(name);
  }

  private Path hannoy() throws IOException {
    Path index = write(Spec.of(VectorMetric.EUCLIDEAN, VectorEncoding.FLOAT32, 80).dimension(6));
    Path hannoy = out("hannoy");
    CommandRun.ok("export", index, "--field", FIELD, "--to", "hannoy", "--out", hannoy);
    return hannoy;
  }

  /** LMDB itself would end the process. */
  public void testDamagedEnvironments() throws IOException {
    byte[] bytes = Files.readAllBytes(hannoy().resolve("data.mdb"));
    Path folder = Files.createDirectory(out("damaged"));
    Path data = folder.resolve("data.mdb");
    Path index = out("index");
    int refused = 0;
    for (int i = 0; i < 60; i++) {
      byte[] copy = bytes.clone();
      for (int j = random().nextInt(3); j >= 0; j--) {
        // headers of pages are the dangerous parts
        int page = random().nextInt(bytes.length / 4096) * 4096;
        int at = page + random().nextInt(random().nextBoolean() ? 64 : 4096);
        copy[at] ^= (byte) (1 << random().nextInt(8));
      }
      if (random().nextInt(10) == 0) {
        copy = Arrays.copyOf(copy, random().nextInt(copy.length));
      }
      Files.write(data, copy);
      CommandRun run = CommandRun.of("import", "--from", "hannoy", folder, "--index", index);
      assertTrue(
          run.toString(), run.exitCode() == ExitCodes.OK || run.exitCode() == ExitCodes.UNUSABLE);
      assertFalse(run.toString(), run.err().contains("\tat "));
      if (run.exitCode() == ExitCodes.OK) {
        index = out("index");
      } else {
        assertTrue(run.toString(), run.err().contains("expected"));
        refused++;
      }
    }
    assertTrue(refused > 0);
  }

  /** The merge of segments reads damaged files. */
  public void testDamagedIndex() throws IOException {
    Path index =
        write(Spec.of(VectorMetric.EUCLIDEAN, VectorEncoding.FLOAT32, 300).segments(2), options());
    List<Path> files;
    try (Stream<Path> all = Files.list(index)) {
      files =
          all.filter(file -> file.toString().endsWith(".vec") || file.toString().endsWith(".cfs"))
              .sorted()
              .toList();
    }
    byte[] bytes = Files.readAllBytes(files.getFirst());
    bytes[bytes.length / 2] ^= 1;
    Files.write(files.getFirst(), bytes);
    Path hannoy = out("hannoy");
    CommandRun.fails(
        ExitCodes.UNUSABLE,
        "checksum",
        "export",
        index,
        "--field",
        FIELD,
        "--to",
        "hannoy",
        "--out",
        hannoy);
    assertFalse(Files.exists(hannoy));
    assertFalse(Files.exists(hannoy.resolveSibling("hannoy.index.tmp")));
  }

  @SuppressForbidden(reason = "lmdbjava takes only a File")
  private static File file(Path path) {
    return path.toFile();
  }

  private static Env<byte[]> environment(Path folder) {
    return Env.create(ByteArrayProxy.PROXY_BA).setMapSize(1 << 22).setMaxDbs(4).open(file(folder));
  }

  /** Copies the index of an environment: into a named database, and as numbers 3 and 5. */
  public void testSeveralIndexes() throws IOException {
    Path hannoy = hannoy();
    Path copy = Files.createDirectory(out("copy"));
    try (Env<byte[]> from = environment(hannoy);
        Env<byte[]> to = environment(copy);
        Txn<byte[]> read = from.txnRead();
        Txn<byte[]> write = to.txnWrite()) {
      Dbi<byte[]> source = from.openDbi(read, null, null, false);
      byte[] name = "named".getBytes(StandardCharsets.UTF_8);
      Dbi<byte[]> target = to.openDbi(write, name, null, false, DbiFlags.MDB_CREATE);
      try (CursorIterable<byte[]> records = source.iterate(read)) {
        for (CursorIterable.KeyVal<byte[]> record : records) {
          for (int number : new int[] {3, 5}) {
            byte[] key = record.key().clone();
            ByteBuffer.wrap(key).putShort((short) number);
            target.put(write, key, record.val());
          }
        }
      }
      write.commit();
    }
    Path index = out("index");
    CommandRun.fails(
        ExitCodes.UNUSABLE,
        "found the databases [named], of which --database names one",
        "import",
        "--from",
        "hannoy",
        copy,
        "--index",
        index);
    CommandRun.fails(
        ExitCodes.UNUSABLE,
        "expected the database other; found [named]",
        "import",
        "--from",
        "hannoy",
        copy,
        "--index",
        index,
        "--database",
        "other");
    CommandRun.fails(
        ExitCodes.UNUSABLE,
        "expected --index-number, as there are several; found [3, 5]",
        "import",
        "--from",
        "hannoy",
        copy,
        "--index",
        index,
        "--database",
        "named");
    CommandRun.fails(
        ExitCodes.UNUSABLE,
        "expected an index with the number 4; found [3, 5]",
        "import",
        "--from",
        "hannoy",
        copy,
        "--index",
        index,
        "--database",
        "named",
        "--index-number",
        "4");
    CommandRun.ok(
        "import",
        "--from",
        "hannoy",
        copy,
        "--index",
        index,
        "--database",
        "named",
        "--index-number",
        "5");
    Path plain = out("index");
    CommandRun.ok("import", "--from", "hannoy", hannoy.resolve("data.mdb"), "--index", plain);
    assertEquals(TestHannoyTransfer.byId(plain), TestHannoyTransfer.byId(index));
    assertEquals(graph(plain, "id"), graph(index, "id"));
    CommandRun.fails(
        ExitCodes.UNUSABLE,
        "expected the metric COSINE; found EUCLIDEAN",
        "import",
        "--from",
        "hannoy",
        hannoy,
        "--index",
        out("index"),
        "--metric",
        "cosine");
  }

  /** hannoy marks items that it has not built yet. */
  public void testUnbuiltItems() throws IOException {
    Path hannoy = hannoy();
    try (Env<byte[]> env = environment(hannoy)) {
      env.openDbi((byte[]) null).put(new byte[] {0, 0, 1, 0, 0, 0, 1, 0}, new byte[0]);
    }
    CommandRun.fails(
        ExitCodes.UNUSABLE,
        "expected a complete index; found items that wait for a build",
        "import",
        "--from",
        "hannoy",
        hannoy,
        "--index",
        out("index"));
  }
}
