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

/** The directory that the demo keeps its files in, for one run of the demo at a time. */
final class Workspace implements Closeable {

  private final Path directory;
  private final FileChannel lock;

  private Workspace(Path directory, FileChannel lock) {
    this.directory = directory;
    this.lock = lock;
  }

  /** Opens the directory; makes it if need be. */
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

  /** Gets the lock, which closing the channel gives back, unless somebody has it. */
  private static boolean lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // somebody in this JVM has it
    }
  }

  /** Where vectors are kept from one run to the next. */
  Path embeddings() {
    return directory;
  }

  /** Where native libraries may be unpacked. */
  Path nativeLibraries() {
    return directory.resolve("native");
  }

  /** A directory for the index; a previous run's is gone. */
  Path freshIndex() throws IOException {
    Path index = directory.resolve("index");
    IOUtils.rm(index);
    return Files.createDirectory(index);
  }

  /** Lets another run begin. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
