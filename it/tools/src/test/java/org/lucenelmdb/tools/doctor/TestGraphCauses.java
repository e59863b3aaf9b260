/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.lucenelmdb.tools.search.RelinkedGraph;
import org.lucenelmdb.tools.search.TestIndex;

/** Indexes whose links were changed. */
public class TestGraphCauses extends DiagnosisTestCase {

  public void testHubs() throws IOException {
    Path index =
        write(TestIndex.of(4_000, EUCLIDEAN, id -> clustered()).options(OPTIONS.withCodeBits(1)));
    RelinkedGraph.relink(
        index,
        false,
        (node, old) -> {
          TreeSet<Integer> links = new TreeSet<>();
          links.add((node + 1) % 4_000); // all nodes can be reached, by very long ways
          while (links.size() < old.size()) {
            links.add(4 * vectors.nextInt(40) + vectors.nextInt(2)); // 80 hubs
          }
          return links;
        });
    assertEquals(List.of("hubs"), causes(index));
  }

  public void testUnreachable() throws IOException {
    Path index =
        write(TestIndex.of(4_000, EUCLIDEAN, id -> clustered()).options(OPTIONS.withCodeBits(1)));
    // no node of the others links to a node whose number is divisible by 5
    RelinkedGraph.relink(
        index,
        false,
        (node, old) -> {
          TreeSet<Integer> links = new TreeSet<>(old);
          links.removeIf(neighbor -> neighbor % 5 == 0);
          while (links.size() < old.size()) {
            links.add(5 * vectors.nextInt(800) + 1 + vectors.nextInt(4));
          }
          return links;
        });
    assertEquals(List.of("unreachable"), causes(index));
  }
}
