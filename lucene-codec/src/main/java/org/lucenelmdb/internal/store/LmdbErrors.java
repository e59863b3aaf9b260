/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lmdbjava.LmdbNativeException;

/** Converts exceptions of lmdbjava to {@link IOException}s that name the file and the cause. */
final class LmdbErrors {

  /**
   * The free space in bytes below which a disk counts as full if a write fails. Certain file
   * systems reject a write that does not fit as a whole, and no commit is larger than this.
   */
  static final long FULL_BYTES = ImageWriter.MAX_DIRTY_BYTES;

  /**
   * Represents error codes that are unknown to lmdbjava, such as that of Windows for a full disk.
   */
  static final int UNKNOWN = Integer.MIN_VALUE;

  /** The error code for a full disk, which is the same on Linux and macOS. */
  static final int ENOSPC = 28;

  /** LMDB's error code for a short write. A full disk is one possible cause. */
  static final int EIO = 5;

  /** Measures the free space of a directory, in bytes. */
  interface FreeSpace {
    long bytes(Path directory) throws IOException;
  }

  private LmdbErrors() {}

  /**
   * Converts a failure. An {@link IOException} is returned as it is, an {@link Error} is thrown.
   *
   * @param verb the failed operation, such as "write"
   * @param file the file of the environment
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

  /** Returns a clause about a full disk if that explains the code, otherwise an empty string. */
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
      return ""; // keep the original failure
    }
  }
}
