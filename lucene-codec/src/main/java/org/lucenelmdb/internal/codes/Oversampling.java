/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.io.IOException;
import java.util.OptionalDouble;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;

/**
 * The number of candidates that a quantized search reranks for each requested result.
 *
 * @param factor from 1 to {@link #MAX_FACTOR}; empty if each search derives the number from the
 *     errors of its codes
 */
public record Oversampling(OptionalDouble factor) {

  /** The largest factor. */
  public static final float MAX_FACTOR = 1000;

  /**
   * The oversampling with which each search derives the number of candidates from the errors of its
   * codes.
   */
  public static final Oversampling ADAPTIVE = new Oversampling(OptionalDouble.empty());

  /** The factor that represents {@link #ADAPTIVE} in the file. */
  private static final float WIRE_ADAPTIVE = 0;

  /**
   * Creates an oversampling by a constant factor.
   *
   * @throws IllegalArgumentException if the factor is {@linkplain #isValid invalid}
   */
  public static Oversampling of(float factor) {
    if (isValid(factor) == false) {
      throw new IllegalArgumentException(
          "oversampling must be from 1 to " + MAX_FACTOR + "; oversampling=" + factor);
    }
    return new Oversampling(OptionalDouble.of(factor));
  }

  /** Whether a factor is from 1 to {@link #MAX_FACTOR}. */
  public static boolean isValid(float factor) {
    return factor >= 1 && factor <= MAX_FACTOR;
  }

  /** Writes the [float32] factor, 0 if adaptive. */
  void write(IndexOutput meta) throws IOException {
    float value = factor.isPresent() ? (float) factor.getAsDouble() : WIRE_ADAPTIVE;
    meta.writeInt(Float.floatToIntBits(value));
  }

  /**
   * Reads an oversampling that {@link #write} wrote.
   *
   * @param mayBeAdaptive whether the version of the file format allows 0
   */
  static Oversampling read(IndexInput meta, boolean mayBeAdaptive) throws IOException {
    float value = Float.intBitsToFloat(meta.readInt());
    if (mayBeAdaptive && value == WIRE_ADAPTIVE) {
      return ADAPTIVE;
    }
    if (isValid(value) == false) {
      throw new CorruptIndexException(
          "oversampling should be from 1 to " + MAX_FACTOR + "; found " + value, meta);
    }
    return of(value);
  }
}
