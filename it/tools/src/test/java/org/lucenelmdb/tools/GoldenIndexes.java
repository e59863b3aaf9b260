/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** The indexes of all versions of the format, which are kept with the tests of the codec. */
public final class GoldenIndexes {

  /** The newest version. */
  public static final int NEWEST = 4;

  private GoldenIndexes() {}

  /** Copies the index of a version into an empty folder. */
  public static void copy(int version, Path folder) throws IOException {
    String resource = "/org/lucenelmdb/golden-version-" + version + ".zip";
    try (InputStream in = GoldenIndexes.class.getResourceAsStream(resource);
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Files.write(folder.resolve(entry.getName()), zip.readAllBytes());
      }
    }
  }
}
