/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.ByteArrayDataInput;
import org.apache.lucene.store.ByteBuffersDataOutput;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;

/** Curves return their measurements, interpolated, and are read as they were written. */
public class TestRecallCurve extends LuceneTestCase {

  /** A curve whose recall grows with the effort. */
  private static RecallCurve random(int count) {
    List<RecallCurve.Point> points = new ArrayList<>();
    float efFactor = 0.5f + random().nextFloat();
    float tolerance = 10 * (1 + random().nextFloat());
    float few = 0.3f * random().nextFloat();
    float many = 0.3f * random().nextFloat();
    float expandedNodes = 1 + random().nextFloat();
    for (int i = 0; i < count; i++) {
      points.add(
          new RecallCurve.Point(
              efFactor, tolerance, few, expandedNodes, many, expandedNodes * 0.9f));
      efFactor *= 1.01f + 0.3f * random().nextFloat();
      tolerance *= 0.3f + 0.69f * random().nextFloat();
      few += (1 - few) * (0.05f + 0.6f * random().nextFloat());
      many += (1 - many) * (0.05f + 0.6f * random().nextFloat());
      expandedNodes *= 1.05f + 0.3f * random().nextFloat();
    }
    return new RecallCurve(points);
  }

  private static byte[] write(RecallCurve curve) throws IOException {
    ByteBuffersDataOutput out = new ByteBuffersDataOutput();
    RecallCurve.write(out, curve);
    return out.toArrayCopy();
  }

  public void testWriteAndRead() throws IOException {
    assertNull(RecallCurve.read(new ByteArrayDataInput(write(null))));
    for (int round = 0; round < 50; round++) {
      RecallCurve curve = random(1 + random().nextInt(RecallCurve.MAX_POINTS));
      ByteArrayDataInput in = new ByteArrayDataInput(write(curve));
      assertEquals(curve.points(), RecallCurve.read(in).points());
      assertTrue(in.eof());
    }
  }

  public void testCorrupt() throws IOException {
    int count = 1 + random().nextInt(5);
    byte[] bytes = write(random(count));
    for (int wrong : new int[] {-1, RecallCurve.MAX_POINTS + 1, 127, -128}) {
      byte[] copy = bytes.clone();
      copy[0] = (byte) wrong;
      expectThrows(
          CorruptIndexException.class, () -> RecallCurve.read(new ByteArrayDataInput(copy)));
    }
    for (int number = 0; number < 6 * count; number++) {
      boolean isRecall = number % 6 == 2 || number % 6 == 4;
      float tooLarge = isRecall ? 1.001f : 1e10f;
      for (float wrong : new float[] {Float.NaN, -0.1f, tooLarge, Float.POSITIVE_INFINITY}) {
        byte[] copy = bytes.clone();
        int bits = Float.floatToIntBits(wrong);
        for (int i = 0; i < Float.BYTES; i++) {
          copy[1 + number * Float.BYTES + i] = (byte) (bits >> Byte.SIZE * i);
        }
        expectThrows(
            CorruptIndexException.class, () -> RecallCurve.read(new ByteArrayDataInput(copy)));
      }
    }
    expectThrows(IllegalArgumentException.class, () -> new RecallCurve(List.of()));
  }

  /** A higher target never takes less effort, and its recall is expected to be a little higher. */
  public void testMore() {
    for (int round = 0; round < 200; round++) {
      RecallCurve curve = random(2 + random().nextInt(10));
      double k = Math.pow(10, 3 * random().nextDouble());
      Effort before = null;
      for (double target = 0.5; target < 1; target += 0.01) {
        Effort effort = curve.effort(target, k);
        assertTrue(effort.efFactor() > 0 && effort.tolerance() > 0);
        if (effort.isUnreachable() == false) {
          assertTrue(target + ": " + effort, effort.recall() >= target - 1e-6);
          assertTrue(effort.recall() <= 1);
        }
        if (before != null) {
          assertTrue(effort.efFactor() >= before.efFactor() - 1e-6);
          assertTrue(effort.tolerance() <= before.tolerance() + 1e-6);
          assertTrue(effort.expandedNodes() >= before.expandedNodes() - 1e-6);
          assertFalse(
              "stays unreachable", before.isUnreachable() && effort.isUnreachable() == false);
        }
        before = effort;
      }
    }
  }

  /** Measured points are returned, and others are interpolated. */
  public void testPoints() {
    for (int round = 0; round < 200; round++) {
      RecallCurve curve = random(2 + random().nextInt(10));
      int at = TestUtil.nextInt(random(), 1, curve.points().size() - 1);
      RecallCurve.Point from = curve.points().get(at - 1);
      RecallCurve.Point to = curve.points().get(at);
      boolean isMany = random().nextBoolean();
      int k = isMany ? RecallCurve.MANY + random().nextInt(1000) : 1 + random().nextInt(10);
      double recall = isMany ? to.recallOfMany() : to.recallOfFew();
      if (recall > 0.9995) {
        continue; // a higher recall is taken for chance
      }
      double target = (recall - 0.2) / 0.8; // the rest is the reserve
      Effort effort = curve.effort(target - 1e-7, k);
      assertEquals(to.efFactor(), effort.efFactor(), 1e-3 * to.efFactor());
      assertEquals(to.tolerance(), effort.tolerance(), 1e-2 * to.tolerance());
      assertEquals(recall, effort.recall(), 1e-4);
      assertEquals(
          isMany ? to.expandedNodesOfMany() : to.expandedNodesOfFew(),
          effort.expandedNodes(),
          1e-3 * effort.expandedNodes());
      double less = isMany ? from.recallOfMany() : from.recallOfFew();
      Effort between = curve.effort(((recall + less) / 2 - 0.2) / 0.8, k);
      assertTrue(between.efFactor() >= from.efFactor() - 1e-6);
      assertTrue(between.efFactor() <= to.efFactor() + 1e-6);
    }
  }

  /** A recall that no measured effort reaches is unreachable. */
  public void testUnreachable() {
    RecallCurve.Point point = new RecallCurve.Point(64, 0.001f, 0.7f, 60, 0.9f, 50);
    RecallCurve curve = new RecallCurve(List.of(point));
    assertTrue(curve.effort(0.95, 10).isUnreachable());
    assertTrue(curve.effort(0.95, 1000).isUnreachable());
    assertTrue("of few", curve.effort(0.8, 12).isUnreachable());
    assertFalse("of many", curve.effort(0.8, 80).isUnreachable());
    assertFalse(curve.effort(0.8, 100).isUnreachable());
    assertFalse("without a reserve", curve.effort(0.699, 10).isUnreachable());
    assertEquals(0.7, curve.effort(0.699, 10).recall(), 1e-6);
    assertFalse(curve.effort(0.6, 1).isUnreachable());
  }

  /** By chance, a measurement may be lower than one of less effort. */
  public void testNotMonotonic() {
    RecallCurve curve =
        new RecallCurve(
            List.of(
                new RecallCurve.Point(1, 1, 0.8f, 2, 0.8f, 2),
                new RecallCurve.Point(2, 1, 0.75f, 3, 0.75f, 3),
                new RecallCurve.Point(3, 1, 0.9f, 4, 0.9f, 4)));
    assertEquals(1, curve.effort(0.5, 10).efFactor(), 1e-6);
    double between = curve.effort(0.85 - 0.2 * 0.15 / 0.8, 10).efFactor();
    assertTrue("" + between, between > 2 && between < 3);
  }

  /** The typical curves reach all usual targets. */
  public void testUsual() {
    for (RecallCurve curve : List.of(RecallCurve.USUAL, RecallCurve.USUAL_ON_CODES)) {
      for (double target : new double[] {0.5, 0.9, 0.95, 0.99}) {
        assertFalse(curve.effort(target, 1 + random().nextInt(1000)).isUnreachable());
      }
    }
  }
}
