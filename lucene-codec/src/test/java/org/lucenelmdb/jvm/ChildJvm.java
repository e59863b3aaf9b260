/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.jvm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.SuppressForbidden;
import org.junit.Assert;

/** Runs another JVM, to test properties of a process: its options, libraries and limits. */
public final class ChildJvm {

  private static final int SECONDS = 60;

  private ChildJvm() {}

  /** The exit status of a process and the lines that it printed to both streams. */
  public record Output(int status, List<String> lines) {
    /** The rest of each line that starts with a word. */
    public List<String> after(String word) {
      return lines.stream()
          .filter(line -> line.startsWith(word + " "))
          .map(line -> line.substring(word.length() + 1))
          .toList();
    }

    /** The rest of the only line that starts with a word. */
    public String only(String word) {
      List<String> found = after(word);
      Assert.assertEquals(this.toString(), 1, found.size());
      return found.get(0);
    }
  }

  /** The {@code java} program of this JVM. */
  public static Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  /**
   * The start of a command for a small JVM, to which the class path, class and arguments are added.
   */
  public static List<String> command(Path java) {
    List<String> command = new ArrayList<>(List.of(java.toString()));
    command.addAll(List.of("-ea", "-Xmx256m", "-XX:+UseSerialGC", "-XX:-UsePerfData"));
    command.add("-XX:TieredStopAtLevel=1");
    return command;
  }

  /** Runs a main class with this JVM and its class path. */
  public static Output run(Class<?> main, List<String> options, Object... arguments)
      throws Exception {
    List<String> command = command(java());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return run(command);
  }

  /** Runs a command and waits for its end. */
  @SuppressForbidden(reason = "ProcessBuilder redirects only to a java.io.File")
  public static Output run(List<String> command) throws IOException, InterruptedException {
    Path output = real(LuceneTestCase.createTempDir()).resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      Assert.assertTrue(
          "the process is still running: " + command, process.waitFor(SECONDS, TimeUnit.SECONDS));
      return new Output(process.exitValue(), Files.readAllLines(output, StandardCharsets.UTF_8));
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  /** The path in the real file system, without those of the test framework. */
  public static Path real(Path path) {
    return Path.of(path.toString());
  }
}
