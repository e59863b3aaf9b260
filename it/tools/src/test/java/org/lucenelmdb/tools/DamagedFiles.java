/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/** Changes files of an index. */
public final class DamagedFiles {

  private static final int CHECKSUM_BYTES = Long.BYTES;

  private DamagedFiles() {}

  /** The files of a folder whose names match, in the order of their names. */
  public static List<Path> files(Path folder, Predicate<String> names) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> names.test(file.getFileName().toString()))
          .filter(file -> file.getFileName().toString().equals("write.lock") == false)
          .filter(file -> file.getFileName().toString().startsWith("extra") == false)
          .sorted()
          .toList();
    }
  }

  /** Writes a file whose checksum, at its end, is that of its bytes. */
  public static void writeWithChecksum(Path file, byte[] bytes) throws IOException {
    byte[] copy = bytes.clone();
    CRC32 checksum = new CRC32();
    checksum.update(copy, 0, copy.length - CHECKSUM_BYTES);
    ByteBuffer.wrap(copy).putLong(copy.length - CHECKSUM_BYTES, checksum.getValue());
    Files.write(file, copy);
  }
}
