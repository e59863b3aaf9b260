/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.lucene.tests.util.LuceneTestCase;

/**
 * Headless Chromium.
 *
 * @param program the executable
 * @param profile a directory for the profile
 */
public record Browser(Path program, Path profile) {

  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome");

  /** Starting takes long on a busy machine. */
  private static final int TIMEOUT_SECONDS = 300;

  /** The program that the environment variable CHROMIUM names, or else one on the path. */
  public static Optional<Path> find() {
    String named = System.getenv("CHROMIUM");
    if (named != null && !named.isBlank()) {
      return Optional.of(Path.of(named));
    }
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Arrays.stream(path.split(System.getProperty("path.separator")))
        .filter(directory -> !directory.isEmpty())
        .flatMap(directory -> NAMES.stream().map(Path.of(directory)::resolve))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** The elements of a page after its scripts have run. */
  public String dom(Path page) throws IOException, InterruptedException {
    return run("--dump-dom", page.toUri().toString());
  }

  /**
   * Asserts that the script has drawn the page without errors, which it notes in the root element.
   */
  public static void assertReady(String dom) {
    String root = dom.substring(dom.indexOf("<html"), dom.indexOf('>', dom.indexOf("<html")) + 1);
    LuceneTestCase.assertTrue(root, root.contains("data-ready=\"true\""));
    LuceneTestCase.assertFalse(root, root.contains("data-errors"));
    LuceneTestCase.assertFalse(root, root.contains("data-hit"));
  }

  /** Writes a screenshot in PNG. */
  void screenshot(Path page, Path picture, String... options)
      throws IOException, InterruptedException {
    run(
        Stream.concat(
                Arrays.stream(options),
                Stream.of("--hide-scrollbars", "--screenshot=" + picture, page.toUri().toString()))
            .toArray(String[]::new));
  }

  private String run(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-breakpad",
                "--user-data-dir=" + profile,
                "--virtual-time-budget=30000"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try {
      StringBuilder output = new StringBuilder();
      Thread reader = new Thread(() -> read(process, output), "browser's output");
      reader.start();
      boolean ended = process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      if (!ended) {
        end(process);
      }
      reader.join();
      if (!ended || process.exitValue() != 0) {
        throw new IOException("the browser " + (ended ? "failed" : "did not end") + ": " + command);
      }
      return output.toString();
    } finally {
      end(process);
    }
  }

  private static void read(Process process, StringBuilder output) {
    try (InputStream in = process.getInputStream()) {
      output.append(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Kills the process and its children, which would otherwise write to the profile while it is
   * being deleted.
   */
  private static void end(Process process) {
    List<ProcessHandle> all =
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(handle -> handle.onExit().join());
  }
}
