/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.IORunnable;
import org.apache.lucene.util.IOUtils;
import org.apache.lucene.util.SuppressForbidden;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.EnvInfo;
import org.lmdbjava.LmdbException;
import org.lmdbjava.PutFlags;
import org.lmdbjava.Txn;
import org.lucenelmdb.internal.offheap.Foreign;

/**
 * An LMDB image under construction: an environment in a temporary file that {@link #close} removes.
 *
 * <p>The file lies in the index's own directory when that is on a file system that LMDB can reach
 * (with a name from {@link Directory#createTempOutput}, so that Lucene removes it after a crash),
 * otherwise in {@code java.io.tmpdir}.
 *
 * <p>Values are put one after the other; what is not committed is held in native memory, at most a
 * few MiB, and committed when there is more. Nothing is synced: durability begins when the image
 * has been copied into a segment file.
 *
 * <p>A put that fails may be tried again if nothing else was uncommitted; otherwise, other records
 * are lost with it, and the image can only be closed.
 *
 * <p>Instances are not thread-safe. A transaction may be begun by one thread and committed by
 * another, as long as one happens before the other.
 */
public final class ImageWriter implements Closeable {

  /** Native memory that may be held by uncommitted pages. */
  static final long MAX_DIRTY_BYTES = 4L << 20;

  private static final long MIN_MAP_BYTES = 1L << 20;

  /** The map is a multiple of this, as of the pages of any machine. */
  private static final int MAP_UNIT = 1 << 16;

  /** The map doubles until a step would be larger than this: on Windows the file grows with it. */
  private static final long MAX_MAP_STEP = 1L << 30;

  private static final int MAX_DATABASES = 16;
  private static final int MAX_KEY_BYTES = 64;
  private static final int COPY_BYTES = 1 << 20;

  private final Directory directory;
  private final String prefix;
  private final TemporaryFile file;
  private final Env<NativeBuffer> env;
  private final int pageSize;
  private final Map<String, Dbi<NativeBuffer>> databases = new HashMap<>();

  /** Those that LMDB forgets if the transaction fails. */
  private final List<String> newDatabases = new ArrayList<>();

  private final NativeBuffer keyBuffer = NativeBuffer.allocate(MAX_KEY_BYTES);

  private long mapBytes = MIN_MAP_BYTES;
  private final List<TemporaryInts> ints = new ArrayList<>();
  private Txn<NativeBuffer> txn;
  private long dirtyBytes;
  private int uncommitted; // records
  private boolean lost;
  private boolean closed;

  private ImageWriter(
      Directory directory, String prefix, TemporaryFile file, Env<NativeBuffer> env) {
    this.directory = directory;
    this.prefix = prefix;
    this.file = file;
    this.env = env;
    this.pageSize = env.stat().pageSize;
  }

  /**
   * Creates an empty image, whose pages are as large as the machine's.
   *
   * @param directory the index's directory; wrappers are looked through
   * @param prefix begins the temporary file's name, as in {@link Directory#createTempOutput}
   * @throws IOException if LMDB cannot be loaded, or the file cannot be created
   */
  public static ImageWriter create(Directory directory, String prefix) throws IOException {
    return create(directory, prefix, new byte[0]);
  }

  /**
   * Creates an empty image with the smallest pages that there are. An image has at least four pages
   * beside its values, and a value that fills pages leaves half of one empty on average, which is
   * much if it has few values.
   *
   * <p>LMDB takes a new file's page size from the machine, but an old one's from the file. So the
   * file begins as that of an environment which has been opened once on a machine with such pages.
   */
  public static ImageWriter createSmall(Directory directory, String prefix) throws IOException {
    return create(directory, prefix, ImagePages.empty(ImagePages.MIN_PAGE_SIZE));
  }

  private static ImageWriter create(Directory directory, String prefix, byte[] contents)
      throws IOException {
    NativeLibrary.ensureLoaded();
    TemporaryFile file = TemporaryFile.create(directory, prefix, contents);
    try {
      Env<NativeBuffer> env =
          Env.create(NativeBuffer.PROXY)
              .setMapSize(MIN_MAP_BYTES)
              .setMaxDbs(MAX_DATABASES)
              .setMaxReaders(1)
              .open(
                  lmdbFile(file), EnvFlags.MDB_NOSUBDIR, EnvFlags.MDB_NOLOCK, EnvFlags.MDB_NOSYNC);
      return new ImageWriter(directory, prefix, file, env);
    } catch (Throwable t) {
      IOUtils.closeWhileSuppressingExceptions(t, file);
      throw LmdbErrors.asIOException("open", file.path(), t);
    }
  }

  @SuppressForbidden(reason = "lmdbjava takes nothing else")
  private static File lmdbFile(TemporaryFile file) {
    return file.path().toFile();
  }

  /** The size of a page of the image, in bytes. */
  public int pageSize() {
    return pageSize;
  }

  /**
   * Adds a record, leaving its value to the caller.
   *
   * @param database the database's name; created when new
   * @param key at most 64 bytes
   * @param size of the value
   * @param append true if the key sorts behind all keys of the database: pages are then filled
   *     whole
   * @return the value's bytes, to be written whole before the next call of a method of this object
   */
  public ByteBuffer put(String database, byte[] key, int size, boolean append) throws IOException {
    return reserve(database, key, size, append).bytes();
  }

  /**
   * The number of pages that {@link #putRun(String, byte[], int)} needs for a value of a length.
   */
  public int runPages(long valueBytes) {
    return Math.toIntExact((ImagePages.HEADER_BYTES + valueBytes + pageSize - 1) / pageSize);
  }

  /**
   * Adds a record that fills whole pages of its own, leaving its value to the caller.
   *
   * @param pages the number of pages, at least 1; the value has {@code pages * pageSize() - 16}
   *     bytes
   * @return the value's bytes, to be written whole before the next call of a method of this object,
   *     and their place in the image
   */
  public Run putRun(String database, byte[] key, int pages) throws IOException {
    int size = Math.multiplyExact(pages, pageSize) - ImagePages.HEADER_BYTES;
    NativeBuffer value = reserve(database, key, size, false);
    // The pages of a large value are contiguous in memory, as they will be in the file, and begin
    // with their page number, which never changes. Who reads the image finds it by the tree.
    long pageNumber =
        Foreign.view(value.address() - ImagePages.HEADER_BYTES, Long.BYTES).getLong(0);
    return new Run(value.bytes(), pageNumber * pageSize + ImagePages.HEADER_BYTES);
  }

  /**
   * A value that fills whole pages.
   *
   * @param bytes the value
   * @param address of the first byte of the value in the image
   */
  public record Run(ByteBuffer bytes, long address) {}

  /**
   * As {@link #putRun(String, byte[], int)}, but with no more pages than a value needs whose length
   * depends on its place.
   *
   * @param most no value needs more bytes, wherever it is
   * @param bytesAt how many the value needs if it begins at an address
   * @return the value's bytes, at least as many as it needs there
   */
  public Run putRun(String database, byte[] key, long most, LongUnaryOperator bytesAt)
      throws IOException {
    Run run = putRun(database, key, runPages(most));
    int pages = runPages(bytesAt.applyAsLong(run.address));
    if (pages == runPages(most) || uncommitted > 1) {
      return run;
    }
    // Where it comes to lie is known only now, and LMDB's runs do not shrink. The same transaction
    // once more takes the same pages, unless LMDB has free ones that it can use for fewer only.
    rollBack();
    run = putRun(database, key, pages);
    if (bytesAt.applyAsLong(run.address) > run.bytes.remaining()) {
      rollBack();
      run = putRun(database, key, runPages(most));
    }
    return run;
  }

  private NativeBuffer reserve(String database, byte[] key, int size, boolean append)
      throws IOException {
    ensureOpen();
    try {
      long cost = cost(key.length, size, append);
      if (txn != null && dirtyBytes + cost > MAX_DIRTY_BYTES) {
        commit();
      }
      if (txn == null) {
        ensureMapped(Math.max(cost, MAX_DIRTY_BYTES));
        txn = env.txnWrite();
      }
      Dbi<NativeBuffer> dbi = databases.get(database);
      if (dbi == null) {
        // in this transaction: one of its own would leave pages behind that the next one replaces
        byte[] name = database.getBytes(StandardCharsets.UTF_8);
        dbi = env.openDbi(txn, name, null, false, DbiFlags.MDB_CREATE);
        databases.put(database, dbi);
        newDatabases.add(database);
      }
      dirtyBytes += cost;
      NativeBuffer k = keyBuffer.set(key);
      NativeBuffer value =
          append ? dbi.reserve(txn, k, size, PutFlags.MDB_APPEND) : dbi.reserve(txn, k, size);
      uncommitted++;
      return value;
    } catch (LmdbException | IllegalArgumentException e) { // the latter for codes without a name
      abort(); // LMDB takes nothing more in a transaction that has failed
      throw LmdbErrors.asIOException("write", file.path(), e);
    }
  }

  private void abort() {
    if (txn != null) {
      lost |= uncommitted > 0;
      rollBack();
    }
  }

  /** Makes everything as if nothing had been put since the last commit. */
  private void rollBack() {
    txn.close();
    txn = null;
    dirtyBytes = 0;
    uncommitted = 0;
    forgetNewDatabases();
  }

  private void forgetNewDatabases() {
    databases.keySet().removeAll(newDatabases);
    newDatabases.clear();
  }

  /** An upper bound of what a record adds to the pages of the image. */
  private long cost(int keyBytes, int valueBytes, boolean append) {
    long node = ImagePages.NODE_HEADER_BYTES + keyBytes + 4L;
    if (valueBytes < pageSize / 4) {
      // behind all others it fills a page with them; elsewhere it may copy and split pages to the
      // root
      return append ? 2 * (node + valueBytes) : 4L * pageSize;
    }
    return node + (append ? 2L : 5L) * pageSize + valueBytes; // its last page may be almost empty
  }

  /** Makes everything that was put part of the image. */
  public void commit() throws IOException {
    ensureOpen();
    if (txn == null) {
      return;
    }
    Txn<NativeBuffer> committing = txn;
    int records = uncommitted;
    txn = null;
    dirtyBytes = 0;
    uncommitted = 0;
    try (committing) {
      committing.commit();
      newDatabases.clear();
    } catch (LmdbException | IllegalArgumentException e) {
      lost |= records > 1;
      forgetNewDatabases();
      throw LmdbErrors.asIOException("write", file.path(), e);
    }
  }

  /** Lets the map hold {@code bytes} more, and what LMDB itself needs to add them. */
  private void ensureMapped(long bytes) {
    assert txn == null : "the map cannot move during a transaction";
    EnvInfo info = env.info();
    long needed = (info.lastPageNumber + 1) * pageSize + bytes + bytes / 4 + MIN_MAP_BYTES;
    if (needed > mapBytes) {
      mapBytes = Math.max(needed, mapBytes + Math.min(mapBytes, MAX_MAP_STEP));
      mapBytes = (mapBytes + MAP_UNIT - 1) / MAP_UNIT * MAP_UNIT;
      env.setMapSize(mapBytes);
    }
  }

  /** The length of the committed image in bytes: a whole number of pages. */
  public long length() throws IOException {
    ensureOpen();
    return (env.info().lastPageNumber + 1) * pageSize;
  }

  /**
   * Opens what has been committed, in place.
   *
   * <p>Values that fill pages of their own stay where they are until this writer is closed. The
   * other pages may change with the next put: an {@link ImageReader} over them is good until then.
   */
  public IndexInput openInput(IOContext context) throws IOException {
    commit();
    return file.open(context);
  }

  /**
   * Copies the committed image.
   *
   * @param abort called before each MiB; may throw to end the copy
   */
  public void copyTo(IndexOutput out, IORunnable abort) throws IOException {
    try (IndexInput in = openInput(IOContext.READONCE)) {
      for (long left = length(); left > 0; ) {
        abort.run();
        long n = Math.min(left, COPY_BYTES);
        out.copyBytes(in, n);
        left -= n;
      }
    }
  }

  /** Integers beside the image, which {@link #close} removes, too. */
  public TemporaryInts newInts() throws IOException {
    ensureOpen();
    TemporaryInts created = TemporaryInts.create(directory, prefix);
    ints.add(created);
    return created;
  }

  private void ensureOpen() throws IOException {
    if (closed) {
      throw new IOException("the image in " + file.path() + " is closed");
    }
    if (lost) {
      throw new IOException(
          "the image in " + file.path() + " is incomplete: an earlier write to it failed");
    }
  }

  /** Removes the temporary file, and those beside it. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    Closeable abort = txn == null ? null : txn::close;
    txn = null;
    try {
      List<Closeable> all = new ArrayList<>(ints);
      all.add(abort);
      all.add(env::close);
      all.add(file);
      IOUtils.close(all);
    } catch (LmdbException e) {
      throw LmdbErrors.asIOException("close", file.path(), e);
    }
  }
}
