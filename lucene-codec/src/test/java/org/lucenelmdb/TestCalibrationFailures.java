/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.tests.store.MockDirectoryWrapper;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.lucenelmdb.LmdbHnswBuildListener.Phase;

/** If calibration fails, the last commit is intact and nothing else is left. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestCalibrationFailures extends LuceneTestCase {

  private static final int COUNT = 2100; // enough for calibration

  private static Document document() {
    float[] vector = new float[4];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) random().nextGaussian();
    }
    Document document = new Document();
    document.add(new KnnFloatVectorField("vector", vector));
    return document;
  }

  private static IndexWriterConfig config(LmdbHnswOptions options) {
    return new IndexWriterConfig()
        .setCodec(new LmdbHnswCodec(options))
        .setMaxBufferedDocs(10_000)
        .setMergeScheduler(new SerialMergeScheduler());
  }

  /** Adds documents and creates one segment of them, by a flush or a merge. */
  private static void write(MockDirectoryWrapper directory, LmdbHnswOptions options, int segments)
      throws IOException {
    IndexWriter writer = new IndexWriter(directory, config(options));
    try {
      for (int i = 0; i < COUNT; i++) {
        writer.addDocument(document());
        if (segments > 1 && i % (COUNT / segments) == 0) {
          writer.flush();
        }
      }
      writer.forceMerge(1);
      writer.commit();
    } catch (Throwable t) {
      writer.rollback();
      throw t;
    }
    writer.close();
  }

  private static MockDirectoryWrapper directory() {
    MockDirectoryWrapper directory = newMockDirectory();
    directory.setRandomIOExceptionRate(0);
    directory.setAllowRandomFileNotFoundException(false);
    return directory;
  }

  /** Checks that no temporary file is left and the commit is readable. */
  private static void assertUnchanged(MockDirectoryWrapper directory) throws IOException {
    for (String name : directory.listAll()) {
      assertFalse(name, name.endsWith(".tmp"));
    }
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      assertEquals(1, reader.numDocs());
    }
  }

  private static void begin(MockDirectoryWrapper directory) throws IOException {
    try (IndexWriter writer = new IndexWriter(directory, config(LmdbHnswOptions.DEFAULT))) {
      writer.addDocument(document());
    }
  }

  /** The directory fails at one call during the calibration. */
  private static final class Failure extends MockDirectoryWrapper.Failure {
    int calls;
    int failAt = -1;

    @Override
    public void eval(MockDirectoryWrapper directory) throws IOException {
      boolean isCalibrating =
          Arrays.stream(Thread.currentThread().getStackTrace())
              .anyMatch(frame -> frame.getMethodName().equals("writeMeasuredFields"));
      if (isCalibrating && ++calls == failAt) {
        throw new MockDirectoryWrapper.FakeIOException();
      }
    }
  }

  public void testDirectoryFails() throws IOException {
    int segments = random().nextBoolean() ? 1 : 3;
    Failure all = new Failure();
    try (MockDirectoryWrapper directory = directory()) {
      directory.failOn(all);
      write(directory, LmdbHnswOptions.DEFAULT, segments);
      TestUtil.checkIndex(directory);
    }
    assertTrue("" + all.calls, all.calls > 3);
    for (int round = TEST_NIGHTLY ? 6 : 3; round > 0; round--) {
      Failure one = new Failure();
      try (MockDirectoryWrapper directory = directory()) {
        begin(directory);
        one.failAt = round == 1 ? 1 : 1 + random().nextInt(all.calls);
        directory.failOn(one);
        try {
          write(directory, LmdbHnswOptions.DEFAULT, segments);
          // Lucene retries failed deletes
          assertTrue("call " + one.failAt, one.calls >= one.failAt);
        } catch (IOException e) {
          assertUnchanged(directory);
        }
        one.failAt = -1;
        write(directory, LmdbHnswOptions.DEFAULT, segments);
        TestUtil.checkIndex(directory);
      }
    }
  }

  /** An exception of a build listener ends the build. */
  public void testListenerThrows() throws IOException {
    for (Phase phase : List.of(Phase.FINDING_NEAREST, Phase.MEASURING_RECALL)) {
      LmdbHnswOptions options =
          LmdbHnswOptions.DEFAULT
              .withCodeBits(random().nextBoolean() ? 0 : 2)
              .withBuildListener(
                  progress -> {
                    if (progress.phase() == phase) {
                      throw new IllegalStateException(phase.name());
                    }
                  });
      try (MockDirectoryWrapper directory = directory()) {
        begin(directory);
        int segments = random().nextBoolean() ? 1 : 3;
        Exception e = expectThrows(Exception.class, () -> write(directory, options, segments));
        Throwable cause = e;
        while (cause.getCause() != null) {
          cause = cause.getCause();
        }
        assertEquals(phase.name(), cause.getMessage());
        assertUnchanged(directory);
        write(directory, LmdbHnswOptions.DEFAULT, segments);
        TestUtil.checkIndex(directory);
      }
    }
  }
}
