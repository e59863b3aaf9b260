/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.measure;

import java.io.IOException;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.SparseFixedBitSet;

/**
 * Counts the distinct pages of 4 KiB that are read, over all files. Not thread-safe.
 *
 * <p>Its inputs are not memory-mapped ones, which formats access directly: every byte that is used
 * is read through this class. Prefetches are not counted, because reads of the same bytes follow
 * them.
 */
final class PageCountingDirectory extends FilterDirectory {

  static final int PAGE_BITS = 12;

  /** Null until the first reset: reads while files are opened do not count. */
  private SparseFixedBitSet read;

  private int pages;
  private int nextFile;

  PageCountingDirectory(Directory in) {
    super(in);
  }

  /** The number of pages since the last {@link #reset}. */
  int pages() {
    return pages;
  }

  /** Resets the counters. All files must be open. */
  void reset() {
    read = new SparseFixedBitSet(Math.max(1, nextFile));
    pages = 0;
  }

  private void read(int firstPage, long offset, long length) {
    if (read != null && length > 0) {
      int last = firstPage + (int) ((offset + length - 1) >> PAGE_BITS);
      for (int page = firstPage + (int) (offset >> PAGE_BITS); page <= last; page++) {
        if (read.getAndSet(page) == false) {
          pages++;
        }
      }
    }
  }

  @Override
  public IndexInput openInput(String name, IOContext context) throws IOException {
    IndexInput input = super.openInput(name, context);
    int firstPage = nextFile;
    nextFile = Math.addExact(nextFile, (int) (input.length() >> PAGE_BITS) + 1);
    return new CountingInput(name, input, firstPage, 0);
  }

  private final class CountingInput extends IndexInput {

    private final IndexInput in;
    private final int firstPage;
    private final long start;

    /**
     * Wraps an input that begins at an offset of a file.
     *
     * @param firstPage the number of the file's first page
     * @param start the offset in the file
     */
    CountingInput(String description, IndexInput in, int firstPage, long start) {
      super(description);
      this.in = in;
      this.firstPage = firstPage;
      this.start = start;
    }

    private void count(long length) {
      read(firstPage, start + in.getFilePointer(), length);
    }

    @Override
    public byte readByte() throws IOException {
      count(Byte.BYTES);
      return in.readByte();
    }

    @Override
    public void readBytes(byte[] bytes, int offset, int length) throws IOException {
      count(length);
      in.readBytes(bytes, offset, length);
    }

    @Override
    public short readShort() throws IOException {
      count(Short.BYTES);
      return in.readShort();
    }

    @Override
    public int readInt() throws IOException {
      count(Integer.BYTES);
      return in.readInt();
    }

    @Override
    public long readLong() throws IOException {
      count(Long.BYTES);
      return in.readLong();
    }

    @Override
    public void readInts(int[] ints, int offset, int length) throws IOException {
      count((long) length * Integer.BYTES);
      in.readInts(ints, offset, length);
    }

    @Override
    public void readLongs(long[] longs, int offset, int length) throws IOException {
      count((long) length * Long.BYTES);
      in.readLongs(longs, offset, length);
    }

    @Override
    public void readFloats(float[] floats, int offset, int length) throws IOException {
      count((long) length * Float.BYTES);
      in.readFloats(floats, offset, length);
    }

    @Override
    public long getFilePointer() {
      return in.getFilePointer();
    }

    @Override
    public void seek(long position) throws IOException {
      in.seek(position);
    }

    @Override
    public void skipBytes(long bytes) throws IOException {
      in.skipBytes(bytes);
    }

    @Override
    public void prefetch(long offset, long length) throws IOException {
      in.prefetch(offset, length);
    }

    @Override
    public long length() {
      return in.length();
    }

    @Override
    public IndexInput slice(String description, long offset, long length) throws IOException {
      return new CountingInput(
          description, in.slice(description, offset, length), firstPage, start + offset);
    }

    @Override
    public IndexInput clone() {
      return new CountingInput(toString(), in.clone(), firstPage, start);
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
