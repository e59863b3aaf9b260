/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.Assert;
import org.junit.Assume;

/**
 * Runs Python programs that need packages. The system property {@code tests.python} names the
 * interpreter; otherwise it is {@code python3} on the path.
 */
final class PythonPackages {

  private static final String PYTHON = System.getProperty("tests.python", "python3");

  private PythonPackages() {}

  /** Skips the test, and says why, unless Python has all packages. */
  static void assume(String... packages) throws Exception {
    String missing;
    try {
      Run run = run(List.of("-c", "import " + String.join(", ", packages)));
      missing = run.exitCode == 0 ? null : run.out.lines().reduce("", (a, b) -> b);
    } catch (IOException e) {
      missing = e.getMessage();
    }
    if (missing != null) {
      String reason =
          "Skipped: " + PYTHON + " has not all of " + List.of(packages) + ": " + missing;
      print(reason);
      Assume.assumeTrue(reason, false);
    }
  }

  @SuppressWarnings("SystemOut")
  private static void print(String reason) {
    System.err.println(reason);
  }

  private record Run(int exitCode, String out) {}

  private static Run run(List<String> args) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(PYTHON);
    command.addAll(args);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (InputStream in = process.getInputStream()) {
      String out = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new Run(process.waitFor(), out);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Runs a program that must succeed, and returns what it prints. */
  static String run(Path program, Object... args) throws Exception {
    List<String> all = new ArrayList<>();
    all.add(program.toString());
    for (Object arg : args) {
      all.add(arg.toString());
    }
    Run run = run(all);
    Assert.assertEquals(run.out, 0, run.exitCode);
    return run.out;
  }

  /** Returns a program next to the tests. */
  static Path program(String name) throws Exception {
    return Path.of(PythonPackages.class.getResource(name).toURI());
  }
}
