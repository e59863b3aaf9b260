/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lmdbjava.TargetName;

/**
 * Checks the directories to which lmdbjava and jffi extract their native libraries: a directory
 * that a system property names, or the temporary directory.
 *
 * <p>If lmdbjava or jffi fail to extract a library, they never retry. This check fails for the same
 * reasons and can be repeated.
 */
final class ExtractDirectories {

  /** Exceeds the size of both libraries together on every platform. */
  static final int LIBRARIES_BYTES = 1 << 20;

  private static final String TMPDIR = "java.io.tmpdir";
  private static final String LMDB_DIR = "lmdbjava.extract.dir";
  private static final String JFFI_DIR = "jffi.extract.dir";
  private static final String JFFI_NAME = "jffi.extract.name";
  private static final String JFFI_PATH = "jffi.boot.library.path";

  private ExtractDirectories() {}

  /**
   * Checks that LMDB's library is found and that both libraries can be extracted.
   *
   * @param loader the class loader that finds LMDB's library
   * @throws IOException with advice if the check fails
   */
  static void check(ClassLoader loader) throws IOException {
    if (TargetName.IS_EXTERNAL == false) {
      String name = TargetName.RESOLVED_FILENAME;
      if (loader.getResource(name) == null) {
        throw new IOException(
            name
                + " is not found: the jar that has it, org.lmdbjava:native, is missing from the"
                + " class path, where it has to be even if all others are on the module path");
      }
      String property = System.getProperty(LMDB_DIR) == null ? TMPDIR : LMDB_DIR;
      tryWrite(System.getProperty(property), property);
    }
    String directory = System.getProperty(JFFI_DIR);
    if (directory != null
        && System.getProperty(JFFI_NAME) == null // may name an existing library
        && System.getProperty(JFFI_PATH) == null) {
      tryWrite(directory, JFFI_DIR);
    }
  }

  /** Writes a file of the libraries' size and removes it. */
  private static void tryWrite(String directory, String property) throws IOException {
    Path file = null;
    try {
      file = Files.createTempFile(Path.of(directory), "lucene-lmdb-", null);
      Files.write(file, new byte[LIBRARIES_BYTES]);
    } catch (IOException e) {
      throw new IOException(
          "Native libraries cannot be extracted to "
              + directory
              + " ("
              + property
              + "), which must exist, be writable and have "
              + (LIBRARIES_BYTES >> 20)
              + " MiB of free space; -D"
              + LMDB_DIR
              + "=DIR and -D"
              + JFFI_DIR
              + "=DIR name another directory. Cause: "
              + e,
          e);
    } finally {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    }
  }
}
