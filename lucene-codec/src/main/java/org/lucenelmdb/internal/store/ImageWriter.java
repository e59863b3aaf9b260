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
 * Writes an LMDB image: an environment in a temporary file, which {@link #close} removes.
 *
 * <p>The file is in the index's directory if LMDB can reach it there, otherwise in {@code
 * java.io.tmpdir}. In the index's directory, it is named by {@link Directory#createTempOutput}, so
 * that Lucene removes it after a crash.
 *
 * <p>Uncommitted records are held in native memory. They are committed automatically when they
 * exceed a few MiB. The file is not synced: durability begins when the image has been copied into a
 * segment file.
 *
 * <p>A failed put can be retried if there were no other uncommitted records. Otherwise those
 * records are lost, and the image can only be closed.
 *
 * <p>Not thread-safe. One thread may start a transaction and another one commit it, if the start
 * happens before the commit.
 */
public final class ImageWriter implements Closeable {

  /** The maximum native memory of uncommitted pages, in bytes. */
  static final long MAX_DIRTY_BYTES = 4L << 20;

  private static final long MIN_MAP_BYTES = 1L << 20;

  /** The unit of the map's size, in bytes: a multiple of every machine's page size. */
  private static final int MAP_UNIT = 1 << 16;

  /**
   * The maximum number of bytes by which the map grows at a time. Otherwise its size doubles. The
   * limit exists because on Windows the file grows with the map.
   */
  private static final long MAX_MAP_STEP = 1L << 30;

  private static final int MAX_DATABASES = 16;
  private static final int MAX_KEY_BYTES = 64;

  /** The number of bytes between two checks whether a copy is aborted. */
  private static final int COPY_BYTES = 1 << 20;

  private final Directory directory;
  private final String prefix;
  private final TemporaryFile file;
  private final Env<NativeBuffer> env;
  private final int pageSize;
  private final Map<String, Dbi<NativeBuffer>> databases = new HashMap<>();

  /** The databases that the transaction has created; LMDB drops them if it fails. */
  private final List<String> newDatabases = new ArrayList<>();

  private final NativeBuffer keyBuffer = NativeBuffer.allocate(MAX_KEY_BYTES);

  private long mapBytes = MIN_MAP_BYTES;
  private final List<TemporaryInts> ints = new ArrayList<>();
  private Txn<NativeBuffer> txn;
  private long dirtyBytes;
  private int uncommitted; // the number of records
  private boolean lost; // whether the image lacks records that were put
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
   * Creates an empty image with pages of the machine's size.
   *
   * @param directory the index's directory; filter directories are unwrapped
   * @param prefix the start of the temporary file's name, as in {@link Directory#createTempOutput}
   * @throws IOException if LMDB cannot be loaded, or the file cannot be created
   */
  public static ImageWriter create(Directory directory, String prefix) throws IOException {
    return create(directory, prefix, new byte[0]);
  }

  /**
   * Loads the native library unless it is loaded. To be called before anything else uses native
   * code: only this way of loading it checks its preconditions and chooses how memory is accessed.
   *
   * @throws IOException if the library cannot be loaded
   */
  public static void ensureAvailable() throws IOException {
    NativeLibrary.ensureLoaded();
  }

  /**
   * Creates an empty image with the smallest possible pages. An image has at least four pages
   * besides its values, and a value on overflow pages leaves half a page empty on average. Both
   * matter for an image with few values.
   *
   * <p>LMDB uses the machine's page size for a new file, and the stored page size for an existing
   * one. This method therefore starts with the file of an empty environment with small pages.
   */
  public static ImageWriter createSmall(Directory directory, String prefix) throws IOException {
    return create(directory, prefix, ImagePages.empty(ImagePages.MIN_PAGE_SIZE));
  }

  private static ImageWriter create(Directory directory, String prefix, byte[] contents)
      throws IOException {
    ensureAvailable();
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

  @SuppressForbidden(reason = "lmdbjava takes only a File")
  private static File lmdbFile(TemporaryFile file) {
    return file.path().toFile();
  }

  /** The size of a page of the image, in bytes. */
  public int pageSize() {
    return pageSize;
  }

  /**
   * Adds a record, or replaces its value. The caller writes the value.
   *
   * @param database the database's name; created if it does not exist
   * @param key at most 64 bytes
   * @param size the length of the value in bytes
   * @param append true if the key sorts after all keys of the database; pages are then filled
   *     completely
   * @return the value's bytes, which must all be written before the next call of a method of this
   *     object
   */
  public ByteBuffer put(String database, byte[] key, int size, boolean append) throws IOException {
    return reserve(database, key, size, append).bytes();
  }

  /** The number of pages that {@link #putRun(String, byte[], int)} needs for a value. */
  public int runPages(long valueBytes) {
    return Math.toIntExact((ImagePages.HEADER_BYTES + valueBytes + pageSize - 1) / pageSize);
  }

  /**
   * Adds a record whose value fills a run of overflow pages. The caller writes the value.
   *
   * @param pages the number of pages, at least 1; the value has {@code pages * pageSize() - 16}
   *     bytes
   * @return the value's bytes, which must all be written before the next call of a method of this
   *     object, and their address
   */
  public Run putRun(String database, byte[] key, int pages) throws IOException {
    int size = Math.multiplyExact(pages, pageSize) - ImagePages.HEADER_BYTES;
    NativeBuffer value = reserve(database, key, size, false);
    // The pages of a run are as contiguous in memory as they will be in the file. They start with
    // their page number, which never changes.
    long pageNumber =
        Foreign.view(value.address() - ImagePages.HEADER_BYTES, Long.BYTES).getLong(0);
    return new Run(value.bytes(), pageNumber * pageSize + ImagePages.HEADER_BYTES);
  }

  /**
   * A value that fills a run of overflow pages.
   *
   * @param bytes the value
   * @param address the offset of the value's first byte in the image
   */
  public record Run(ByteBuffer bytes, long address) {}

  /**
   * Adds a record in the same way as {@link #putRun(String, byte[], int)}, for a value whose length
   * depends on its address, for example because it aligns its parts. Uses no more pages than the
   * value needs.
   *
   * @param most the maximum length in bytes, at any address
   * @param bytesAt returns the length at an address
   * @return the value's bytes, at least as many as it needs at its address
   */
  public Run putRun(String database, byte[] key, long most, LongUnaryOperator bytesAt)
      throws IOException {
    Run run = putRun(database, key, runPages(most));
    int pages = runPages(bytesAt.applyAsLong(run.address));
    if (pages == runPages(most) || uncommitted > 1) {
      return run;
    }
    // The address is known only now, and runs cannot shrink. Repeating the transaction with fewer
    // pages gives the same address, unless LMDB finds a shorter run of free pages.
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
        // created in this transaction: a transaction of its own would write pages that this one
        // replaces
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
    } catch (LmdbException | IllegalArgumentException e) { // the latter for unknown error codes
      abort(); // after a failure, LMDB rejects all operations of the transaction
      throw LmdbErrors.asIOException("write", file.path(), e);
    }
  }

  private void abort() {
    if (txn != null) {
      lost |= uncommitted > 0;
      rollBack();
    }
  }

  /** Discards all records since the last commit. */
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

  /** An upper bound of the bytes of the pages that a record adds or changes. */
  private long cost(int keyBytes, int valueBytes, boolean append) {
    long node = ImagePages.NODE_HEADER_BYTES + keyBytes + 4L;
    if (valueBytes < pageSize / 4) {
      // an appended record shares its page with others; elsewhere it may copy and split pages up to
      // the root
      return append ? 2 * (node + valueBytes) : 4L * pageSize;
    }
    return node + (append ? 2L : 5L) * pageSize + valueBytes; // the last page may be almost empty
  }

  /** Makes all records part of the image. */
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

  /** Grows the map, if needed, for more bytes and the pages that LMDB itself needs. */
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

  /** The length of the committed image in bytes, a multiple of the page size. */
  public long length() throws IOException {
    ensureOpen();
    return (env.info().lastPageNumber + 1) * pageSize;
  }

  /**
   * Commits, and opens the image in place.
   *
   * <p>Runs of overflow pages do not move until this writer is closed. Other pages may change with
   * the next put, so an {@link ImageReader} is valid until then.
   */
  public IndexInput openInput(IOContext context) throws IOException {
    commit();
    return file.open(context);
  }

  /**
   * Copies the committed image.
   *
   * @param abort called before each MiB; may throw to abort the copy
   * @return the checksums of the image
   */
  public ImageChecksums.Writer copyTo(IndexOutput out, IORunnable abort) throws IOException {
    ImageChecksums.Writer checksums = new ImageChecksums.Writer();
    byte[] block = new byte[ImageChecksums.BLOCK_BYTES];
    try (IndexInput in = openInput(IOContext.READONCE)) {
      long length = length();
      for (long left = length; left > 0; ) {
        if ((length - left) % COPY_BYTES == 0) {
          abort.run();
        }
        int n = (int) Math.min(left, block.length);
        in.readBytes(block, 0, n);
        out.writeBytes(block, 0, n);
        checksums.add(block, n);
        left -= n;
      }
    }
    return checksums;
  }

  /** Creates a list of ints beside the image, which {@link #close} removes as well. */
  public TemporaryInts newInts() throws IOException {
    ensureOpen();
    TemporaryInts created = TemporaryInts.create(directory, prefix);
    ints.add(created);
    return created;
  }

  /**
   * Creates a file with the memory of a build, which the caller closes.
   *
   * @param bytes all memory that the build will need
   * @param abort called for each MiB that is written; may throw
   */
  public BuildFile newBuildFile(long bytes, IORunnable abort) throws IOException {
    ensureOpen();
    return BuildFile.create(directory, prefix, bytes, abort);
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

  /** Removes the temporary file and the lists beside it. */
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
