/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.hannoy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.util.SuppressForbidden;
import org.lmdbjava.ByteArrayProxy;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.LmdbException;
import org.lucenelmdb.internal.store.ImageReader;
import org.lucenelmdb.internal.store.ImageWriter;
import org.lucenelmdb.tools.index.IndexException;
import org.lucenelmdb.tools.transfer.model.InputFile;

/** Opens LMDB environments through lmdbjava. */
final class HannoyEnvironment {

  private static final String DATA_FILE = "data.mdb";

  private static final int MAX_DATABASES = 1;

  /** A read-only environment gets a map of the size of its file, which LMDB rounds up. */
  private static final long MIN_MAP_BYTES = 1L << 20;

  private HannoyEnvironment() {}

  /** Creates an environment in an empty folder. Nothing is synced before {@link Env#sync}. */
  static Env<byte[]> create(Path folder, long mapBytes) throws IOException {
    ImageWriter.ensureAvailable();
    return Env.create(ByteArrayProxy.PROXY_BA)
        .setMapSize(mapBytes)
        .open(file(folder), EnvFlags.MDB_NOSYNC);
  }

  /**
   * Opens an environment for reading. A process that writes to it at the same time does not disturb
   * that, because readers are registered in the lock file.
   *
   * @param path the folder or the data file
   * @throws IndexException if there is no environment
   */
  static Env<byte[]> open(Path path) throws IOException {
    boolean isFolder = Files.isDirectory(path);
    Path data = isFolder ? path.resolve(DATA_FILE) : path;
    if (Files.isRegularFile(data) == false) {
      throw new IndexException(data + ": expected an LMDB environment; found none");
    }
    check(data, null, false);
    ImageWriter.ensureAvailable();
    Env.Builder<byte[]> env =
        Env.create(ByteArrayProxy.PROXY_BA)
            .setMapSize(Math.max(MIN_MAP_BYTES, Files.size(data)))
            .setMaxDbs(MAX_DATABASES);
    try {
      return isFolder
          ? env.open(file(path), EnvFlags.MDB_RDONLY_ENV)
          : env.open(file(path), EnvFlags.MDB_RDONLY_ENV, EnvFlags.MDB_NOSUBDIR);
    } catch (LmdbException | IllegalArgumentException e) { // the latter for unknown error codes
      throw new IndexException(
          data + ": expected an LMDB environment; found another file: " + e.getMessage(), e);
    }
  }

  /**
   * Checks an environment without LMDB, which trusts files and would end the process if this one is
   * damaged.
   *
   * @param path the folder or the data file
   * @param database the database whose pages are checked; null for the unnamed one
   * @param withPages whether all pages are checked, not only their number
   * @throws IndexException if it is damaged
   */
  static void check(Path path, String database, boolean withPages) throws IOException {
    Path data = Files.isDirectory(path) ? path.resolve(DATA_FILE) : path;
    try (InputFile file = InputFile.open(data)) {
      ImageReader reader = new ImageReader(file.input(), 0, file.input().length());
      ImageReader.Cursor records = database == null ? reader.cursor() : reader.cursor(database);
      boolean hasNext = withPages;
      while (hasNext) {
        hasNext = records.next(); // which checks the pages of the record
      }
    } catch (CorruptIndexException e) {
      throw new IndexException(
          data
              + ": expected a healthy LMDB environment; found damage or another file: "
              + e.getMessage(),
          e);
    }
  }

  @SuppressForbidden(reason = "lmdbjava takes only a File")
  private static File file(Path path) {
    return path.toFile();
  }
}
