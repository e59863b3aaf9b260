/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.generators.RandomNumbers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.MergeScheduler;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.tests.store.MockDirectoryWrapper;
import org.lucenelmdb.jvm.ChildJvm;

/** Directories that fail once, at random, or because they are full. */
public class TestFailures extends FailureTestCase {

  /** Fails once. */
  private static final class OneFailure extends MockDirectoryWrapper.Failure {
    int calls;
    int failAt;

    @Override
    public void eval(MockDirectoryWrapper directory) throws IOException {
      if (++calls == failAt) {
        if (isLeakOfLucene()) {
          failAt++;
        } else {
          throw new MockDirectoryWrapper.FakeIOException();
        }
      }
    }
  }

  /** Lucene's SortingStoredFieldsConsumer leaves files open if opening another one fails. */
  private static boolean isLeakOfLucene() {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames.anyMatch(
                    frame -> frame.getClassName().endsWith(".SortingStoredFieldsConsumer")));
  }

  /** The directory fails once, at a random call. */
  public void testOneFailure() throws IOException {
    for (int rounds = atLeast(2); rounds > 0; rounds--) {
      long seed = random().nextLong();
      int calls = writeWithFailure(seed, -1);
      for (int i = atLeast(8); i > 0; i--) {
        writeWithFailure(seed, 1 + random().nextInt(calls));
      }
    }
  }

  private int writeWithFailure(long seed, int failAt) throws IOException {
    OneFailure failure = new OneFailure();
    try (MockDirectoryWrapper directory = directory()) {
      RandomWrites writes = new RandomWrites(directory, seed);
      writes.begin();
      failure.failAt = failAt;
      directory.failOn(failure);
      writes.go(null);
      failure.failAt = -1;
      writes.check();
      if (writes.failure == null) {
        assertEquals(List.of(writes.live), writes.possible);
      }
    } catch (Throwable t) {
      throw new AssertionError("seed " + seed + "L, failure at call " + failAt, t);
    }
    return failure.calls;
  }

  /** The directory fails repeatedly. */
  public void testRandomFailures() throws IOException {
    for (int rounds = atLeast(8); rounds > 0; rounds--) {
      try (MockDirectoryWrapper directory = directory()) {
        RandomWrites writes = new RandomWrites(directory, random().nextLong());
        writes.maySort = false; // because of isLeakOfLucene
        writes.begin();
        double rate = new double[] {0.002, 0.01, 0.05}[random().nextInt(3)];
        directory.setRandomIOExceptionRate(rate);
        directory.setRandomIOExceptionRateOnOpen(rate);
        MergeScheduler scheduler = null;
        if (random().nextBoolean()) {
          scheduler = new QuietScheduler();
        }
        writes.go(scheduler);
        directory.setRandomIOExceptionRate(0);
        directory.setRandomIOExceptionRateOnOpen(0);
        writes.check();
      }
    }
  }

  /** The directory is full when the image that LMDB has written is copied into it. */
  public void testFullDirectory() throws IOException {
    for (int rounds = atLeast(3); rounds > 0; rounds--) {
      try (MockDirectoryWrapper directory = directory()) {
        RandomWrites writes = new RandomWrites(directory, random().nextLong());
        writes.begin();
        long left = RandomNumbers.randomIntBetween(random(), 1, 2 << 20);
        directory.setMaxSizeInBytes(directory.sizeInBytes() + left);
        writes.go(null);
        directory.setMaxSizeInBytes(0);
        writes.check();
      }
    }
  }

  /** A directory that fails once, on a call for one of the format's files. */
  private static final class FailingDirectory extends MMapDirectory {
    int calls;
    int failAt = -1;

    FailingDirectory(Path path) throws IOException {
      super(path);
    }

    private void maybeFail(String name, String verb) throws IOException {
      if (name.contains("lmdb") && ++calls == failAt) {
        throw new IOException("could not " + verb + " " + name);
      }
    }

    @Override
    public IndexOutput createTempOutput(String prefix, String suffix, IOContext context)
        throws IOException {
      maybeFail(suffix, "create");
      return super.createTempOutput(prefix, suffix, context);
    }

    @Override
    public IndexInput openInput(String name, IOContext context) throws IOException {
      maybeFail(name, "open");
      return super.openInput(name, context);
    }

    @Override
    public void deleteFile(String name) throws IOException {
      maybeFail(name, "delete");
      super.deleteFile(name);
    }
  }

  /** As {@link #testOneFailure}, for temporary files, which the mock directory does not see. */
  public void testFailuresOfTemporaryFiles() throws IOException {
    long seed = random().nextLong();
    int calls = writeWithTemporaryFailure(seed, -1);
    assertTrue("" + calls, calls > 2);
    for (int i = 0; i < atLeast(20); i++) {
      writeWithTemporaryFailure(seed, 1 + random().nextInt(calls));
    }
  }

  private int writeWithTemporaryFailure(long seed, int failAt) throws IOException {
    FailingDirectory failing = new FailingDirectory(createTempDir());
    try (MockDirectoryWrapper directory = new MockDirectoryWrapper(random(), failing)) {
      directory.setCheckIndexOnClose(false);
      RandomWrites writes = new RandomWrites(directory, seed);
      writes.begin();
      failing.calls = 0;
      failing.failAt = failAt;
      writes.go(null);
      assertEquals(failAt > 0, writes.failure != null);
      if (failAt > 0) {
        assertTrue("" + writes.failure, causes(writes.failure).contains("could not "));
        if (causes(writes.failure).contains("could not delete")) {
          // the next writer deletes the file
          Set<Integer> found = VerifiableIndex.read(directory);
          checkUnreferenced(directory, found);
        }
      }
      writes.check();
    } catch (Throwable t) {
      throw new AssertionError("seed " + seed + "L, failure at call " + failAt, t);
    }
    return failing.calls;
  }

  private static String causes(Throwable t) {
    StringBuilder text = new StringBuilder();
    for (Throwable cause = t; cause != null; cause = cause.getCause()) {
      text.append(cause).append('\n');
      for (Throwable suppressed : cause.getSuppressed()) {
        text.append(suppressed).append('\n');
      }
    }
    return text.toString();
  }

  /** Paths that cannot be used as a temporary directory. */
  private static List<Path> badDirectories() throws IOException {
    List<Path> bad = new ArrayList<>();
    Path directory = ChildJvm.real(createTempDir());
    bad.add(directory.resolve("missing").resolve("below"));
    Path file = directory.resolve("a file");
    Files.writeString(file, "not a directory");
    bad.add(file);
    Path proc = Path.of("/proc");
    if (Files.isDirectory(proc)) {
      bad.add(proc); // in which no file can be created
    }
    return bad;
  }

  public void testBadTemporaryDirectory() throws IOException {
    for (Path bad : badDirectories()) {
      try (MockDirectoryWrapper directory =
          new MockDirectoryWrapper(random(), new ByteBuffersDirectory())) {
        RandomWrites writes = new RandomWrites(directory, random().nextLong());
        writes.begin();
        System.setProperty(TEMPORARY_DIRECTORY, bad.toString());
        IndexWriter writer =
            new IndexWriter(directory, VerifiableIndex.config(random(), directory));
        // 150 documents fill a block, so adding fails; 1 document fails in the flush
        int docs = random().nextBoolean() ? 1 : 150;
        Exception e =
            expectThrows(
                IOException.class,
                () -> {
                  for (int i = 0; i < docs; i++) {
                    writer.addDocument(VerifiableIndex.document(1000 + i));
                  }
                  writer.commit();
                });
        assertTrue("" + e, e.getMessage().contains(bad.toString()));
        assertFalse(bad.toString(), bad.endsWith("below") && Files.exists(bad));
        writer.rollback();
        System.setProperty(TEMPORARY_DIRECTORY, emptyDirectory.toString());
        writes.check();
        // writing continues
        writes.go(null);
        assertNull(writes.failure);
        writes.check();
      } finally {
        System.setProperty(TEMPORARY_DIRECTORY, emptyDirectory.toString());
      }
    }
  }
}
