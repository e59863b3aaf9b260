/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.engine;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.lucene.codecs.KnnFieldVectorsWriter;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.MergeState;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.index.Sorter;
import org.apache.lucene.util.IORunnable;

/** A format that also measures the time its writers spend in flushes and merges. */
final class TimedVectorsFormat extends KnnVectorsFormat {

  private final KnnVectorsFormat in;
  private final AtomicLong flushNanos = new AtomicLong();
  private final AtomicLong mergeNanos = new AtomicLong();

  /** Uses the name of the wrapped format, so that readers find that one. */
  TimedVectorsFormat(KnnVectorsFormat in) {
    super(in.getName());
    this.in = in;
  }

  double flushSeconds() {
    return flushNanos.get() / 1e9;
  }

  double mergeSeconds() {
    return mergeNanos.get() / 1e9;
  }

  @Override
  public KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
    KnnVectorsWriter writer = in.fieldsWriter(state);
    return new KnnVectorsWriter() {
      @Override
      public KnnFieldVectorsWriter<?> addField(FieldInfo field) throws IOException {
        return writer.addField(field);
      }

      @Override
      public void flush(int maxDoc, Sorter.DocMap sortMap) throws IOException {
        long start = System.nanoTime();
        writer.flush(maxDoc, sortMap);
        flushNanos.addAndGet(System.nanoTime() - start);
      }

      @Override
      public IORunnable mergeOneField(FieldInfo field, MergeState state) throws IOException {
        long start = System.nanoTime();
        IORunnable rest = writer.mergeOneField(field, state);
        mergeNanos.addAndGet(System.nanoTime() - start);
        return rest == null ? null : () -> timeMerge(rest);
      }

      @Override
      public void finish() throws IOException {
        writer.finish();
      }

      @Override
      public void close() throws IOException {
        writer.close();
      }

      @Override
      public long ramBytesUsed() {
        return writer.ramBytesUsed();
      }
    };
  }

  private void timeMerge(IORunnable rest) throws IOException {
    long start = System.nanoTime();
    rest.run();
    mergeNanos.addAndGet(System.nanoTime() - start);
  }

  @Override
  public KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
    return in.fieldsReader(state);
  }

  @Override
  public int getMaxDimensions(String field) {
    return in.getMaxDimensions(field);
  }

  @Override
  public String toString() {
    return in.toString();
  }
}
