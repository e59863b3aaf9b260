/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.NativeThreads;
import org.lucenelmdb.internal.graph.Beam;
import org.lucenelmdb.internal.search.CodesGraph.Scorer;
import org.lucenelmdb.internal.vectors.VectorMetric;

/** Which candidates are reranked, in which order, and until when. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestReranker extends LuceneTestCase {

  private static final int SIZE = 1000;
  private static final int DIMENSION = 16;
  private static final int BATCH = 64;

  /** Records the collected documents. */
  private static final class Recorder extends KnnCollector.Decorator {
    final List<Integer> docs = new ArrayList<>();
    int asked;
    int allowed = Integer.MAX_VALUE;
    int batch;
    private int askedBefore;

    Recorder(int k) {
      super(new TopKnnCollector(k, Integer.MAX_VALUE));
    }

    @Override
    public boolean earlyTerminated() {
      return ++asked > allowed;
    }

    @Override
    public boolean collect(int doc, float score) {
      batch = Math.max(batch, asked - askedBefore);
      askedBefore = asked;
      docs.add(doc);
      assertTrue("asked before each vector", docs.size() <= Math.min(asked, allowed));
      return super.collect(doc, score);
    }
  }

  private CodesGraph graph;
  private CodesGraph.Search search;
  private final RerankPolicy policy = new RerankPolicy();
  private CollectorNeeds needs;
  private Reranker reranker;
  private float[] target;
  private long[] entries;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    graph = new CodesGraph(random(), SIZE, DIMENSION);
    search = graph.new Search();
    VectorPrefetch prefetch = new VectorPrefetch(null, null);
    reranker = new Reranker(search.codes, prefetch, VectorMetric.EUCLIDEAN, policy);
    target = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      target[i] = (float) random().nextGaussian();
    }
    entries = graph.entries(target);
  }

  @Override
  public void tearDown() throws Exception {
    graph.close();
    super.tearDown();
  }

  private void begin(KnnCollector collector, Scorer exact) throws IOException {
    search.begin(target, collector, graph.matching(null), FilterStrategy.EXHAUSTIVE);
    policy.begin(0.05);
    needs = CollectorNeeds.of(CollectorKind.TOP_K, collector);
    reranker.begin(graph.values(), exact, needs);
  }

  private long[] randomEntries(int count) {
    List<Integer> nodes = new ArrayList<>();
    for (int node = 0; node < SIZE; node++) {
      nodes.add(node);
    }
    Collections.shuffle(nodes, random());
    long[] some = new long[count];
    Arrays.setAll(some, i -> entries[nodes.get(i)]);
    return some;
  }

  private static int[] bestFirst(long[] some) {
    long[] sorted = some.clone();
    Arrays.sort(sorted);
    int[] nodes = new int[sorted.length];
    Arrays.setAll(nodes, i -> Beam.node(sorted[sorted.length - 1 - i]));
    return nodes;
  }

  private static int[] ints(List<Integer> list) {
    return list.stream().mapToInt(x -> x).toArray();
  }

  /** The best candidates by code are collected first, and all are done. */
  public void testOrder() throws IOException {
    Scorer exact = Scorer.of(graph.vectors, target);
    for (int round = 0; round < 30; round++) {
      Recorder recorder = new Recorder(10);
      begin(recorder, exact);
      long[] some = randomEntries(random().nextInt(300));
      int[] expected = bestFirst(some);
      long[] copy = some.clone();
      reranker.rerank(some, some.length);
      assertArrayEquals(expected, ints(recorder.docs));
      assertEquals(some.length, reranker.count());
      int[] ords = Arrays.copyOf(reranker.sortedOrds(), reranker.count());
      Arrays.sort(expected);
      assertArrayEquals(expected, ords);
      for (long entry : entries) {
        boolean isDone = Arrays.stream(copy).anyMatch(other -> other == entry);
        assertEquals(isDone, reranker.isDone(entry));
      }
      assertEquals(some.length, reranker.end("test"));
      search.end();
    }
  }

  /** The collector is asked before each vector, and gets none after it terminates early. */
  public void testStops() throws IOException {
    Scorer exact = Scorer.of(graph.vectors, target);
    for (int round = 0; round < 100; round++) {
      Recorder recorder = new Recorder(10);
      recorder.allowed = random().nextInt(400);
      begin(recorder, exact);
      long[] some = randomEntries(1 + random().nextInt(400));
      int[] expected = bestFirst(some);
      reranker.rerank(some, some.length);
      int count = Math.min(some.length, recorder.allowed);
      assertArrayEquals(Arrays.copyOf(expected, count), ints(recorder.docs));
      assertTrue(recorder.batch + " together", recorder.batch <= BATCH + 1);
      assertEquals(count, reranker.end("test"));
      assertTrue("once more where it stops", recorder.asked <= count + 1);
      search.end();
    }
  }

  /** A vector with a score of NaN is done, but not collected. */
  public void testNaN() throws IOException {
    float[] scores = Scorer.of(graph.vectors, target).scores();
    List<Integer> expected = new ArrayList<>();
    long[] some = randomEntries(200);
    for (int node : bestFirst(some)) {
      if (random().nextInt(4) == 0) {
        scores[node] = Float.NaN;
      } else {
        expected.add(node);
      }
    }
    Recorder recorder = new Recorder(10);
    begin(recorder, new Scorer(scores));
    reranker.rerank(some, some.length);
    assertEquals(expected, recorder.docs);
    assertEquals(200, reranker.count());
    assertTrue(
        "learned from the others", Double.isFinite(policy.minScore(reranker.minSimilarity())));
    search.end();
  }

  /** Two nodes with the same ordinal would be collected twice. */
  public void testDuplicateOrdinals() throws IOException {
    begin(new Recorder(10), Scorer.of(graph.vectors, target));
    long[] some = randomEntries(random().nextInt(100) + 1);
    reranker.rerank(some.clone(), some.length);
    reranker.rerank(new long[] {some[random().nextInt(some.length)]}, 1);
    CorruptIndexException e =
        expectThrows(CorruptIndexException.class, () -> reranker.end("the image"));
    assertTrue(e.getMessage(), e.getMessage().contains("the image"));
    search.end();
  }

  /** Scans all nodes, and reranks the best ones, until no other is worthwhile. */
  private int rerankAll(Recorder recorder, Scorer exact, int first) throws IOException {
    begin(recorder, exact);
    search.scan.scanAll(first, recorder, Batches.range(SIZE));
    reranker.rerank(search.candidates.taken.array(), search.candidates.taken.size());
    int batches = 0;
    while (true) {
      double min = reranker.minSimilarity();
      ScoredNodeList remaining = search.candidates.remaining(policy.minScore(min));
      int worthwhile = policy.worthwhile(remaining, min, needs.resultCount(), 1);
      if (worthwhile == 0) {
        break;
      }
      int before = reranker.count();
      search.candidates.takeEvicted(remaining.largest(Math.min(100, worthwhile)));
      ScoredNodeList taken = search.candidates.taken;
      assertEquals(Math.min(100, worthwhile), taken.size());
      reranker.rerank(taken.array(), taken.size());
      assertTrue(reranker.count() > before);
      batches++;
    }
    search.end();
    return batches;
  }

  /** Nearly all of the best vectors are found, and not all are scored. */
  public void testWorthwhile() throws IOException {
    double recall = 0;
    int scored = 0;
    int rounds = 30;
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < DIMENSION; i++) {
        target[i] = (float) random().nextGaussian();
      }
      Recorder recorder = new Recorder(10);
      rerankAll(recorder, Scorer.of(graph.vectors, target), 16);
      scored += reranker.end("test");
      float[] scores = new float[SIZE];
      for (int i = 0; i < SIZE; i++) {
        scores[i] = VectorSimilarityFunction.EUCLIDEAN.compare(target, graph.vectors[i]);
      }
      float[] sorted = scores.clone();
      Arrays.sort(sorted);
      recall +=
          recorder.docs.stream().filter(doc -> scores[doc] >= sorted[SIZE - 10]).count()
              / (10.0 * rounds);
    }
    assertTrue("" + recall, recall >= 0.97);
    assertTrue("" + scored, scored < rounds * SIZE * 0.9);
  }

  /** If codes tell nothing, nearly all candidates are worthwhile. */
  public void testCodesThatTellNothing() throws IOException {
    float[] scores = new float[SIZE];
    for (int i = 0; i < SIZE; i++) {
      scores[i] = 1 / (1 + 100 * random().nextFloat());
    }
    rerankAll(new Recorder(10), new Scorer(scores), 50);
    assertEquals(SIZE, reranker.end("test"), SIZE * 0.2);
  }

  /** As long as there are fewer than k results, every candidate is worthwhile. */
  public void testFewerThanK() throws IOException {
    rerankAll(new Recorder(SIZE), Scorer.of(graph.vectors, target), 10);
    assertEquals(SIZE, reranker.end("test"));
  }
}
