/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.external;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Finds programs as a shell does. */
final class Executables {

  private final String path;

  /**
   * @param path directories, as in the environment variable {@code PATH}; may be null
   */
  Executables(String path) {
    this.path = path == null ? "" : path;
  }

  /**
   * Returns the path of a program.
   *
   * @throws ExternalException if it is not on the path
   */
  Path find(String name, String whatToDo) throws ExternalException {
    for (String directory : path.split(System.getProperty("path.separator"))) {
      Path program = resolve(directory, name);
      if (program != null && Files.isRegularFile(program) && Files.isExecutable(program)) {
        return program;
      }
    }
    throw new ExternalException("there is no " + name + " on the PATH: " + whatToDo);
  }

  private static Path resolve(String directory, String name) {
    try {
      return directory.isEmpty() ? null : Path.of(directory, name).toAbsolutePath();
    } catch (InvalidPathException e) {
      return null; // as a shell, which skips it
    }
  }
}
