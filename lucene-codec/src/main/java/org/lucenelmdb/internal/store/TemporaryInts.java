/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.IOUtils;

/**
 * A list of ints in a temporary file beside an image. It is removed together with the image.
 *
 * <p>Writes bypass the index's directory, where the merge scheduler may pause them: a build may
 * therefore write the list while it holds build memory. Not thread-safe.
 */
public final class TemporaryInts implements Closeable {

  private static final int BUFFER_BYTES = 1 << 16;

  private final TemporaryFile file;
  private final FileChannel channel;
  private final ByteBuffer buffer =
      ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN); // as IndexInput

  private TemporaryInts(TemporaryFile file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** Creates an empty list; see {@link TemporaryFile#create} for the location of its file. */
  static TemporaryInts create(Directory directory, String prefix) throws IOException {
    TemporaryFile file = TemporaryFile.create(directory, prefix, new byte[0]);
    try {
      return new TemporaryInts(file, FileChannel.open(file.path(), StandardOpenOption.WRITE));
    } catch (Throwable t) {
      IOUtils.closeWhileSuppressingExceptions(t, file);
      throw t;
    }
  }

  /** Appends a value. */
  public void add(int value) throws IOException {
    if (buffer.remaining() < Integer.BYTES) {
      write();
    }
    buffer.putInt(value);
  }

  private void write() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    buffer.clear();
  }

  /** Completes the list. It must be called before {@link #open}. */
  public void finish() throws IOException {
    write();
    channel.close();
  }

  /** Opens the list: 4 bytes for each value. */
  public IndexInput open() throws IOException {
    return file.open(IOContext.READONCE);
  }

  @Override
  public void close() throws IOException {
    IOUtils.close(channel, file);
  }
}
