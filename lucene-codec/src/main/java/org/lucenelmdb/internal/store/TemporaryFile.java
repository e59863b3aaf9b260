/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.store.NoLockFactory;

/**
 * A temporary file that native code writes by its path, and that Lucene reads. {@link #close}
 * removes it.
 */
final class TemporaryFile implements Closeable {

  private static final String SUFFIX = "lmdb";

  private final FSDirectory directory;
  private final String name;
  private final Path path;

  /** The directory that opens the file for reading: {@link #directory} itself if it maps files. */
  private final MMapDirectory reading;

  private TemporaryFile(FSDirectory directory, String name, Path path) throws IOException {
    this.directory = directory;
    this.name = name;
    this.path = path;
    this.reading =
        directory instanceof MMapDirectory mmap
            ? mmap
            : new MMapDirectory(directory.getDirectory(), NoLockFactory.INSTANCE);
  }

  /**
   * Creates a file in a directory if the operating system can reach it there, otherwise in {@code
   * java.io.tmpdir}.
   *
   * @param contents the initial contents
   */
  static TemporaryFile create(Directory directory, String prefix, byte[] contents)
      throws IOException {
    if (FilterDirectory.unwrap(directory) instanceof FSDirectory fs) {
      TemporaryFile file = createIn(fs, prefix, contents);
      if (file != null) {
        return file;
      }
    }
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    if (Files.isDirectory(temporary) == false) { // which FSDirectory would create
      throw new NotDirectoryException(temporary + " (java.io.tmpdir)");
    }
    TemporaryFile file =
        createIn(new MMapDirectory(temporary, NoLockFactory.INSTANCE), "lucene" + prefix, contents);
    if (file == null) {
      throw new IOException("no file could be created in " + temporary + " (java.io.tmpdir)");
    }
    return file;
  }

  /** Returns null if the operating system cannot find the file by its path. */
  private static TemporaryFile createIn(FSDirectory fs, String prefix, byte[] contents)
      throws IOException {
    String name;
    try (IndexOutput out = fs.createTempOutput(prefix, SUFFIX, IOContext.DEFAULT)) {
      name = out.getName();
      out.writeBytes(contents, contents.length);
    }
    // Convert by a string, which resolves the path in the default file system: a path of another
    // provider may look like a file of the operating system but be in memory, or wrap such a file.
    Path path = Path.of(fs.getDirectory().toString(), name);
    if (Files.isRegularFile(path) == false) {
      fs.deleteFile(name);
      return null;
    }
    return new TemporaryFile(fs, name, path);
  }

  /** The path in the default file system. */
  Path path() {
    return path;
  }

  /** Maps the current contents of the file. */
  IndexInput open(IOContext context) throws IOException {
    return reading.openInput(name, context);
  }

  @Override
  public void close() throws IOException {
    try {
      directory.deleteFile(name);
    } finally {
      if (reading != directory) {
        reading.close();
      }
    }
  }
}
