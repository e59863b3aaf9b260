/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.offheap;

import java.io.IOException;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.MappedFiles;

/** {@link PageAdvice} and {@link RecordPrefetch} on mapped files. */
public class TestPageAdvice extends LuceneTestCase {

  private static final int PAGE = 1 << 12;

  private static Directory withFile(FSDirectory directory, int length) throws IOException {
    byte[] bytes = new byte[length];
    random().nextBytes(bytes);
    try (IndexOutput out = directory.createOutput("bytes", IOContext.DEFAULT)) {
      out.writeBytes(bytes, bytes.length);
    }
    return directory;
  }

  /** The advice applies to the pages that have the bytes, and to no others. */
  public void testRandom() throws IOException {
    assumeTrue("posix_madvise", PageAdvice.isAvailable());
    assumeTrue("the flags of mappings", MappedFiles.isSupported());
    try (Directory directory = withFile(new MMapDirectory(createTempDir()), 8 * PAGE);
        IndexInput in = directory.openInput("bytes", IOContext.DEFAULT)) {
      OffHeapBytes bytes = OffHeapBytes.of(in.randomAccessSlice(0, in.length()), in.length());
      assertEquals(0, MappedFiles.randomBytes("bytes"));
      assertTrue(PageAdvice.RANDOM.give(bytes, 2 * PAGE + 100, PAGE));
      assertEquals("two pages", 2 * PAGE, MappedFiles.randomBytes("bytes"));
      assertTrue(PageAdvice.WILL_NEED.give(bytes, 0, in.length()));
      assertFalse("no bytes", PageAdvice.RANDOM.give(bytes, 0, 0));
    }
  }

  /** Prefetching reads the given bytes, and requests pages only after a read that waited. */
  public void testRecordPrefetch() throws IOException {
    int recordBytes = 1 + random().nextInt(3 * PAGE);
    try (Directory directory = withFile(new MMapDirectory(createTempDir()), 64 * PAGE);
        IndexInput in = directory.openInput("bytes", IOContext.DEFAULT)) {
      OffHeapBytes bytes = OffHeapBytes.of(in.randomAccessSlice(0, in.length()), in.length());
      int stride = 1 << random().nextInt(8);
      RecordPrefetch prefetch =
          new RecordPrefetch(
              bytes, recordBytes, stride, 1 << random().nextInt(5), 1 + random().nextInt(3));
      int requested = 0;
      for (int call = 0; call < 100; call++) {
        long[] addresses = new long[1 + random().nextInt(20)];
        int expected = 0;
        for (int i = 0; i < addresses.length; i++) {
          addresses[i] = random().nextInt((int) in.length() - recordBytes + 1);
          for (int at = 0; at < recordBytes; at += stride) {
            expected += bytes.getByte(addresses[i] + at);
          }
        }
        int before = prefetch.requests();
        boolean waited = prefetch.waits() > 0;
        assertEquals(expected, prefetch.prefetch(addresses, addresses.length));
        assertTrue(prefetch.requests() - before <= addresses.length);
        assertTrue("no request before a wait", waited || prefetch.requests() == 0);
        requested += prefetch.requests() - before;
      }
      assertEquals(requested, prefetch.requests());
      assertTrue(prefetch.waits() <= 100);
      prefetch.begin();
      assertEquals(0, prefetch.requests());
      assertEquals(0, prefetch.waits());
    }
  }

  /** Each record is requested, whatever the order, unless the previous one has the same pages. */
  public void testRequests() throws IOException {
    assumeTrue("posix_madvise", PageAdvice.isAvailable());
    try (Directory directory = withFile(new MMapDirectory(createTempDir()), 64 * PAGE);
        IndexInput in = directory.openInput("bytes", IOContext.DEFAULT)) {
      OffHeapBytes bytes = OffHeapBytes.of(in.randomAccessSlice(0, in.length()), in.length());
      RecordPrefetch prefetch = new RecordPrefetch(bytes, 100, 64, 1, 1);
      long far = 16 * PAGE; // more than a page of any system
      prefetch.request(new long[] {3 * far, 2 * far, 0, far}, 4);
      assertEquals(4, prefetch.requests());
      prefetch.request(new long[] {far, far + 100, far + 50, 3 * far}, 4);
      assertEquals("records in the same page", 6, prefetch.requests());
    }
  }

  public void testPreloadBudget() {
    PreloadBudget budget = new PreloadBudget(100);
    assertTrue(budget.take(60));
    assertFalse(budget.take(41));
    assertTrue(budget.take(40));
    assertFalse(budget.take(1));
    budget.giveBack(60);
    assertTrue(budget.take(60));
  }
}
