/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.lucene.tests.util.LuceneTestCase;

/** {@link LmdbErrors} describes failures and recognizes a full disk. */
public class TestLmdbErrors extends LuceneTestCase {

  private static final Path DIRECTORY = Path.of("index");

  private static String reason(int code, long free) {
    AtomicReference<Path> asked = new AtomicReference<>();
    String reason =
        LmdbErrors.reason(
            code,
            DIRECTORY,
            directory -> {
              asked.set(directory);
              return free;
            });
    if (reason.isEmpty() == false) {
      assertEquals(DIRECTORY, asked.get());
    }
    return reason;
  }

  public void testFullDisk() {
    int[] codes = {LmdbErrors.EIO, LmdbErrors.ENOSPC, LmdbErrors.UNKNOWN};
    for (int code : codes) {
      for (long free : new long[] {0, 1, 4096, LmdbErrors.FULL_BYTES - 1}) {
        assertEquals(
            " because the disk is full: " + free + " bytes are free in " + DIRECTORY,
            reason(code, free));
      }
      assertEquals("", reason(code, LmdbErrors.FULL_BYTES));
      assertEquals("", reason(code, Long.MAX_VALUE));
    }
  }

  /** Codes that have nothing to do with space are not explained by a full disk. */
  public void testOtherCodes() {
    int[] codes = {0, 2, 12, 22, -30792};
    for (int code : codes) {
      assertEquals("", reason(code, 0));
    }
  }

  public void testUnknownFreeSpace() {
    assertEquals(
        "",
        LmdbErrors.reason(
            LmdbErrors.EIO,
            DIRECTORY,
            directory -> {
              throw new IOException("no such directory");
            }));
  }

  public void testMessage() {
    Path file = createTempDir().resolve("file");
    RuntimeException failure = new IllegalStateException("the cause");
    IOException e = LmdbErrors.asIOException("write", file, failure);
    assertEquals("LMDB could not write " + file + ": the cause", e.getMessage());
    assertSame(failure, e.getCause());
    e = LmdbErrors.asIOException("write", file, failure, directory -> 0);
    assertEquals("LMDB could not write " + file + ": the cause", e.getMessage());
    // lmdbjava throws this for unknown codes
    failure = new IllegalArgumentException("Unknown result code 112");
    e = LmdbErrors.asIOException("write", file, failure, directory -> 7);
    assertEquals(
        "LMDB could not write "
            + file
            + " because the disk is full: 7 bytes are free in "
            + file.getParent()
            + ": Unknown result code 112",
        e.getMessage());
    assertSame(failure, e.getCause());

    IOException other = new IOException();
    assertSame(other, LmdbErrors.asIOException("write", file, other));
    Error error = new AssertionError();
    assertSame(
        error,
        expectThrows(AssertionError.class, () -> LmdbErrors.asIOException("write", file, error)));
  }
}
