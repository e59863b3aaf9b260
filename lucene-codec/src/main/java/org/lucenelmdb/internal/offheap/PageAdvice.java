/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.offheap;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.Constants;

/**
 * Advises the operating system how the pages of a mapped file will be read, with {@code
 * posix_madvise}. Lucene's directories only do so if they are configured to, and a page fault of a
 * file without advice reads a window of pages around it.
 *
 * <p>The function is called through {@code java.lang.foreign}, which Lucene calls it by, too. Where
 * that is not possible or not allowed, nothing is advised, and one message is logged.
 */
public enum PageAdvice {

  /**
   * A page fault reads a window of pages, and pages that are read often stay in memory when others
   * are evicted.
   */
  NORMAL(0),

  /**
   * A page fault reads one page. Since Linux 6.3, reads of such pages do not count as a reason to
   * keep them in memory.
   */
  RANDOM(1),

  /** Pages are read ahead of the one that is read, and leave the memory soon after it. */
  SEQUENTIAL(2),

  /** The pages are read ahead, while the caller continues. */
  WILL_NEED(3);

  /** A mapping may consist of pieces. They are much larger than this. */
  private static final long PIECE_BYTES = 64L << 20;

  private final int constant; // of POSIX_MADV_..., the same on Linux and macOS

  PageAdvice(int constant) {
    this.constant = constant;
  }

  /** The functions of the C library, which are looked up by the first advice. */
  private static final class Functions {

    /** {@code (address, length, advice) -> error}; null if it is not available. */
    static final MethodHandle ADVISE;

    static final long PAGE_SIZE;

    static {
      MethodHandle advise = null;
      int pageSize = 0;
      if (Constants.LINUX || Constants.MAC_OS_X) {
        try {
          advise = Foreign.function("posix_madvise", int.class, long.class, long.class, int.class);
          pageSize = (int) Foreign.function("getpagesize", int.class).invokeExact();
        } catch (Throwable e) {
          advise = null;
          log(e);
        }
      }
      ADVISE = pageSize > 0 ? advise : null;
      PAGE_SIZE = pageSize;
    }

    private static void log(Throwable e) {
      Logger.getLogger(PageAdvice.class.getName())
          .log(
              Level.INFO,
              "Cannot advise the system how vectors are read, so an index that is larger than the"
                  + " memory is searched slowly. Start the JVM with"
                  + " --enable-native-access=ALL-UNNAMED, or call"
                  + " MMapDirectory.setReadAdvice(MMapDirectory.ADVISE_BY_CONTEXT). Cause: "
                  + e);
    }
  }

  /** Whether advice can be given on this system. */
  public static boolean isAvailable() {
    return Functions.ADVISE != null;
  }

  /**
   * Gives this advice for the pages of a part of a mapped file.
   *
   * @return whether the system took it
   */
  public boolean give(OffHeapBytes bytes, long offset, long length) {
    if (isAvailable() == false || length <= 0) {
      return false;
    }
    return give(bytes.nativeAddress() + offset, length);
  }

  /**
   * Gives this advice for a part of a file, if the file is mapped.
   *
   * @param start the first byte
   * @param end the byte behind the last one; at most the end of the file counts
   */
  public void give(IndexInput file, long start, long end) throws IOException {
    if (isAvailable() == false) {
      return;
    }
    long fileEnd = Math.min(end, file.length());
    for (long at = start; at < fileEnd; at += PIECE_BYTES) {
      long length = Math.min(PIECE_BYTES, fileEnd - at);
      OffHeapBytes piece = OffHeapBytes.of(file.randomAccessSlice(at, length), length);
      if (piece != null) { // else the file is not mapped, or two pieces of the mapping meet here
        give(piece, 0, length);
      }
    }
  }

  private boolean give(long address, long length) {
    long first = address / Functions.PAGE_SIZE * Functions.PAGE_SIZE;
    try {
      return (int) Functions.ADVISE.invokeExact(first, address + length - first, constant) == 0;
    } catch (Throwable e) {
      throw OffHeapBytes.failure(e);
    }
  }

  /**
   * Requests the pages of bytes, which are read while the caller continues. Advice must be
   * available.
   *
   * @param address the address in the memory of the process
   * @return the address behind the last requested page
   */
  static long request(long address, long length) {
    WILL_NEED.give(address, length);
    long pageSize = Functions.PAGE_SIZE;
    return (address + length + pageSize - 1) / pageSize * pageSize;
  }
}
