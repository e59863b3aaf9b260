/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.lucene.codecs.KnnFieldVectorsWriter;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.SegmentInfo;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.tests.store.MockDirectoryWrapper;
import org.apache.lucene.util.InfoStream;
import org.lucenelmdb.internal.build.GraphParameters;
import org.lucenelmdb.internal.offheap.BuildBudgets;

/** A writer without an IndexWriter: it frees build memory, and can be closed at any time. */
public class TestLmdbHnswVectorsWriter extends FailureTestCase {

  @SuppressWarnings("unchecked")
  private static KnnFieldVectorsWriter<float[]> add(KnnVectorsWriter writer, FieldInfo field)
      throws IOException {
    return (KnnFieldVectorsWriter<float[]>) writer.addField(field);
  }

  /** Build memory is freed after a build and after a failed one, with a limit of 1 byte. */
  public void testBuildMemoryIsGivenBack() throws IOException {
    FieldInfo field = WriterStates.field(VerifiableIndex.DIMENSION, "floats");
    FieldInfos fields = new FieldInfos(new FieldInfo[] {field});
    LmdbHnswOptions options = LmdbHnswOptions.DEFAULT.withTinySegmentsThreshold(0);
    GraphParameters graphs = new GraphParameters(options.maxConn(), options.beamWidth(), 1, 0);
    int docs = 300;
    for (boolean fails : new boolean[] {false, true}) {
      BuildBudgets budget = BuildBudgets.of(1);
      AtomicLong used = new AtomicLong();
      InfoStream infoStream =
          new InfoStream() {
            @Override
            public void message(String component, String message) {
              used.accumulateAndGet(budget.used(), Math::max);
              if (fails && budget.used() > 0) { // sampling vectors takes none
                throw new UncheckedIOException(new IOException("during the build"));
              }
            }

            @Override
            public boolean isEnabled(String component) {
              return component.equals("LMDB");
            }

            @Override
            public void close() {}
          };
      try (MockDirectoryWrapper directory = directory()) {
        SegmentInfo segment = WriterStates.segment(directory, docs);
        SegmentWriteState state =
            new SegmentWriteState(infoStream, directory, segment, fields, null, IOContext.DEFAULT);
        try (LmdbHnswVectorsWriter writer =
            new LmdbHnswVectorsWriter(state, graphs, options, budget)) {
          KnnFieldVectorsWriter<float[]> floats = add(writer, field);
          for (int doc = 0; doc < docs; doc++) {
            floats.addValue(doc, VerifiableIndex.floats(doc));
          }
          if (fails) {
            expectThrows(UncheckedIOException.class, () -> writer.flush(docs, null));
          } else {
            writer.flush(docs, null);
            assertEquals(0, budget.used());
            writer.finish();
          }
          assertEquals(0, budget.used());
          assertTrue(
              "codes and node order: " + used,
              used.get() > docs * (VerifiableIndex.DIMENSION / 8 + 20L));
        }
      }
    }
    assertNothingOpen();
  }

  /** A writer can be closed at any time, and repeatedly. */
  public void testClose() throws IOException {
    FieldInfo field = WriterStates.field(VerifiableIndex.DIMENSION, "floats");
    FieldInfos fields = new FieldInfos(new FieldInfo[] {field});
    LmdbHnswVectorsFormat format =
        new LmdbHnswVectorsFormat(LmdbHnswOptions.DEFAULT.withTinySegmentsThreshold(0));
    int docs = 300;
    for (int stop = 0; stop < 5; stop++) {
      try (MockDirectoryWrapper directory = directory()) {
        SegmentInfo segment = WriterStates.segment(directory, docs);
        KnnVectorsWriter writer =
            format.fieldsWriter(
                new SegmentWriteState(
                    InfoStream.NO_OUTPUT, directory, segment, fields, null, IOContext.DEFAULT));
        KnnFieldVectorsWriter<float[]> floats = null;
        if (stop > 0) {
          floats = add(writer, field);
        }
        for (int doc = 0; stop > 1 && doc < docs; doc++) {
          floats.addValue(doc, VerifiableIndex.floats(doc));
        }
        if (stop > 2) {
          writer.flush(docs, null);
        }
        if (stop > 3) {
          writer.finish();
          expectThrows(IllegalStateException.class, writer::finish);
        }
        for (int i = 0; i < 3; i++) {
          writer.close();
        }
        assertNothingOpen();
        assertNoTemporaryFiles(directory);
        if (stop == 2) {
          // the writer's memory is freed: a later call throws and does not crash
          expectThrows(IOException.class, () -> writer.flush(docs, null));
        }
        if (stop > 3) {
          KnnVectorsReader reader =
              format.fieldsReader(
                  new SegmentReadState(directory, segment, fields, IOContext.DEFAULT));
          assertEquals(docs, reader.getFloatVectorValues("floats").size());
          for (int i = 0; i < 3; i++) {
            reader.close();
          }
        }
      }
    }
  }
}
