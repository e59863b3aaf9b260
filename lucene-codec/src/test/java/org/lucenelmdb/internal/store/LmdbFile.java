/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.SuppressForbidden;
import org.lmdbjava.ByteArrayProxy;
import org.lmdbjava.CursorIterable;
import org.lmdbjava.Dbi;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.Stat;
import org.lmdbjava.Txn;

/** An environment in its own file, read and written by LMDB itself. */
public final class LmdbFile implements AutoCloseable {

  public record Entry(byte[] key, byte[] value) {}

  private final Path path;
  private final Env<byte[]> env;

  private LmdbFile(Path path, Env<byte[]> env) {
    this.path = path;
    this.env = env;
  }

  /** Opens a copy of an image. */
  public static LmdbFile open(byte[] image) throws IOException {
    Path path = newPath();
    Files.write(path, image);
    return new LmdbFile(
        path, open(path, image.length, EnvFlags.MDB_RDONLY_ENV, EnvFlags.MDB_NOLOCK));
  }

  /** Creates an empty environment, which is written by {@link #env}. */
  static LmdbFile create(long mapSize) throws IOException {
    Path path = newPath();
    return new LmdbFile(path, open(path, mapSize, EnvFlags.MDB_NOLOCK, EnvFlags.MDB_NOSYNC));
  }

  private static Path newPath() throws IOException {
    // convert by a string: the test framework wraps paths
    return Path.of(LuceneTestCase.createTempDir().resolve("image.mdb").toString());
  }

  @SuppressForbidden(reason = "lmdbjava takes no Path")
  private static Env<byte[]> open(Path path, long mapSize, EnvFlags first, EnvFlags second) {
    return Env.create(ByteArrayProxy.PROXY_BA)
        .setMapSize(mapSize)
        .setMaxDbs(32)
        .open(path.toFile(), EnvFlags.MDB_NOSUBDIR, first, second);
  }

  Env<byte[]> env() {
    return env;
  }

  /** The file's bytes. */
  byte[] bytes() throws IOException {
    return Files.readAllBytes(path);
  }

  /** The names of the databases, in LMDB's order. */
  public List<String> databases() {
    return env.getDbiNames().stream().map(n -> new String(n, StandardCharsets.UTF_8)).toList();
  }

  /** The records of a database, in LMDB's order. */
  public List<Entry> entries(String database) {
    Dbi<byte[]> dbi = env.openDbi(database);
    List<Entry> entries = new ArrayList<>();
    try (Txn<byte[]> txn = env.txnRead();
        CursorIterable<byte[]> cursor = dbi.iterate(txn)) {
      for (CursorIterable.KeyVal<byte[]> record : cursor) {
        entries.add(new Entry(record.key(), record.val()));
      }
    }
    return entries;
  }

  /** LMDB's statistics of a database. */
  Stat stat(String database) {
    Dbi<byte[]> dbi = env.openDbi(database);
    try (Txn<byte[]> txn = env.txnRead()) {
      return dbi.stat(txn);
    }
  }

  @Override
  public void close() {
    env.close();
  }
}
