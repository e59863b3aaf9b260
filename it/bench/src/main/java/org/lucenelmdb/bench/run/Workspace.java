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

/**
 * The directory with a run's data sets and indexes. A temporary one is deleted when it is closed,
 * or at the latest when the JVM ends.
 */
final class Workspace implements Closeable {

  private final Path directory;
  private final boolean temporary;
  private final Thread shutdownHook;

  /**
   * Opens a workspace.
   *
   * @param given or null
   */
  Workspace(Path given) throws IOException {
    this.temporary = given == null;
    this.directory =
        temporary
            ? Files.createTempDirectory("lucene-lmdb-bench-")
            : Files.createDirectories(given).toAbsolutePath();
    this.shutdownHook = new Thread(this::abandon);
    Runtime.getRuntime().addShutdownHook(shutdownHook);
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
    if (temporary) {
      IOUtils.rm(directory);
    }
  }

  private void abandon() {
    ChildProcesses.killAll(); // children would continue writing
    if (temporary) {
      try {
        IOUtils.rm(directory);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
