/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.lucene.util.IOUtils;

/** The directory with which {@link Bench} and its {@link Worker}s exchange data. */
record Workspace(Path directory) {

  Path base() {
    return directory.resolve("base" + VectorFile.FVECS);
  }

  Path queries() {
    return directory.resolve("queries" + VectorFile.FVECS);
  }

  /** For each query the {@link Truth#K} nearest vectors of the base, int32 big-endian. */
  Path truth() {
    return directory.resolve("truth");
  }

  Path index(Contestant contestant) {
    return directory.resolve(contestant.name());
  }

  /** A workspace that goes away when it is closed, or at the latest with the JVM. */
  record Temporary(Workspace workspace, Thread shutdownHook) implements Closeable {

    static Temporary create() throws IOException {
      Workspace workspace = new Workspace(Files.createTempDirectory("lucene-lmdb-bench-"));
      Thread hook = new Thread(workspace::abandon);
      Runtime.getRuntime().addShutdownHook(hook);
      return new Temporary(workspace, hook);
    }

    @Override
    public void close() throws IOException {
      Runtime.getRuntime().removeShutdownHook(shutdownHook);
      IOUtils.rm(workspace.directory);
    }
  }

  private void abandon() {
    ChildJvm.killAll();
    try {
      IOUtils.rm(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
