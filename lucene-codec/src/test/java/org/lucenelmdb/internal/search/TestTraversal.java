/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.BitSetIterator;
import org.apache.lucene.util.FixedBitSet;
import org.lucenelmdb.NativeThreads;
import org.lucenelmdb.internal.graph.Beam;

/** Traversals and their extensions on random graphs, against plain ones. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestTraversal extends LuceneTestCase {

  /** What a traversal has to do, without any thought of time. */
  private static final class Plain {
    private final CodesGraph graph;
    private final long[] entries;
    private final FixedBitSet accepted; // null for all
    final Set<Integer> scored = new HashSet<>();
    final Set<Integer> expanded = new HashSet<>();
    final TreeSet<Long> best = new TreeSet<>();
    private final PriorityQueue<Long> open = new PriorityQueue<>(Comparator.reverseOrder());

    Plain(CodesGraph graph, long[] entries, FixedBitSet accepted) {
      this.graph = graph;
      this.entries = entries;
      this.accepted = accepted;
    }

    private boolean isAccepted(int node) {
      return accepted == null || accepted.get(node);
    }

    void traverse(int candidates, Collection<Integer> from) {
      from.forEach(node -> score(node, candidates));
      while (open.isEmpty() == false && (best.size() < candidates || open.peek() >= best.first())) {
        int node = Beam.node(open.poll());
        expanded.add(node);
        for (int neighbor : graph.links[node]) {
          score(neighbor, candidates);
        }
      }
    }

    private void score(int node, int candidates) {
      if (scored.add(node) && (best.size() < candidates || entries[node] > best.first())) {
        open.add(entries[node]);
        if (isAccepted(node)) {
          best.add(entries[node]);
          if (best.size() > candidates) {
            best.pollFirst();
          }
        }
      }
    }

    /** All that is scored down to an entry is expanded, until nothing new is found. */
    void extend(long least) {
      List<Integer> next = new ArrayList<>(scored);
      while (next.isEmpty() == false) {
        List<Integer> found = new ArrayList<>();
        for (int node : next) {
          if (entries[node] >= least && expanded.add(node)) {
            for (int neighbor : graph.links[node]) {
              if (scored.add(neighbor)) {
                found.add(neighbor);
              }
            }
          }
        }
        next = found;
      }
    }

    Set<Long> scoredFrom(long least) {
      Set<Long> result = new HashSet<>();
      for (int node : scored) {
        if (entries[node] >= least && isAccepted(node)) {
          result.add(entries[node]);
        }
      }
      return result;
    }
  }

  private static void addOnce(Set<Long> all, ScoredNodeList found) {
    for (int i = 0; i < found.size(); i++) {
      assertTrue("each once", all.add(found.get(i)));
    }
  }

  private static Set<Long> asSet(ScoredNodeList list) {
    Set<Long> set = new HashSet<>();
    addOnce(set, list);
    return set;
  }

  private static FixedBitSet filter(int size) {
    if (random().nextBoolean()) {
      return null;
    }
    double part = random().nextDouble();
    FixedBitSet filter = new FixedBitSet(size);
    filter.set(random().nextInt(size));
    for (int node = 0; node < size; node++) {
      if (random().nextDouble() < part) {
        filter.set(node);
      }
    }
    return filter;
  }

  private static float[] target(int dimension) {
    float[] target = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      target[i] = (float) random().nextGaussian();
    }
    return target;
  }

  /** Seeds, or nothing in particular. */
  private static KnnSearchStrategy seeds(int size, Set<Integer> seeds) {
    if (random().nextBoolean()) {
      return null;
    }
    FixedBitSet ords = new FixedBitSet(size);
    for (int i = random().nextInt(100); i >= 0; i--) {
      ords.set(random().nextInt(size));
    }
    for (int ord = 0; ord < size; ord++) {
      if (ords.get(ord)) {
        seeds.add(ord);
      }
    }
    return new KnnSearchStrategy.Seeded(
        new BitSetIterator(ords, seeds.size()), seeds.size(), KnnSearchStrategy.Hnsw.DEFAULT);
  }

  public void testAgainstPlainTraversals() throws IOException {
    int extended = 0;
    for (int round = 0; round < 15; round++) {
      int size = 1 + random().nextInt(random().nextBoolean() ? 2000 : 30);
      try (CodesGraph graph = new CodesGraph(random(), size, 1 + random().nextInt(20))) {
        QuantizedTraversal search = graph.search();
        for (int query = 0; query < 20; query++) { // its memory is used again
          float[] target = target(graph.vectors[0].length);
          long[] entries = graph.entries(target);
          FixedBitSet filter = filter(size);
          Set<Integer> seeds = new TreeSet<>();
          KnnSearchStrategy strategy = seeds(size, seeds);
          if (seeds.isEmpty()) {
            seeds.add(graph.entryNode);
          }
          int candidates = 1 + random().nextInt(random().nextBoolean() ? size : 10);
          KnnCollector collector = new TopKnnCollector(10, Integer.MAX_VALUE, strategy);
          AcceptedVectors accepted = graph.accepted(filter);
          search.begin(
              target,
              collector,
              accepted,
              graph.plan(accepted.count(), candidates, FilterStrategy.POST_FILTERED),
              null);
          Plain plain = new Plain(graph, entries, filter);

          plain.traverse(candidates, seeds);
          QuantizedTraversal.End end = search.traverse(candidates);
          assertEquals(plain.best, new TreeSet<>(asSet(search.found())));
          assertEquals(plain.expanded.size(), search.expandedNodes());
          assertTrue(
              "" + end,
              end == QuantizedTraversal.End.ENOUGH || end == QuantizedTraversal.End.EXHAUSTED);

          Set<Long> found = new HashSet<>();
          addOnce(found, search.found());
          long least = Long.MAX_VALUE;
          for (int step = 0; step < 5; step++) {
            Set<Long> remaining = asSet(search.remaining(Double.NEGATIVE_INFINITY));
            Set<Long> expected = plain.scoredFrom(Long.MIN_VALUE);
            expected.removeAll(found);
            assertEquals(expected, remaining);
            if (remaining.isEmpty()) {
              break;
            }
            least =
                Math.min(least, new ArrayList<>(remaining).get(random().nextInt(remaining.size())));
            plain.extend(least);
            end = search.extend(least);
            addOnce(found, search.found());
            extended++;
            assertTrue(
                "" + end,
                end == QuantizedTraversal.End.ENOUGH || end == QuantizedTraversal.End.EXHAUSTED);
            Set<Long> missed = plain.scoredFrom(least);
            missed.removeAll(found);
            assertEquals(Set.of(), missed);
            assertTrue(plain.scoredFrom(Long.MIN_VALUE).containsAll(found));
            assertEquals(plain.expanded.size(), search.expandedNodes());
          }
          search.end();
        }
      }
    }
    assertTrue("extended " + extended, extended > 100);
  }

  /** A score that a search is extended to is one from which {@code remaining} tells. */
  public void testRemainingFromAScore() throws IOException {
    try (CodesGraph graph = new CodesGraph(random(), 1500, 16)) {
      QuantizedTraversal search = graph.search();
      float[] target = target(16);
      search.begin(
          target,
          new TopKnnCollector(10, Integer.MAX_VALUE),
          graph.accepted(null),
          graph.plan(1500, 10, FilterStrategy.POST_FILTERED),
          null);
      search.traverse(10);
      Set<Long> all = asSet(search.remaining(Double.NEGATIVE_INFINITY));
      for (long entry : all) {
        double score = Beam.score(entry);
        Set<Long> some = asSet(search.remaining(score));
        assertTrue(some.contains(entry));
        for (long other : all) {
          assertEquals(Beam.score(other) >= score, some.contains(other));
        }
      }
      search.end();
    }
  }

  /** So many others that most of them are put aside, and taken back when the score falls. */
  public void testRemainingOfMany() throws IOException {
    int size = 4000;
    try (CodesGraph graph = new CodesGraph(random(), size, 16)) {
      QuantizedTraversal search = graph.search();
      for (int round = 0; round < 20; round++) {
        float[] target = target(16);
        long[] entries = graph.entries(target);
        search.begin(
            target,
            new TopKnnCollector(10, Integer.MAX_VALUE),
            graph.accepted(null),
            graph.plan(size, 10, FilterStrategy.EXHAUSTIVE),
            null);
        search.scan(10, graph.accepted(null).batches());
        Set<Long> left = new HashSet<>();
        for (long entry : entries) {
          left.add(entry);
        }
        left.removeAll(asSet(search.found()));
        for (int step = 0; step < 20; step++) {
          double score = Beam.score(entries[random().nextInt(size)]);
          Set<Long> expected = new HashSet<>(left);
          expected.removeIf(entry -> Beam.score(entry) < score);
          ScoredNodeList remaining = search.remaining(score);
          assertEquals(expected, asSet(remaining));
          if (random().nextInt(4) == 0) { // not only one of the remaining
            long least = entries[random().nextInt(size)];
            search.find(least);
            expected = new HashSet<>(left);
            expected.removeIf(entry -> entry < least);
            assertEquals(expected, asSet(search.found()));
            left.removeAll(expected);
          }
        }
        search.end();
      }
    }
  }

  /** The limit of visits is kept by traversals and extensions, and what was found is kept. */
  public void testVisitLimit() throws IOException {
    try (CodesGraph graph = new CodesGraph(random(), 2000, 12)) {
      QuantizedTraversal search = graph.search();
      int stopped = 0;
      for (int i = 0; i < 100; i++) {
        int limit = 1 + random().nextInt(1000);
        FilterStrategy strategy =
            random().nextBoolean() ? FilterStrategy.POST_FILTERED : FilterStrategy.FILTERED;
        FixedBitSet filter = filter(2000);
        AcceptedVectors accepted = graph.accepted(filter);
        search.begin(
            target(12),
            new TopKnnCollector(10, limit),
            accepted,
            graph.plan(accepted.count(), 20, strategy),
            null);
        Set<Long> found = new HashSet<>();
        QuantizedTraversal.End end = search.traverse(20);
        while (true) {
          addOnce(found, search.found());
          assertTrue(search.visits() <= limit);
          ScoredNodeList remaining = search.remaining(Double.NEGATIVE_INFINITY);
          if (end == QuantizedTraversal.End.STOPPED || remaining.size() == 0) {
            break;
          }
          end = search.extend(remaining.get(random().nextInt(remaining.size())));
        }
        if (end == QuantizedTraversal.End.STOPPED) {
          stopped++;
          assertTrue(search.isOutOfVisits());
          assertEquals(limit, search.visits());
        }
        for (long entry : found) {
          assertTrue(filter == null || filter.get(Beam.node(entry)));
        }
        search.end();
      }
      assertTrue("stopped " + stopped, stopped > 10);
    }
  }

  /** Extensions of a traversal in two expandedNodes find accepted nodes only, each once. */
  public void testTwoHops() throws IOException {
    try (CodesGraph graph = new CodesGraph(random(), 2000, 12)) {
      QuantizedTraversal search = graph.search();
      for (int i = 0; i < 50; i++) {
        FixedBitSet filter = filter(2000);
        AcceptedVectors accepted = graph.accepted(filter);
        float[] target = target(12);
        long[] entries = graph.entries(target);
        search.begin(
            target,
            new TopKnnCollector(10, Integer.MAX_VALUE),
            accepted,
            graph.plan(accepted.count(), 20, FilterStrategy.FILTERED),
            null);
        search.traverse(20);
        Set<Long> found = new HashSet<>();
        addOnce(found, search.found());
        for (ScoredNodeList remaining = search.remaining(Double.NEGATIVE_INFINITY);
            remaining.size() > 0;
            remaining = search.remaining(Double.NEGATIVE_INFINITY)) {
          long least = remaining.get(random().nextInt(remaining.size()));
          search.extend(least);
          addOnce(found, search.found());
          assertTrue(found.contains(least));
        }
        for (long entry : found) {
          int node = Beam.node(entry);
          assertTrue(filter == null || filter.get(node));
          assertEquals(entries[node], entry);
        }
        assertTrue(
            "seeds are from all over it", found.size() >= Math.min(64, accepted.count()) / 2);
        search.end();
      }
    }
  }
}
