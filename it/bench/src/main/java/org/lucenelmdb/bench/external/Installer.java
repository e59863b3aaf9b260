/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.external;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** Runs installation commands. Their output goes to a log file, and is shown only if they fail. */
final class Installer {

  private final Path log;
  private final Executables executables;
  private final Consumer<String> progress;

  Installer(Path tools, Executables executables, Consumer<String> progress) {
    this.log = tools.resolve("install.log");
    this.executables = executables;
    this.progress = progress;
  }

  /** Returns the path of a program. */
  Path find(String name, String whatToDo) throws ExternalException {
    return executables.find(name, whatToDo);
  }

  /**
   * Runs a command.
   *
   * @param what describes the command to the user
   * @param whatToDo a remedy if it fails
   * @throws ExternalException if it fails
   */
  void run(String what, String whatToDo, String... command) throws IOException {
    progress.accept(what);
    Tail tail = new Tail();
    int exitCode;
    try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(log))) {
      exitCode =
          ChildProgram.run(
              List.of(command),
              line -> {
                out.println(line);
                tail.add(line);
              });
    }
    if (exitCode != 0) {
      String reason = tail.lastError() + " (all output: " + log + ")";
      throw new ExternalException(what + " failed; " + whatToDo + ": " + reason);
    }
  }
}
