/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import static org.lucenelmdb.internal.store.ImageFixtures.files;
import static org.lucenelmdb.internal.store.ImageFixtures.key;
import static org.lucenelmdb.internal.store.ImageFixtures.put;
import static org.lucenelmdb.internal.store.ImageFixtures.use;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.store.NIOFSDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.lucenelmdb.NativeThreads;

/** Transactions of an image under construction, its errors, and its end. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestImageWriter extends LuceneTestCase {

  public void testCloseAgain() throws Exception {
    try (Directory directory = Inputs.any(random()).newDirectory(random())) {
      ImageWriter writer = Inputs.newImage(directory, random());
      if (random().nextBoolean()) {
        use(writer);
      }
      writer.close();
      writer.close();
      assertEquals(List.of(), files(directory));
    }
  }

  public void testCloseDuringTransaction() throws Exception {
    Path path = createTempDir();
    try (Directory directory = new NIOFSDirectory(path)) {
      ImageWriter writer = Inputs.newImage(directory, random());
      if (random().nextBoolean()) {
        use(writer);
      }
      put(writer, 1 << 30, random().nextInt(100_000));
      writer.close();
      assertEquals(List.of(), files(path));
      writer.close();
    }
  }

  public void testNothingWorksAfterClose() throws Exception {
    for (boolean used : new boolean[] {false, true}) {
      checkNothingWorksAfterClose(used);
    }
  }

  private static void checkNothingWorksAfterClose(boolean used) throws Exception {
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        IndexOutput out = directory.createOutput("out", IOContext.DEFAULT)) {
      ImageWriter writer = Inputs.newImage(directory, random());
      if (used) {
        use(writer);
      }
      if (random().nextBoolean()) {
        put(writer, 1 << 30, 10);
      }
      writer.close();
      List<ThrowingRunnable> calls =
          List.of(
              () -> writer.put("d", key(1), 10, false),
              () -> writer.put("e", key(1), 10, true),
              () -> writer.putRun("d", key(1), 1),
              writer::commit,
              writer::length,
              () -> writer.openInput(IOContext.DEFAULT),
              () -> writer.copyTo(out, () -> {}));
      for (ThrowingRunnable call : calls) {
        IOException e = expectThrows(IOException.class, call);
        assertTrue(e.getMessage(), e.getMessage().contains("is closed"));
      }
      assertEquals(0, out.getFilePointer());
    }
  }

  /** Every commit is visible: LMDB writes its meta pages alternately, and the newer one counts. */
  public void testEveryCommitIsVisible() throws Exception {
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      ExpectedImage image = new ExpectedImage(writer, random());
      image.check();
      for (int i = 0; i < 6; i++) {
        image.put("d" + i % 3, new byte[] {(byte) i}, new byte[] {1, (byte) i}, false);
        writer.commit();
        writer.commit(); // nothing to do
        image.check();
      }
    }
  }

  public void testOpenInputCommits() throws Exception {
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      ExpectedImage image = new ExpectedImage(writer, random());
      image.put("d", new byte[] {1}, new byte[] {2}, true);
      long length = writer.length();
      try (IndexInput in = writer.openInput(IOContext.DEFAULT)) {
        assertTrue(writer.length() > length);
        ImageReader reader = new ImageReader(in, 0, writer.length());
        assertEquals(1, reader.entries("d"));
        assertEquals(writer.length(), reader.usedLength());
      }
      image.check();
    }
  }

  /** Replaces a value by one of another length, which may need other pages. */
  public void testReplace() throws Exception {
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      int[] sizes = new int[20];
      for (int i = 0; i < 500; i++) {
        int n = random().nextInt(sizes.length);
        sizes[n] = random().nextInt(random().nextBoolean() ? 100 : 50_000);
        writer.put("d", key(n), sizes[n], false).put(new byte[sizes[n]]);
        if (random().nextInt(20) == 0) {
          checkSizes(writer, directory, sizes);
        }
      }
      checkSizes(writer, directory, sizes);
    }
  }

  private static void checkSizes(ImageWriter writer, Directory directory, int[] sizes)
      throws IOException {
    writer.commit();
    Inputs.copyImage(writer, directory, "copy", 0, 0, random());
    try (IndexInput in = directory.openInput("copy", IOContext.DEFAULT)) {
      ImageReader reader = new ImageReader(in, 0, in.length());
      for (int n = 0; n < sizes.length; n++) {
        ImageReader.Value value = reader.get("d", key(n));
        assertEquals(sizes[n], value == null ? 0 : value.length());
        assertEquals(sizes[n], value == null ? 0 : reader.read(value, sizes[n]).length);
      }
    }
    directory.deleteFile("copy");
  }

  /** A put that LMDB rejects throws an IOException, after which the writer can be closed. */
  public void testRejectedPut() throws Exception {
    Path path = createTempDir();
    try (Directory directory = new MMapDirectory(path)) {
      try (ImageWriter writer = Inputs.newImage(directory, random())) {
        put(writer, 5, 10);
        IOException e = expectThrows(IOException.class, () -> put(writer, 4, 10));
        assertTrue(e.getMessage(), e.getMessage().contains(path.toString()));
      }
      try (ImageWriter writer = Inputs.newImage(directory, random())) {
        expectThrows(IOException.class, () -> writer.put("d", new byte[0], 10, false));
      }
      try (ImageWriter writer = Inputs.newImage(directory, random())) {
        for (int i = 0; i < 16; i++) {
          writer.put("d" + i, key(i), 10, false).put(new byte[10]);
        }
        expectThrows(IOException.class, () -> writer.put("one more", key(1), 10, false));
      }
      assertEquals(List.of(), files(path));
    }
  }

  /** After a rejected put, earlier commits are kept and further puts succeed. */
  public void testPutAfterRejectedPut() throws Exception {
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      List<Integer> committed = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        put(writer, 2 * i, 1 + random().nextInt(10_000));
        writer.commit();
        committed.add(2 * i);
        if (random().nextBoolean()) {
          expectThrows(IOException.class, () -> put(writer, 0, 10)); // not in order
        }
      }
      try (IndexInput in = writer.openInput(IOContext.DEFAULT)) {
        ImageReader reader = new ImageReader(in, 0, writer.length());
        assertEquals(committed.size(), reader.entries("d"));
        for (int number : committed) {
          assertNotNull(reader.get("d", key(number)));
        }
      }
    }
  }

  public void testCopyTo() throws Exception {
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      int records = random().nextInt(50);
      for (int i = 0; i < records; i++) {
        put(writer, i, random().nextInt(200_000));
      }
      writer.commit();
      long length = writer.length();
      AtomicInteger calls = new AtomicInteger();
      try (IndexOutput out = directory.createOutput("copy", IOContext.DEFAULT)) {
        writer.copyTo(out, calls::incrementAndGet);
        assertEquals(length, out.getFilePointer());
      }
      assertEquals((length + (1 << 20) - 1) >> 20, calls.get());

      int end = random().nextInt(calls.get());
      calls.set(0);
      IOException aborted = new IOException("aborted");
      try (IndexOutput out = directory.createOutput("part", IOContext.DEFAULT)) {
        IOException e =
            expectThrows(
                IOException.class,
                () ->
                    writer.copyTo(
                        out,
                        () -> {
                          if (calls.getAndIncrement() == end) {
                            throw aborted;
                          }
                        }));
        assertSame(aborted, e);
        assertEquals((long) end << 20, out.getFilePointer());
      }
      put(writer, records, 10); // the writer is still usable
      writer.commit();
    }
  }

  /** One thread starts a transaction and another commits it. */
  public void testThreads() throws Exception {
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      int threads = TestUtil.nextInt(random(), 2, 6);
      for (int t = 0; t < threads; t++) {
        int first = t * 100;
        boolean commit = random().nextBoolean();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread =
            new Thread(
                () -> {
                  try {
                    for (int i = 0; i < 100; i++) {
                      put(writer, first + i, 1000);
                    }
                    if (commit) {
                      writer.commit();
                    }
                  } catch (Throwable e) {
                    failure.set(e);
                  }
                });
        thread.start();
        thread.join();
        if (failure.get() != null) {
          throw new AssertionError(failure.get());
        }
      }
      try (IndexInput in = writer.openInput(IOContext.DEFAULT)) {
        ImageReader reader = new ImageReader(in, 0, writer.length());
        assertEquals(100L * threads, reader.entries("d"));
      }
    }
  }
}
