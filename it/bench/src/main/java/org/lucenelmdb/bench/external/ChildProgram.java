/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.external;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs a program, and kills it if this JVM ends while it runs. */
final class ChildProgram {

  private ChildProgram() {}

  /** Receives each line of output while the program runs. */
  @FunctionalInterface
  interface LineListener {
    void take(String line) throws IOException;
  }

  /**
   * Runs a program to its end, or until the listener fails.
   *
   * @param lines receives standard output and standard error, in the order of writing
   * @return the exit code
   */
  static int run(List<String> command, LineListener lines) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    Thread hook = new Thread(() -> kill(process));
    try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
      add(hook);
      process.getOutputStream().close(); // the program must not wait for input
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        lines.take(line);
      }
      return process.onExit().join().exitValue();
    } finally {
      kill(process);
      remove(hook);
    }
  }

  /** Kills a process and its children, such as compilers started by a build. */
  private static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private static void add(Thread hook) throws ExternalException {
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException e) {
      throw new ExternalException("cannot start a program while the JVM shuts down");
    }
  }

  private static void remove(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      assert e != null; // the hook is running already
    }
  }
}
