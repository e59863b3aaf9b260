/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.lucene.tests.util.LuceneTestCase;
import picocli.CommandLine;

/** The program, as a user runs it. */
public class TestBench extends LuceneTestCase {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private Set<Path> before;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    before = temporaryFiles();
  }

  @Override
  public void tearDown() throws Exception {
    assertEquals(before, temporaryFiles());
    super.tearDown();
  }

  private int run(String arguments) {
    CommandLine bench = Bench.commandLine();
    bench.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return bench.execute(arguments.split(" "));
  }

  private void assertRejected(String message, String arguments) {
    err.getBuffer().setLength(0);
    assertEquals(2, run(arguments));
    assertTrue(err.toString(), err.toString().contains(message));
    assertEquals("one line", 1, err.toString().lines().count());
    assertEquals("", out.toString());
  }

  public void testBadOptions() {
    assertRejected("--base", "--base 9");
    assertRejected("--queries", "--queries none");
    assertRejected("--dimension", "--dimension 1025");
    assertRejected("--heap", "--heap 96MB");
    assertRejected("--speed", "--speed 10");
    assertRejected("mutually exclusive", "--data a.fvecs --dimension 3");
  }

  public void testBadData() throws IOException {
    Path directory = createTempDir();
    assertRejected("no such file", "--data " + directory.resolve("missing.fvecs"));
    Path zeros = directory.resolve("zeros.f16bin");
    Files.write(zeros, VectorFile.littleEndian(8 + 12 * 2).putInt(12).putInt(1).array());
    assertRejected("too few", "--queries 3 --data " + zeros);
    assertRejected("cannot be normalised", "--queries 2 --data " + zeros);
  }

  public void testCompares() throws IOException {
    int exitCode =
        run("--base 500 --queries 20 --dimension 8 --rounds 2 --search-rounds 1 --warm-up 0");
    assertEquals(err.toString(), 0, exitCode);
    String table = out.toString();
    assertTrue(table, table.contains("500 vectors of 8 dimensions"));
    // most of the index is visited
    assertTrue(table, table.matches("(?s).* 320   1.0000    1.0000  \\+0.0000 .*"));
    assertEquals(table, 4, table.lines().filter(l -> l.matches("(pass|MISS)  .*")).count());
  }

  public void testHeap() throws IOException {
    assertEquals(err.toString(), 0, run("--base 500 --queries 20 --dimension 8 --heap 256m"));
    assertTrue(out.toString(), out.toString().matches("(?s).*ours +ok.*Lucene99 +ok.*"));
    assertEquals(0, run("--base 500 --queries 20 --dimension 8 --heap 1k"));
    assertTrue(out.toString(), out.toString().matches("(?s).*ours +failed.*Lucene99 +failed.*"));
  }

  private static Set<Path> temporaryFiles() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files.filter(f -> f.toString().contains("bench-")).collect(Collectors.toSet());
    }
  }
}
