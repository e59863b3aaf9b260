/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.io.IOException;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.tests.util.LuceneTestCase;

public class TestOversampling extends LuceneTestCase {

  private static final float[] INVALID = {
    0, -1, 0.999f, 1000.1f, Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY
  };

  private static Oversampling read(float written, boolean mayBeAdaptive) throws IOException {
    try (Directory directory = new ByteBuffersDirectory()) {
      try (IndexOutput out = directory.createOutput("meta", IOContext.DEFAULT)) {
        out.writeInt(Float.floatToIntBits(written));
      }
      try (IndexInput in = directory.openInput("meta", IOContext.DEFAULT)) {
        return Oversampling.read(in, mayBeAdaptive);
      }
    }
  }

  private static float written(Oversampling oversampling) throws IOException {
    try (Directory directory = new ByteBuffersDirectory()) {
      try (IndexOutput out = directory.createOutput("meta", IOContext.DEFAULT)) {
        oversampling.write(out);
      }
      try (IndexInput in = directory.openInput("meta", IOContext.DEFAULT)) {
        assertEquals(Float.BYTES, in.length());
        return Float.intBitsToFloat(in.readInt());
      }
    }
  }

  public void testFactors() throws IOException {
    for (float factor : new float[] {1, 1000, 1 + 999 * random().nextFloat()}) {
      assertTrue(Oversampling.isValid(factor));
      Oversampling oversampling = Oversampling.of(factor);
      assertEquals(factor, oversampling.factor().getAsDouble(), 0);
      assertEquals(factor, written(oversampling), 0);
      assertEquals(oversampling, read(factor, random().nextBoolean()));
    }
  }

  public void testAdaptive() throws IOException {
    assertTrue(Oversampling.ADAPTIVE.factor().isEmpty());
    assertEquals(0, written(Oversampling.ADAPTIVE), 0);
    assertEquals(Oversampling.ADAPTIVE, read(0, true));
  }

  public void testInvalid() {
    for (float factor : INVALID) {
      assertFalse(Oversampling.isValid(factor));
      expectThrows(IllegalArgumentException.class, () -> Oversampling.of(factor));
      CorruptIndexException e =
          expectThrows(CorruptIndexException.class, () -> read(factor, factor != 0));
      assertTrue(e.getMessage(), e.getMessage().contains("found " + factor));
    }
  }
}
