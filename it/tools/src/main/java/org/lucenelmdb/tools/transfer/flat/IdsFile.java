/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.flat;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.lucenelmdb.tools.index.IndexException;
import org.lucenelmdb.tools.transfer.model.Ids;

/** The text file with the ids of a file of vectors, in UTF-8. */
public final class IdsFile {

  private static final String SUFFIX = ".ids.txt";

  private IdsFile() {}

  /** Returns the file for a file of vectors. */
  public static Path of(Path vectors) {
    return vectors.resolveSibling(vectors.getFileName() + SUFFIX);
  }

  /**
   * Reads the ids of a file of vectors. Without a file of ids, they are the numbers of the vectors
   * from 0.
   *
   * @throws IndexException if there are not as many ids as vectors
   */
  static Ids read(Path vectors, int size) throws IOException {
    Path path = of(vectors);
    if (Files.exists(path) == false) {
      return Ids.ofNumbers(LongStream.range(0, size).toArray());
    }
    List<String> lines;
    try {
      lines = Files.readAllLines(path);
    } catch (CharacterCodingException e) {
      throw new IndexException(path + ": expected text in UTF-8; found other bytes", e);
    }
    if (lines.size() != size) {
      throw new IndexException(
          path + ": expected " + size + " ids, one a line; found " + lines.size());
    }
    return Ids.ofTexts(lines);
  }
}
