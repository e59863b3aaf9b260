/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import com.carrotsearch.randomizedtesting.generators.RandomNumbers;
import com.carrotsearch.randomizedtesting.generators.RandomPicks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.FixedBitSet;
import org.lucenelmdb.bench.result.FilterInfo;

/** The exact neighbors, and their cache. */
public class TestTruth extends LuceneTestCase {

  /** Small integers: no sum is rounded, and many scores are equal. */
  private static float[][] integers(int count, int dimension, int bound) {
    float[][] vectors = new float[count][dimension];
    for (float[] vector : vectors) {
      for (int i = 0; i < dimension; i++) {
        vector[i] = random().nextInt(2 * bound + 1) - bound;
      }
    }
    return vectors;
  }

  private static Path write(float[][] vectors) throws IOException {
    Path path = createTempDir().resolve("base.fvecs");
    try (VecsWriter writer = new VecsWriter(path)) {
      for (float[] vector : vectors) {
        writer.write(vector);
      }
    }
    return path;
  }

  private static FilterPlan filter(FixedBitSet accepted, int... queries) {
    double selectivity = (double) accepted.cardinality() / accepted.length();
    FilterInfo info =
        new FilterInfo("x", "x", "x", "x", selectivity, accepted.cardinality(), queries.length);
    return new FilterPlan(info, accepted, queries);
  }

  private static FilterPlan randomFilter(int base, int queryCount) {
    FixedBitSet accepted = new FixedBitSet(base);
    double part = RandomPicks.randomFrom(random(), new Double[] {0.0, 0.01, 0.3, 0.9, 1.0});
    for (int i = 0; i < base; i++) {
      if (random().nextDouble() < part) {
        accepted.set(i);
      }
    }
    int[] queries = IntStream.range(0, queryCount).filter(q -> random().nextBoolean()).toArray();
    return filter(accepted, queries);
  }

  private static double score(Metric metric, float[] a, float[] b) {
    double score = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = (double) a[i] - b[i];
      score += metric == Metric.EUCLIDEAN ? -difference * difference : (double) a[i] * b[i];
    }
    return score;
  }

  private static int[] sorted(
      Metric metric, float[][] base, float[] query, int k, FixedBitSet accepted) {
    double[] scores = Arrays.stream(base).mapToDouble(v -> score(metric, query, v)).toArray();
    return IntStream.range(0, base.length)
        .filter(i -> accepted == null || accepted.get(i))
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -scores[i]))
        .mapToInt(Integer::intValue)
        .limit(k)
        .toArray();
  }

  private static Truth compute(
      Path path, float[][] queries, Metric metric, int k, List<FilterPlan> filters)
      throws IOException {
    List<Double> progress = new ArrayList<>();
    Truth truth = TruthComputer.compute(path, queries, metric, k, filters, progress::add);
    assertEquals(progress.stream().sorted().toList(), progress);
    assertEquals(1.0, progress.get(progress.size() - 1), 0);
    return truth;
  }

  public void testLikeSorting() throws IOException {
    for (int round = 0; round < 5; round++) {
      Metric metric = RandomPicks.randomFrom(random(), Metric.values());
      int dimension = RandomNumbers.randomIntBetween(random(), 1, 40);
      int count = RandomNumbers.randomIntBetween(random(), 1, 5_000); // several blocks
      int bound = RandomNumbers.randomIntBetween(random(), 1, 100);
      float[][] base = integers(count, dimension, bound);
      float[][] queries =
          integers(RandomNumbers.randomIntBetween(random(), 1, 20), dimension, bound);
      int k = RandomNumbers.randomIntBetween(random(), 1, random().nextBoolean() ? 10 : 6_000);
      List<FilterPlan> filters = new ArrayList<>();
      for (int i = random().nextInt(5); i > 0; i--) {
        filters.add(randomFilter(count, queries.length));
      }

      Truth truth = compute(write(base), queries, metric, k, filters);
      assertEquals(queries.length, truth.nearest().length);
      int tied = 0;
      int flat = 0;
      for (int q = 0; q < queries.length; q++) {
        int[] all = sorted(metric, base, queries[q], count, null);
        assertArrayEquals(Arrays.copyOf(all, Math.min(k, count)), truth.nearest()[q]);
        double best = score(metric, queries[q], base[all[0]]);
        flat += count > 1 && best == score(metric, queries[q], base[all[count - 1]]) ? 1 : 0;
        if (k < count) {
          double last = score(metric, queries[q], base[all[k - 1]]);
          tied += last == score(metric, queries[q], base[all[k]]) ? 1 : 0;
        }
      }
      assertEquals(tied, truth.tied());
      assertEquals(flat, truth.flat());
      assertEquals(filters.size(), truth.filtered().size());
      for (int f = 0; f < filters.size(); f++) {
        int[][] table = truth.filtered().get(f);
        FilterPlan filter = filters.get(f);
        assertEquals(filter.queries().length, table.length);
        for (int i = 0; i < table.length; i++) {
          float[] query = queries[filter.queries()[i]];
          assertArrayEquals(sorted(metric, base, query, k, filter.accepted()), table[i]);
        }
      }
    }
  }

  public void testCacheKeepsAll() throws IOException {
    TruthCache cache = new TruthCache(createTempDir().resolve("made"));
    String key = TruthCache.key("x", Metric.DOT, 2, List.of());
    assertTrue(cache.load(key).isEmpty());
    int[][] nearest = {{1, 2}, {3, 0}};
    List<int[][]> filtered = List.of(new int[][] {{5}, {}}, new int[0][]);
    cache.store(key, new Truth(nearest, filtered, 7, 8));
    Truth truth = cache.load(key).orElseThrow();
    assertArrayEquals(nearest, truth.nearest());
    assertEquals(2, truth.filtered().size());
    assertArrayEquals(filtered.get(0), truth.filtered().get(0));
    assertArrayEquals(filtered.get(1), truth.filtered().get(1));
    assertEquals(7, truth.tied());
    assertEquals(8, truth.flat());
  }

  public void testDamagedCacheIsLikeNone() throws IOException {
    TruthCache cache = new TruthCache(createTempDir());
    String key = TruthCache.key("x", Metric.DOT, 2, List.of());
    cache.store(key, new Truth(new int[][] {{1, 2}}, List.of(), 0, 0));
    byte[] good = Files.readAllBytes(cache.file(key));
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= (byte) (1 << random().nextInt(Byte.SIZE));
      Files.write(cache.file(key), bad);
      assertTrue("byte " + i, cache.load(key).isEmpty());
      Files.write(cache.file(key), Arrays.copyOf(good, i));
      assertTrue("length " + i, cache.load(key).isEmpty());
    }
    Files.write(cache.file(key), Arrays.copyOf(good, good.length + 1));
    assertTrue(cache.load(key).isEmpty());
    String other = TruthCache.key("y", Metric.DOT, 2, List.of());
    Files.write(cache.file(other), good);
    assertTrue(cache.load(other).isEmpty());
  }

  public void testKeyDependsOnAllThatMatters() {
    FixedBitSet accepted = new FixedBitSet(100);
    accepted.set(70);
    FixedBitSet others = accepted.clone();
    others.set(71);
    FixedBitSet longer = new FixedBitSet(101);
    longer.set(70);
    List<String> keys =
        List.of(
            TruthCache.key("x", Metric.DOT, 2, List.of(filter(accepted, 1, 2))),
            TruthCache.key("y", Metric.DOT, 2, List.of(filter(accepted, 1, 2))),
            TruthCache.key("x", Metric.EUCLIDEAN, 2, List.of(filter(accepted, 1, 2))),
            TruthCache.key("x", Metric.DOT, 3, List.of(filter(accepted, 1, 2))),
            TruthCache.key("x", Metric.DOT, 2, List.of(filter(others, 1, 2))),
            TruthCache.key("x", Metric.DOT, 2, List.of(filter(longer, 1, 2))),
            TruthCache.key("x", Metric.DOT, 2, List.of(filter(accepted, 1, 3))),
            TruthCache.key("x", Metric.DOT, 2, List.of(filter(accepted, 1, 2, 3))),
            TruthCache.key("x", Metric.DOT, 2, List.of()));
    assertEquals(keys.size(), keys.stream().distinct().count());
    assertEquals(
        keys.get(0), TruthCache.key("x", Metric.DOT, 2, List.of(filter(accepted.clone(), 1, 2))));
  }
}
