/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.graph;

import java.util.Comparator;
import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;

/** Compares the beam with sorted collections. */
public class TestBeam extends LuceneTestCase {

  private static float score() {
    return switch (random().nextInt(10)) {
      case 0 -> Float.NEGATIVE_INFINITY;
      case 1 -> Float.POSITIVE_INFINITY;
      case 2 -> -Float.MAX_VALUE;
      case 3, 4 -> random().nextInt(5) - 2; // ties
      default -> (float) random().nextGaussian();
    };
  }

  /** NaN must not keep other scores out. */
  public void testNaN() {
    long entry = Beam.entry(random().nextInt(1000), Float.NaN);
    assertTrue(entry < Beam.entry(random().nextInt(1000), -Float.MAX_VALUE));
    assertEquals(7, Beam.node(Beam.entry(7, Float.NaN)));
  }

  public void testEntry() {
    for (int i = 0; i < 1000; i++) {
      int a = random().nextInt(5) == 0 ? Integer.MAX_VALUE : random().nextInt(1 << 20);
      int b = random().nextInt(5) == 0 ? 0 : random().nextInt();
      b &= Integer.MAX_VALUE;
      float scoreA = score();
      float scoreB = score();
      long entryA = Beam.entry(a, scoreA);
      long entryB = Beam.entry(b, scoreB);
      assertEquals(a, Beam.node(entryA));
      assertEquals(b, Beam.node(entryB));
      assertEquals(scoreA, Beam.score(entryA), 0f);
      int expected = scoreA == scoreB ? Integer.compare(b, a) : Float.compare(scoreA, scoreB);
      assertEquals(Integer.signum(expected), Integer.signum(Long.compare(entryA, entryB)));
    }
  }

  /** An entry reaches the bound exactly if its score does. */
  public void testLeast() {
    for (int i = 0; i < 1000; i++) {
      double bound = random().nextBoolean() ? score() : random().nextGaussian();
      float score = random().nextInt(4) == 0 ? (float) bound : score();
      long entry = Beam.entry(random().nextInt(Integer.MAX_VALUE), score);
      assertEquals(score >= bound, entry >= Beam.least(bound));
    }
  }

  /** Pushes, pops and collects at random; enlarges the beam now and then. */
  public void testAgainstModel() {
    Beam beam = new Beam();
    for (int round = 0; round < 100; round++) {
      int ef = TestUtil.nextInt(random(), 1, random().nextBoolean() ? 5 : 3000);
      beam.reset(ef);
      TreeSet<Long> best = new TreeSet<>();
      PriorityQueue<Long> frontier = new PriorityQueue<>(Comparator.reverseOrder());
      int steps = random().nextInt(2000);
      for (int step = 0; step < steps; step++) {
        if (random().nextInt(500) == 0) {
          int newEf = 1 + random().nextInt(2 * ef);
          beam.enlarge(newEf);
          ef = Math.max(ef, newEf);
          assertEquals(ef, beam.ef());
        }
        if (random().nextInt(3) > 0) {
          long entry = Beam.entry(step, score());
          if (entry > beam.minCompetitive()) {
            beam.push(entry);
            frontier.add(entry);
            if (random().nextInt(4) > 0) { // it passes a filter
              best.add(entry);
              long evicted = best.size() > ef ? best.pollFirst().longValue() : Beam.NONE;
              assertEquals(evicted, beam.collect(entry));
            }
          } else {
            assertTrue(best.size() == ef && entry <= best.first());
          }
        } else if (frontier.isEmpty() == false) {
          long top = frontier.poll();
          assertEquals(top, beam.peek());
          assertEquals(top, beam.pop());
        }
        assertEquals(frontier.isEmpty() == false, beam.hasFrontier());
        if (frontier.isEmpty() == false) {
          assertEquals((long) frontier.peek(), beam.peek());
        }
        assertEquals(best.size(), beam.collectedCount());
        assertEquals(best.size() < ef ? Long.MIN_VALUE : best.first(), beam.minCompetitive());
      }
      Set<Integer> expected = new HashSet<>();
      best.forEach(entry -> expected.add(Beam.node(entry)));
      Set<Integer> collected = new HashSet<>();
      for (int i = 0; i < beam.collectedCount(); i++) {
        assertTrue(collected.add(Beam.node(beam.collected(i))));
      }
      assertEquals(expected, collected);
      for (Long top = frontier.poll(); top != null; top = frontier.poll()) {
        assertTrue(beam.hasFrontier());
        assertEquals((long) top, beam.pop());
      }
      assertFalse(beam.hasFrontier());
    }
  }
}
