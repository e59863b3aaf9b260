/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import com.carrotsearch.randomizedtesting.annotations.TimeoutSuite;
import com.carrotsearch.randomizedtesting.generators.RandomNumbers;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.hnsw.HnswGraphProvider;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.VectorScorer;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.tests.store.MockDirectoryWrapper;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TimeUnits;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.SuppressForbidden;
import org.apache.lucene.util.hnsw.HnswGraph;

/**
 * Base class for tests that damage the files of a segment and then use it in every way that a
 * reader can be used. Each operation must return a result or throw a {@link CorruptIndexException}
 * that names the file, in bounded time and memory. Most tests recompute the checksums, so that the
 * damage is not found by them.
 */
@ThreadLeakFilters(filters = NativeThreads.class)
@TimeoutSuite(millis = TimeUnits.HOUR)
abstract class CorruptionTestCase extends LuceneTestCase {

  /** A generous bound on the bytes that all operations on one index allocate. */
  private static final long MAX_ALLOCATED_BYTES = 128L << 20;

  enum Outcome {
    /** No operation threw an exception. */
    RESULTS,
    /** At least one operation reported the index as corrupt. */
    REJECTED
  }

  /**
   * Opens an index with damaged files and reads all of it.
   *
   * @param what a description of the damage, for failures
   * @param damaged the damaged files, by name
   */
  final Outcome read(IndexFiles index, String what, Map<String, byte[]> damaged)
      throws IOException {
    try (Directory directory = directory(index, damaged)) {
      long allocated = allocatedBytes();
      Attempts attempts = new Attempts();
      attempts.run(
          () -> {
            try (DirectoryReader reader = DirectoryReader.open(directory)) {
              for (int i = 0; i < index.segments.size(); i++) {
                IndexFiles.Segment segment = index.segments.get(i);
                if (damaged.containsKey(segment.vec())
                    || damaged.containsKey(segment.vem())
                    || damaged.isEmpty()) {
                  readAll((CodecReader) reader.leaves().get(i).reader(), attempts);
                }
              }
            }
          });
      allocated = allocatedBytes() - allocated;
      assertTrue(allocated + " bytes allocated", allocated < MAX_ALLOCATED_BYTES);
      return attempts.rejected == 0 ? Outcome.RESULTS : Outcome.REJECTED;
    } catch (Throwable t) { // closing the directory throws if a file was left open
      throw new AssertionError("after damage: " + what, t);
    }
  }

  /** A directory of the files: one that detects open files when it is closed, or one that maps. */
  final Directory directory(IndexFiles index, Map<String, byte[]> damaged) throws IOException {
    Directory directory;
    if (random().nextInt(12) == 0) {
      directory = new MMapDirectory(createTempDir());
    } else {
      MockDirectoryWrapper mock =
          random().nextInt(20) == 0
              ? newMockFSDirectory(createTempDir())
              : new MockDirectoryWrapper(random(), new ByteBuffersDirectory());
      mock.setCheckIndexOnClose(false);
      directory = mock;
    }
    for (Map.Entry<String, byte[]> file : index.files.entrySet()) {
      byte[] bytes = damaged.getOrDefault(file.getKey(), file.getValue());
      try (IndexOutput out = directory.createOutput(file.getKey(), IOContext.DEFAULT)) {
        out.writeBytes(bytes, 0, bytes.length);
      }
    }
    return directory;
  }

  @FunctionalInterface
  private interface Operation {
    void run() throws IOException;
  }

  /** Runs operations that may find damage, and checks what they throw. */
  static final class Attempts {
    int rejected;

    void run(Operation operation) throws IOException {
      try {
        operation.run();
      } catch (CorruptIndexException e) {
        rejected++;
        String message = e.getMessage();
        assertTrue(
            "the message names no file: " + e,
            message.contains("." + IndexFiles.VEC) || message.contains("." + IndexFiles.VEM));
        if (e.getStackTrace()[0].getClassName().startsWith("org.lucenelmdb.")) {
          assertTrue("the message does not say what was found: " + e, message.contains("found"));
        }
      } catch (IndexFormatTooNewException | IndexFormatTooOldException e) {
        rejected++; // the version was damaged
      } catch (AssertionError e) {
        // Lucene asserts that vectors are finite, which a flipped bit can change
        boolean similarity =
            e.getStackTrace()[0].getClassName().equals("org.apache.lucene.util.VectorUtil");
        if (similarity == false && String.valueOf(e.getMessage()).contains("NaN") == false) {
          throw e;
        }
      }
    }
  }

  private static void readAll(CodecReader leaf, Attempts attempts) throws IOException {
    Random random = random();
    int maxDoc = leaf.maxDoc();
    FixedBitSet filter = new FixedBitSet(maxDoc);
    int percent = random.nextInt(100);
    for (int doc = 0; doc < maxDoc; doc++) {
      if (random.nextInt(100) < percent) {
        filter.set(doc);
      }
    }
    for (FieldInfo info : leaf.getFieldInfos()) {
      if (info.hasVectorValues() == false) {
        continue;
      }
      KnnVectorsReader reader =
          ((PerFieldKnnVectorsFormat.FieldsReader) leaf.getVectorReader())
              .getFieldReader(info.name);
      attempts.run(reader::checkIntegrity);
      attempts.run(
          () -> {
            for (long bytes : reader.getOffHeapByteSize(info).values()) {
              assertTrue("" + bytes, bytes >= 0);
            }
          });
      Query query = query(leaf, info);
      attempts.run(() -> readValues(query.values(), maxDoc));
      attempts.run(() -> score(query, null));
      attempts.run(() -> score(query, filter));
      attempts.run(() -> readGraph(((HnswGraphProvider) reader).getGraph(info.name), attempts));
      for (int k : new int[] {1, 5, maxDoc + 1}) {
        for (Bits accepted : new Bits[] {null, filter}) {
          attempts.run(
              () -> {
                TopDocs top = query.search(k, AcceptDocs.fromLiveDocs(accepted, maxDoc));
                Set<Integer> docs = new HashSet<>();
                for (ScoreDoc hit : top.scoreDocs) {
                  assertTrue("document " + hit.doc, hit.doc >= 0 && hit.doc < maxDoc);
                  assertTrue("duplicate hit: " + hit.doc, docs.add(hit.doc));
                  assertTrue(
                      "does not pass the filter: " + hit.doc,
                      accepted == null || accepted.get(hit.doc));
                }
                assertTrue(top.scoreDocs.length <= k);
              });
        }
      }
    }
  }

  /** A field and a random query vector of its type. */
  private interface Query {
    KnnVectorValues values() throws IOException;

    VectorScorer scorer() throws IOException;

    TopDocs search(int k, AcceptDocs acceptDocs) throws IOException;
  }

  private static Query query(CodecReader leaf, FieldInfo info) {
    boolean isFloat = info.getVectorEncoding() == VectorEncoding.FLOAT32;
    float[] floats = IndexFiles.floats(info.getVectorDimension());
    byte[] bytes = IndexFiles.bytes(info.getVectorDimension());
    return new Query() {
      @Override
      public KnnVectorValues values() throws IOException {
        return isFloat ? leaf.getFloatVectorValues(info.name) : leaf.getByteVectorValues(info.name);
      }

      @Override
      public VectorScorer scorer() throws IOException {
        return isFloat
            ? leaf.getFloatVectorValues(info.name).scorer(floats)
            : leaf.getByteVectorValues(info.name).scorer(bytes);
      }

      @Override
      public TopDocs search(int k, AcceptDocs acceptDocs) throws IOException {
        return isFloat
            ? leaf.searchNearestVectors(info.name, floats, k, acceptDocs, Integer.MAX_VALUE)
            : leaf.searchNearestVectors(info.name, bytes, k, acceptDocs, Integer.MAX_VALUE);
      }
    };
  }

  private static void readValues(KnnVectorValues values, int maxDoc) throws IOException {
    KnnVectorValues.DocIndexIterator iterator = values.iterator();
    int ord = 0;
    for (int doc = iterator.nextDoc();
        doc != DocIdSetIterator.NO_MORE_DOCS;
        doc = iterator.nextDoc()) {
      assertTrue(doc < maxDoc);
      assertEquals(ord, iterator.index());
      assertEquals(doc, values.ordToDoc(ord));
      readValue(values, ord);
      ord++;
    }
    assertEquals(values.size(), ord);
    KnnVectorValues copy = values.copy();
    for (int i = 0; i < 10 && ord > 0; i++) {
      readValue(copy, random().nextInt(ord));
    }
    iterator = copy.iterator();
    int target = random().nextInt(maxDoc);
    int doc = iterator.advance(target);
    assertTrue(doc >= target);
  }

  private static void readValue(KnnVectorValues values, int ord) throws IOException {
    if (values instanceof FloatVectorValues floats) {
      assertEquals(values.dimension(), floats.vectorValue(ord).length);
    } else {
      assertEquals(values.dimension(), ((ByteVectorValues) values).vectorValue(ord).length);
    }
  }

  private static void score(Query query, FixedBitSet filter) throws IOException {
    VectorScorer scorer = query.scorer();
    if (scorer == null) {
      return;
    }
    DocIdSetIterator iterator = scorer.iterator();
    for (int doc = iterator.nextDoc();
        doc != DocIdSetIterator.NO_MORE_DOCS;
        doc = iterator.nextDoc()) {
      if (filter == null || filter.get(doc)) {
        scorer.score();
      }
    }
  }

  private static void readGraph(HnswGraph graph, Attempts attempts) throws IOException {
    for (int level = 0; level < graph.numLevels(); level++) {
      HnswGraph.NodesIterator nodes = graph.getNodesOnLevel(level);
      int last = -1;
      while (nodes.hasNext()) {
        int node = nodes.nextInt();
        assertTrue("node " + node + " after " + last, node > last && node < graph.size());
        last = node;
        int l = level;
        attempts.run(
            () -> {
              graph.seek(l, node);
              int previous = -1;
              int count = 0;
              for (int neighbor = graph.nextNeighbor();
                  neighbor != DocIdSetIterator.NO_MORE_DOCS;
                  neighbor = graph.nextNeighbor()) {
                assertTrue(
                    neighbor + " after " + previous,
                    neighbor > previous && neighbor < graph.size());
                previous = neighbor;
                count++;
              }
              assertEquals(graph.neighborCount(), count);
            });
      }
    }
    assertTrue(graph.numLevels() == 0 || graph.entryNode() < graph.size());
  }

  @SuppressForbidden(
      reason = "checks that readers do not allocate by damaged counts; no portable API measures it")
  private static long allocatedBytes() {
    return ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean threads
        ? threads.getThreadAllocatedBytes(Thread.currentThread().threadId())
        : 0;
  }

  /** Merges damaged segments. Either the merge fails, or the merged segment is intact. */
  final void merge(IndexFiles index, String what, Map<String, byte[]> damaged) throws IOException {
    try (Directory directory = directory(index, damaged)) {
      Attempts attempts = new Attempts();
      Sort sort;
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        sort = reader.leaves().get(0).reader().getMetaData().sort();
      } catch (CorruptIndexException | IndexFormatTooNewException | IndexFormatTooOldException e) {
        assertNotNull(e.getMessage());
        return;
      }
      TieredMergePolicy merges = new TieredMergePolicy();
      merges.setNoCFSRatio(0); // so that the files keep their names
      LmdbHnswOptions options = index.options;
      if (random().nextInt(4) == 0) {
        options = options.withMaxConn(RandomNumbers.randomIntBetween(random(), 2, 6));
      }
      IndexWriterConfig config = IndexFiles.config(options).setMergePolicy(merges);
      if (sort != null) {
        config.setIndexSort(sort);
      }
      boolean[] merged = new boolean[1];
      try (IndexWriter writer = new IndexWriter(directory, config)) {
        attempts.run(
            () -> {
              writer.forceMerge(1);
              merged[0] = true;
            });
        if (merged[0] == false) {
          writer.rollback();
        }
      }
      if (merged[0]) {
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          assertEquals(1, reader.leaves().size());
          readAll((CodecReader) reader.leaves().get(0).reader(), attempts);
        }
        assertEquals(0, attempts.rejected);
      }
    } catch (Throwable t) {
      throw new AssertionError("after damage: " + what, t);
    }
  }
}
