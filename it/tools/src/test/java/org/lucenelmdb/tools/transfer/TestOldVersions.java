/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.TestUtil;
import org.lucenelmdb.tools.ExitCodes;

/** Exports of indexes that earlier versions of the format wrote. */
public class TestOldVersions extends TransferTestCase {

  private static final int VERSIONS = 4;

  public void testGoldenIndexes() throws Exception {
    for (int version = 0; version < VERSIONS; version++) {
      Path index = createTempDir();
      String name = "golden-version-" + version + ".zip";
      try (InputStream zip =
          Files.newInputStream(
              repositoryFile(
                  "lucene-codec", "src", "test", "resources", "org", "lucenelmdb", name))) {
        TestUtil.unzip(zip, index);
      }
      int exported = 0;
      for (String field : fields(index)) {
        exported += export(index, field);
      }
      assertTrue(name, exported > 0);
    }
  }

  private static Set<String> fields(Path index) throws IOException {
    Set<String> fields = new TreeSet<>();
    try (Directory directory = openDirectory(index);
        DirectoryReader reader = DirectoryReader.open(directory)) {
      for (FieldInfo info : FieldInfos.getMergedFieldInfos(reader)) {
        if (info.hasVectorValues()) {
          fields.add(info.name);
        }
      }
    }
    return fields;
  }

  /** Exports a field, and imports it again. Returns whether hannoy has its metric. */
  private static int export(Path index, String field) throws Exception {
    Path out = createTempDir();
    CommandRun.ok("export", index, "--field", field, "--to", "lmdb", "--out", out.resolve("lmdb"));
    CommandRun.ok("export", index, "--field", field, "--to", "npy", "--out", out.resolve("npy"));
    Path hannoy = out.resolve("hannoy");
    CommandRun run =
        CommandRun.of("export", index, "--field", field, "--to", "hannoy", "--out", hannoy);
    if (run.exitCode() == ExitCodes.UNUSABLE) {
      assertTrue(run.toString(), run.err().contains("expected a metric that hannoy has"));
      return 0;
    }
    assertEquals(run.toString(), ExitCodes.OK, run.exitCode());
    CommandRun.ok("import", "--from", "hannoy", hannoy, "--index", out.resolve("index"));
    return 1;
  }
}
