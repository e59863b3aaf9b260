/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.lucenelmdb.internal.graph.Holdout;

/** Held-out nodes are hidden from searches. */
public class TestHeldOutNodes extends LuceneTestCase {

  private static final int SIZE = 500;
  private static final int MAX_DEGREE = 20;

  private static int[] draw(int count) {
    return random().ints(0, SIZE).distinct().limit(count).toArray();
  }

  public void testReplace() throws IOException {
    int[] hidden = draw(TestUtil.nextInt(random(), 1, 100));
    Holdout holdout = new Holdout(hidden);
    Map<Integer, int[]> before = new HashMap<>();
    for (int node = 0; node < SIZE; node++) {
      if (random().nextBoolean() && holdout.contains(node) == false) {
        before.put(node, draw(random().nextInt(MAX_DEGREE + 1)));
        holdout.setLinks(node, before.get(node));
      }
    }
    HeldOutNodes nodes = new HeldOutNodes(holdout, null);
    VisitedNodes visited = new VisitedNodes(SIZE);
    nodes.hide(visited);
    for (int node = 0; node < SIZE; node++) {
      assertEquals(holdout.contains(node) == false, visited.add(node));
      int[] links = draw(MAX_DEGREE);
      int[] found = links.clone();
      int degree = random().nextInt(MAX_DEGREE + 1);
      int count = nodes.replace(node, found, degree);
      int[] expected = before.getOrDefault(node, Arrays.copyOf(links, degree));
      assertArrayEquals(expected, Arrays.copyOf(found, count));
    }
  }
}
