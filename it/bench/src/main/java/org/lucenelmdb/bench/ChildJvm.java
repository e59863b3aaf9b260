/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Runs {@link Worker} in a JVM like this one, shows how far it is, and takes the figures. */
final class ChildJvm {

  private final List<String> command = new ArrayList<>();
  private final PrintWriter log;

  /**
   * @param arguments for the JVM, on top of this JVM's
   */
  ChildJvm(List<String> arguments, PrintWriter log) {
    this.log = log;
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.removeIf(argument -> argument.startsWith("-agentlib:")); // a debugger's port
    command.addAll(arguments);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Worker.class.getName()));
  }

  /** The child failed; the message is what it printed. */
  static final class FailedException extends IOException {
    private static final long serialVersionUID = 1;

    FailedException(String message) {
      super(message);
    }
  }

  /** The figures that a worker reported, in its order. */
  Map<String, Double> run(String title, Object... arguments) throws IOException {
    List<String> line = new ArrayList<>(command);
    Arrays.stream(arguments).map(Object::toString).forEach(line::add);
    Map<String, Double> figures = new LinkedHashMap<>();
    StringBuilder output = new StringBuilder();
    log(title);
    long start = System.nanoTime();
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    try (BufferedReader in = process.inputReader()) {
      read(in, figures, output);
      int exitCode = process.onExit().join().exitValue();
      log(String.format(Locale.ROOT, " %.1f s%n", (System.nanoTime() - start) / 1e9));
      if (exitCode != 0) {
        throw new FailedException(title + ": exit code " + exitCode + "\n" + output);
      }
      return figures;
    } finally {
      process.destroyForcibly();
    }
  }

  private void read(BufferedReader in, Map<String, Double> figures, StringBuilder output)
      throws IOException {
    int quarters = 0;
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ", 3);
      if (words.length < 3 || words[0].equals(Worker.MARK) == false) {
        output.append(line).append('\n');
      } else if (words[2].equals(Worker.PROGRESS)) {
        for (; quarters < (int) (4 * Double.parseDouble(words[1])); quarters++) {
          log(" " + 25 * (quarters + 1) + "%");
        }
      } else {
        figures.put(words[2], Double.parseDouble(words[1]));
      }
    }
  }

  private void log(String text) {
    log.print(text);
    log.flush();
  }

  static void killAll() {
    ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
    ProcessHandle.current().children().forEach(child -> child.onExit().join());
  }
}
