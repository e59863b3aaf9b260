/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;

/** Visited nodes, compared with a set. */
public class TestVisitedNodes extends LuceneTestCase {

  public void testRetainNew() {
    for (int round = 0; round < 20; round++) {
      int size = TestUtil.nextInt(random(), 1, 3000);
      VisitedNodes visited = new VisitedNodes(size);
      assertTrue(visited.ramBytesUsed() >= size / 8);
      for (int traversal = 0; traversal < 3; traversal++) {
        visited.clear();
        Set<Integer> seen = new HashSet<>();
        for (int step = 0; step < 50; step++) {
          int[] nodes = new int[random().nextInt(70)];
          int count = random().nextInt(nodes.length + 1);
          TreeSet<Integer> expected = new TreeSet<>();
          for (int i = 0; i < nodes.length; i++) {
            nodes[i] = random().nextInt(size);
            if (i < count && seen.add(nodes[i])) {
              expected.add(nodes[i]);
            }
          }
          int[] before = nodes.clone();
          int retained = visited.retainNew(nodes, count);
          TreeSet<Integer> found = new TreeSet<>();
          for (int i = 0; i < retained; i++) {
            assertTrue(found.add(nodes[i]));
          }
          assertEquals(expected, found);
          for (int i = count; i < nodes.length; i++) {
            assertEquals("beyond the count", before[i], nodes[i]);
          }
        }
      }
    }
  }
}
