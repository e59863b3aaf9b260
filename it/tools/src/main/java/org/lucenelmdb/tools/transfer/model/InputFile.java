/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.model;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.NoLockFactory;
import org.apache.lucene.util.IOUtils;
import org.lucenelmdb.tools.index.IndexException;

/** A file that is read through Lucene, which maps it. */
public final class InputFile implements Closeable {

  private final Directory directory;
  private final IndexInput input;

  private InputFile(Directory directory, IndexInput input) {
    this.directory = directory;
    this.input = input;
  }

  /**
   * Opens a file.
   *
   * @throws IndexException if there is no such file
   */
  public static InputFile open(Path path) throws IOException {
    if (Files.isRegularFile(path) == false) {
      throw new IndexException(
          path + ": expected a file; found " + (Files.exists(path) ? "no file" : "nothing"));
    }
    Path absolute = path.toAbsolutePath();
    Directory directory = FSDirectory.open(absolute.getParent(), NoLockFactory.INSTANCE);
    try {
      IndexInput input = directory.openInput(absolute.getFileName().toString(), IOContext.DEFAULT);
      return new InputFile(directory, input);
    } catch (Throwable t) {
      IOUtils.closeWhileSuppressingExceptions(t, directory);
      throw t;
    }
  }

  /** The bytes of the file. Integers are little-endian. */
  public IndexInput input() {
    return input;
  }

  @Override
  public void close() throws IOException {
    IOUtils.close(input, directory);
  }
}
