/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.lucenelmdb.jvm.ChildJvm;

/** Processes whose files may not grow, so that LMDB's own writes fail. */
public class TestFullDisk extends FailureTestCase {

  /** The shell counts units of 1024 bytes. */
  private static final String ONE_MEGABYTE = "ulimit -S -f 1024";

  /** LMDB cannot write, in the index's directory or in the temporary one. */
  public void testFullDisk() throws Exception {
    assumeTrue("needs /proc", Files.isDirectory(Path.of("/proc/self")));
    for (String kind : List.of("directory", "heap", "links", "heap links")) {
      Path path = ChildJvm.real(createTempDir());
      Path tmp = ChildJvm.real(createTempDir());
      int docs = kind.contains("links") ? 20_000 : 2000;
      ChildJvm.Output output =
          FailingProcess.run(ONE_MEGABYTE, tmp, List.of(), "fill", path, kind, docs);
      assertEquals(output.toString(), 0, output.status());
      assertEquals(output.toString(), List.of(), output.after("ADDED"));
      assertEquals("java.io.IOException", output.only("CLASS"));
      String message = output.only("MESSAGE");
      assertTrue(message, message.contains("LMDB could not write"));
      Path where = kind.contains("heap") ? tmp : path;
      assertTrue(message, message.contains(where.toString()));
      assertEquals("[]", output.only("TEMPORARY"));
      assertEquals(List.of(), output.after("MAPPED"));
      assertEquals(List.of(), output.after("ROLLBACK"));
      assertEquals("1", output.only("DOCUMENTS"));
      if (kind.equals("directory")) {
        try (Directory directory = new MMapDirectory(path)) {
          assertEquals(Set.of(0), VerifiableIndex.read(directory));
        }
      }
    }
  }

  /** The disk is full when LMDB creates an environment. */
  public void testNoSpaceForEnvironment() throws Exception {
    assumeTrue("needs prlimit", Files.isExecutable(Path.of("/usr/bin/prlimit")));
    for (String kind : List.of("open", "open heap")) {
      Path path = ChildJvm.real(createTempDir());
      Path tmp = ChildJvm.real(createTempDir());
      ChildJvm.Output output = FailingProcess.run(null, tmp, List.of(), "fill", path, kind, 2);
      assertEquals(output.toString(), 0, output.status());
      assertEquals("java.io.IOException", output.only("CLASS"));
      assertTrue(output.only("MESSAGE"), output.only("MESSAGE").contains("LMDB could not open"));
      Path where = kind.contains("heap") ? tmp : path;
      assertTrue(output.only("MESSAGE"), output.only("MESSAGE").contains(where.toString()));
      assertEquals("[]", output.only("TEMPORARY"));
      assertEquals(List.of(), output.after("MAPPED"));
      assertEquals("1", output.only("DOCUMENTS"));
    }
  }

  /** Only documents that are added while the disk is full are rejected. */
  public void testTemporarilyFullDisk() throws Exception {
    assumeTrue("needs prlimit", Files.isExecutable(Path.of("/usr/bin/prlimit")));
    Path path = ChildJvm.real(createTempDir());
    Path tmp = ChildJvm.real(createTempDir());
    ChildJvm.Output output =
        FailingProcess.run(ONE_MEGABYTE, tmp, List.of(), "fill", path, "more", 2000);
    assertEquals(output.toString(), 0, output.status());
    assertEquals(output.toString(), 1, output.after("CLASS").size());
    assertTrue(output.only("MESSAGE"), output.only("MESSAGE").contains("LMDB could not write"));
    assertEquals("1999", output.only("ADDED"));
    assertEquals("1999", output.only("DOCUMENTS"));
    assertEquals("[]", output.only("TEMPORARY"));
    try (Directory directory = new MMapDirectory(path)) {
      assertEquals(1999, VerifiableIndex.read(directory).size());
    }
  }
}
