/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.run;

import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.lucenelmdb.bench.result.Machine;

/** Properties of this machine. */
public final class Machines {

  private static final String SIMD_MODULE = "jdk.incubator.vector";
  private static final Path CPU = Path.of("/proc/cpuinfo");
  private static final Path MEMORY = Path.of("/proc/meminfo");

  private Machines() {}

  /** Whether this Java has the module by which Lucene uses SIMD. */
  public static boolean hasSimd() {
    return ModuleFinder.ofSystem().find(SIMD_MODULE).isPresent();
  }

  /** The JVM argument that adds the module. */
  static String simdArgument() {
    return "--add-modules=" + SIMD_MODULE;
  }

  static Machine describe(boolean simd) throws IOException {
    return new Machine(
        cpu(),
        Runtime.getRuntime().availableProcessors(),
        memoryMegabytes(),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("java.vm.name") + " " + Runtime.version(),
        simd);
  }

  /** 0 if the system does not report it. */
  private static long memoryMegabytes() throws IOException {
    String kilobytes = first(MEMORY, "MemTotal:").replaceAll("[^0-9]", "");
    return kilobytes.isEmpty() ? 0 : Long.parseLong(kilobytes) >> 10;
  }

  private static String cpu() throws IOException {
    String line = first(CPU, "model name");
    return line.isEmpty()
        ? System.getProperty("os.arch")
        : line.substring(line.indexOf(':') + 1).strip();
  }

  /** The first line with a prefix, or an empty string. */
  private static String first(Path file, String start) throws IOException {
    if (Files.isReadable(file) == false) {
      return "";
    }
    try (Stream<String> lines = Files.lines(file)) {
      return lines.filter(line -> line.startsWith(start)).findFirst().orElse("");
    }
  }

  /** The commit of the sources in the current directory, or an empty string. */
  static String commit() {
    try {
      Process git =
          new ProcessBuilder("git", "describe", "--always", "--dirty", "--abbrev=12")
              .redirectErrorStream(true)
              .start();
      String text = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return git.onExit().join().exitValue() == 0 ? text.strip() : "";
    } catch (IOException e) {
      return ""; // git is not available
    }
  }
}
