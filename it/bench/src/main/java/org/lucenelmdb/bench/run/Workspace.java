/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.run;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.lucene.util.IOUtils;
import org.lucenelmdb.bench.memory.MemoryLimit;

/**
 * The directory with a run's data sets and indexes, and its memory limit. A temporary directory is
 * deleted, and the limit is removed, when this is closed, or at the latest when the JVM ends.
 */
final class Workspace implements Closeable {

  private final Path directory;
  private final boolean temporary;
  private final MemoryLimit limit;
  private final Thread shutdownHook;

  /**
   * Opens a workspace.
   *
   * @param given the directory, or null
   * @param limits the limits of child processes
   */
  Workspace(Path given, Limits limits) throws IOException {
    this.temporary = given == null;
    this.limit = limits.open();
    boolean success = false;
    try {
      this.directory =
          temporary
              ? Files.createTempDirectory("lucene-lmdb-bench-")
              : Files.createDirectories(given).toAbsolutePath();
      this.shutdownHook = new Thread(this::abandon);
      Runtime.getRuntime().addShutdownHook(shutdownHook);
      success = true;
    } finally {
      if (success == false) {
        limit.close();
      }
    }
  }

  /** The memory limit of measured processes. */
  MemoryLimit limit() {
    return limit;
  }

  /** The log of child processes. */
  Path log() {
    return directory.resolve("child.log");
  }

  Path data(int vectors) {
    return directory.resolve("data-" + vectors);
  }

  /** Returns an index's directory, emptied. */
  Path emptyIndex(String name, int vectors) throws IOException {
    Path index = index(name, vectors);
    IOUtils.rm(index);
    return index;
  }

  Path index(String name, int vectors) {
    return directory.resolve("index-" + name + "-" + vectors);
  }

  /** Deletes an index's directory. */
  void remove(Path index) throws IOException {
    IOUtils.rm(index);
  }

  @Override
  public void close() throws IOException {
    Runtime.getRuntime().removeShutdownHook(shutdownHook);
    try {
      limit.close();
    } finally {
      removeTemporary();
    }
  }

  private void abandon() {
    ChildProcesses.killAll(); // children would continue writing
    try {
      limit.close();
      removeTemporary();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void removeTemporary() throws IOException {
    if (temporary) {
      IOUtils.rm(directory);
    }
  }
}
