/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.search;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.lucenelmdb.codes.Codes;
import org.lucenelmdb.graph.GraphGeometry;
import org.lucenelmdb.graph.LinksInput;
import org.lucenelmdb.kernels.MappedMemory;
import org.lucenelmdb.vectors.VectorBlocks;

/**
 * Finds candidates by codes, and answers with the exact scores of the best of them. Thread-safe: what
 * a search needs is taken from a pool, and returned to it.
 */
public final class CodesSearch {

  /** A quarter of a vector's cache lines is touched: the CPU fetches what follows by itself. */
  private static final int TOUCH_BYTES = 4 * 64;

  private final GraphGeometry graph;
  private final Codes codes;
  private final VectorBlocks vectors;
  private final IndexInput image;
  private final int pageSize;
  private final IndexInput meta;
  private final MappedMemory memory; // null if the file is not mapped
  private final BlockingQueue<Scratch> pool =
      new ArrayBlockingQueue<>(Runtime.getRuntime().availableProcessors());

  /** What one search needs. */
  private static final class Scratch {
    final CandidateSearch candidates;
    int[] ords = new int[0];
    float[] scores = new float[0];

    /** What was touched, which somebody might want to know: so the JVM cannot leave it out. */
    int touched;

    Scratch(CandidateSearch candidates) {
      this.candidates = candidates;
    }
  }

  /**
   * @param vectors the raw vectors
   * @param image the image as a slice of its file
   * @param pageSize of the image
   * @param meta the metadata file
   */
  public CodesSearch(
      GraphGeometry graph,
      Codes codes,
      VectorBlocks vectors,
      IndexInput image,
      int pageSize,
      IndexInput meta)
      throws IOException {
    this.graph = graph;
    this.codes = codes;
    this.vectors = vectors;
    this.image = image;
    this.pageSize = pageSize;
    this.meta = meta;
    this.memory = MappedMemory.of(image.randomAccessSlice(0, image.length()), image.length());
  }

  private Scratch open() throws IOException {
    return new Scratch(
        new CandidateSearch(
            graph,
            new LinksInput(graph, image, pageSize, meta),
            codes.open(image),
            codes.order(image, meta)));
  }

  /**
   * Collects the nearest vectors.
   *
   * @param target the query, also if the vectors are bytes
   * @param values the vectors
   * @param exact scores them
   * @param count how many candidates to find, from 1 on
   * @param collector gets no score but exact ones
   * @param acceptOrds the vectors that may be collected; null for all
   */
  void search(
      float[] target,
      KnnVectorValues values,
      RandomVectorScorer exact,
      int count,
      KnnCollector collector,
      Bits acceptOrds)
      throws IOException {
    Scratch scratch = pool.poll();
    if (scratch == null) {
      scratch = open();
    }
    scratch.candidates.search(target, count, collector, acceptOrds);
    rescore(scratch, values, exact, collector);
    pool.offer(scratch); // not if something was thrown
  }

  private void rescore(
      Scratch scratch, KnnVectorValues values, RandomVectorScorer exact, KnnCollector collector)
      throws IOException {
    int count = scratch.candidates.found();
    int[] ords = scratch.ords = ArrayUtil.growNoCopy(scratch.ords, count);
    float[] scores = scratch.scores = ArrayUtil.grow(scratch.scores, count);
    scratch.candidates.ordinals(ords);
    Arrays.sort(ords, 0, count); // as they lie in the file
    prefetch(scratch, values, count);
    exact.bulkScore(ords, scores, count);
    for (int i = 0; i < count; i++) {
      collector.collect(exact.ordToDoc(ords[i]), scores[i]);
    }
  }

  /** Fetches the vectors, all at once: pages that are not there from disk, and the others' lines. */
  private void prefetch(Scratch scratch, KnnVectorValues values, int count) throws IOException {
    values.prefetch(scratch.ords, count);
    if (memory != null) {
      for (int i = 0; i < count; i++) {
        long address = vectors.address(scratch.ords[i]);
        for (int at = 0; at < vectors.vectorBytes(); at += TOUCH_BYTES) {
          scratch.touched += memory.getByte(address + at);
        }
      }
    }
  }
}
