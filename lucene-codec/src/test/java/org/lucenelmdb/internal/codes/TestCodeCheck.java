/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.BitUtil;
import org.lucenelmdb.NativeThreads;
import org.lucenelmdb.internal.vectors.VectorMetric;

/** Checks records of all kinds: right ones, those of other machines, and damaged ones. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestCodeCheck extends LuceneTestCase {

  private static float[][] vectors(int dimension) {
    float[][] vectors = new float[20][];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = CodeVectors.vector(random(), dimension, VectorEncoding.FLOAT32);
    }
    return vectors;
  }

  private static byte[] record(CodeModel model, float[] vector, int ord) {
    return model.layout().kind() == CodeLayout.Kind.INTERVALS
        ? Version1Quantizer.record(model, vector, ord)
        : new CodeQuantizer(model).record(vector, ord);
  }

  public void testRecords() {
    for (CodeSample.Variant variant : CodeSample.variants(random())) {
      float[][] vectors = vectors(1 + random().nextInt(80));
      CodeModel model = CodeSample.model(random(), variant, vectors);
      CodeCheck check = new CodeCheck(model);
      for (int ord = 0; ord < vectors.length; ord++) {
        byte[] record = record(model, vectors[ord], ord);
        byte[] bytes = new byte[record.length + 7];
        System.arraycopy(record, 0, bytes, 5, record.length);
        assertEquals(ord, CodeCheck.ordinal(bytes, 5));
        assertNull("" + variant, check.checkAlone(bytes, 5));
        assertNull("" + variant, check.check(vectors[ord], bytes, 5));
      }
    }
  }

  /** Every bit of a record is compared, unless the record depends on the machine that wrote it. */
  public void testEveryBit() {
    for (CodeSample.Variant variant : CodeSample.variants(random())) {
      if (variant.kind() == CodeLayout.Kind.INTERVALS
          || variant.metric() == VectorMetric.COSINE // the record of another length
          || variant.centroids() > 1) { // another centroid may be as near
        continue;
      }
      float[][] vectors = vectors(1 + random().nextInt(40));
      CodeModel model = CodeSample.model(random(), variant, vectors);
      CodeCheck check = new CodeCheck(model);
      byte[] record = record(model, vectors[0], 0);
      for (int bit = Integer.SIZE; bit < record.length * Byte.SIZE; bit++) {
        byte[] damaged = record.clone();
        damaged[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
        String found = check.check(vectors[0], damaged, 0);
        assertNotNull(variant + ", bit " + bit, found);
        assertTrue(found, found.contains("; found "));
      }
    }
  }

  /** With cosine, a machine may compute another length by some units in the last place. */
  public void testOtherLengths() {
    float[][] vectors = vectors(30);
    for (int bits : new int[] {1, 2, 4, 8}) {
      CodeSample.Variant variant =
          new CodeSample.Variant(
              VectorMetric.COSINE, CodeLayout.Kind.CENTROIDS, bits, 4, random().nextInt(3));
      CodeModel model = CodeSample.model(random(), variant, vectors);
      CodeCheck check = new CodeCheck(model);
      for (float[] vector : vectors) {
        byte[] here = record(model, vector, 3);
        int centroid = (int) BitUtil.VH_LE_INT.get(here, CodeLayout.CENTROID);
        double square = 0;
        for (float x : vector) {
          square += (double) x * x;
        }
        float length = (float) Math.sqrt(square);
        for (int ulps : new int[] {-3, 2}) {
          float other = Float.intBitsToFloat(Float.floatToIntBits(length) + ulps);
          int given = model.centroids().length == 0 ? -1 : centroid;
          byte[] elsewhere = new CodeQuantizer(model).record(vector, 3, other, given).clone();
          assertNull(check.check(vector, elsewhere, 0));
        }
        float wrong = length * 1.01f;
        byte[] record =
            new CodeQuantizer(model)
                .record(vector, 3, wrong, model.centroids().length == 0 ? -1 : centroid);
        assertNotNull(check.check(vector, record, 0));
      }
    }
  }

  /** Of two centroids that are the same, either is right. Another one is not. */
  public void testOtherCentroids() {
    float[][] vectors = vectors(30);
    CodeSample.Variant variant =
        new CodeSample.Variant(VectorMetric.EUCLIDEAN, CodeLayout.Kind.CENTROIDS, 4, 4, 2);
    CodeModel model = CodeSample.model(random(), variant, vectors);
    model.centroids()[0] = model.centroids()[1].clone();
    CodeCheck check = new CodeCheck(model);
    for (float[] vector : vectors) {
      for (int centroid : new int[] {0, 1}) {
        byte[] record = new CodeQuantizer(model).record(vector, 1, 1, centroid);
        assertNull(check.check(vector, record, 0));
      }
    }
    model.centroids()[0] = new float[30];
    model.centroids()[1] = new float[30];
    model.centroids()[1][0] = 1000;
    check = new CodeCheck(model);
    byte[] record = new CodeQuantizer(model).record(vectors[0], 1, 1, 1);
    assertNotNull(check.check(vectors[0], record, 0));
  }
}
