/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.offheap;

import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;

/** {@link OffHeapBits} against a {@link BitSet}. */
public class TestOffHeapBits extends LuceneTestCase {

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

  public void testBits() throws IOException {
    int size = TestUtil.nextInt(random(), 1, 1000);
    OffHeapBits bits = memory.bits(size);
    BitSet expected = new BitSet(size);
    for (int round = 0; round < 100; round++) {
      int index = random().nextInt(size);
      switch (random().nextInt(4)) {
        case 0 -> {
          assertEquals(expected.get(index), bits.getAndSet(index));
          expected.set(index);
        }
        case 1 -> {
          for (int member = expected.nextSetBit(0); member >= 0; ) {
            bits.clearAround(member);
            member = expected.nextSetBit(member + 1);
          }
          expected.clear();
        }
        default -> {
          int[] indexes = random().ints(random().nextInt(40), 0, size).toArray(); // with duplicates
          int[] fresh =
              Arrays.stream(indexes).filter(i -> expected.get(i) == false).distinct().toArray();
          int count = bits.retainNew(indexes, indexes.length);
          assertArrayEquals(fresh, Arrays.copyOf(indexes, count));
          Arrays.stream(fresh).forEach(expected::set);
        }
      }
      for (int i = 0; i < size; i++) {
        assertEquals(expected.get(i), bits.get(i));
      }
    }
  }
}
