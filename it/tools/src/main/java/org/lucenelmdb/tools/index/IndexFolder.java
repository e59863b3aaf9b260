/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.index;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.NIOFSDirectory;
import org.apache.lucene.store.NoLockFactory;

/** The directory of an index, opened for reading. It may be written to by another process. */
public final class IndexFolder implements Closeable {

  private final Path path;
  private final Directory directory;

  private IndexFolder(Path path, Directory directory) {
    this.path = path;
    this.directory = directory;
  }

  /**
   * Opens a folder.
   *
   * @throws IndexException if it is no folder, or has no index
   */
  public static IndexFolder open(Path path) throws IOException {
    checkFolder(path);
    return open(path, FSDirectory.open(path, NoLockFactory.INSTANCE));
  }

  /**
   * Opens a folder for a command that reads whole files: they are not mapped, so that the memory of
   * the process does not grow with the index.
   *
   * @throws IndexException if it is no folder, or has no index
   */
  public static IndexFolder openUnmapped(Path path) throws IOException {
    checkFolder(path);
    return open(path, new NIOFSDirectory(path, NoLockFactory.INSTANCE));
  }

  private static void checkFolder(Path path) throws IndexException {
    if (Files.isDirectory(path) == false) {
      throw new IndexException(
          path
              + ": expected the folder of an index; found "
              + (Files.exists(path) ? "a file" : "nothing"));
    }
  }

  private static IndexFolder open(Path path, Directory files) throws IOException {
    Directory opened = new ReadOnlyDirectory(files);
    IndexFolder folder = new IndexFolder(path, opened);
    if (DirectoryReader.indexExists(opened)) {
      return folder;
    }
    folder.close();
    throw new IndexException(path + ": expected an index; found no file segments_N");
  }

  /** The path of the folder. */
  public Path path() {
    return path;
  }

  /** The directory, which cannot be written to. */
  public Directory directory() {
    return directory;
  }

  /**
   * Reads the list of segments.
   *
   * @throws IndexException if it cannot be read
   */
  public SegmentInfos segments() throws IOException {
    try {
      return SegmentInfos.readLatestCommit(directory);
    } catch (IOException | IllegalArgumentException e) {
      throw explained(e);
    }
  }

  /**
   * Opens all segments of the last commit.
   *
   * @throws IndexException if a segment is damaged, or has another codec or version
   */
  public DirectoryReader reader() throws IOException {
    try {
      return DirectoryReader.open(directory);
    } catch (IOException | IllegalArgumentException e) {
      throw explained(e);
    }
  }

  /**
   * Returns the fields of this format in all segments, in the order of segments.
   *
   * @param field null for all fields
   * @throws IndexException if there are none
   */
  public List<SegmentField> fields(DirectoryReader reader, String field) throws IOException {
    List<SegmentField> fields = new ArrayList<>();
    for (LeafReaderContext leaf : reader.leaves()) {
      fields.addAll(SegmentField.of(leaf, field));
    }
    if (fields.isEmpty()) {
      throw new IndexException(
          path
              + ": expected "
              + (field == null ? "a field with vectors" : "vectors in the field " + field)
              + " of this format; found "
              + VectorFields.describe(reader));
    }
    return fields;
  }

  /** Returns an exception that tells a user what is wrong. */
  private IndexException explained(Exception e) {
    String found = e.getMessage();
    return switch (e) {
      case IndexNotFoundException missing ->
          new IndexException(path + ": expected an index; found none", missing);
      case IndexFormatTooOldException old ->
          new IndexException(
              path + ": expected an index of Lucene 9 or newer; found " + found, old);
      case IndexFormatTooNewException recent ->
          new IndexException(
              path + ": expected an index of this version of Lucene or older; found " + found,
              recent);
      case CorruptIndexException corrupt ->
          new IndexException(path + ": expected a healthy index; found damage: " + found, corrupt);
      case IllegalArgumentException unknown -> // of the service loader
          new IndexException(
              path + ": expected codecs of Lucene and of this project; found another: " + found,
              unknown);
      default -> new IndexException(path + ": expected readable files; found " + e, e);
    };
  }

  /** Returns the path of an index and of one of its segments, for messages. */
  public String describe(SegmentCommitInfo segment) {
    return path.resolve(segment.info.name).toString();
  }

  @Override
  public void close() throws IOException {
    directory.close();
  }
}
