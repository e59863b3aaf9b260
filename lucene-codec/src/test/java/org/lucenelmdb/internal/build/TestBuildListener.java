/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LogDocMergePolicy;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.NamedThreadFactory;
import org.lucenelmdb.LmdbHnswBuildListener;
import org.lucenelmdb.LmdbHnswBuildListener.Phase;
import org.lucenelmdb.LmdbHnswBuildListener.Progress;
import org.lucenelmdb.LmdbHnswCodec;
import org.lucenelmdb.LmdbHnswOptions;

/** The progress that builds report, and the memory that they share. */
public class TestBuildListener extends BuildTestCase {

  private LmdbHnswOptions options() {
    return Indexes.options(random(), executor).withCodeBits(random().nextBoolean() ? 0 : 4);
  }

  private static void add(IndexWriter writer, List<String> fields, int docs) throws IOException {
    for (float[] vector : Graphs.vectors(random(), docs, 5, 1, 1)) {
      Document document = new Document();
      for (String field : fields) {
        document.add(new KnnFloatVectorField(field, vector));
      }
      writer.addDocument(document);
    }
  }

  private static IndexWriterConfig merging(Codec codec) {
    return Indexes.config(codec)
        .setMergePolicy(new LogDocMergePolicy())
        .setMergeScheduler(new SerialMergeScheduler());
  }

  /** Checks the progress of one build, and returns its phases. */
  private static List<Phase> phases(List<Progress> reports) {
    List<Phase> phases = new ArrayList<>();
    int last = -1;
    int total = -1;
    for (Progress progress : reports) {
      if (phases.isEmpty() || phases.get(phases.size() - 1) != progress.phase()) {
        assertEquals(reports.toString(), total, last);
        assertEquals(reports.toString(), 0, progress.done());
        phases.add(progress.phase());
        total = progress.total();
      }
      assertEquals(total, progress.total());
      assertTrue(progress.done() >= 0 && progress.done() <= total);
      if (progress.done() == total) {
        assertEquals(0, progress.secondsLeft(), 0);
      } else if (progress.done() >= 0.01 * total && progress.done() > 0) {
        assertTrue(progress.secondsLeft() >= 0 && progress.secondsLeft() < 3600);
      } else {
        assertEquals(Double.NaN, progress.secondsLeft(), 0);
      }
      last = progress.done();
    }
    assertEquals(reports.toString(), total, last);
    return phases;
  }

  /** Phases that process the vectors of some of the merged segments only. */
  private static final List<Phase> PARTIAL = List.of(Phase.COPYING, Phase.JOINING);

  private static void checkReports(
      List<Progress> reports, String segment, List<String> fields, List<Phase> phases, int total) {
    Map<String, List<Progress>> byField = new LinkedHashMap<>();
    for (Progress progress : reports) {
      assertEquals(segment, progress.segment());
      byField.computeIfAbsent(progress.field(), f -> new ArrayList<>()).add(progress);
      if (progress.phase() == Phase.SAMPLING) {
        assertTrue(progress.total() > 0 && progress.total() <= Math.min(total, 24));
      } else if (PARTIAL.contains(progress.phase()) == false) {
        assertEquals(total, progress.total());
      }
    }
    assertEquals(fields, List.copyOf(byField.keySet()));
    for (List<Progress> one : byField.values()) {
      assertEquals(phases, phases(one));
    }
    reports.clear();
  }

  public void testPhases() throws IOException {
    List<Progress> reports = Collections.synchronizedList(new ArrayList<>());
    LmdbHnswOptions options = options().withBuildListener(reports::add);
    Codec codec = new LmdbHnswCodec(options);
    List<String> fields = List.of("a", "b").subList(0, 1 + random().nextInt(2));
    List<Phase> phases = new ArrayList<>(List.of(Phase.INSERTING, Phase.PRUNING, Phase.CONNECTING));
    if (options.codeBits() > 0) {
      phases.addAll(0, List.of(Phase.SAMPLING, Phase.QUANTIZING));
    }
    int larger = TestUtil.nextInt(random(), 100, 300);
    int smaller = TestUtil.nextInt(random(), 1, 99);
    try (Directory directory = newDirectory()) {
      try (IndexWriter writer = new IndexWriter(directory, Indexes.config(codec))) {
        add(writer, fields, larger);
        assertEquals(List.of(), reports);
        writer.flush();
        checkReports(reports, "_0", fields, phases, larger);
        add(writer, fields, smaller);
        writer.flush();
        checkReports(reports, "_1", fields, phases, smaller);
      }
      try (IndexWriter writer = new IndexWriter(directory, merging(codec))) {
        writer.forceMerge(1);
      }
      for (Progress progress : reports) {
        assertTrue(progress.phase() != Phase.COPYING || progress.total() == larger);
        assertTrue(progress.phase() != Phase.JOINING || progress.total() == smaller);
      }
      phases.add(phases.indexOf(Phase.INSERTING) + 1, Phase.JOINING);
      phases.add(phases.indexOf(Phase.INSERTING), Phase.COPYING);
      checkReports(reports, "_2", fields, phases, larger + smaller);
    }
  }

  /** Throws in one call only. */
  private static final class Failing implements LmdbHnswBuildListener {
    final AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);

    @Override
    public void onProgress(Progress progress) {
      if (left.getAndDecrement() == 0) {
        throw new IllegalStateException("listener");
      }
    }
  }

  private static void assertListenerFailed(ThrowingRunnable code) {
    Throwable thrown = expectThrows(Exception.class, code);
    while (thrown.getCause() != null) {
      thrown = thrown.getCause();
    }
    assertEquals(IllegalStateException.class, thrown.getClass());
    assertEquals("listener", thrown.getMessage());
  }

  /** An exception of the listener ends the build and releases the memory for the next one. */
  public void testExceptions() throws IOException {
    for (int call = 0; call < 4; call++) {
      Failing listener = new Failing();
      LmdbHnswOptions options = options().withBuildListener(listener).withBuildMemory(1);
      Codec codec = new LmdbHnswCodec(options);
      try (Directory directory = newDirectory()) {
        try (IndexWriter writer = new IndexWriter(directory, Indexes.config(codec))) {
          add(writer, List.of("a"), 100);
          writer.commit();
          listener.left.set(call);
          add(writer, List.of("a"), 50);
          assertListenerFailed(writer::commit);
          writer.rollback();
        }
        try (IndexWriter writer = new IndexWriter(directory, merging(codec))) {
          add(writer, List.of("a"), 60);
          writer.commit();
          listener.left.set(call);
          assertListenerFailed(() -> writer.forceMerge(1));
          writer.rollback();
        }
        try (IndexWriter writer = new IndexWriter(directory, merging(codec))) {
          writer.forceMerge(1);
        }
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          assertEquals(160, reader.numDocs());
          assertEquals(1, reader.leaves().size());
        }
      }
    }
  }

  /** Three writers of one format flush at the same time; the limit is too small even for one. */
  public void testSharedMemory() throws Exception {
    List<String> reports = Collections.synchronizedList(new ArrayList<>());
    LmdbHnswOptions options =
        options()
            .withBuildMemory(1 + random().nextInt(100))
            .withBuildListener(
                progress -> {
                  if (progress.phase() != Phase.SAMPLING) { // takes no build memory
                    reports.add(progress.field());
                  }
                });
    Codec codec = new LmdbHnswCodec(options);
    CountDownLatch started = new CountDownLatch(2);
    List<String> names = List.of("a", "b", "c");
    List<Future<?>> flushes = new ArrayList<>();
    ExecutorService flushers =
        Executors.newFixedThreadPool(names.size(), new NamedThreadFactory("flushes"));
    List<Directory> directories = new ArrayList<>();
    List<IndexWriter> writers = new ArrayList<>();
    try {
      for (String name : names) {
        Directory directory = newDirectory();
        directories.add(directory);
        IndexWriter writer = new IndexWriter(directory, Indexes.config(codec));
        writers.add(writer);
        add(writer, List.of(name), 200);
        flushes.add(
            flushers.submit(
                () -> {
                  started.countDown();
                  started.await();
                  writer.flush();
                  return null;
                }));
      }
      for (Future<?> flush : flushes) {
        flush.get();
      }
    } finally {
      TestUtil.shutdownExecutorService(flushers);
      for (IndexWriter writer : writers) {
        writer.close();
      }
      for (Directory directory : directories) {
        directory.close();
      }
    }
    int changes = 0;
    for (int i = 1; i < reports.size(); i++) {
      changes += reports.get(i).equals(reports.get(i - 1)) ? 0 : 1;
    }
    assertEquals("one build after the other: " + reports, names.size() - 1, changes);
  }
}
