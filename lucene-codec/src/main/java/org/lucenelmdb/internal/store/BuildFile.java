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
import org.apache.lucene.util.IORunnable;
import org.apache.lucene.util.IOUtils;
import org.lucenelmdb.internal.offheap.BuildMemory;

/**
 * The memory of a build in a temporary file, for a build that needs more memory than it may
 * allocate. The file is beside an image while that is written, and is deleted when this is closed.
 */
public final class BuildFile implements Closeable {

  private static final int CHUNK_BYTES = 1 << 20;

  private final TemporaryFile file;
  private final BuildMemory memory;

  private BuildFile(TemporaryFile file, BuildMemory memory) {
    this.file = file;
    this.memory = memory;
  }

  /**
   * Creates a file, and writes all its blocks, so that no later write needs space on the disk.
   *
   * @param directory the index's directory; filter directories are unwrapped
   * @param prefix the start of the temporary file's name, as in {@link Directory#createTempOutput}
   * @param bytes all memory that the build will need
   * @param abort called for each MiB; may throw
   */
  public static BuildFile create(Directory directory, String prefix, long bytes, IORunnable abort)
      throws IOException {
    TemporaryFile file = TemporaryFile.create(directory, prefix, new byte[0]);
    try {
      writeZeros(file, Math.max(1, bytes), abort);
      return new BuildFile(file, BuildMemory.ofFile(file.path(), bytes));
    } catch (Throwable t) {
      IOUtils.closeWhileSuppressingExceptions(t, file);
      throw t;
    }
  }

  private static void writeZeros(TemporaryFile file, long bytes, IORunnable abort)
      throws IOException {
    ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK_BYTES);
    try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.WRITE)) {
      for (long at = 0; at < bytes; ) {
        abort.run();
        zeros.clear().limit((int) Math.min(CHUNK_BYTES, bytes - at));
        at += channel.write(zeros, at);
      }
    }
  }

  /** The memory, which is valid until this is closed. */
  public BuildMemory memory() {
    return memory;
  }

  @Override
  public void close() throws IOException {
    memory.close(); // some systems do not delete a file that is mapped
    file.close();
  }
}
