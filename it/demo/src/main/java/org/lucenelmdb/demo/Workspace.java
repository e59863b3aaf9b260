/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.demo;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.lucene.util.IOUtils;

/** The directory for the files of the demo, which one process at a time may use. */
final class Workspace implements Closeable {

  private final Path directory;
  private final FileChannel lock;

  private Workspace(Path directory, FileChannel lock) {
    this.directory = directory;
    this.lock = lock;
  }

  /** Opens the directory, and creates it if needed. */
  static Workspace open(Path directory) throws IOException {
    Files.createDirectories(directory);
    FileChannel channel =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!lock(channel)) {
      channel.close();
      throw new IOException("another demo is using " + directory);
    }
    return new Workspace(directory.toRealPath(), channel);
  }

  /** Tries to lock the file; closing the channel releases the lock. */
  private static boolean lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // another thread of this JVM holds the lock
    }
  }

  /** The cache of vectors. */
  Path embeddings() {
    return directory;
  }

  /** The directory to unpack native libraries. */
  Path nativeLibraries() {
    return directory.resolve("native");
  }

  /** Returns an empty directory for the index; the index of a previous run is deleted. */
  Path freshIndex() throws IOException {
    Path index = directory.resolve("index");
    IOUtils.rm(index);
    return Files.createDirectory(index);
  }

  /** Releases the lock. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
