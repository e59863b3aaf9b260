/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.verify;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Collection;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;

/** Verifies the checksums in the footers of Lucene's files. */
final class FileCheck {

  private FileCheck() {}

  /**
   * Verifies files.
   *
   * @param in a name for the directory, for findings; empty for that of the index
   * @param progress receives the bytes of each file
   */
  static void check(
      Directory directory,
      Collection<String> files,
      String in,
      Findings findings,
      LongConsumer progress) {
    for (String file : new TreeSet<>(files)) {
      String where = in.isEmpty() ? file : file + " in " + in;
      try (IndexInput input = directory.openInput(file, IOContext.READONCE)) {
        CodecUtil.checksumEntireFile(input);
        progress.accept(input.length());
      } catch (NoSuchFileException | FileNotFoundException e) {
        findings.add(where, "a file", "none");
      } catch (IOException | RuntimeException e) {
        findings.add(where, "the checksum of the file", message(e));
      }
    }
  }

  /** Returns the message of an exception, without the object that it names. */
  static String message(Throwable e) {
    return e.getMessage() == null
        ? e.getClass().getSimpleName()
        : e.getMessage().replaceAll(" \\(resource=.*", "").replaceAll(" \\(offset=.*", "");
  }
}
