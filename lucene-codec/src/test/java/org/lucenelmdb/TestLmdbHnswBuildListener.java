/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LogDocMergePolicy;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.Term;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.LmdbHnswBuildListener.Phase;

/** Tests that phases of builds have public constants. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestLmdbHnswBuildListener extends LuceneTestCase {

  private static void add(IndexWriter writer, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      float[] vector = new float[8];
      for (int j = 0; j < vector.length; j++) {
        vector[j] = (float) random().nextGaussian();
      }
      Document document = new Document();
      document.add(new StringField("id", "" + i, Field.Store.NO));
      document.add(new KnnFloatVectorField("vector", vector));
      writer.addDocument(document);
    }
  }

  /** A flush and a merge run all phases. A phase without a constant would fail them. */
  public void testAllPhases() throws IOException {
    Set<Phase> phases = Collections.synchronizedSet(EnumSet.noneOf(Phase.class));
    LmdbHnswOptions options =
        LmdbHnswOptions.DEFAULT
            .withTinySegmentsThreshold(0)
            .withCodeBits(1)
            .withBuildListener(progress -> phases.add(progress.phase()));
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(new LmdbHnswCodec(options))
            .setRAMBufferSizeMB(100)
            .setMergePolicy(new LogDocMergePolicy())
            .setMergeScheduler(new SerialMergeScheduler());
    try (Directory directory = newDirectory();
        IndexWriter writer = new IndexWriter(directory, config)) {
      add(writer, 2500);
      writer.flush();
      add(writer, 100);
      writer.deleteDocuments(new Term("id", "200"));
      writer.forceMerge(1);
    }
    // ORDERING is a phase of builds in a file: see TestFileBuilds
    assertEquals(EnumSet.complementOf(EnumSet.of(Phase.ORDERING)), phases);
  }

  public void testUnknownPhase() {
    assertEquals(Phase.INSERTING_HELD_OUT, Phase.of("held out"));
    IllegalArgumentException e =
        expectThrows(IllegalArgumentException.class, () -> Phase.of("guess"));
    assertTrue(e.getMessage(), e.getMessage().contains("guess"));
  }
}
