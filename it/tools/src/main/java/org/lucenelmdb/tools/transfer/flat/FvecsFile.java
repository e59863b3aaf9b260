/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.flat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.lucenelmdb.bench.data.VectorFile;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.tools.index.IndexException;
import org.lucenelmdb.tools.transfer.model.FloatTable;
import org.lucenelmdb.tools.transfer.model.ForeignIndex;

/** A {@code .fvecs} file: for each vector the int32 dimension, then its components as float32. */
public final class FvecsFile implements FloatTable {

  private static final String EXTENSION = ".fvecs";

  private final VectorFile file;

  private FvecsFile(VectorFile file) {
    this.file = file;
  }

  /**
   * Opens a file.
   *
   * @throws IOException if it is damaged, or another file
   */
  public static ForeignIndex open(Path path, VectorMetric metric) throws IOException {
    if (path.toString().toLowerCase(Locale.ROOT).endsWith(EXTENSION) == false) {
      throw new IndexException(
          path + ": expected a name that ends with " + EXTENSION + "; found another");
    }
    VectorFile file = VectorFile.open(path);
    try {
      return new ForeignIndex(
          new FvecsFile(file), metric, IdsFile.read(path, file.count()), null, null);
    } catch (Throwable t) {
      file.close();
      throw t;
    }
  }

  @Override
  public int size() {
    return file.count();
  }

  @Override
  public int dimension() {
    return file.dimension();
  }

  @Override
  public void read(int ordinal, float[] vector) throws IOException {
    file.read(ordinal, vector);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
