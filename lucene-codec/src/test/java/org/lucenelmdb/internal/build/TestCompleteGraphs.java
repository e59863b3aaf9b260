/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FilterCodecReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.lucenelmdb.LmdbHnswCodec;
import org.lucenelmdb.LmdbHnswOptions;

/** Merges of segments that bring a complete graph. */
public class TestCompleteGraphs extends BuildTestCase {

  /** Enough levels for nodes of every kind. */
  private static final int LEVELS = 3;

  /** A segment with another graph. */
  private static final class Segment extends FilterCodecReader {

    private final HeapGraph graph;
    private final Bits live; // null for all

    Segment(CodecReader in, HeapGraph graph, Bits live) {
      super(in);
      this.graph = graph;
      this.live = live;
    }

    @Override
    public KnnVectorsReader getVectorReader() {
      return new Vectors(in.getVectorReader(), graph);
    }

    @Override
    public Bits getLiveDocs() {
      return live;
    }

    @Override
    public int numDocs() {
      return live == null ? maxDoc() : ((FixedBitSet) live).cardinality();
    }

    @Override
    public CacheHelper getCoreCacheHelper() {
      return null;
    }

    @Override
    public CacheHelper getReaderCacheHelper() {
      return null;
    }
  }

  private static final class Vectors extends KnnVectorsReader implements CompleteGraph {

    private final KnnVectorsReader in;
    private final HeapGraph graph;

    Vectors(KnnVectorsReader in, HeapGraph graph) {
      this.in = in;
      this.graph = graph;
    }

    @Override
    public HnswGraph getGraph(String field) {
      return graph.open();
    }

    @Override
    public FloatVectorValues getFloatVectorValues(String field) throws IOException {
      return in.getFloatVectorValues(field);
    }

    @Override
    public ByteVectorValues getByteVectorValues(String field) throws IOException {
      return in.getByteVectorValues(field);
    }

    @Override
    public void search(String field, float[] target, KnnCollector collector, AcceptDocs accept) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void search(String field, byte[] target, KnnCollector collector, AcceptDocs accept) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Map<String, Long> getOffHeapByteSize(FieldInfo info) {
      return Map.of();
    }

    @Override
    public void checkIntegrity() {}

    @Override
    public void close() {}
  }

  /**
   * Returns a graph that no build would make: nodes without links, unreachable ones, and some with
   * many neighbors.
   */
  private static HeapGraph strangeGraph(int size, int maxConn) {
    int[][][] links = new int[LEVELS][size][];
    int onLevel = size;
    for (int level = 0; level < LEVELS; level++) {
      for (int node = 0; node < onLevel; node++) {
        int most = Math.min(onLevel - 1, level == 0 ? 2 * maxConn : maxConn);
        Set<Integer> neighbors = new TreeSet<>();
        int count = random().nextInt(4) == 0 ? most : random().nextInt(Math.min(3, most + 1));
        while (neighbors.size() < count) {
          int neighbor = random().nextInt(onLevel);
          if (neighbor != node) {
            neighbors.add(neighbor);
          }
        }
        links[level][node] = neighbors.stream().mapToInt(Integer::intValue).toArray();
      }
      onLevel = Math.max(1, onLevel / 5);
    }
    return new HeapGraph(links, maxConn, 0);
  }

  private HeapGraph merge(
      LmdbHnswOptions options, int size, HeapGraph graph, Bits live, boolean isSorted, int others)
      throws IOException {
    try (Directory source = newDirectory();
        Directory target = newDirectory()) {
      List<float[]> vectors = Graphs.vectors(random(), size, 12, 3, 1);
      Sort sort = new Sort(new SortField("sort", SortField.Type.LONG));
      IndexWriterConfig sourceConfig = Indexes.config(new LmdbHnswCodec());
      if (isSorted) {
        sourceConfig.setIndexSort(sort);
      }
      try (IndexWriter writer = new IndexWriter(source, sourceConfig)) {
        Indexes.add(writer, vectors, 0);
        for (int i = 0; i < others; i++) {
          Indexes.add(writer, Graphs.vectors(random(), 3, 12, 3, 1), size + 3 * i);
        }
      }
      IndexWriterConfig config =
          new IndexWriterConfig()
              .setCodec(new LmdbHnswCodec(options))
              .setMergeScheduler(new SerialMergeScheduler());
      if (isSorted) {
        config.setIndexSort(sort);
      }
      try (DirectoryReader reader = DirectoryReader.open(source);
          IndexWriter writer = new IndexWriter(target, config)) {
        List<CodecReader> readers = new ArrayList<>();
        for (int i = 0; i < reader.leaves().size(); i++) {
          CodecReader leaf = (CodecReader) reader.leaves().get(i).reader();
          readers.add(i == 0 ? new Segment(leaf, graph, live) : leaf);
        }
        writer.addIndexes(readers.toArray(CodecReader[]::new));
      }
      try (DirectoryReader reader = DirectoryReader.open(target)) {
        return HeapGraph.copy(Indexes.graph((CodecReader) getOnlyLeafReader(reader)));
      }
    }
  }

  private static LmdbHnswOptions options(int maxConn, int codeBits) {
    return LmdbHnswOptions.DEFAULT
        .withTinySegmentsThreshold(0)
        .withMaxConn(maxConn)
        .withCodeBits(codeBits);
  }

  /** Every link is kept, whatever M the writer has, also with codes and almost no memory. */
  public void testIsKept() throws IOException {
    for (int codeBits : new int[] {0, 2}) {
      int size = TestUtil.nextInt(random(), 1, 600);
      int maxConn = TestUtil.nextInt(random(), 2, 20);
      HeapGraph graph = strangeGraph(size, maxConn);
      LmdbHnswOptions options =
          options(TestUtil.nextInt(random(), 2, maxConn), codeBits).withBuildMemory(1);
      HeapGraph merged = merge(options, size, graph, null, random().nextBoolean(), 0);
      assertEquals(maxConn, merged.maxConn());
      assertEquals(graph.entryNode(), merged.entryNode());
      assertTrue(Arrays.deepEquals(graph.links, merged.links));
    }
  }

  /** With deletes or other segments, the graph is built from the complete one. */
  public void testIsABaseOtherwise() throws IOException {
    int size = TestUtil.nextInt(random(), 100, 600);
    HeapGraph graph = strangeGraph(size, 6);
    FixedBitSet live = new FixedBitSet(size);
    live.set(0, size);
    live.clear(TestUtil.nextInt(random(), 0, size - 1));
    merge(options(6, 0), size, graph, live, false, 0).check("deletes", size - 1, 6);
    int others = TestUtil.nextInt(random(), 1, 3);
    boolean isSorted = random().nextBoolean();
    merge(options(6, 0), size, graph, null, isSorted, others).check("others", size + 3 * others, 6);
  }
}
