/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** A node in a JVM of its own, with the plugin installed from its zip. */
final class NodeProcess implements Closeable {

  /** The folder with the zip; set by the build. */
  private static final Path TARGET =
      Path.of(System.getProperty("opensearch.target", "it/opensearch/target"));

  private static final long START_SECONDS = 240;
  private static final long STOP_SECONDS = 60;

  private final Path home;
  private final List<String> launcher;
  private final List<String> settings;
  private final List<String> jvmOptions;
  private final Path log;
  private Process process;
  private int port;

  /**
   * Installs the plugin; the node is not started yet.
   *
   * @param home an empty folder, or that of a node that was stopped
   * @param settings of the node: {@code key=value}
   */
  NodeProcess(Path home, List<String> jvmOptions, List<String> settings) throws IOException {
    this(home, List.of(), jvmOptions, settings);
  }

  /**
   * As the other constructor.
   *
   * @param launcher a command that replaces itself by the command that follows, such as {@code
   *     nsenter}; empty for none
   */
  NodeProcess(Path home, List<String> launcher, List<String> jvmOptions, List<String> settings)
      throws IOException {
    this.home = home;
    this.launcher = launcher;
    this.jvmOptions = jvmOptions;
    this.settings = settings;
    this.log = home.resolve("node.log");
    Files.createDirectories(home.resolve("config"));
    Path plugin = home.resolve("plugins/lmdb-hnsw");
    if (Files.exists(plugin) == false) {
      unzip(zip(), plugin);
    }
  }

  /** The plugin's zip. */
  static Path zip() throws IOException {
    try (Stream<Path> files = Files.list(TARGET)) {
      return files
          .filter(file -> file.getFileName().toString().matches("lmdb-hnsw-.*\\.zip"))
          .findFirst()
          .orElseThrow(() -> new IOException("the plugin's zip should be in " + TARGET));
    }
  }

  private static void unzip(Path zip, Path folder) throws IOException {
    try (InputStream in = Files.newInputStream(zip);
        ZipInputStream entries = new ZipInputStream(in)) {
      Files.createDirectories(folder);
      for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
        Path file = folder.resolve(entry.getName()).normalize();
        if (file.startsWith(folder) == false) {
          throw new IOException("the zip should have files of its own; found " + entry.getName());
        }
        Files.copy(entries, file);
      }
    }
  }

  /** The class path of a server, and {@link ServerMain}. */
  private static String serverClassPath() throws IOException {
    return Files.readString(TARGET.resolve("server.classpath")).strip()
        + System.getProperty("path.separator")
        + TARGET.resolve("test-classes").toAbsolutePath();
  }

  /** Starts the node and waits until it answers. */
  NodeProcess start() throws IOException, InterruptedException {
    launch();
    await();
    return this;
  }

  /** Starts the process. */
  void launch() throws IOException {
    Files.deleteIfExists(home.resolve(ServerMain.PORT_FILE));
    List<String> command = new ArrayList<>(launcher);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.add("-Djava.io.tmpdir=" + Files.createDirectories(home.resolve("tmp")));
    command.add("-cp");
    command.add(serverClassPath());
    command.add(ServerMain.class.getName());
    command.add(home.toString());
    command.addAll(settings);
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
  }

  /** Waits until the node answers. */
  void await() throws IOException, InterruptedException {
    Path portFile = home.resolve(ServerMain.PORT_FILE);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (Files.exists(portFile) == false) {
      if (process.waitFor(50, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
        process.destroyForcibly();
        throw new IOException("the node should have started; found in its log:\n" + log());
      }
    }
    port = Integer.parseInt(Files.readString(portFile));
  }

  /** Waits for the end of the process. */
  void waitFor() throws InterruptedException {
    process.waitFor();
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** The id of its process. */
  long pid() {
    return process.pid();
  }

  /** The port of its HTTP interface. */
  int port() {
    return port;
  }

  /** Where its data are. */
  Path home() {
    return home;
  }

  /** All that it logged. */
  String log() throws IOException {
    return Files.readString(log);
  }

  /** Waits until the node has deleted the files of deleted indices, which it does later. */
  void awaitNoDataFiles() throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (hasDataFiles() && System.nanoTime() < end) {
      process.waitFor(50, TimeUnit.MILLISECONDS);
    }
  }

  private boolean hasDataFiles() {
    try {
      return dataFiles().isEmpty() == false;
    } catch (IOException | UncheckedIOException e) {
      return true; // a file was deleted while its folder was listed
    }
  }

  /** Files of indices that the node has. */
  List<String> dataFiles() throws IOException {
    Path indices = home.resolve("data/nodes/0/indices");
    if (Files.exists(indices) == false) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(indices)) {
      return files.filter(Files::isRegularFile).map(Path::toString).toList();
    }
  }

  /** What went wrong, by its log, apart from what is expected. */
  List<String> problems(Pattern... expected) throws IOException {
    return NodeLog.problems(Files.readAllLines(log), expected);
  }

  /** Ends the process at once, as a crash would. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Closes the node and waits for its end. */
  @Override
  public void close() throws IOException {
    if (process == null || process.isAlive() == false) {
      return;
    }
    process.getOutputStream().close();
    try {
      if (process.waitFor(STOP_SECONDS, TimeUnit.SECONDS) == false) {
        process.destroyForcibly();
        throw new IOException("the node should have ended; found in its log:\n" + log());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
