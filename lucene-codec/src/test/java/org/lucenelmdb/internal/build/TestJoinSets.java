/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.search.TaskExecutor;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.hnsw.HnswGraphBuilder;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.MemoryBudget;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.workers.Workers;

/** Merges of the graphs of several segments. */
public class TestJoinSets extends BuildTestCase {

  private static final int MAX_CONN = 12;
  private static final GraphParameters OPTIONS = new GraphParameters(MAX_CONN, 60, 1, 0);
  private static final VectorMetric METRIC = VectorMetric.EUCLIDEAN;
  private static final int DIMENSION = 8;

  private int joined; // nodes of other graphs that were processed

  private Workers countingWorkers() {
    return new Workers(
        new TaskExecutor(executor),
        random().nextBoolean() ? 1 : MAX_THREADS,
        () -> {},
        (phase, done, total) -> joined = phase.equals("joining") ? total : joined);
  }

  private static KnnVectorValues values(List<float[]> vectors) {
    return Graphs.values(vectors, METRIC, VectorEncoding.FLOAT32);
  }

  /** The graph of a segment that is merged. */
  private enum Kind {
    OWN,
    LUCENES,
    /** Has links to nonexistent nodes, to the node itself, duplicate links, and random ones. */
    INVALID
  }

  private HeapGraph graph(KnnVectorValues values, Kind kind) throws IOException {
    if (kind == Kind.LUCENES) {
      return HeapGraph.copy(
          HnswGraphBuilder.create(METRIC.scorers(values), MAX_CONN, 60, 42).build(values.size()));
    }
    HeapGraph graph = Graphs.build(OPTIONS, values, METRIC, 0, null, Graphs.oneThread());
    if (kind == Kind.INVALID) {
      for (int[] links : graph.links[0]) {
        for (int i = 0; i < links.length; i++) {
          if (random().nextInt(5) == 0) {
            int[] invalid = {-1, values.size(), random().nextInt(values.size()), links[0]};
            links[i] = invalid[random().nextInt(invalid.length)];
          }
        }
      }
    }
    return graph;
  }

  /**
   * A merge of segments with deletes, which may reorder documents. It starts from the graph of the
   * first segment, which is of this format.
   */
  private final class Merge {
    final List<float[]> merged = new ArrayList<>();
    final List<SegmentGraph> sources = new ArrayList<>();

    Merge(List<List<float[]>> segments, double deleted, Kind kind) throws IOException {
      List<int[]> newDocs = new ArrayList<>();
      int size = 0;
      for (List<float[]> segment : segments) {
        int[] docs = new int[segment.size()];
        for (int doc = 0; doc < docs.length; doc++) {
          docs[doc] = random().nextDouble() < deleted ? -1 : size++;
        }
        newDocs.add(docs);
      }
      List<Integer> places = new ArrayList<>(IntStream.range(0, size).boxed().toList());
      if (random().nextBoolean()) {
        Collections.shuffle(places, random());
      }
      merged.addAll(Collections.nCopies(size, null));
      for (int i = 0; i < segments.size(); i++) {
        int[] docs = newDocs.get(i);
        for (int doc = 0; doc < docs.length; doc++) {
          if (docs[doc] >= 0) {
            docs[doc] = places.get(docs[doc]);
            merged.set(docs[doc], segments.get(i).get(doc));
          }
        }
        KnnVectorValues values = values(segments.get(i));
        HeapGraph graph = graph(values, i == 0 ? Kind.OWN : kind);
        SegmentGraph source =
            new HeapSegment(values, graph).source(i == 0 || kind != Kind.LUCENES, MAX_CONN, docs);
        if (source != null) {
          sources.add(source);
        } else if (i == 0) { // has too many deletes
          return;
        }
      }
    }
  }

  private static List<List<float[]>> segments(boolean haveDuplicates) {
    int count = TestUtil.nextInt(random(), 2, 6);
    List<float[]> all = Graphs.vectors(random(), count * 300, DIMENSION, 3, 1);
    List<List<float[]>> segments = new ArrayList<>();
    int begin = 0;
    for (int i = 0; i < count; i++) {
      int end = i + 1 == count ? all.size() : begin + TestUtil.nextInt(random(), 1, 300);
      List<float[]> segment = new ArrayList<>(all.subList(begin, end));
      for (int j = 0; haveDuplicates && j < segment.size(); j++) {
        if (random().nextInt(4) == 0) {
          segment.set(j, all.get(random().nextInt(all.size())));
        }
      }
      segments.add(segment);
      begin = end;
    }
    return segments;
  }

  private void check(Kind kind, double deleted, boolean haveDuplicates) throws IOException {
    Merge merge = new Merge(segments(haveDuplicates), deleted, kind);
    if (merge.sources.isEmpty()) {
      return;
    }
    List<SegmentGraph> others = merge.sources.subList(1, merge.sources.size());
    SegmentGraph base = merge.sources.get(0).with(others);
    KnnVectorValues values = values(merge.merged);
    int bits = random().nextBoolean() ? 0 : 8;
    joined = 0;
    String message = others.size() + " others, " + kind + ", " + deleted + " deleted";
    HeapGraph graph = Graphs.build(OPTIONS, values, METRIC, bits, base, countingWorkers());
    graph.check(message, values.size(), MAX_CONN);
    assertEquals(others.stream().mapToInt(SegmentGraph::size).sum(), joined);
    double recall = Graphs.recall(random(), graph, values, METRIC, 60);
    assertTrue(message + ": " + recall, recall > 0.93);
  }

  public void testPlain() throws IOException {
    check(Kind.OWN, 0, false);
  }

  public void testDeletes() throws IOException {
    check(Kind.OWN, 0.1 + 0.5 * random().nextDouble(), random().nextBoolean());
  }

  public void testDuplicates() throws IOException {
    check(Kind.OWN, random().nextBoolean() ? 0 : 0.3, true);
  }

  public void testLucenesGraphs() throws IOException {
    check(Kind.LUCENES, random().nextBoolean() ? 0 : 0.3, random().nextBoolean());
  }

  public void testInvalidGraphs() throws IOException {
    check(Kind.INVALID, random().nextBoolean() ? 0 : 0.3, false);
  }

  /** A node is in a join set or has two neighbors in one; most nodes are in none. */
  public void testSets() throws IOException {
    Merge merge = new Merge(segments(false), random().nextBoolean() ? 0 : 0.2, Kind.OWN);
    if (merge.sources.isEmpty()) {
      return;
    }
    KnnVectorValues values = values(merge.merged);
    MemoryBudget budget = new MemoryBudget(1);
    try (BuildMemory memory = budget.take(JoinSets.memoryBytes(merge.sources), () -> {})) {
      JoinSets sets = JoinSets.of(merge.sources, values, memory, Graphs.oneThread());
      assertEquals(merge.sources.stream().mapToInt(SegmentGraph::size).sum(), sets.size());
      JoinSets.Cursor cursor = sets.open();
      boolean[] isMember = new boolean[values.size()];
      boolean[] isLive = new boolean[values.size()];
      int members = 0;
      for (int i = 0; i < sets.size(); i++) {
        int ordinal = cursor.seek(i);
        if (ordinal >= 0) {
          assertFalse(isLive[ordinal]);
          isLive[ordinal] = true;
          isMember[ordinal] = cursor.seekUnlessMember(i) < 0;
          members += isMember[ordinal] ? 1 : 0;
        } else {
          assertEquals(-1, cursor.seekUnlessMember(i));
        }
      }
      for (int i = 0; i < sets.size(); i++) {
        int ordinal = cursor.seekUnlessMember(i);
        if (ordinal >= 0) {
          assertEquals(ordinal, cursor.seek(i));
          int[] neighbors = cursor.neighbors();
          long near =
              IntStream.range(0, cursor.degree()).filter(n -> isMember[neighbors[n]]).count();
          assertTrue(ordinal + ": " + near, near >= 2);
        }
      }
      int live = (int) IntStream.range(0, isLive.length).filter(n -> isLive[n]).count();
      assertTrue(members + " of " + live, members < 0.6 * live + 2 * merge.sources.size() + 4);
    }
  }
}
