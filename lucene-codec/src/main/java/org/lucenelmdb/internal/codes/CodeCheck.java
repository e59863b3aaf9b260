/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.util.Arrays;
import java.util.HexFormat;
import org.apache.lucene.util.BitUtil;
import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.internal.vectors.VectorMetric;

/**
 * Compares records of codes with their vectors. Not thread-safe.
 *
 * <p>Records are equal bit by bit, except for what depends on the machine that wrote them: inner
 * loops add floats in different orders. This affects the length by which a vector is divided with
 * COSINE, and which of two centroids is nearer if both are almost equally near. So a record is also
 * right if it follows from a length that is a few units in the last place away, or from another
 * centroid that is as near. With INTERVALS, of version 1 of the file format, the interval is taken
 * from the record, and the rest is compared with a tolerance.
 */
public final class CodeCheck {

  /** The largest distance of two lengths, in units in the last place. */
  private static final int MAX_ULPS = 8;

  /** The error of a float dot product, relative to the product of the lengths. */
  private static final double ERROR = 1e-5;

  private static final double INTERVAL_ERROR = 1e-3;

  private final CodeModel model;
  private final CodeLayout layout;
  private final CodeQuantizer quantizer; // null with INTERVALS
  private final CodeModel.Preparation preparation;
  private final float[] halfSquares;

  /** Creates a check of a field's codes. */
  public CodeCheck(Codes codes) {
    this(codes.model());
  }

  CodeCheck(CodeModel model) {
    this.model = model;
    this.layout = model.layout();
    this.quantizer = layout.kind() == CodeLayout.Kind.INTERVALS ? null : new CodeQuantizer(model);
    this.preparation = model.preparation();
    this.halfSquares = model.halfSquares();
  }

  /** The ordinal in a record. */
  public static int ordinal(byte[] bytes, int offset) {
    return (int) BitUtil.VH_LE_INT.get(bytes, offset + CodeLayout.ORDINAL);
  }

  /**
   * Checks what a record is without its vector: the centroid, the corrective terms, and zeros
   * behind the code.
   *
   * @return null if the record is right; otherwise what was expected and what was found
   */
  public String checkAlone(byte[] bytes, int offset) {
    if (layout.kind() == CodeLayout.Kind.CENTROIDS) {
      int centroid = (int) BitUtil.VH_LE_INT.get(bytes, offset + CodeLayout.CENTROID);
      if (centroid < 0 || centroid >= Math.max(1, model.centroids().length)) {
        return "one of " + model.centroids().length + " centroids; found " + centroid;
      }
    }
    int terms = layout.kind() == CodeLayout.Kind.LEVELS ? 0 : 2;
    for (int i = 1; i <= terms; i++) {
      float term = (float) BitUtil.VH_LE_FLOAT.get(bytes, offset + i * Float.BYTES);
      if (Float.isFinite(term) == false) {
        return "finite corrective terms; found " + term;
      }
    }
    int unusedBits = layout.bitPlaneBytes() * Byte.SIZE - layout.dimension();
    int planes = layout.hasBitPlanes() ? layout.bits() : 0;
    for (int plane = 0; plane < planes; plane++) {
      int last = bytes[offset + layout.bitPlaneOffset(plane + 1) - 1] & 0xFF;
      if (last >>> Byte.SIZE - unusedBits != 0) {
        return "zeros behind the bits of " + layout.dimension() + " dimensions; found " + last;
      }
    }
    int end =
        layout.codeOffset()
            + (layout.hasBitPlanes() ? planes * layout.bitPlaneBytes() : layout.dimension());
    for (int i = end; i < layout.recordBytes(); i++) {
      if (bytes[offset + i] != 0) {
        return "zeros behind the code; found " + bytes[offset + i];
      }
    }
    return null;
  }

  /**
   * Checks that a record is that of a vector.
   *
   * @return null if it is; otherwise what was expected and what was found
   */
  public String check(float[] vector, byte[] bytes, int offset) {
    int end = offset + layout.recordBytes();
    if (quantizer == null) {
      return checkInterval(vector, bytes, offset);
    }
    byte[] expected = quantizer.record(vector, ordinal(bytes, offset));
    if (Arrays.equals(expected, 0, expected.length, bytes, offset, end)) {
      return null;
    }
    HexFormat hex = HexFormat.of();
    String difference =
        "code "
            + hex.formatHex(expected, Integer.BYTES, expected.length)
            + " of the vector; found "
            + hex.formatHex(bytes, offset + Integer.BYTES, end);
    boolean isOfOtherMachine =
        layout.kind() == CodeLayout.Kind.CENTROIDS && isOfOtherMachine(vector, bytes, offset);
    return isOfOtherMachine ? null : difference;
  }

  private boolean isOfOtherMachine(float[] vector, byte[] bytes, int offset) {
    int centroid = (int) BitUtil.VH_LE_INT.get(bytes, offset + CodeLayout.CENTROID);
    int centroids = model.centroids().length;
    if (centroid < 0 || centroid >= Math.max(1, centroids)) {
      return false;
    }
    int given = centroids == 0 ? -1 : centroid;
    if (given >= 0 && isAlmostNearest(vector, given) == false) {
      return false;
    }
    if (model.metric() != VectorMetric.COSINE) {
      return equals(vector, 1, given, bytes, offset);
    }
    double square = 0;
    for (float x : vector) {
      square += (double) x * x;
    }
    float length = (float) Math.sqrt(square);
    for (int ulps = -MAX_ULPS; ulps <= MAX_ULPS; ulps++) {
      float other = Float.intBitsToFloat(Float.floatToIntBits(length) + ulps);
      if (other > 0 && equals(vector, other, given, bytes, offset)) {
        return true;
      }
    }
    return equals(vector, 1, given, bytes, offset); // Lucene leaves a vector of about length 1
  }

  private boolean equals(float[] vector, float length, int centroid, byte[] bytes, int offset) {
    byte[] expected = quantizer.record(vector, ordinal(bytes, offset), length, centroid);
    int end = offset + expected.length;
    return Arrays.equals(expected, 0, expected.length, bytes, offset, end);
  }

  private boolean isAlmostNearest(float[] vector, int centroid) {
    float[] x = preparation.apply(vector);
    double square = VectorUtil.dotProduct(x, x);
    double similarity = similarity(x, centroid);
    for (int i = 0; i < halfSquares.length; i++) {
      double tolerance =
          ERROR * (Math.sqrt(2 * square * halfSquares[i]) + halfSquares[i] + Float.MIN_NORMAL);
      if (similarity(x, i) > similarity + tolerance) {
        return false;
      }
    }
    return true;
  }

  private double similarity(float[] x, int centroid) {
    return (double) VectorUtil.dotProduct(x, model.centroids()[centroid]) - halfSquares[centroid];
  }

  private String checkInterval(float[] vector, byte[] bytes, int offset) {
    float[] x = preparation.apply(vector);
    float lower = (float) BitUtil.VH_LE_FLOAT.get(bytes, offset + CodeLayout.INTERVAL_LOWER_BOUND);
    float scale = (float) BitUtil.VH_LE_FLOAT.get(bytes, offset + CodeLayout.INTERVAL_SCALE);
    float correction =
        (float) BitUtil.VH_LE_FLOAT.get(bytes, offset + CodeLayout.INTERVAL_ADDITIONAL_CORRECTION);
    int min = layout.hasBitPlanes() ? 0 : Byte.MIN_VALUE;
    int max = min + (1 << layout.bits()) - 1;
    for (int i = 0; i < x.length; i++) {
      int component = component(bytes, offset, i);
      double exact = scale == 0 ? component : (x[i] - (double) lower) / scale;
      double nearest = Math.max(min, Math.min(max, exact));
      if (Math.abs(component - nearest) > 0.5 + INTERVAL_ERROR * (1 + Math.abs(exact))) {
        return "component "
            + i
            + " of the code at "
            + nearest
            + ", as the vector's is "
            + x[i]
            + " from the mean; found "
            + component;
      }
    }
    double expected = 0;
    double magnitude = Float.MIN_NORMAL;
    double square = 0;
    for (int i = 0; i < x.length; i++) {
      square += (double) vector[i] * vector[i];
    }
    double length = model.metric() == VectorMetric.COSINE && square > 0 ? Math.sqrt(square) : 1;
    for (int i = 0; i < x.length; i++) {
      double term =
          model.metric() == VectorMetric.EUCLIDEAN
              ? -(double) x[i] * x[i] / 2
              : vector[i] / length * model.mean()[i];
      expected += term;
      magnitude += Math.abs(term);
    }
    return Math.abs(correction - expected) <= INTERVAL_ERROR * magnitude
        ? null
        : "additional correction " + (float) expected + "; found " + correction;
  }

  private int component(byte[] bytes, int offset, int i) {
    if (layout.hasBitPlanes() == false) {
      return bytes[offset + layout.codeOffset() + i];
    }
    int component = 0;
    for (int plane = 0; plane < layout.bits(); plane++) {
      int bits = bytes[offset + layout.bitPlaneOffset(plane) + i / Byte.SIZE];
      component |= (bits >> i % Byte.SIZE & 1) << plane;
    }
    return component;
  }
}
