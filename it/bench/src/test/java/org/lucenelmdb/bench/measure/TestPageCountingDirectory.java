/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.measure;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.RandomAccessInput;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Every byte that is read counts for its page, and no other. */
public class TestPageCountingDirectory extends LuceneTestCase {

  private static final int PAGE = 1 << PageCountingDirectory.PAGE_BITS;
  private static final int LENGTH = 20 * PAGE + 1;

  private PageCountingDirectory directory;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    Directory in = newDirectory();
    for (String name : new String[] {"a", "b"}) {
      try (IndexOutput out = in.createOutput(name, IOContext.DEFAULT)) {
        byte[] bytes = new byte[LENGTH];
        random().nextBytes(bytes);
        out.writeBytes(bytes, LENGTH);
      }
    }
    directory = new PageCountingDirectory(in);
  }

  @Override
  public void tearDown() throws Exception {
    directory.close();
    super.tearDown();
  }

  public void testBoundaries() throws IOException {
    try (IndexInput in = directory.openInput("a", IOContext.DEFAULT)) {
      directory.reset();
      assertEquals(0, directory.pages());
      in.seek(PAGE - 1);
      in.readByte();
      assertEquals(1, directory.pages());
      in.seek(0);
      in.readByte();
      assertEquals("the same page", 1, directory.pages());
      in.seek(PAGE - 1);
      in.readShort();
      assertEquals("over its end", 2, directory.pages());
      in.seek(5 * PAGE);
      in.readBytes(new byte[PAGE], 0, PAGE);
      assertEquals("a page", 3, directory.pages());
      in.readBytes(new byte[0], 0, 0);
      assertEquals("nothing", 3, directory.pages());
      in.seek(LENGTH - 1);
      in.readByte();
      assertEquals("the last byte", 4, directory.pages());
      directory.reset();
      assertEquals(0, directory.pages());
    }
  }

  public void testFilesAreToldApart() throws IOException {
    try (IndexInput a = directory.openInput("a", IOContext.DEFAULT);
        IndexInput b = directory.openInput("b", IOContext.DEFAULT)) {
      directory.reset();
      a.seek(LENGTH - 1);
      a.readByte();
      b.readByte();
      assertEquals(2, directory.pages());
    }
  }

  public void testSameAsNaive() throws IOException {
    try (IndexInput a = directory.openInput("a", IOContext.DEFAULT)) {
      directory.reset();
      Set<Integer> pages = new HashSet<>();
      long start = random().nextInt(PAGE);
      IndexInput slice = a.slice("slice", start, LENGTH - start);
      IndexInput nested = slice.slice("nested", 10, slice.length() - 10);
      RandomAccessInput random = slice.randomAccessSlice(7, slice.length() - 7);
      for (int i = 0; i < 200; i++) {
        int at = random().nextInt(LENGTH - 2 * PAGE);
        int length = 1;
        long from;
        switch (random().nextInt(8)) {
          case 0 -> {
            nested.seek(at);
            nested.readLong();
            from = start + 10 + at;
            length = Long.BYTES;
          }
          case 1 -> {
            IndexInput clone = slice.clone();
            clone.seek(at);
            length = 3 * Float.BYTES;
            clone.readFloats(new float[3], 0, 3);
            from = start + at;
          }
          case 2 -> {
            random.readInt(at);
            from = start + 7 + at;
            length = Integer.BYTES;
          }
          case 3 -> {
            length = random().nextInt(PAGE);
            random.readBytes(at, new byte[length], 0, length);
            from = start + 7 + at;
          }
          case 4 -> {
            a.seek(at);
            length = 2 * Integer.BYTES;
            a.readInts(new int[2], 0, 2);
            from = at;
          }
          case 5 -> {
            a.seek(at);
            length = 2 * Long.BYTES;
            a.readLongs(new long[2], 0, 2);
            from = at;
          }
          case 6 -> {
            a.seek(at);
            a.skipBytes(PAGE);
            a.readInt();
            from = at + PAGE;
            length = Integer.BYTES;
          }
          default -> {
            random.readByte(at);
            from = start + 7 + at;
          }
        }
        for (long offset = from; offset < from + length; offset++) {
          pages.add((int) (offset / PAGE));
        }
        assertEquals(pages.size(), directory.pages());
      }
    }
  }

  public void testValuesAreTheFiles() throws IOException {
    try (IndexInput counted = directory.openInput("a", IOContext.DEFAULT);
        IndexInput plain = directory.getDelegate().openInput("a", IOContext.DEFAULT)) {
      for (int i = 0; i < 100; i++) {
        long at = random().nextInt(LENGTH - Long.BYTES);
        counted.seek(at);
        plain.seek(at);
        assertEquals(plain.readLong(), counted.readLong());
        assertEquals(plain.getFilePointer(), counted.getFilePointer());
      }
    }
  }
}
