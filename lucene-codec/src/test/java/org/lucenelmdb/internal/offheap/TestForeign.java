/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.offheap;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.lucene.tests.util.LuceneTestCase;

/** {@link Foreign} views of native memory. */
public class TestForeign extends LuceneTestCase {

  public void testView() {
    byte[] expected = new byte[1 + random().nextInt(100)];
    random().nextBytes(expected);
    ByteBuffer direct = ByteBuffer.allocateDirect(expected.length + 10);
    int from = random().nextInt(10);
    direct.put(from, expected).position(from);
    ByteBuffer view = Foreign.view(Foreign.address(direct), expected.length);
    assertEquals(ByteOrder.LITTLE_ENDIAN, view.order());
    assertEquals(expected.length, view.capacity());
    byte[] read = new byte[expected.length];
    view.get(0, read);
    assertArrayEquals(expected, read);
    view.put(0, (byte) 42);
    assertEquals("the same memory", 42, direct.get(from));
  }
}
