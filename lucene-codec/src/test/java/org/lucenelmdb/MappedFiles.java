/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What Linux tells about the mapped files of this process. */
public final class MappedFiles {

  private static final Path MAPPINGS = Path.of("/proc/self/smaps");

  private MappedFiles() {}

  /** Whether the system tells. */
  public static boolean isSupported() {
    return Files.isReadable(MAPPINGS);
  }

  /**
   * The bytes of mappings of files whose names end with a suffix that the system was advised to
   * read at random.
   */
  public static long randomBytes(String suffix) throws IOException {
    return bytes(suffix, true);
  }

  /** The bytes of mappings of files whose names end with a suffix. */
  public static long bytes(String suffix) throws IOException {
    return bytes(suffix, false);
  }

  private static long bytes(String suffix, boolean isRandom) throws IOException {
    long sum = 0;
    long bytes = 0; // of the current mapping, if it is of such a file
    for (String line : Files.readAllLines(MAPPINGS)) {
      String[] words = line.split("\\s+");
      if (words[0].matches("[0-9a-f]+-[0-9a-f]+")) {
        String[] range = words[0].split("-");
        bytes =
            line.endsWith(suffix)
                ? Long.parseUnsignedLong(range[1], 16) - Long.parseUnsignedLong(range[0], 16)
                : 0;
      } else if (words[0].equals("VmFlags:")
          && (isRandom == false || Arrays.asList(words).contains("rr"))) {
        sum += bytes;
      }
    }
    return sum;
  }
}
