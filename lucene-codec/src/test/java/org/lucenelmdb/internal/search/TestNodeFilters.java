/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.lucenelmdb.internal.graph.NodeOrdinals;

/** Filters of nodes, for a random order of the nodes. */
public class TestNodeFilters extends LuceneTestCase {

  private static final int KEPT = 4;

  /** A random order that counts its calls. */
  private static class CountedOrder implements NodeOrdinals {
    final List<Integer> nodes = new ArrayList<>();
    int asked;

    CountedOrder(int size) {
      for (int i = 0; i < size; i++) {
        nodes.add(i);
      }
      Collections.shuffle(nodes, random());
    }

    @Override
    public int ordinal(int node) {
      throw new AssertionError("not needed");
    }

    @Override
    public int node(int ordinal) {
      asked++;
      return nodes.get(ordinal);
    }
  }

  private static FixedBitSet filter(int size) {
    FixedBitSet filter = new FixedBitSet(size);
    double part = random().nextInt(4) == 0 ? 1 : random().nextDouble();
    for (int ord = 0; ord < size; ord++) {
      if (random().nextDouble() < part) {
        filter.set(ord);
      }
    }
    return filter;
  }

  private static List<Integer> expected(FixedBitSet filter, CountedOrder order) {
    List<Integer> nodes = new ArrayList<>();
    for (int ord = 0; ord < filter.length(); ord++) {
      if (filter.get(ord)) {
        nodes.add(order.nodes.get(ord));
      }
    }
    Collections.sort(nodes);
    return nodes;
  }

  private static List<Integer> nodes(NodeFilters filters, FixedBitSet filter, CountedOrder order)
      throws IOException {
    Batches batches = filters.nodes(filter, order);
    int[] batch = new int[1 + random().nextInt(300)];
    List<Integer> found = new ArrayList<>();
    for (int count = batches.next(batch); count > 0; count = batches.next(batch)) {
      for (int i = 0; i < count; i++) {
        found.add(batch[i]);
      }
    }
    assertEquals(0, batches.next(batch));
    return found;
  }

  public void testNodes() throws IOException {
    for (int round = 0; round < 30; round++) {
      int size = TestUtil.nextInt(random(), 1, random().nextInt(5) == 0 ? 150_000 : 3000);
      CountedOrder order = new CountedOrder(size);
      NodeFilters filters = new NodeFilters();
      for (int i = 0; i < 3; i++) {
        FixedBitSet filter = filter(size);
        assertEquals(expected(filter, order), nodes(filters, filter, order));
      }
    }
  }

  /** Recent filters are found again, also if equal bits are in another object. */
  public void testKept() throws IOException {
    int size = 2000;
    CountedOrder order = new CountedOrder(size);
    NodeFilters filters = new NodeFilters();
    assertEquals(0, filters.ramBytesUsed());
    List<FixedBitSet> all = new ArrayList<>();
    for (int i = 0; i <= KEPT; i++) {
      FixedBitSet filter = filter(size);
      filter.clear(0, 10);
      filter.set(i); // no two are the same
      all.add(filter);
    }
    long bytes = 0;
    for (FixedBitSet filter : all.subList(0, KEPT)) {
      nodes(filters, filter.clone(), order);
      long more = filters.ramBytesUsed();
      assertTrue(more + " after " + bytes, more >= bytes + size / 8);
      bytes = more;
    }
    order.asked = 0;
    for (FixedBitSet filter : all.subList(0, KEPT)) {
      assertEquals(expected(filter, order), nodes(filters, filter.clone(), order));
    }
    assertEquals("kept", 0, order.asked);
    assertEquals(bytes, filters.ramBytesUsed());

    FixedBitSet last = all.get(KEPT);
    assertEquals(expected(last, order), nodes(filters, last, order));
    assertEquals("new", last.cardinality(), order.asked);
    order.asked = 0;
    for (int i = 1; i <= KEPT; i++) {
      nodes(filters, all.get(i), order);
    }
    assertEquals(0, order.asked);
    assertEquals(expected(all.get(0), order), nodes(filters, all.get(0), order));
    assertEquals("was given up", all.get(0).cardinality(), order.asked);
  }

  /** A bit set that is reused for another filter does not get the nodes of the old one. */
  public void testChangedBits() throws IOException {
    CountedOrder order = new CountedOrder(1500);
    NodeFilters filters = new NodeFilters();
    FixedBitSet filter = filter(1500);
    for (int i = 0; i < 10; i++) {
      assertEquals(expected(filter, order), nodes(filters, filter, order));
      filter.flip(random().nextInt(1500));
    }
  }

  /** A bit set that changes while it is read gets the nodes of the copy that is kept. */
  public void testChangedMeanwhile() throws IOException {
    int size = 1500;
    for (int round = 0; round < 20; round++) {
      FixedBitSet filter = filter(size);
      FixedBitSet copy = filter.clone();
      CountedOrder order =
          new CountedOrder(size) {
            @Override
            public int node(int ordinal) {
              filter.flip(random().nextInt(size));
              return super.node(ordinal);
            }
          };
      NodeFilters filters = new NodeFilters();
      nodes(filters, filter, order);
      order.asked = 0;
      assertEquals(expected(copy, order), nodes(filters, copy, order));
      assertEquals("kept", 0, order.asked);
    }
  }

  /** The matching nodes, for few and many, with deletes only, and without a filter. */
  public void testMatchingNodes() throws IOException {
    for (int round = 0; round < 20; round++) {
      int size = TestUtil.nextInt(random(), 1, 4000);
      CountedOrder order = new CountedOrder(size);
      NodeFilters filters = new NodeFilters();
      FixedBitSet filter = filter(size);
      FloatVectorValues values =
          FloatVectorValues.fromFloats(Collections.nCopies(size, new float[1]), 1);
      RandomVectorScorer scorer = new CodesGraph.Scorer(new float[size]);
      AcceptDocs accept =
          AcceptDocs.fromLiveDocs(random().nextBoolean() ? filter : filter.asReadOnlyBits(), size);
      MatchingVectors matching = new MatchingVectors(accept, values, scorer);
      List<Integer> found = new ArrayList<>();
      int[] batch = new int[100];
      Batches batches = filters.nodes(matching, order);
      for (int count = batches.next(batch); count > 0; count = batches.next(batch)) {
        for (int i = 0; i < count; i++) {
          found.add(batch[i]);
        }
      }
      Collections.sort(found);
      assertEquals(expected(filter, order), found);
    }
  }
}
