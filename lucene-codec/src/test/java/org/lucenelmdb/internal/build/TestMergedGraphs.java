/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FilterMergePolicy;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.MergeTrigger;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.Sorter;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.TestUtil;
import org.lucenelmdb.LmdbHnswCodec;
import org.lucenelmdb.LmdbHnswOptions;

/** Graphs of merged segments, through an IndexWriter. */
public class TestMergedGraphs extends BuildTestCase {

  private static final double[] DELETED = {0, 0.02, 0.3, 0.6, 0.99, 1};
  private static final double MIN_RECALL = 0.9;

  private LmdbHnswOptions options() {
    // codes of one bit need a wider beam than these tests have
    LmdbHnswOptions options = Indexes.options(random(), executor);
    return options.codeBits() == 1 ? options.withCodeBits(2) : options;
  }

  /** Adds segments of random sizes, with vectors in some of the documents. */
  private static int add(IndexWriter writer, int segments, double withVectors) throws IOException {
    int docs = 0;
    for (int segment = 0; segment < segments; segment++) {
      int size = TestUtil.nextInt(random(), 1, random().nextBoolean() ? 20 : 400);
      List<float[]> vectors = Graphs.vectors(random(), size, 12, 3, 1);
      vectors.replaceAll(vector -> random().nextDouble() < withVectors ? vector : null);
      Indexes.add(writer, vectors, docs);
      docs += size;
    }
    return docs;
  }

  private static IndexWriterConfig merging(IndexWriterConfig config) {
    return config
        .setMergePolicy(new TieredMergePolicy())
        .setMergeScheduler(new SerialMergeScheduler());
  }

  private static void merge(Directory directory, IndexWriterConfig config) throws IOException {
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      writer.forceMerge(1);
    }
  }

  private static void check(String message, Directory directory) throws IOException {
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      assertTrue(reader.leaves().size() <= 1);
      Indexes.check(message, random(), reader, MIN_RECALL);
    }
  }

  private static IndexWriterConfig sorted(IndexWriterConfig config, boolean sorted) {
    return sorted
        ? config.setIndexSort(new Sort(new SortField("sort", SortField.Type.LONG)))
        : config;
  }

  public void testDeletes() throws IOException {
    for (double deleted : DELETED) {
      boolean sort = random().nextInt(3) == 0;
      double withVectors = random().nextBoolean() ? 1 : random().nextDouble();
      int segments = TestUtil.nextInt(random(), 1, 5);
      Codec codec = new LmdbHnswCodec(options());
      String message =
          "deleted "
              + deleted
              + ", sorted "
              + sort
              + ", with vectors "
              + withVectors
              + ", "
              + codec;
      try (Directory directory = newDirectory()) {
        try (IndexWriter writer = new IndexWriter(directory, sorted(Indexes.config(codec), sort))) {
          int docs = add(writer, segments, withVectors);
          Indexes.delete(writer, random(), docs, deleted);
        }
        merge(directory, merging(sorted(Indexes.config(codec), sort)));
        check(message, directory);
      }
    }
  }

  /** Merges of merges. */
  public void testManyMerges() throws IOException {
    Codec codec = new LmdbHnswCodec(options());
    try (Directory directory = newDirectory()) {
      for (int round = 0; round < 4; round++) {
        try (IndexWriter writer = new IndexWriter(directory, Indexes.config(codec))) {
          int docs = add(writer, 2, 1);
          Indexes.delete(writer, random(), docs, 0.1);
        }
        merge(directory, merging(Indexes.config(codec)));
        check("round " + round + ", " + codec, directory);
      }
    }
  }

  private void checkForeign(String message, Codec foreign, LmdbHnswOptions options)
      throws IOException {
    try (Directory directory = newDirectory()) {
      try (IndexWriter writer = new IndexWriter(directory, Indexes.config(foreign))) {
        int docs = add(writer, 1 + random().nextInt(3), 1);
        Indexes.delete(writer, random(), docs, random().nextBoolean() ? 0 : 0.2);
      }
      Codec codec = new LmdbHnswCodec(options);
      try (IndexWriter writer = new IndexWriter(directory, Indexes.config(codec))) {
        add(writer, 1, 1);
      }
      merge(directory, merging(Indexes.config(codec)));
      check(message + ", " + codec, directory);
    }
  }

  /** Graphs of Lucene's formats, with a smaller, the same, or a larger M. */
  public void testForeignGraphs() throws IOException {
    for (int maxConn : new int[] {4, Indexes.MAX_CONN, 30}) {
      for (KnnVectorsFormat format :
          List.of(
              new Lucene99HnswVectorsFormat(maxConn, 40),
              new Lucene104HnswScalarQuantizedVectorsFormat(maxConn, 40))) {
        checkForeign(format.toString(), TestUtil.alwaysKnnVectorsFormat(format), options());
      }
    }
  }

  /** Segments of this format without graphs, or with another M. */
  public void testOwnGraphs() throws IOException {
    LmdbHnswOptions options = options();
    checkForeign(
        "no graphs",
        new LmdbHnswCodec(options.withTinySegmentsThreshold(Integer.MAX_VALUE)),
        options);
    for (int maxConn : new int[] {2, 11, 40}) {
      checkForeign("M " + maxConn, new LmdbHnswCodec(options.withMaxConn(maxConn)), options);
    }
  }

  /** A merge that reorders documents. */
  public void testReordered() throws IOException {
    for (int segments : new int[] {1, 3}) {
      Codec codec = new LmdbHnswCodec(options());
      try (Directory directory = newDirectory()) {
        try (IndexWriter writer = new IndexWriter(directory, Indexes.config(codec))) {
          int docs = add(writer, segments, random().nextBoolean() ? 1 : 0.7);
          Indexes.delete(writer, random(), docs, 0.1);
        }
        ReorderingPolicy policy = new ReorderingPolicy();
        merge(directory, merging(Indexes.config(codec)).setMergePolicy(policy));
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          assertTrue(reader.maxDoc() <= 1 || policy.reordered > 0 || segments == 1);
        }
        check(segments + " segments, " + codec, directory);
      }
    }
  }

  /** Documents get random numbers. */
  private static final class ReorderingPolicy extends FilterMergePolicy {
    int reordered;

    ReorderingPolicy() {
      super(new TieredMergePolicy());
    }

    @Override
    public MergeSpecification findForcedMerges(
        SegmentInfos infos,
        int maxSegments,
        Map<SegmentCommitInfo, Boolean> segmentsToMerge,
        MergeContext context)
        throws IOException {
      return wrap(super.findForcedMerges(infos, maxSegments, segmentsToMerge, context));
    }

    @Override
    public MergeSpecification findMerges(
        MergeTrigger trigger, SegmentInfos infos, MergeContext context) {
      return null;
    }

    private MergeSpecification wrap(MergeSpecification merges) {
      if (merges == null) {
        return null;
      }
      MergeSpecification wrapped = new MergeSpecification();
      for (OneMerge merge : merges.merges) {
        wrapped.add(new Reordering(merge));
      }
      return wrapped;
    }

    private final class Reordering extends MergePolicy.OneMerge {
      Reordering(OneMerge merge) {
        super(merge);
      }

      @Override
      public Sorter.DocMap reorder(CodecReader reader, Directory directory, Executor executor) {
        reordered++;
        List<Integer> order = new ArrayList<>(IntStream.range(0, reader.maxDoc()).boxed().toList());
        Collections.shuffle(order, random());
        int[] oldToNew = new int[order.size()];
        for (int newDoc = 0; newDoc < oldToNew.length; newDoc++) {
          oldToNew[order.get(newDoc)] = newDoc;
        }
        return new Sorter.DocMap() {
          @Override
          public int oldToNew(int docId) {
            return oldToNew[docId];
          }

          @Override
          public int newToOld(int docId) {
            return order.get(docId);
          }

          @Override
          public int size() {
            return oldToNew.length;
          }
        };
      }
    }
  }
}
