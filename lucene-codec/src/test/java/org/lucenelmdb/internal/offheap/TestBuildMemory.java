/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.offheap;

import java.io.IOException;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.tests.util.LuceneTestCase;

/** {@link BuildMemory} allocates no more than was granted, and releases it. */
public class TestBuildMemory extends LuceneTestCase {

  private MemoryBudget budget;
  private BuildMemory memory;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    budget = new MemoryBudget(1 << 20);
    memory = budget.take(1 << 20, () -> {});
  }

  @Override
  public void tearDown() throws Exception {
    memory.close();
    assertEquals(0, budget.used());
    super.tearDown();
  }

  /** All granted memory can be allocated, and no more. */
  public void testGranted() throws IOException {
    memory.close();
    long bytes = random().nextInt(1000);
    int ints = random().nextInt(1000);
    int bits = random().nextInt(1000);
    long cost =
        BuildMemory.cost(bytes) + BuildMemory.costOfInts(ints) + BuildMemory.costOfBits(bits);
    assertTrue(cost >= bytes + 4L * ints + bits / 8);
    try (BuildMemory exact = budget.take(cost, () -> {})) {
      assertEquals(cost, budget.used());
      expectThrows(IllegalStateException.class, () -> exact.allocate(cost + 1));
      expectThrows(IllegalStateException.class, () -> exact.allocate(Long.MAX_VALUE / 2));
      exact.ints(ints);
      exact.bits(bits);
      exact.allocate(bytes);
      expectThrows(IllegalStateException.class, () -> exact.allocate(0));
      expectThrows(IllegalStateException.class, () -> exact.ints(1));
      expectThrows(IllegalStateException.class, () -> exact.bits(1));
      assertEquals(cost, budget.used());
    }
    assertEquals(0, budget.used());
    try (BuildMemory less = budget.take(cost - 1, () -> {})) {
      less.ints(ints);
      less.bits(bits);
      expectThrows(IllegalStateException.class, () -> less.allocate(bytes));
    }
    assertEquals(0, budget.used());
  }

  public void testUseAfterClose() throws IOException {
    OffHeapBytes bytes = memory.allocate(100);
    OffHeapInts ints = memory.ints(10);
    OffHeapBits bits = memory.bits(10);
    assertEquals(budget.limit(), budget.used());
    for (int i = 0; i < 3; i++) {
      memory.close();
      assertEquals("released once", 0, budget.used());
    }
    expectThrows(IllegalStateException.class, () -> memory.allocate(1));
    expectThrows(AlreadyClosedException.class, () -> bytes.getByte(0));
    expectThrows(AlreadyClosedException.class, () -> bytes.putByte(0, (byte) 1));
    expectThrows(AlreadyClosedException.class, () -> bytes.read(0, new byte[1], 0, 1));
    expectThrows(AlreadyClosedException.class, () -> bytes.write(0, new byte[1], 0, 1));
    expectThrows(AlreadyClosedException.class, () -> ints.get(0));
    expectThrows(AlreadyClosedException.class, () -> ints.set(0, 1));
    expectThrows(AlreadyClosedException.class, () -> bits.get(0));
    expectThrows(AlreadyClosedException.class, () -> bits.getAndSet(0));
  }

  /** Allocations do not overlap. */
  public void testParts() throws IOException {
    OffHeapInts[] parts = new OffHeapInts[50];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = memory.ints(random().nextInt(100));
    }
    for (int i = 0; i < parts.length; i++) {
      for (int n = 0; n < parts[i].size(); n++) {
        assertEquals(0, parts[i].get(n));
        parts[i].set(n, i + 1);
      }
    }
    for (int i = 0; i < parts.length; i++) {
      for (int n = 0; n < parts[i].size(); n++) {
        assertEquals(i + 1, parts[i].get(n));
      }
    }
  }
}
