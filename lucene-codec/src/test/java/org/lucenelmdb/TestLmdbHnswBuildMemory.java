/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Memory that the builds of several formats share. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestLmdbHnswBuildMemory extends LuceneTestCase {

  public void testUsedByEveryFormat() throws Exception {
    long limit = 1 + random().nextInt(1 << 20);
    LmdbHnswBuildMemory memory = LmdbHnswBuildMemory.of(limit);
    assertEquals(limit, memory.limit());
    for (int format = 0; format < 2; format++) {
      AtomicLong used = new AtomicLong();
      LmdbHnswOptions options =
          LmdbHnswOptions.DEFAULT
              .withBuildMemory(memory)
              .withTinySegmentsThreshold(0)
              .withBuildListener(progress -> used.accumulateAndGet(memory.used(), Math::max));
      assertEquals(limit, options.buildMemory());
      try (Directory directory = newDirectory();
          IndexWriter writer =
              new IndexWriter(
                  directory, new IndexWriterConfig().setCodec(new LmdbHnswCodec(options)))) {
        for (int i = 0; i < 300; i++) {
          Document doc = new Document();
          doc.add(new KnnFloatVectorField("v", new float[] {random().nextFloat(), 1}));
          writer.addDocument(doc);
        }
        writer.commit();
      }
      assertTrue("memory of format " + format, used.get() > 0);
      assertEquals("given back", 0, memory.used());
    }
  }

  public void testOptions() {
    LmdbHnswBuildMemory memory = LmdbHnswBuildMemory.of(5);
    LmdbHnswOptions shared = LmdbHnswOptions.DEFAULT.withBuildMemory(memory);
    assertEquals(shared, LmdbHnswOptions.DEFAULT.withBuildMemory(memory));
    assertEquals(shared, shared.withBuildThreads(2).withBuildThreads(1));
    assertEquals(shared, shared.withBuildListener(p -> {}).withBuildListener(null));
    assertNotEquals(shared, LmdbHnswOptions.DEFAULT.withBuildMemory(LmdbHnswBuildMemory.of(5)));
    assertNotEquals(shared, LmdbHnswOptions.DEFAULT.withBuildMemory(5));
    assertEquals(
        LmdbHnswOptions.DEFAULT.withBuildMemory(5), shared.withBuildMemory(5)); // not shared again
    expectThrows(IllegalArgumentException.class, () -> LmdbHnswBuildMemory.of(0));
  }
}
