/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.DoubleConsumer;

/** Opens files of vectors or texts. */
public final class Sources {

  private Sources() {}

  /**
   * Opens a {@link VectorFile}, or {@link TextVectors} if the name ends with {@code .txt}.
   *
   * @param cache a directory for the vectors of texts, created if needed
   * @param progress receives the share of the work that is done, from 0 to 1, if it takes long
   * @throws BadDataException if the file cannot be used
   */
  public static VectorSource open(Path path, Path cache, DoubleConsumer progress)
      throws IOException {
    return isText(path) ? TextVectors.open(path, cache, progress) : VectorFile.open(path);
  }

  /**
   * Returns the number of vectors in a file, without embedding texts.
   *
   * @throws BadDataException if the file cannot be used
   */
  public static int count(Path path) throws IOException {
    if (isText(path)) {
      return TextVectors.count(path);
    }
    try (VectorFile file = VectorFile.open(path)) {
      return file.count();
    }
  }

  /** Whether a file has texts, to be embedded. */
  public static boolean isText(Path path) {
    return path.toString().toLowerCase(Locale.ROOT).endsWith(TextVectors.EXTENSION);
  }
}
