/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.tests.store.MockDirectoryWrapper;
import org.apache.lucene.util.IORunnable;
import org.apache.lucene.util.InfoStream;
import org.lucenelmdb.internal.codes.BuiltCodes;
import org.lucenelmdb.internal.codes.CodeCosts;
import org.lucenelmdb.internal.codes.CodeLayout;
import org.lucenelmdb.internal.codes.CodeModel;
import org.lucenelmdb.internal.codes.CodeTrainer;
import org.lucenelmdb.internal.codes.CodesWriter;
import org.lucenelmdb.internal.codes.Oversampling;
import org.lucenelmdb.internal.graph.NodeOrdinals;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.MemoryBudget;
import org.lucenelmdb.internal.store.ImageWriter;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.workers.Workers;

/** Writes that are rolled back or aborted before they have finished. */
public class TestAbortedWrites extends FailureTestCase {

  public void testRollbackOfDocuments() throws IOException {
    for (int i = 0; i < 4; i++) {
      try (MockDirectoryWrapper directory = directory()) {
        RandomWrites writes = new RandomWrites(directory, random().nextLong());
        writes.begin();
        IndexWriter writer =
            new IndexWriter(directory, VerifiableIndex.config(random(), directory));
        int docs = random().nextInt(300);
        for (int id = 0; id < docs; id++) {
          writer.addDocument(VerifiableIndex.document(1000 + id));
        }
        if (i % 2 == 0) {
          writer.deleteAll();
          assertNothingOpen();
          writer.addDocument(VerifiableIndex.document(0));
        }
        writer.rollback();
        writes.check();
      }
    }
  }

  /** What a merge is doing when it is aborted. */
  private enum Moment {
    GRAPH,
    IMAGE,
    METADATA
  }

  public void testRollbackDuringMerge() throws Exception {
    for (Moment moment : Moment.values()) {
      for (boolean close : new boolean[] {false, true}) {
        rollbackDuringMerge(moment, close);
      }
    }
  }

  /** Holds a merge until it has been aborted. */
  private static final class Hold {
    final CountDownLatch reached = new CountDownLatch(1);
    final AtomicReference<MergePolicy.OneMerge> merge = new AtomicReference<>();

    void hold() {
      MergePolicy.OneMerge running = merge.get();
      if (running == null) {
        return; // a flush
      }
      reached.countDown();
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60); // so that a failing test ends
      while (running.isAborted() == false && System.nanoTime() < end) {
        Thread.onSpinWait();
      }
    }
  }

  private void rollbackDuringMerge(Moment moment, boolean abortByDeletion) throws Exception {
    Hold hold = new Hold();
    MockDirectoryWrapper mock = directory();
    try (Directory directory =
        new FilterDirectory(mock) {
          @Override
          public IndexOutput createOutput(String name, IOContext context) throws IOException {
            if (moment == Moment.IMAGE && name.endsWith(".vec")
                || moment == Moment.METADATA && name.endsWith(".vem")) {
              hold.hold();
            }
            return super.createOutput(name, context);
          }
        }) {
      RandomWrites writes = new RandomWrites(directory, random().nextLong());
      writes.begin();
      IndexWriterConfig config =
          VerifiableIndex.config(random(), directory)
              .setUseCompoundFile(false)
              .setCodec(new LmdbHnswCodec(LmdbHnswOptions.DEFAULT.withTinySegmentsThreshold(0)))
              .setMergePolicy(newTieredMergePolicy())
              .setMergeScheduler(
                  new QuietScheduler() {
                    @Override
                    protected void doMerge(MergeSource source, MergePolicy.OneMerge merge)
                        throws IOException {
                      hold.merge.compareAndSet(null, merge);
                      super.doMerge(source, merge);
                    }
                  })
              .setInfoStream(
                  new InfoStream() {
                    @Override
                    public void message(String component, String message) {
                      if (moment == Moment.GRAPH) {
                        hold.hold();
                      }
                    }

                    @Override
                    public boolean isEnabled(String component) {
                      return component.equals("LMDB");
                    }

                    @Override
                    public void close() {}
                  });
      IndexWriter writer = new IndexWriter(directory, config);
      for (int id = 0; id < 200; id++) {
        writer.addDocument(VerifiableIndex.document(1000 + id));
        if (id % 50 == 49) {
          writer.flush();
        }
      }
      writer.forceMerge(1, false);
      assertTrue("the merge reached " + moment, hold.reached.await(60, TimeUnit.SECONDS));
      if (abortByDeletion) {
        writer.deleteAll();
        writer.rollback();
      } else {
        writer.rollback();
      }
      assertTrue(hold.merge.get().isAborted());
      writes.check();
    }
  }

  /** Aborts building codes at each of its first checks, and at random ones. */
  public void testAbortedCodes() throws IOException {
    int vectors = 600;
    List<float[]> values = new ArrayList<>();
    for (int i = 0; i < vectors; i++) {
      values.add(VerifiableIndex.floats(i));
    }
    MemoryBudget budget = new MemoryBudget(1 << 20);
    for (VectorMetric metric : List.of(VectorMetric.COSINE, VectorMetric.MANHATTAN)) {
      long bytes =
          BuiltCodes.memoryBytes(vectors, CodeLayout.of(VerifiableIndex.DIMENSION, 2, metric));
      int allCalls = Integer.MAX_VALUE;
      for (int round = 0; round < 20; round++) {
        int calls =
            switch (round) {
              case 0 -> allCalls;
              case 1 -> allCalls - 1;
              default -> round < 15 ? round - 2 : random().nextInt(allCalls);
            };
        AtomicInteger left = new AtomicInteger(calls);
        Workers workers =
            new Workers(
                null,
                1,
                () -> {
                  if (left.getAndDecrement() == 0) {
                    throw new MergePolicy.MergeAbortedException("enough");
                  }
                },
                (phase, done, total) -> {});
        try (MockDirectoryWrapper directory = directory();
            ImageWriter image = ImageWriter.create(directory, "codes");
            BuildMemory memory = budget.take(bytes, () -> {})) {
          FloatVectorValues source =
              FloatVectorValues.fromFloats(values, VerifiableIndex.DIMENSION);
          IORunnable write =
              () -> {
                CodeModel model =
                    CodeTrainer.train(source, metric, 2, CodeCosts.of(source), workers);
                BuiltCodes codes = BuiltCodes.build(source, model, memory, workers);
                NodeOrdinals order = NodeOrdinals.IDENTITY;
                CodesWriter.writeImage(image, 0, codes, order, Oversampling.of(1), workers);
              };
          if (round == 0) {
            write.run();
            allCalls -= left.get();
          } else {
            expectThrows(MergePolicy.MergeAbortedException.class, write::run);
          }
        }
        assertEquals(0, budget.used());
      }
    }
    assertNothingOpen();
  }
}
