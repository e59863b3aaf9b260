/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.internal.graph.Beam;

/** Lists of entries behave as those of the JDK. */
public class TestScoredNodeList extends LuceneTestCase {

  private static void assertSame(List<Long> expected, ScoredNodeList found) {
    assertEquals(expected.size(), found.size());
    for (int i = 0; i < expected.size(); i++) {
      assertEquals((long) expected.get(i), found.get(i));
      assertEquals((long) expected.get(i), found.array()[i]);
    }
    assertTrue(found.ramBytesUsed() >= 8L * expected.size());
  }

  public void testAny() {
    ScoredNodeList list = new ScoredNodeList();
    for (int round = 0; round < 20; round++) {
      list.clear();
      List<Long> expected = new ArrayList<>();
      for (int step = random().nextInt(200); step > 0; step--) {
        switch (random().nextInt(5)) {
          case 0 -> {
            long[] source = random().longs(random().nextInt(500)).toArray();
            int from = random().nextInt(source.length + 1);
            int to = from + random().nextInt(source.length - from + 1);
            list.addAll(source, from, to);
            for (int i = from; i < to; i++) {
              expected.add(source[i]);
            }
          }
          case 1 -> {
            int size = random().nextInt(expected.size() + 1);
            list.truncate(size);
            expected.subList(size, expected.size()).clear();
          }
          case 2 -> {
            if (expected.isEmpty() == false) {
              int i = random().nextInt(expected.size());
              long entry = random().nextLong();
              list.set(i, entry);
              expected.set(i, entry);
            }
          }
          default -> {
            long entry = random().nextInt(3) == 0 ? 7 : random().nextLong();
            list.add(entry);
            expected.add(entry);
          }
        }
        assertSame(expected, list);
      }
    }
  }

  public void testMoveBelow() {
    for (int round = 0; round < 200; round++) {
      ScoredNodeList list = new ScoredNodeList();
      ScoredNodeList below = new ScoredNodeList();
      below.add(7);
      List<Long> expected = new ArrayList<>();
      List<Long> expectedBelow = new ArrayList<>(List.of(7L));
      double score = random().nextGaussian();
      for (int i = random().nextInt(1000); i > 0; i--) {
        float any = random().nextInt(10) == 0 ? (float) score : (float) random().nextGaussian();
        long entry = Beam.entry(i, any);
        list.add(entry);
        (any >= score ? expected : expectedBelow).add(entry);
      }
      list.moveBelow(score, below);
      assertSame(expected, list);
      assertSame(expectedBelow, below);
    }
  }

  public void testLargest() {
    for (int round = 0; round < 200; round++) {
      ScoredNodeList list = new ScoredNodeList();
      List<Long> expected = new ArrayList<>();
      for (int i = random().nextInt(1000); i >= 0; i--) {
        long entry = random().nextBoolean() ? random().nextLong() : random().nextInt(10);
        list.add(entry);
        expected.add(entry);
      }
      int count = 1 + random().nextInt(expected.size());
      Collections.sort(expected);
      assertEquals((long) expected.get(expected.size() - count), list.largest(count));
      List<Long> after = new ArrayList<>();
      for (int i = 0; i < list.size(); i++) {
        after.add(list.get(i));
      }
      Collections.sort(after);
      assertEquals("nothing is lost", expected, after);
    }
  }

  /** A large array is released. */
  public void testMemory() {
    ScoredNodeList list = new ScoredNodeList();
    long before = list.ramBytesUsed();
    list.addAll(new long[1 << 17], 0, 1 << 17);
    assertTrue(list.ramBytesUsed() >= 8L << 17);
    list.clear();
    assertEquals(before, list.ramBytesUsed());
  }
}
