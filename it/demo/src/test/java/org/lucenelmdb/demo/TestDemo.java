/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.lucene.tests.util.LuceneTestCase;
import picocli.CommandLine;

/** The demo until it loads the language model. */
public class TestDemo extends LuceneTestCase {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    CommandLine demo = Demo.commandLine();
    demo.setOut(new PrintWriter(out, true));
    demo.setErr(new PrintWriter(err, true));
    return demo.execute(args);
  }

  private void assertBadInput(String message, String... args) {
    err.getBuffer().setLength(0);
    assertEquals(2, run(args));
    String line = err.toString().stripTrailing();
    assertTrue(line, line.startsWith("demo: ") && line.contains(message));
    assertEquals("one line: " + line, 1, line.lines().count());
  }

  public void testBadInput() throws IOException {
    assertBadInput("-k must be from 1 to 100, not 0", "-k", "0");
    assertBadInput("-k must be from 1 to 100, not 101", "-k", "101");
    assertBadInput("'x' is not an int", "-k", "x");
    assertBadInput("--max-docs must be at least 2, not 1", "--max-docs", "1");
    assertBadInput("'verb' is none of [package, class,", "--kind", "verb");
    assertBadInput("Unknown option: '--verbose'", "--verbose");
    assertBadInput("the question is empty", " ");
    Path file = Files.createFile(createTempDir().resolve("file"));
    assertBadInput("cannot use " + file, "--cache", file.toString());
    assertBadInput("cannot use " + file, "--cache", file.resolve("below").toString());
  }

  public void testUnknownPackage() {
    String cache = createTempDir().toString();
    assertBadInput(
        "there is no store, did you mean org.apache.lucene.store?",
        "--cache",
        cache,
        "--package",
        "store");
  }

  public void testHelp() {
    assertEquals(0, run("--help"));
    assertTrue(out.toString().contains("--max-docs=N"));
    out.toString().lines().forEach(line -> assertTrue(line, line.length() <= Printer.WIDTH));
    assertEquals("", err.toString());
  }

  public void testOneRunAtATime() throws IOException {
    Path directory = createTempDir();
    try (Workspace workspace = Workspace.open(directory)) {
      assertTrue(Files.isDirectory(workspace.freshIndex()));
      assertEquals(1, run("--cache", directory.toString()));
      assertTrue(err.toString(), err.toString().contains("another demo is using"));
    }
  }

  public void testIndexIsFresh() throws IOException {
    try (Workspace workspace = Workspace.open(createTempDir())) {
      Files.createFile(workspace.freshIndex().resolve("old"));
      assertFalse(Files.exists(workspace.freshIndex().resolve("old")));
    }
  }
}
