/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.hnsw.UpdateableRandomVectorScorer;
import org.lucenelmdb.internal.vectors.VectorMetric;

/** Builds that start from the graph of a segment, some of them invalid or damaged. */
public class TestGraphsFromBase extends BuildTestCase {

  private static final VectorMetric METRIC = VectorMetric.EUCLIDEAN;
  private static final GraphParameters OPTIONS = new GraphParameters(12, 60, 1, 0);

  private static KnnVectorValues values(List<float[]> vectors) {
    return Graphs.values(vectors, METRIC, VectorEncoding.FLOAT32);
  }

  /** A segment, and the vectors after a merge. */
  private final class Merge {
    final List<float[]> old;
    final List<float[]> merged = new ArrayList<>();
    final int[] newDocs;
    GraphParameters options = OPTIONS;

    Merge(List<float[]> old) {
      this.old = old;
      this.newDocs = new int[old.size()];
    }

    /** Deletes documents and adds others, in document order or reordered. */
    Merge to(boolean[] deleted, List<float[]> others, boolean reordered) {
      List<Integer> live = new ArrayList<>();
      for (int doc = 0; doc < newDocs.length; doc++) {
        newDocs[doc] = -1;
        if (deleted[doc] == false) {
          live.add(doc);
        }
      }
      List<Integer> places =
          new ArrayList<>(IntStream.range(0, live.size() + others.size()).boxed().toList());
      Collections.shuffle(places, random());
      List<Integer> places0 = new ArrayList<>(places.subList(0, live.size()));
      if (reordered == false) {
        Collections.sort(places0);
      }
      for (int i = 0; i < places.size(); i++) {
        merged.add(null);
      }
      for (int i = 0; i < live.size(); i++) {
        newDocs[live.get(i)] = places0.get(i);
        merged.set(places0.get(i), old.get(live.get(i)));
      }
      for (int i = 0; i < others.size(); i++) {
        merged.set(places.get(live.size() + i), others.get(i));
      }
      return this;
    }

    SourceGraph source(int maxConn) throws IOException {
      GraphParameters oldOptions = new GraphParameters(maxConn, 60, 1, 0);
      KnnVectorValues values = values(old);
      HeapGraph graph = Graphs.build(oldOptions, values, METRIC, 0, null, randomWorkers());
      return new HeapSegment(values, graph).source(options.maxConn(), newDocs);
    }

    /** Merges, checks the graph, and returns the recall. */
    double check(String message, SourceGraph source) throws IOException {
      KnnVectorValues values = values(merged);
      int bits = random().nextBoolean() ? 0 : 8;
      HeapGraph graph = Graphs.build(options, values, METRIC, bits, source, randomWorkers());
      graph.check(message, merged.size(), options.maxConn());
      return Graphs.recall(random(), graph, values, METRIC, 60);
    }
  }

  private static boolean[] deleted(int size, double part) {
    boolean[] deleted = new boolean[size];
    for (int i = 0; i < size; i++) {
      deleted[i] = random().nextDouble() < part;
    }
    return deleted;
  }

  public void testDeletesAndInserts() throws IOException {
    for (double part : new double[] {0, 0.02, 0.3, 0.4}) {
      for (int others : new int[] {0, 1, 300}) {
        int size = TestUtil.nextInt(random(), 300, 900);
        List<float[]> all = Graphs.vectors(random(), size + others, 16, 3, 1);
        boolean reordered = random().nextBoolean();
        Merge merge =
            new Merge(all.subList(0, size))
                .to(deleted(size, part), all.subList(size, all.size()), reordered);
        int maxConn = random().nextBoolean() ? 12 : TestUtil.nextInt(random(), 13, 40);
        String message = size + " and " + others + ", deleted " + part + ", base has M " + maxConn;
        SourceGraph source = merge.source(maxConn);
        assertNotNull(message, source);
        double recall = merge.check(message, source);
        assertTrue(message + ": " + recall, recall > 0.93);
      }
    }
  }

  /** A node that lost neighbors gets as many of theirs, if there are enough. */
  public void testRepair() throws IOException {
    int size = TestUtil.nextInt(random(), 100, 500);
    Merge merge = new Merge(Graphs.vectors(random(), size, 8, 2, 1));
    merge.to(deleted(size, 0.3), List.of(), random().nextBoolean());
    KnnVectorValues values = values(merge.old);
    HeapGraph old = Graphs.build(OPTIONS, values, METRIC, 0, null, randomWorkers());
    SourceGraph source = new HeapSegment(values, old).source(12, merge.newDocs);
    HeapGraph repaired =
        Graphs.build(OPTIONS, values(merge.merged), METRIC, 0, source, 0, randomWorkers());
    for (int node = 0; node < size; node++) {
      if (merge.newDocs[node] >= 0) {
        Set<Integer> candidates = new HashSet<>();
        for (int neighbor : old.links[0][node]) {
          if (merge.newDocs[neighbor] >= 0) {
            candidates.add(neighbor);
          } else {
            for (int next : old.links[0][neighbor]) {
              if (merge.newDocs[next] >= 0 && next != node) {
                candidates.add(next);
              }
            }
          }
        }
        int expected = Math.min(old.links[0][node].length, candidates.size());
        int found = repaired.links[0][merge.newDocs[node]].length;
        assertTrue(found + " of " + expected, found >= expected);
      }
    }
  }

  /** Graphs that are not copied. */
  public void testNoBase() throws IOException {
    List<float[]> vectors = Graphs.vectors(random(), 200, 4, 1, 1);
    assertNull("M is too small", new Merge(vectors).source(11));
    assertNotNull(new Merge(vectors).source(12));
    boolean[] deleted = new boolean[200];
    Arrays.fill(deleted, 0, 101, true);
    assertNull("too few are left", new Merge(vectors).to(deleted, List.of(), false).source(12));
    deleted[0] = false;
    SourceGraph half = new Merge(vectors).to(deleted, List.of(), false).source(12);
    assertEquals(100, half.live());
    assertEquals(200, half.size());
    int[] newDocs = IntStream.range(0, 200).toArray();
    assertNull("no graph", new HeapSegment(values(vectors), null).source(12, newDocs));
    HeapGraph other =
        Graphs.build(OPTIONS, values(vectors.subList(1, 200)), METRIC, 0, null, randomWorkers());
    assertNull("not of all", new HeapSegment(values(vectors), other).source(12, newDocs));
  }

  /** With many more new vectors than old ones, the entry node is usually a new one. */
  public void testNewEntryNode() throws IOException {
    for (int size : new int[] {1, 2, 5, 20, 100}) {
      List<float[]> all = Graphs.vectors(random(), size + 1000, 16, 3, 1);
      Merge merge =
          new Merge(all.subList(0, size))
              .to(deleted(size, 0), all.subList(size, all.size()), random().nextBoolean());
      double recall = merge.check("base of " + size, merge.source(12));
      assertTrue("base of " + size + ": " + recall, recall > 0.93);
    }
  }

  /**
   * All neighbors of a node are deleted, and theirs. The clusters overlap: isolated clusters
   * without a node on an upper level might not be found in any graph.
   */
  public void testUnderconnectedNodes() throws IOException {
    int size = 600;
    List<float[]> all = Graphs.vectors(random(), size + 200, 8, 6, 2);
    List<float[]> old = new ArrayList<>(all.subList(0, size));
    old.sort((a, b) -> Float.compare(a[0], b[0])); // so that neighbors are consecutive
    boolean[] deleted = new boolean[size];
    int begin = random().nextInt(size / 2);
    Arrays.fill(deleted, begin, begin + size / 2, true);
    for (int i = 0; i < 5; i++) {
      deleted[begin + random().nextInt(size / 2)] = false;
    }
    Merge merge = new Merge(old).to(deleted, all.subList(size, all.size()), false);
    double recall = merge.check("clusters deleted", merge.source(12));
    double fromScratch = merge.check("from scratch", null);
    assertTrue(recall + " after " + fromScratch, recall > fromScratch - 0.02);
  }

  /** The entry node is the only one left of its cluster, and there is one level. */
  public void testUnderconnectedEntryNode() throws IOException {
    int size = 400;
    List<float[]> near = Graphs.vectors(random(), 150, 8, 1, 0);
    List<float[]> far = Graphs.vectors(random(), 500, 8, 1, 0);
    far.forEach(vector -> vector[0] += 100);
    List<float[]> old = new ArrayList<>(near);
    old.addAll(far.subList(0, size - near.size()));
    boolean[] deleted = new boolean[size];
    Arrays.fill(deleted, 0, near.size(), true);
    HeapGraph built = Graphs.build(OPTIONS, values(old), METRIC, 0, null, randomWorkers());
    int entry = random().nextInt(near.size());
    deleted[entry] = false;
    HeapGraph flat = new HeapGraph(new int[][][] {built.links[0]}, 12, entry);
    // searches start from the first node that is left
    Merge merge = new Merge(old).to(deleted, far.subList(size - near.size(), 500), false);
    double recall =
        merge.check("one level", new HeapSegment(values(old), flat).source(12, merge.newDocs));
    assertTrue("" + recall, recall > 0.9);
  }

  /** An entry node that lost all of its neighbors, among nodes that did not, gets new ones. */
  public void testUnderconnectedEntryNodeAmongOthers() throws IOException {
    int size = 400;
    List<float[]> old = Graphs.vectors(random(), size, 8, 1, 0);
    HeapGraph built = Graphs.build(OPTIONS, values(old), METRIC, 0, null, 0, randomWorkers());
    int entry = built.entryNode();
    boolean[] deleted = new boolean[size];
    int[][] lost = new int[built.links.length][]; // a deleted neighbor of the entry node, by level
    for (int level = 0; level < built.links.length; level++) {
      int node = built.links[level][entry].length == 0 ? entry : built.links[level][entry][0];
      deleted[node] |= node != entry;
      lost[level] = node == entry ? new int[0] : new int[] {node};
    }
    for (int level = 0; level < built.links.length; level++) {
      for (int node = 0; node < size; node++) {
        if (node == entry || deleted[node] && built.links[level][node] != null) {
          built.links[level][node] = node == entry ? lost[level] : new int[0];
        }
      }
    }
    Merge merge = new Merge(old).to(deleted, List.of(), false);
    SourceGraph source = new HeapSegment(values(old), built).source(12, merge.newDocs);
    KnnVectorValues values = values(merge.merged);
    HeapGraph graph = Graphs.build(OPTIONS, values, METRIC, 0, source, 0, randomWorkers());
    graph.check("underconnected", merge.merged.size(), 12);
    int node = merge.newDocs[entry];
    UpdateableRandomVectorScorer scorer = METRIC.scorers(values).scorer();
    scorer.setScoringOrdinal(node);
    int nearest = node == 0 ? 1 : 0;
    for (int other = 0; other < values.size(); other++) {
      nearest = other != node && scorer.score(other) > scorer.score(nearest) ? other : nearest;
    }
    int expected = nearest;
    assertTrue(IntStream.of(graph.links[0][node]).anyMatch(neighbor -> neighbor == expected));
    assertTrue(graph.links[0][node].length > 2);
  }

  /** A damaged graph is rejected. */
  public void testDamagedGraph() throws IOException {
    List<float[]> vectors = Graphs.vectors(random(), 200, 4, 1, 1);
    for (int wrong : new int[] {-1, 200, Integer.MIN_VALUE, Integer.MAX_VALUE - 1}) {
      HeapGraph graph = Graphs.build(OPTIONS, values(vectors), METRIC, 0, null, randomWorkers());
      int[] links = graph.links[0][random().nextInt(200)];
      links[random().nextInt(links.length)] = wrong;
      CorruptIndexException e = checkDamaged(vectors, graph);
      assertTrue(e.getMessage(), e.getMessage().contains("below 200; found " + wrong));
    }
    HeapGraph graph = Graphs.build(OPTIONS, values(vectors), METRIC, 0, null, randomWorkers());
    int[][] above = graph.links[1];
    int node = IntStream.range(0, 200).filter(n -> above[n] != null).findFirst().getAsInt();
    int wrong = IntStream.range(0, 200).filter(n -> above[n] == null).findFirst().getAsInt();
    above[node] = new int[] {wrong};
    CorruptIndexException e = checkDamaged(vectors, graph);
    assertTrue(
        e.getMessage(), e.getMessage().contains("neighbor " + wrong + " should be on level 1"));
  }

  private CorruptIndexException checkDamaged(List<float[]> vectors, HeapGraph graph)
      throws IOException {
    Merge merge = new Merge(vectors).to(deleted(200, 0), List.of(), random().nextBoolean());
    SourceGraph source = new HeapSegment(values(vectors), graph).source(12, merge.newDocs);
    return expectThrows(CorruptIndexException.class, () -> merge.check("damaged", source));
  }

  /** Links to the node itself and duplicate links are dropped; unreachable parts are linked. */
  public void testInvalidGraph() throws IOException {
    List<float[]> vectors = Graphs.vectors(random(), 300, 4, 1, 1);
    int[][] links = new int[300][];
    for (int node = 0; node < links.length; node++) {
      links[node] = random().ints(random().nextInt(80), 0, 300).toArray();
      if (random().nextInt(3) == 0 && links[node].length > 0) {
        links[node][0] = node;
      }
    }
    HeapGraph graph = new HeapGraph(new int[][][] {links}, 40, random().nextInt(300));
    Merge merge =
        new Merge(vectors)
            .to(
                deleted(300, random().nextBoolean() ? 0 : 0.3),
                Graphs.vectors(random(), random().nextInt(100), 4, 1, 1),
                random().nextBoolean());
    merge.check("invalid", new HeapSegment(values(vectors), graph).source(12, merge.newDocs));
  }
}
