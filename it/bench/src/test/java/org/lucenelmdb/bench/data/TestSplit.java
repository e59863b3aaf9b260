/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.FixedBitSet;

/** The split into queries and base. */
public class TestSplit extends LuceneTestCase {

  public void testAsWithLists() {
    for (int i = 0; i < 100; i++) {
      int count = 2 + random().nextInt(500);
      int queryCount = 1 + random().nextInt(count - 1);
      int maxBase = 1 + random().nextInt(600);
      long seed = random().nextLong();
      List<Integer> queries = new ArrayList<>();
      List<Integer> rest = new ArrayList<>();
      for (int j = 0; j < count; j++) {
        boolean query = j % (count / queryCount) == 0 && queries.size() < queryCount;
        (query ? queries : rest).add(j);
      }
      Collections.shuffle(rest, new Random(seed));
      List<Integer> base = rest.subList(0, Math.min(maxBase, rest.size()));

      Split split = Split.of(count, queryCount, maxBase, seed);
      assertEquals(queries, IntStream.of(split.queries()).boxed().toList());
      assertEquals(base, IntStream.of(split.base()).boxed().toList());
    }
  }

  public void testMillions() {
    int base = 4_000_000;
    Split split = Split.of(base + 1_000, 1_000, base, random().nextLong());
    FixedBitSet found = new FixedBitSet(base + 1_000);
    IntStream.concat(IntStream.of(split.queries()), IntStream.of(split.base())).forEach(found::set);
    assertEquals(1_000, split.queries().length);
    assertEquals(base + 1_000, found.cardinality());
    FilterChoice filter = FilterChoice.random(0.001, base, random().nextLong());
    assertEquals(4_000, filter.accepted().cardinality());
  }

  public void testSeedMatters() {
    int[] base = Split.of(100, 10, 90, 1).base();
    assertFalse(Arrays.equals(base, Split.of(100, 10, 90, 2).base()));
    assertArrayEquals(base, Split.of(100, 10, 90, 1).base());
  }
}
