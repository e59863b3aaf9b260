/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.lucene.codecs.KnnFieldVectorsWriter;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.FilterIndexOutput;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.InfoStream;
import org.apache.lucene.util.ThreadInterruptedException;
import org.lucenelmdb.internal.build.GraphParameters;
import org.lucenelmdb.internal.offheap.BuildBudgets;
import org.lucenelmdb.internal.offheap.BuildMemory;

/** Which builds wait for build memory. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestBuildMemoryLimits extends LuceneTestCase {

  private static final int DIMENSION = 16;
  private static final int DOCS = 2500; // enough for calibration
  private static final LmdbHnswOptions OPTIONS = LmdbHnswOptions.DEFAULT.withCodeBits(2);
  private static final GraphParameters GRAPHS =
      new GraphParameters(OPTIONS.maxConn(), OPTIONS.beamWidth(), 1, 0);

  /** Runs a callback before each write. */
  private static Directory watched(Directory directory, Runnable call) {
    return new FilterDirectory(directory) {
      @Override
      public IndexOutput createOutput(String name, IOContext context) throws IOException {
        return watched(in.createOutput(name, context));
      }

      @Override
      public IndexOutput createTempOutput(String prefix, String suffix, IOContext context)
          throws IOException {
        return watched(in.createTempOutput(prefix, suffix, context));
      }

      private IndexOutput watched(IndexOutput out) {
        return new FilterIndexOutput("watched " + out, out.getName(), out) {
          @Override
          public void writeByte(byte b) throws IOException {
            call.run();
            out.writeByte(b);
          }

          @Override
          public void writeBytes(byte[] b, int offset, int length) throws IOException {
            call.run();
            out.writeBytes(b, offset, length);
          }
        };
      }
    };
  }

  /** Writes a segment of two fields. */
  private static void write(Directory directory, BuildBudgets budgets) throws IOException {
    FieldInfo[] infos = {field("first", 0), field("second", 1)};
    SegmentWriteState state =
        new SegmentWriteState(
            InfoStream.NO_OUTPUT,
            directory,
            WriterStates.segment(directory, DOCS),
            new FieldInfos(infos),
            null,
            IOContext.DEFAULT);
    Random random = new Random(5); // used by any thread
    try (LmdbHnswVectorsWriter writer =
        new LmdbHnswVectorsWriter(state, GRAPHS, OPTIONS, budgets)) {
      for (FieldInfo info : infos) {
        @SuppressWarnings("unchecked")
        KnnFieldVectorsWriter<float[]> field =
            (KnnFieldVectorsWriter<float[]>) writer.addField(info);
        for (int doc = 0; doc < DOCS; doc++) {
          float[] vector = new float[DIMENSION];
          for (int i = 0; i < DIMENSION; i++) {
            vector[i] = (float) random.nextGaussian();
          }
          field.addValue(doc, vector);
        }
      }
      writer.flush(DOCS, null);
      writer.finish();
    }
  }

  private static FieldInfo field(String name, int number) {
    return WriterStates.field(
        name, number, DIMENSION, VectorEncoding.FLOAT32, VectorSimilarityFunction.EUCLIDEAN);
  }

  /**
   * No build memory is held during a write. The merge scheduler may pause a write until another
   * merge has ended, and that merge may be waiting for the memory.
   */
  public void testNothingIsHeldWhileWriting() throws IOException {
    BuildBudgets budgets = BuildBudgets.of(1);
    AtomicLong writes = new AtomicLong();
    try (Directory directory = newDirectory()) {
      Runnable check =
          () -> {
            assertEquals(0, budgets.used());
            writes.incrementAndGet();
          };
      write(watched(directory, check), budgets);
      assertTrue(writes.get() > 10);
    }
  }

  /** A flush does not wait for merges, however much memory they hold. */
  public void testFlushDoesNotWaitForMerges() throws Exception {
    BuildBudgets budgets = BuildBudgets.of(1000);
    assertEquals(1000, budgets.flushes().limit() + budgets.merges().limit());
    try (BuildMemory merge = budgets.merges().take(1_000_000, () -> {});
        Directory directory = newDirectory()) {
      assertNotNull(merge);
      write(directory, budgets);
    }
    assertEquals(0, budgets.used());
  }

  /** A flush that waits for another one ends when its thread is interrupted. */
  public void testWaitingFlushIsInterrupted() throws Exception {
    BuildBudgets budgets = BuildBudgets.of(1000);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    try (BuildMemory other = budgets.flushes().take(1, () -> {});
        Directory directory = newDirectory()) {
      assertNotNull(other);
      Thread thread =
          new Thread(
              () -> {
                try {
                  write(directory, budgets);
                } catch (Throwable t) {
                  thrown.set(t);
                }
              });
      thread.start();
      while (thread.getState() != Thread.State.TIMED_WAITING && thread.isAlive()) {
        Thread.onSpinWait();
      }
      thread.interrupt();
      thread.join();
      assertTrue("" + thrown.get(), thrown.get() instanceof ThreadInterruptedException);
      assertEquals(1, budgets.flushes().used());
    }
    assertEquals(0, budgets.used());
  }
}
