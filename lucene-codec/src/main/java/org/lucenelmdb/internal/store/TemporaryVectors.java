/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.IOUtils;

/**
 * A temporary file that is written at any position, then read. It is beside an image while that is
 * written, and is deleted when this is closed.
 */
public final class TemporaryVectors implements Closeable {

  private final TemporaryFile file;
  private final FileChannel channel;

  private TemporaryVectors(TemporaryFile file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Creates an empty file.
   *
   * @param directory the index's directory; filter directories are unwrapped
   * @param prefix the start of the temporary file's name, as in {@link Directory#createTempOutput}
   */
  static TemporaryVectors create(Directory directory, String prefix) throws IOException {
    TemporaryFile file = TemporaryFile.create(directory, prefix, new byte[0]);
    try {
      return new TemporaryVectors(file, FileChannel.open(file.path(), StandardOpenOption.WRITE));
    } catch (Throwable t) {
      IOUtils.closeWhileSuppressingExceptions(t, file);
      throw t;
    }
  }

  /** Writes bytes at a position, which may be behind the end of the file. */
  public void write(ByteBuffer bytes, long position) throws IOException {
    for (long at = position; bytes.hasRemaining(); ) {
      at += channel.write(bytes, at);
    }
  }

  /** Maps the file. */
  public IndexInput open(IOContext context) throws IOException {
    return file.open(context);
  }

  @Override
  public void close() throws IOException {
    IOUtils.close(channel, file);
  }
}
