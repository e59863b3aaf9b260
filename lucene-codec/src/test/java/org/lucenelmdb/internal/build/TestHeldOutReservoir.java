/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.util.HashSet;
import java.util.Set;
import org.apache.lucene.tests.util.LuceneTestCase;

public class TestHeldOutReservoir extends LuceneTestCase {

  /** Every node is either held out, or was returned once to be inserted. */
  public void testEachNodeOnce() {
    int wanted = random().nextInt(50);
    HeldOutReservoir reservoir = new HeldOutReservoir(size -> wanted, random().nextLong());
    Set<Integer> inserted = new HashSet<>();
    int size = 1 + random().nextInt(1000);
    for (int node = 0; node < size; node++) {
      int result = reservoir.offer(node, node + 1);
      if (result != HeldOutReservoir.NO_NODE) {
        assertTrue(result <= node);
        assertTrue(inserted.add(result));
      }
      int heldOut = reservoir.nodes().size();
      assertTrue("" + heldOut, heldOut <= Math.min(wanted, (node + 1) / 4));
      assertEquals(node + 1, heldOut + inserted.size());
    }
    assertTrue(reservoir.nodes().stream().noneMatch(inserted::contains));
  }
}
