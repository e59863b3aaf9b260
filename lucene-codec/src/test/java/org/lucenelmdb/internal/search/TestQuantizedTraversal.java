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

/** Traversals of random graphs and their extensions, compared with simple ones. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestQuantizedTraversal extends LuceneTestCase {

  /** A simple traversal. */
  private static final class Plain {
    private final CodesGraph graph;
    private final long[] entries;
    private final FixedBitSet matching; // null for all
    final Set<Integer> scored = new HashSet<>();
    final Set<Integer> expanded = new HashSet<>();
    final TreeSet<Long> best = new TreeSet<>();
    private final PriorityQueue<Long> open = new PriorityQueue<>(Comparator.reverseOrder());

    Plain(CodesGraph graph, long[] entries, FixedBitSet matching) {
      this.graph = graph;
      this.entries = entries;
      this.matching = matching;
    }

    private boolean isMatching(int node) {
      return matching == null || matching.get(node);
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
        if (isMatching(node)) {
          best.add(entries[node]);
          if (best.size() > candidates) {
            best.pollFirst();
          }
        }
      }
    }

    /** Expands all scored nodes down to an entry, until no node is new. */
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
        if (entries[node] >= least && isMatching(node)) {
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

  /** A strategy with seeds, or null. */
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
        CodesGraph.Search search = graph.new Search();
        for (int query = 0; query < 20; query++) { // reuses the memory
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
          MatchingVectors matching = graph.matching(filter);
          search.begin(target, collector, matching, FilterStrategy.POST_FILTERED);
          Plain plain = new Plain(graph, entries, filter);

          plain.traverse(candidates, seeds);
          QuantizedTraversal.End end = search.traversal.traverse(candidates);
          assertEquals(plain.best, new TreeSet<>(asSet(search.candidates.taken)));
          assertEquals(plain.expanded.size(), search.traversal.expandedNodes());
          assertTrue(
              "" + end,
              end == QuantizedTraversal.End.ENOUGH || end == QuantizedTraversal.End.EXHAUSTED);

          Set<Long> found = new HashSet<>();
          addOnce(found, search.candidates.taken);
          long least = Long.MAX_VALUE;
          for (int step = 0; step < 5; step++) {
            Set<Long> remaining = asSet(search.candidates.remaining(Double.NEGATIVE_INFINITY));
            Set<Long> expected = plain.scoredFrom(Long.MIN_VALUE);
            expected.removeAll(found);
            assertEquals(expected, remaining);
            if (remaining.isEmpty()) {
              break;
            }
            least =
                Math.min(least, new ArrayList<>(remaining).get(random().nextInt(remaining.size())));
            plain.extend(least);
            end = search.traversal.extend(least);
            addOnce(found, search.candidates.taken);
            extended++;
            assertTrue(
                "" + end,
                end == QuantizedTraversal.End.ENOUGH || end == QuantizedTraversal.End.EXHAUSTED);
            Set<Long> missed = plain.scoredFrom(least);
            missed.removeAll(found);
            assertEquals(Set.of(), missed);
            assertTrue(plain.scoredFrom(Long.MIN_VALUE).containsAll(found));
            assertEquals(plain.expanded.size(), search.traversal.expandedNodes());
          }
          search.end();
        }
      }
    }
    assertTrue("extended " + extended, extended > 100);
  }

  /** The remaining nodes are those with at least a score. */
  public void testRemainingFromAScore() throws IOException {
    try (CodesGraph graph = new CodesGraph(random(), 1500, 16)) {
      CodesGraph.Search search = graph.new Search();
      float[] target = target(16);
      search.begin(
          target,
          new TopKnnCollector(10, Integer.MAX_VALUE),
          graph.matching(null),
          FilterStrategy.POST_FILTERED);
      search.traversal.traverse(10);
      Set<Long> all = asSet(search.candidates.remaining(Double.NEGATIVE_INFINITY));
      for (long entry : all) {
        double score = Beam.score(entry);
        Set<Long> some = asSet(search.candidates.remaining(score));
        assertTrue(some.contains(entry));
        for (long other : all) {
          assertEquals(Beam.score(other) >= score, some.contains(other));
        }
      }
      search.end();
    }
  }

  /** Of many evicted nodes, most are set aside, and taken back when the score falls. */
  public void testRemainingOfMany() throws IOException {
    int size = 4000;
    try (CodesGraph graph = new CodesGraph(random(), size, 16)) {
      CodesGraph.Search search = graph.new Search();
      for (int round = 0; round < 20; round++) {
        float[] target = target(16);
        long[] entries = graph.entries(target);
        KnnCollector collector = new TopKnnCollector(10, Integer.MAX_VALUE);
        search.begin(target, collector, graph.matching(null), FilterStrategy.EXHAUSTIVE);
        search.scan.scanAll(10, collector, graph.matching(null).batches());
        Set<Long> left = new HashSet<>();
        for (long entry : entries) {
          left.add(entry);
        }
        left.removeAll(asSet(search.candidates.taken));
        for (int step = 0; step < 20; step++) {
          double score = Beam.score(entries[random().nextInt(size)]);
          Set<Long> expected = new HashSet<>(left);
          expected.removeIf(entry -> Beam.score(entry) < score);
          ScoredNodeList remaining = search.candidates.remaining(score);
          assertEquals(expected, asSet(remaining));
          if (random().nextInt(4) == 0) { // not only a remaining one
            long least = entries[random().nextInt(size)];
            search.candidates.takeEvicted(least);
            expected = new HashSet<>(left);
            expected.removeIf(entry -> entry < least);
            assertEquals(expected, asSet(search.candidates.taken));
            left.removeAll(expected);
          }
        }
        search.end();
      }
    }
  }

  /** Traversals and extensions keep the visit limit, and their candidates. */
  public void testVisitLimit() throws IOException {
    try (CodesGraph graph = new CodesGraph(random(), 2000, 12)) {
      CodesGraph.Search search = graph.new Search();
      int stopped = 0;
      for (int i = 0; i < 100; i++) {
        int limit = 1 + random().nextInt(1000);
        FilterStrategy strategy =
            random().nextBoolean() ? FilterStrategy.POST_FILTERED : FilterStrategy.FILTERED;
        FixedBitSet filter = filter(2000);
        MatchingVectors matching = graph.matching(filter);
        search.begin(target(12), new TopKnnCollector(10, limit), matching, strategy);
        Set<Long> found = new HashSet<>();
        QuantizedTraversal.End end = search.traversal.traverse(20);
        while (true) {
          addOnce(found, search.candidates.taken);
          assertTrue(search.visits.counted() <= limit);
          ScoredNodeList remaining = search.candidates.remaining(Double.NEGATIVE_INFINITY);
          if (end == QuantizedTraversal.End.STOPPED || remaining.size() == 0) {
            break;
          }
          end = search.traversal.extend(remaining.get(random().nextInt(remaining.size())));
        }
        if (end == QuantizedTraversal.End.STOPPED) {
          stopped++;
          assertTrue(search.visits.isExhausted());
          assertEquals(limit, search.visits.counted());
        }
        for (long entry : found) {
          assertTrue(filter == null || filter.get(Beam.node(entry)));
        }
        search.end();
      }
      assertTrue("stopped " + stopped, stopped > 10);
    }
  }

  /** Extensions of a filtered traversal find matching nodes only, each once. */
  public void testFiltered() throws IOException {
    try (CodesGraph graph = new CodesGraph(random(), 2000, 12)) {
      CodesGraph.Search search = graph.new Search();
      for (int i = 0; i < 50; i++) {
        FixedBitSet filter = filter(2000);
        MatchingVectors matching = graph.matching(filter);
        float[] target = target(12);
        long[] entries = graph.entries(target);
        search.begin(
            target, new TopKnnCollector(10, Integer.MAX_VALUE), matching, FilterStrategy.FILTERED);
        search.traversal.traverse(20);
        Set<Long> found = new HashSet<>();
        addOnce(found, search.candidates.taken);
        for (ScoredNodeList remaining = search.candidates.remaining(Double.NEGATIVE_INFINITY);
            remaining.size() > 0;
            remaining = search.candidates.remaining(Double.NEGATIVE_INFINITY)) {
          long least = remaining.get(random().nextInt(remaining.size()));
          search.traversal.extend(least);
          addOnce(found, search.candidates.taken);
          assertTrue(found.contains(least));
        }
        for (long entry : found) {
          int node = Beam.node(entry);
          assertTrue(filter == null || filter.get(node));
          assertEquals(entries[node], entry);
        }
        assertTrue( // without a filter, there are no seeds, and the entry node may have no links
            "seeds are from all matching nodes",
            matching.isFiltered() == false || found.size() >= Math.min(64, matching.count()) / 2);
        search.end();
      }
    }
  }
}
