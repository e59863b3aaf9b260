/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.search;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.VectorUtil;
import org.apache.lucene.util.hnsw.UpdateableRandomVectorScorer;
import org.lucenelmdb.vectors.VectorMetric;

public class TestHiddenNode extends LuceneTestCase {

  private static final int SIZE = 300;
  private static final int DIMENSION = 8;

  private CodesGraph graph;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    graph = new CodesGraph(random(), SIZE, DIMENSION);
  }

  @Override
  public void tearDown() throws Exception {
    graph.close();
    super.tearDown();
  }

  private static boolean contains(int[] nodes, int node) {
    return Arrays.stream(nodes).anyMatch(other -> other == node);
  }

  /**
   * The nearest neighbor of the hidden node that a node is not linked to; -1 if there is none.
   *
   * @param used by other nodes: only if there is no other
   */
  private int substitute(int hidden, int from, Set<Integer> used) {
    int best = -1;
    for (int neighbor : graph.links[hidden]) {
      if (neighbor != from
          && contains(graph.links[from], neighbor) == false
          && (best < 0
              || used.contains(best) && used.contains(neighbor) == false
              || used.contains(best) == used.contains(neighbor)
                  && distance(from, neighbor) < distance(from, best))) {
        best = neighbor;
      }
    }
    return best;
  }

  private float distance(int a, int b) {
    return VectorUtil.squareDistance(graph.vectors[a], graph.vectors[b]);
  }

  public void testReplace() throws IOException {
    UpdateableRandomVectorScorer scorer = VectorMetric.EUCLIDEAN.scorers(graph.values()).scorer();
    int most = graph.geometry.maxDegree();
    HiddenNode hidden = new HiddenNode(graph.openLinks(), null, scorer, most);
    int replaced = 0;
    for (int node = 0; node < SIZE; node++) {
      hidden.hide(node);
      assertEquals(node, hidden.node());
      Set<Integer> used = new HashSet<>();
      Map<Integer, Integer> substitutes = new HashMap<>();
      for (int twice = 0; twice < 2; twice++) { // the second time they are the same
        for (int from = 0; from < SIZE; from++) {
          int[] links = graph.links[from];
          Set<Integer> expected = new HashSet<>();
          for (int link : links) {
            expected.add(link);
          }
          if (from != node && expected.remove(node)) {
            int substitute =
                substitutes.computeIfAbsent(
                    from,
                    key -> {
                      boolean isLate = substitutes.size() >= HiddenNode.NEAREST;
                      return substitute(hidden.node(), key, isLate ? used : Set.of());
                    });
            if (substitute >= 0) {
              expected.add(substitute);
              used.add(substitute);
            }
            replaced++;
          } else if (from == node) {
            continue; // nobody comes to it
          }
          int[] found = Arrays.copyOf(links, most);
          int count = hidden.replace(from, found, links.length);
          Set<Integer> actual = new HashSet<>();
          for (int i = 0; i < count; i++) {
            assertTrue("each once", actual.add(found[i]));
          }
          assertEquals(expected, actual);
        }
      }
    }
    assertTrue(replaced > SIZE);
  }
}
