/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LogDocMergePolicy;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.LmdbHnswCodec;
import org.lucenelmdb.LmdbHnswOptions;
import org.lucenelmdb.NativeThreads;

/** Builds by one thread write the same files. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestSameFiles extends LuceneTestCase {

  /** Returns the files of this format without the ids of segments and the checksums. */
  private static Map<String, byte[]> files(Directory directory) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    for (SegmentCommitInfo info : SegmentInfos.readLatestCommit(directory)) {
      byte[] id = info.info.getId();
      for (String file : info.files()) {
        if (file.endsWith(".vec") || file.endsWith(".vem")) {
          try (IndexInput in = directory.openInput(file, IOContext.READONCE)) {
            // the metadata end with a checksum of themselves, with the id
            int checksum = file.endsWith(".vem") ? Integer.BYTES : 0;
            byte[] bytes = new byte[(int) in.length() - CodecUtil.footerLength() - checksum];
            in.readBytes(bytes, 0, bytes.length);
            int at = 0;
            while (Arrays.equals(bytes, at, at + id.length, id, 0, id.length) == false) {
              at++;
            }
            Arrays.fill(bytes, at, at + id.length, (byte) 0);
            files.put(file, bytes);
          }
        }
      }
    }
    return files;
  }

  private static IndexWriterConfig config(LmdbHnswOptions options) {
    return Indexes.config(new LmdbHnswCodec(options)).setMergeScheduler(new SerialMergeScheduler());
  }

  private static void assertSame(Directory one, Directory other, int expected) throws IOException {
    Map<String, byte[]> files = files(one);
    Map<String, byte[]> others = files(other);
    assertEquals(files.keySet(), others.keySet());
    assertEquals(2 * expected, files.size());
    files.forEach((name, bytes) -> assertArrayEquals(name, bytes, others.get(name)));
  }

  public void test() throws IOException {
    LmdbHnswOptions options = Indexes.options(random(), null);
    List<List<float[]>> segments = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      List<float[]> vectors =
          Graphs.vectors(random(), 1 + random().nextInt(400), 1 + random().nextInt(30), 2, 1);
      float[] first = segments.isEmpty() ? vectors.get(0) : segments.get(0).get(0);
      vectors.replaceAll(vector -> Arrays.copyOf(vector, first.length));
      segments.add(vectors);
    }
    long seed = random().nextLong();
    try (Directory one = newDirectory();
        Directory other = newDirectory()) {
      for (Directory directory : List.of(one, other)) {
        try (IndexWriter writer = new IndexWriter(directory, config(options))) {
          int id = 0;
          for (List<float[]> vectors : segments) {
            Indexes.add(writer, vectors, id);
            id += vectors.size();
          }
          Indexes.delete(writer, new Random(seed), id, 0.1);
        }
      }
      int flushed = SegmentInfos.readLatestCommit(one).size();
      assertSame(one, other, flushed);
      for (Directory directory : List.of(one, other)) {
        IndexWriterConfig config = config(options).setMergePolicy(new LogDocMergePolicy());
        try (IndexWriter writer = new IndexWriter(directory, config)) {
          writer.forceMerge(1);
        }
      }
      assertSame(one, other, SegmentInfos.readLatestCommit(one).size());
    }
  }
}
