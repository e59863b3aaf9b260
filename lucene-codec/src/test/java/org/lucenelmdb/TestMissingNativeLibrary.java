/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.lucenelmdb.jvm.ChildJvm;

/**
 * Native libraries that are missing or invalid, and directories that they cannot be extracted to.
 */
public class TestMissingNativeLibrary extends FailureTestCase {

  /** Checks that a process without the library fails to write, but reads and searches. */
  private static void assertReadAfterFailedWrites(List<String> options, String... words)
      throws Exception {
    Path tmp = ChildJvm.real(createTempDir());
    Path path = ChildJvm.real(createTempDir());
    try (Directory directory = new MMapDirectory(path)) {
      try (IndexWriter writer = new IndexWriter(directory, VerifiableIndex.config(new Random(5)))) {
        for (int id = 0; id < 100; id++) {
          writer.addDocument(VerifiableIndex.document(id));
        }
      }
      ChildJvm.Output search = FailingProcess.run(null, tmp, options, "search", path);
      assertEquals(search.toString(), 0, search.status());
      assertEquals(FailingProcess.search(directory), search.only("HITS"));

      ChildJvm.Output write = FailingProcess.run(null, tmp, options, "write", path, 2);
      assertEquals(write.toString(), 0, write.status());
      assertEquals(write.toString(), List.of(), write.after("DONE"));
      List<String> messages = write.after("MESSAGE");
      assertEquals(write.toString(), 2, messages.size());
      assertEquals("both attempts fail alike", messages.get(0), messages.get(1));
      assertEquals(List.of("java.io.IOException", "java.io.IOException"), write.after("CLASS"));
      for (String word : words) {
        assertTrue(messages.get(0), messages.get(0).contains(word));
      }
      assertNoTemporaryFiles(directory);
      Set<Integer> ids = VerifiableIndex.read(directory);
      assertEquals(100, ids.size());
      checkUnreferenced(directory, ids);
    }
    assertEquals(List.of(), names(tmp).stream().filter(FailureTestCase::isTemporary).toList());
  }

  public void testMissingNativeLibrary() throws Exception {
    String missing = ChildJvm.real(createTempDir()).resolve("liblmdb.so").toString();
    assertReadAfterFailedWrites(
        List.of("-Dlmdbjava.native.lib=" + missing), "-Dlmdbjava.native.lib", missing);
  }

  public void testInvalidNativeLibrary() throws Exception {
    Path file = ChildJvm.real(createTempDir()).resolve("liblmdb.so");
    Files.writeString(file, "not a library");
    assertReadAfterFailedWrites(
        List.of("-Dlmdbjava.native.lib=" + file), "-Dlmdbjava.native.lib", file.toString());
  }

  public void testMissingExtractDirectory() throws Exception {
    Path missing = ChildJvm.real(createTempDir()).resolve("missing");
    assertReadAfterFailedWrites(
        List.of("-Dlmdbjava.extract.dir=" + missing), "-Dlmdbjava.extract.dir", missing.toString());
    assertFalse(Files.exists(missing));
  }

  /** Native libraries are extracted into the temporary directory, too. */
  public void testMissingTemporaryDirectoryOfProcess() throws Exception {
    Path missing = ChildJvm.real(createTempDir()).resolve("missing");
    ChildJvm.Output output = FailingProcess.run(null, missing, List.of(), "write", "heap", 2);
    assertEquals(output.toString(), 0, output.status());
    assertEquals(output.toString(), List.of(), output.after("DONE"));
    assertEquals(2, output.after("MESSAGE").size());
    for (String message : output.after("MESSAGE")) {
      assertTrue(message, message.contains(missing.toString()));
    }
    assertFalse(Files.exists(missing));
  }
}
