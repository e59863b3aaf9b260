/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.lucene.util.IOUtils;
import org.lucenelmdb.tools.index.IndexException;

/** Files or a folder that a command creates. They are removed unless the command succeeds. */
final class NewOutput implements Closeable {

  private final List<Path> files; // empty for a folder
  private final Path folder; // null for files
  private final boolean folderExisted;
  private boolean isComplete;

  private NewOutput(List<Path> files, Path folder, boolean folderExisted) {
    this.files = files;
    this.folder = folder;
    this.folderExisted = folderExisted;
  }

  /**
   * Creates a folder, or takes an empty one.
   *
   * @throws IndexException if there is a file, or the folder is not empty
   */
  static NewOutput folder(Path folder) throws IOException {
    boolean exists = Files.exists(folder);
    if (exists) {
      if (Files.isDirectory(folder) == false) {
        throw new IndexException(folder + ": expected a new or empty folder; found a file");
      }
      try (Stream<Path> children = Files.list(folder)) {
        long count = children.count();
        if (count > 0) {
          throw new IndexException(
              folder + ": expected a new or empty folder; found one with " + count + " files");
        }
      }
    }
    Files.createDirectories(folder);
    return new NewOutput(List.of(), folder, exists);
  }

  /**
   * Checks that files can be created, and creates their folder.
   *
   * @throws IndexException if one exists
   */
  static NewOutput files(Path... files) throws IOException {
    for (Path file : files) {
      if (Files.exists(file)) {
        throw new IndexException(file + ": expected a new file; found an existing one");
      }
      if (file.toAbsolutePath().getParent() != null) {
        Files.createDirectories(file.toAbsolutePath().getParent());
      }
    }
    return new NewOutput(List.of(files), null, false);
  }

  /** Tells that everything was written. */
  void complete() {
    isComplete = true;
  }

  @Override
  public void close() throws IOException {
    if (isComplete) {
      return;
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
    if (folder != null) {
      if (folderExisted) {
        try (Stream<Path> children = Files.list(folder)) {
          IOUtils.rm(children.toArray(Path[]::new));
        }
      } else {
        IOUtils.rm(folder);
      }
    }
  }
}
