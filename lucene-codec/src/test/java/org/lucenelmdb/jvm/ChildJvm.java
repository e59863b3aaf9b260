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

/** Another JVM, for what is true of a whole process: its flags, its libraries, its limits. */
public final class ChildJvm {

  private static final int SECONDS = 60;

  private ChildJvm() {}

  /** What a process printed, to either stream. */
  public record Output(int status, List<String> lines) {
    /** What follows a word at the beginning of a line. */
    public List<String> after(String word) {
      return lines.stream()
          .filter(line -> line.startsWith(word + " "))
          .map(line -> line.substring(word.length() + 1))
          .toList();
    }

    /** The same if there is one such line. */
    public String only(String word) {
      List<String> found = after(word);
      Assert.assertEquals(this.toString(), 1, found.size());
      return found.get(0);
    }
  }

  /** The program that runs this JVM. */
  public static Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  /** The command that begins a small JVM; classes and arguments are to follow. */
  public static List<String> command(Path java) {
    List<String> command = new ArrayList<>(List.of(java.toString()));
    command.addAll(List.of("-ea", "-Xmx256m", "-XX:+UseSerialGC", "-XX:-UsePerfData"));
    command.add("-XX:TieredStopAtLevel=1");
    return command;
  }

  /** Runs a class with the class path and the JVM of this process. */
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

  /** Runs a command to its end. */
  @SuppressForbidden(reason = "ProcessBuilder redirects to a java.io.File, and nothing else")
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

  /** The same path without the file systems that Lucene's tests put above the real one. */
  public static Path real(Path path) {
    return Path.of(path.toString());
  }
}
