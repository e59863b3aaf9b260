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

/** What is left when the measurement of recall fails: the last commit, and nothing else. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestCalibrationFailures extends LuceneTestCase {

  private static final int COUNT = 2100; // so many are measured

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

  /** Adds documents that are flushed as one segment, or merged into one. */
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

  /** Files of the segment that was not finished are removed by the next writer, but not others. */
  private static void assertIsAsBefore(MockDirectoryWrapper directory) throws IOException {
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

  /** The directory fails at some call while fields are measured. */
  private static final class Failure extends MockDirectoryWrapper.Failure {
    int calls;
    int failAt = -1;

    @Override
    public void eval(MockDirectoryWrapper directory) throws IOException {
      boolean isMeasuring =
          Arrays.stream(Thread.currentThread().getStackTrace())
              .anyMatch(frame -> frame.getMethodName().equals("writeMeasuredFields"));
      if (isMeasuring && ++calls == failAt) {
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
    for (int round = 0; round < 6; round++) {
      Failure one = new Failure();
      try (MockDirectoryWrapper directory = directory()) {
        begin(directory);
        one.failAt = round < 3 ? 1 + round : 1 + random().nextInt(all.calls);
        directory.failOn(one);
        try {
          write(directory, LmdbHnswOptions.DEFAULT, segments);
          // what is deleted may fail: Lucene tries again
          assertTrue("call " + one.failAt, one.calls >= one.failAt);
        } catch (IOException e) {
          assertIsAsBefore(directory);
        }
        one.failAt = -1;
        write(directory, LmdbHnswOptions.DEFAULT, segments);
        TestUtil.checkIndex(directory);
      }
    }
  }

  /** Somebody who is told how far it is has had enough. */
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
        assertIsAsBefore(directory);
        write(directory, LmdbHnswOptions.DEFAULT, segments);
        TestUtil.checkIndex(directory);
      }
    }
  }
}
