/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lmdbjava.LmdbNativeException;

/** Turns what LMDB and lmdbjava throw into exceptions that say what failed, where, and why. */
final class LmdbErrors {

  /**
   * A disk with less free space is taken for full if a write fails: some file systems reject a
   * write that does not fit as a whole, and a commit is not larger than this.
   */
  static final long FULL_BYTES = ImageWriter.MAX_DIRTY_BYTES;

  /** Stands for a code that lmdbjava has no name for, as Windows' for a full disk. */
  static final int UNKNOWN = Integer.MIN_VALUE;

  /** What the system answers if there is no space; POSIX and macOS agree on the number. */
  static final int ENOSPC = 28;

  /** What LMDB answers if less was written than asked for, which a full disk is one reason of. */
  static final int EIO = 5;

  /** Tells how many bytes may still be written into a directory. */
  interface FreeSpace {
    long bytes(Path directory) throws IOException;
  }

  private LmdbErrors() {}

  /**
   * Describes a failure; an {@link Error} is thrown.
   *
   * @param verb what LMDB was to do
   * @param file with which file
   */
  static IOException asIOException(String verb, Path file, Throwable t) {
    return asIOException(
        verb, file, t, directory -> Files.getFileStore(directory).getUsableSpace());
  }

  static IOException asIOException(String verb, Path file, Throwable t, FreeSpace space) {
    if (t instanceof IOException e) {
      return e;
    }
    if (t instanceof Error e) {
      throw e;
    }
    String reason = reason(code(t), file.getParent(), space);
    return new IOException(
        "LMDB could not " + verb + " " + file + reason + ": " + t.getMessage(), t);
  }

  private static int code(Throwable t) {
    if (t instanceof LmdbNativeException e) {
      return e.getResultCode();
    }
    return t instanceof IllegalArgumentException ? UNKNOWN : 0;
  }

  /** Says that the disk is full, or nothing if it is not or the code has another meaning. */
  static String reason(int code, Path directory, FreeSpace space) {
    if (code != EIO && code != ENOSPC && code != UNKNOWN) {
      return "";
    }
    try {
      long bytes = space.bytes(directory);
      return bytes < FULL_BYTES
          ? " because the disk is full: " + bytes + " bytes are free in " + directory
          : "";
    } catch (IOException | SecurityException e) {
      return ""; // the failure that is described matters more
    }
  }
}
