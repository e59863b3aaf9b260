/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.offheap;

import java.io.IOException;
import org.apache.lucene.tests.util.LuceneTestCase;

/** {@link OffHeapInts} against an array. */
public class TestOffHeapInts extends LuceneTestCase {

  private BuildMemory memory;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    memory = new MemoryBudget(1 << 20).take(1 << 20, () -> {});
  }

  @Override
  public void tearDown() throws Exception {
    memory.close();
    super.tearDown();
  }

  public void testInts() throws IOException {
    int[] expected = new int[random().nextInt(1000)];
    OffHeapInts ints = memory.ints(expected.length);
    assertEquals(expected.length, ints.size());
    for (int i = 0; i < 2 * expected.length; i++) {
      int index = random().nextInt(expected.length);
      assertEquals(expected[index], ints.get(index));
      expected[index] = random().nextInt();
      ints.set(index, expected[index]);
    }
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], ints.get(i));
    }
    int size = Math.max(1, expected.length);
    expectThrows(IndexOutOfBoundsException.class, () -> ints.get(size));
    expectThrows(IndexOutOfBoundsException.class, () -> ints.set(size, 1));
    expectThrows(IndexOutOfBoundsException.class, () -> ints.get(-1));
  }
}
