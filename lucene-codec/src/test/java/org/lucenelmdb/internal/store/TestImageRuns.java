/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.nio.ByteBuffer;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.lucenelmdb.NativeThreads;

/** Values that fill runs of overflow pages. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestImageRuns extends LuceneTestCase {

  public void testRuns() throws Exception {
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      assertEquals(1, writer.runPages(0));
      assertEquals(1, writer.runPages(writer.pageSize() - 16));
      assertEquals(2, writer.runPages(writer.pageSize() - 15));
      assertEquals(2, writer.runPages(2 * writer.pageSize() - 16));
      expectThrows(ArithmeticException.class, () -> writer.runPages(Long.MAX_VALUE / 2));
      ExpectedImage image = new ExpectedImage(writer, random());
      int runs = atLeast(30);
      for (int i = 0; i < runs; i++) {
        byte[] key = ByteBuffer.allocate(Integer.BYTES).putInt(i ^ 5).array();
        int pages = random().nextInt(10) == 0 ? TestUtil.nextInt(random(), 1, 1500) : 1 + i;
        image.putRun("runs", key, pages);
        if (random().nextBoolean()) {
          image.put("small", key, Inputs.randomBytes(random(), 10), false);
        }
        if (random().nextBoolean()) {
          writer.commit();
        }
      }
      writer.commit();
      image.check();
    }
  }

  /** Runs do not move when other records are put, and earlier inputs still read them. */
  public void testRunsStay() throws Exception {
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      ExpectedImage image = new ExpectedImage(writer, random());
      image.putRun("runs", new byte[] {1}, 3);
      long address = image.databases.get("runs").runAddresses.get(new byte[] {1});
      byte[] value = image.databases.get("runs").values.get(new byte[] {1});
      try (IndexInput in = writer.openInput(IOContext.DEFAULT)) {
        for (int i = 2; i < 100; i++) {
          image.putRun("runs", new byte[] {(byte) i}, 1 + random().nextInt(20));
          image.put("small", new byte[] {(byte) i}, new byte[random().nextInt(3000)], true);
          writer.commit();
          byte[] read = new byte[value.length];
          in.seek(address);
          in.readBytes(read, 0, read.length);
          assertArrayEquals(value, read);
        }
      }
      image.check();
    }
  }

  /** A run whose length depends on its address is long enough, whichever pages LMDB has free. */
  public void testRunsAsLongAsNeeded() throws Exception {
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      ExpectedImage image = new ExpectedImage(writer, random());
      int pageSize = writer.pageSize();
      for (int i = 0; i < 100; i++) {
        byte[] key = {(byte) i};
        if (random().nextInt(3) == 0) { // frees runs
          byte[] old = {(byte) random().nextInt(i + 1)};
          image.put("replaced", old, new byte[random().nextInt(10 * pageSize)], false);
          if (random().nextBoolean()) {
            writer.commit();
          }
        }
        int least = TestUtil.nextInt(random(), 1, 3 * pageSize);
        int unit = TestUtil.nextInt(random(), 1, 3 * pageSize);
        ImageWriter.Run run =
            writer.putRun("runs", key, least + unit, address -> least + address % unit);
        byte[] value = Inputs.randomBytes(random(), run.bytes().remaining());
        run.bytes().put(value);
        assertTrue(value.length >= least + run.address() % unit);
        image.records("runs").values.put(key, value);
        image.records("runs").runAddresses.put(key, run.address());
        if (random().nextBoolean()) {
          writer.commit();
        }
      }
      writer.commit();
      image.check();
    }
  }
}
