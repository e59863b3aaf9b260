/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.Optional;
import java.util.function.BiFunction;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.store.ReadAdvice;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.internal.offheap.PageAdvice;

/** How the system is advised to read open segments. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestSegmentPages extends LuceneTestCase {

  private static void index(Directory directory, boolean isCompound) throws IOException {
    IndexWriterConfig config =
        new IndexWriterConfig().setCodec(new LmdbHnswCodec()).setUseCompoundFile(isCompound);
    config.getMergePolicy().setNoCFSRatio(isCompound ? 1 : 0);
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (int i = 0; i < 3000; i++) {
        float[] vector = new float[32];
        for (int j = 0; j < vector.length; j++) {
          vector[j] = (float) random().nextGaussian();
        }
        Document document = new Document();
        document.add(new KnnFloatVectorField("v", vector));
        writer.addDocument(document);
      }
      writer.forceMerge(1);
    }
  }

  private void assertRandom(MMapDirectory directory, boolean isCompound) throws IOException {
    assumeTrue("posix_madvise", PageAdvice.isAvailable());
    assumeTrue("the flags of mappings", MappedFiles.isSupported());
    index(directory, isCompound);
    String suffix = isCompound ? ".cfs" : ".vec";
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      long image = 3000 * 32 * Float.BYTES;
      long random = MappedFiles.randomBytes(suffix);
      assertTrue("read at random: " + random, random > image);
      assertTrue(random <= MappedFiles.bytes(suffix));
      assertEquals(1, reader.leaves().size());
    }
    assertEquals("unmapped", 0, MappedFiles.bytes(suffix));
  }

  /** A directory as everybody opens it, whose default advice is none. */
  public void testDefaultAdvice() throws IOException {
    try (MMapDirectory directory = new MMapDirectory(createTempDir())) {
      assertRandom(directory, false);
    }
  }

  public void testCompoundFile() throws IOException {
    try (MMapDirectory directory = new MMapDirectory(createTempDir())) {
      assertRandom(directory, true);
    }
  }

  /** A directory that advises against it. */
  public void testOtherAdvice() throws IOException {
    BiFunction<String, IOContext, Optional<ReadAdvice>> sequential =
        (name, context) -> Optional.of(ReadAdvice.SEQUENTIAL);
    try (MMapDirectory directory = new MMapDirectory(createTempDir())) {
      directory.setReadAdvice(sequential);
      assertRandom(directory, false);
    }
  }

  /** Mappings that consist of pieces. */
  public void testPieces() throws IOException {
    try (MMapDirectory directory = new MMapDirectory(createTempDir(), 1 << 16)) {
      index(directory, random().nextBoolean());
      DirectoryReader.open(directory).close();
    }
  }
}
