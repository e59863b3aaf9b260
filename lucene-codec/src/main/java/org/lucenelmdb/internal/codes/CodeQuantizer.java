/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.internal.vectors.VectorMetric;

/**
 * Quantizes vectors to records. Not thread-safe.
 *
 * <p><b>CENTROIDS.</b> Let x be a {@linkplain CodeModel.Preparation#apply prepared} vector, c the
 * nearest centroid, and r = x - c. A component q of a code with b bits represents v = q - (2^b - 1)
 * / 2. The dot product of x and a prepared query y is estimated as
 *
 * <pre>
 * &lt;y,c&gt; + scale * &lt;y,v&gt; + (&lt;c,r&gt; - scale * &lt;v,c&gt;)   with   scale = |r|^2 / &lt;v,r&gt;.
 * </pre>
 *
 * <p>The estimate is unbiased if the rotation is random (Gao and Long, <a
 * href="https://arxiv.org/abs/2405.12497">RaBitQ</a>, SIGMOD 2024, theorem 3.2). The additional
 * correction of a record is the term in parentheses, which makes the estimate exact for y = c, plus
 * the difference between the metric's similarity and the dot product.
 *
 * <p>{@link org.apache.lucene.util.quantization.OptimizedScalarQuantizer}, which quantized vectors
 * in version 1 of the file format, is not used, because its records have one corrective term more.
 * With that and the number of the centroid, a record of 384 dimensions and 1 bit would not fit into
 * a cache line.
 *
 * <p><b>LEVELS.</b> Bit plane p has a one bit for a component if the component's level is above p.
 */
public final class CodeQuantizer {

  /** The number of times that the scale of a vector is refitted to its rounded components. */
  private static final int REFITS = 3;

  /**
   * The levels of each number of bits, in standard deviations. They have the least mean squared
   * error for a normal distribution (Max, <a
   * href="https://doi.org/10.1109/TIT.1960.1057548">Quantizing for minimum distortion</a>, 1960,
   * table I).
   */
  static float[] levels(int bits) {
    return switch (bits) {
      case 1 -> new float[] {-0.798f, 0.798f};
      case 2 -> new float[] {-1.224f, 0, 1.224f};
      case 4 -> new float[] {-1.724f, -0.7646f, 0, 0.7646f, 1.724f};
      default ->
          new float[] {-2.255f, -1.476f, -0.9188f, -0.4436f, 0, 0.4436f, 0.9188f, 1.476f, 2.255f};
    };
  }

  private final CodeModel model;
  private final CodeLayout layout;
  private final CodeModel.Preparation preparation;
  private final float[] halfSquares; // half of the centroids' squared norms
  private final float[] levels;
  private final float[] residual;
  private final byte[] components;
  private final ByteBuffer record;

  /** Creates a quantizer for a model of kind CENTROIDS or LEVELS. */
  CodeQuantizer(CodeModel model) {
    this.model = model;
    this.layout = model.layout();
    this.preparation = model.preparation();
    this.halfSquares = model.halfSquares();
    this.levels = levels(layout.bits());
    this.residual = new float[layout.dimension()];
    this.components = new byte[layout.dimension()];
    this.record = ByteBuffer.allocate(layout.recordBytes()).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Returns the record of a vector, in an array that the next call overwrites.
   *
   * @param ord the vector's ordinal
   */
  byte[] record(float[] vector, int ord) {
    Arrays.fill(record.array(), (byte) 0);
    record.clear().putInt(ord);
    float[] prepared = preparation.apply(vector);
    if (layout.kind() == CodeLayout.Kind.LEVELS) {
      quantizeToLevels(prepared);
    } else {
      quantize(vector, prepared, nearest(prepared));
    }
    return record.array();
  }

  /**
   * Returns the record of a vector as {@link #record(float[], int)} does, but with a given centroid
   * and with COSINE a given length of the vector. These are all that depends on the kernels of the
   * machine.
   */
  byte[] record(float[] vector, int ord, float length, int centroid) {
    Arrays.fill(record.array(), (byte) 0);
    record.clear().putInt(ord);
    quantize(vector, preparation.apply(vector, length), centroid);
    return record.array();
  }

  private void quantize(float[] vector, float[] x, int nearest) {
    float[] centroid = nearest < 0 ? null : model.centroids()[nearest];
    for (int i = 0; i < residual.length; i++) {
      residual[i] = centroid == null ? x[i] : x[i] - centroid[i];
    }
    quantizeResidual();
    float middle = middle(layout.bits());
    double product = 0; // <v,r>
    double square = 0; // <r,r>
    double centroidResidual = 0; // <c,r>
    double centroidProduct = 0; // <v,c>
    for (int i = 0; i < residual.length; i++) {
      float v = (components[i] & 0xFF) - middle;
      product += (double) v * residual[i];
      square += (double) residual[i] * residual[i];
      if (centroid != null) {
        centroidResidual += (double) centroid[i] * residual[i];
        centroidProduct += (double) v * centroid[i];
      }
    }
    double scale = product > 0 ? square / product : 0;
    double correction = centroidResidual - scale * centroidProduct + metricTerm(vector, x);
    record.putFloat(finite(scale)).putFloat(finite(correction)).putInt(Math.max(0, nearest));
    putComponents();
  }

  /**
   * Returns the difference between the metric's similarity and the dot product of the prepared
   * vectors, except for terms that only depend on the query.
   */
  private double metricTerm(float[] vector, float[] x) {
    double sum = 0;
    if (model.metric() == VectorMetric.EUCLIDEAN) {
      for (float value : x) {
        sum += (double) value * value;
      }
      return -sum / 2;
    }
    double squares = 0;
    for (int i = 0; i < vector.length; i++) {
      sum += (double) vector[i] * model.mean()[i];
      squares += (double) vector[i] * vector[i];
    }
    if (model.metric() == VectorMetric.COSINE) {
      return squares > 0 ? sum / Math.sqrt(squares) : 0;
    }
    return sum;
  }

  /** Returns the nearest centroid, or -1 if there are none. */
  private int nearest(float[] x) {
    int nearest = -1;
    float best = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < halfSquares.length; i++) {
      float similarity = VectorUtil.dotProduct(x, model.centroids()[i]) - halfSquares[i];
      if (similarity > best || nearest < 0) {
        best = similarity;
        nearest = i;
      }
    }
    return nearest;
  }

  /** Returns the component that represents 0, which need not be an integer. */
  static float middle(int bits) {
    return ((1 << bits) - 1) / 2f;
  }

  /** Rounds the residual to a uniform grid around 0 whose scale fits it. */
  private void quantizeResidual() {
    int bits = layout.bits();
    if (bits == 1) {
      for (int i = 0; i < residual.length; i++) {
        components[i] = (byte) (residual[i] > 0 ? 1 : 0);
      }
      return;
    }
    double squares = 0;
    float max = 0;
    for (float x : residual) {
      squares += (double) x * x;
      max = Math.max(max, Math.abs(x));
    }
    float middle = middle(bits);
    // the best scales for a normal distribution (Max, 1960, table II), or without clipping
    float deviation = (float) Math.sqrt(squares / residual.length);
    float scale =
        switch (bits) {
          case 2 -> 0.9957f * deviation;
          case 4 -> 0.3352f * deviation;
          default -> max / middle;
        };
    round(scale, middle);
    for (int fit = 0; fit < REFITS && bits < Byte.SIZE; fit++) {
      float product = 0;
      float square = 0;
      for (int i = 0; i < residual.length; i++) {
        float v = components[i] - middle;
        product += v * residual[i];
        square += v * v;
      }
      round(product / square, middle);
    }
  }

  private void round(float scale, float middle) {
    float inverse = scale > 0 ? 1 / scale : 0;
    int max = (1 << layout.bits()) - 1;
    for (int i = 0; i < residual.length; i++) {
      int component = (int) (residual[i] * inverse + middle + 0.5f);
      components[i] = (byte) Math.max(0, Math.min(max, component));
    }
  }

  private void putComponents() {
    if (layout.hasBitPlanes()) {
      for (int plane = 0; plane < layout.bits(); plane++) {
        for (int i = 0; i < components.length; i++) {
          setBit(plane, i, components[i] >> plane & 1);
        }
      }
    } else {
      for (int i = 0; i < components.length; i++) {
        record.array()[layout.codeOffset() + i] = (byte) (components[i] + Byte.MIN_VALUE);
      }
    }
  }

  private void quantizeToLevels(float[] x) {
    for (int i = 0; i < x.length; i++) {
      for (int plane = 0; plane < layout.bits(); plane++) {
        float middle = model.deviations()[i] * (levels[plane] + levels[plane + 1]) / 2;
        setBit(plane, i, x[i] > middle ? 1 : 0);
      }
    }
  }

  private void setBit(int plane, int i, int bit) {
    int at = layout.bitPlaneOffset(plane) + i / Byte.SIZE;
    record.array()[at] |= (byte) (bit << i % Byte.SIZE);
  }

  /** Returns a corrective term; 0 if it is not finite, which corrupt or huge vectors may cause. */
  private static float finite(double x) {
    return Float.isFinite((float) x) ? (float) x : 0;
  }
}
