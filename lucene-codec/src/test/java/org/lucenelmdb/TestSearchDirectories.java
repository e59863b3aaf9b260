/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.store.NIOFSDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.NamedThreadFactory;

/**
 * Quantized searches in directories that map files and in others, in many threads, and of closed
 * readers.
 */
@ThreadLeakFilters(filters = NativeThreads.class)
@LuceneTestCase.SuppressFileSystems("ExtrasFS") // all files of a directory are copied
public class TestSearchDirectories extends LuceneTestCase {

  private static final int SIZE = 1500;
  private static final int K = 12;

  private VectorSimilarityFunction similarity;
  private int dimension;
  private float[][] targets;
  private Path path;

  /** Writes an index with codes into a directory of the file system. */
  private void index(int bits, int segments) throws IOException {
    VectorSimilarityFunction[] all = VectorSimilarityFunction.values();
    similarity = all[random().nextInt(all.length)];
    dimension = 8 + random().nextInt(150);
    targets = Vectors.clustered(random(), similarity, 20, dimension);
    path = createTempDir();
    float[][] vectors = Vectors.clustered(random(), similarity, SIZE, dimension);
    new VectorIndex(new MMapDirectory(path), vectors, similarity)
        .add(
            VectorIndex.config(VectorIndex.options(bits, 3))
                .setUseCompoundFile(random().nextBoolean()),
            segments)
        .close();
  }

  private static int randomBits() {
    return 1 << random().nextInt(4);
  }

  private static TopDocs search(DirectoryReader reader, float[] target) throws IOException {
    return new IndexSearcher(reader)
        .search(new KnnFloatVectorQuery(VectorIndex.FIELD, target, K), K);
  }

  private List<TopDocs> searchAll(DirectoryReader reader) throws IOException {
    List<TopDocs> hits = new ArrayList<>();
    for (float[] target : targets) {
      hits.add(search(reader, target));
    }
    return hits;
  }

  private static void assertSame(String message, List<TopDocs> expected, List<TopDocs> found) {
    assertEquals(expected.size(), found.size());
    for (int i = 0; i < expected.size(); i++) {
      ScoreDoc[] a = expected.get(i).scoreDocs;
      ScoreDoc[] b = found.get(i).scoreDocs;
      assertEquals(message, K, a.length);
      assertEquals(message, a.length, b.length);
      for (int hit = 0; hit < a.length; hit++) {
        // Lucene's kernels for mapped memory and for arrays add in different orders
        assertEquals(message, a[hit].score, b[hit].score, 1e-5f * Math.max(1, a[hit].score));
        boolean tie =
            hit > 0 && a[hit - 1].score - a[hit].score < 1e-6f
                || hit == K - 1
                || a[hit].score - a[hit + 1].score < 1e-6f;
        assertTrue(message, a[hit].doc == b[hit].doc || tie);
      }
    }
  }

  /** The number of visits of each search, which is equal if the traversals are the same. */
  private List<Long> visits(DirectoryReader reader) throws IOException {
    List<Long> visits = new ArrayList<>();
    for (LeafReaderContext context : reader.leaves()) {
      for (float[] target : targets) {
        TopKnnCollector collector = new TopKnnCollector(K, Integer.MAX_VALUE);
        context
            .reader()
            .searchNearestVectors(
                VectorIndex.FIELD,
                target,
                collector,
                AcceptDocs.fromLiveDocs(null, context.reader().maxDoc()));
        visits.add(collector.visitedCount());
      }
    }
    return visits;
  }

  public void testSameHitsInEveryDirectory() throws IOException {
    for (int bits : new int[] {1, 2, 4, 8}) {
      index(bits, 1 + random().nextInt(2));
      try (Directory mapped = new MMapDirectory(path);
          Directory channel = new NIOFSDirectory(path);
          Directory heap = new ByteBuffersDirectory();
          Directory chunks = new MMapDirectory(path, 1 << 12)) { // no file fits in one mapping
        for (String file : mapped.listAll()) {
          heap.copyFrom(mapped, file, file, IOContext.DEFAULT);
        }
        try (DirectoryReader reader = DirectoryReader.open(mapped)) {
          List<TopDocs> expected = searchAll(reader);
          List<Long> visits = visits(reader);
          for (Directory directory : new Directory[] {channel, heap, chunks}) {
            String message = bits + " bits, " + dimension + ", " + similarity + ", " + directory;
            try (DirectoryReader other = DirectoryReader.open(directory)) {
              assertSame(message, expected, searchAll(other));
              assertEquals(message, visits, visits(other));
            }
          }
        }
      }
    }
  }

  public void testThreads() throws Exception {
    index(randomBits(), 1 + random().nextInt(3));
    int threads = 5; // on small machines more than the contexts that are kept between searches
    ExecutorService executor =
        Executors.newFixedThreadPool(threads, new NamedThreadFactory("searches"));
    try (Directory directory =
            random().nextBoolean() ? new MMapDirectory(path) : new NIOFSDirectory(path);
        DirectoryReader reader = DirectoryReader.open(directory)) {
      List<TopDocs> expected = searchAll(reader);
      CountDownLatch start = new CountDownLatch(threads);
      Callable<Void> searches =
          () -> {
            start.countDown();
            start.await();
            for (int round = 0; round < 5; round++) {
              assertSame("concurrent search", expected, searchAll(reader));
            }
            return null;
          };
      List<Future<Void>> futures = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        futures.add(executor.submit(searches));
      }
      for (Future<Void> future : futures) {
        future.get();
      }
    } finally {
      executor.shutdown();
      assertTrue(executor.awaitTermination(60, TimeUnit.SECONDS));
    }
  }

  private static void search(KnnVectorsReader vectors, float[] target, int maxDoc)
      throws IOException {
    vectors.search(
        VectorIndex.FIELD,
        target,
        new TopKnnCollector(K, Integer.MAX_VALUE),
        AcceptDocs.fromLiveDocs(null, maxDoc));
  }

  /** Searching a closed reader throws, also if an earlier search left state for reuse. */
  public void testSearchAfterClose() throws IOException {
    index(randomBits(), 1);
    try (Directory directory = new MMapDirectory(path)) {
      for (boolean searchedBefore : new boolean[] {false, true}) {
        DirectoryReader reader = DirectoryReader.open(directory);
        CodecReader leaf = (CodecReader) getOnlyLeafReader(reader);
        KnnVectorsReader vectors = leaf.getVectorReader();
        for (int i = 0; searchedBefore && i < 5; i++) {
          search(reader, targets[i]);
        }
        reader.close();
        for (float[] target : targets) {
          expectThrows(AlreadyClosedException.class, () -> search(reader, target));
          expectThrows(AlreadyClosedException.class, () -> search(vectors, target, SIZE));
        }
      }
    }
  }

  /** Closing a reader ends concurrent searches with AlreadyClosedException. */
  public void testCloseDuringSearches() throws Exception {
    index(randomBits(), 1);
    int threads = 2;
    ExecutorService executor =
        Executors.newFixedThreadPool(threads, new NamedThreadFactory("searches"));
    try (Directory directory = new MMapDirectory(path)) {
      for (int round = 0; round < 10; round++) {
        DirectoryReader reader = DirectoryReader.open(directory);
        KnnVectorsReader vectors = ((CodecReader) getOnlyLeafReader(reader)).getVectorReader();
        CountDownLatch searching = new CountDownLatch(threads * (1 + random().nextInt(30)));
        List<Future<Throwable>> futures = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
          futures.add(
              executor.submit(
                  () -> {
                    for (int search = 0; ; search++) {
                      try {
                        search(vectors, targets[search % targets.length], SIZE);
                      } catch (Throwable t) {
                        return t;
                      }
                      searching.countDown();
                    }
                  }));
        }
        searching.await();
        reader.close();
        for (Future<Throwable> future : futures) {
          Throwable end = future.get();
          if (end instanceof AlreadyClosedException == false) {
            throw new AssertionError("unexpected exception", end);
          }
        }
      }
    } finally {
      executor.shutdown();
      assertTrue(executor.awaitTermination(60, TimeUnit.SECONDS));
    }
  }
}
