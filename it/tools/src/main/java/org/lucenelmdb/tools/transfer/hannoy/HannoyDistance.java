/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.hannoy;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.lucene.index.VectorEncoding;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.tools.index.IndexException;

/** The distances of hannoy whose items have complete vectors. */
enum HannoyDistance {
  /** The header is a float that is always 0. */
  EUCLIDEAN(VectorMetric.EUCLIDEAN, Float.BYTES),
  /** The header is the length of the vector. */
  COSINE(VectorMetric.COSINE, Float.BYTES),
  /** The header is a float that is always 0. */
  MANHATTAN(VectorMetric.MANHATTAN, Float.BYTES),
  /** The header is an int64 that is always 0. Vectors are bits in words of 64. */
  HAMMING(VectorMetric.HAMMING, Long.BYTES);

  private static final int WORD_BITS = 64;

  private final VectorMetric metric;
  private final int headerBytes;

  HannoyDistance(VectorMetric metric, int headerBytes) {
    this.metric = metric;
    this.headerBytes = headerBytes;
  }

  /**
   * Returns the distance that ranks vectors as a metric does.
   *
   * @throws IndexException if there is none
   */
  static HannoyDistance of(VectorMetric metric, VectorEncoding encoding) throws IndexException {
    return switch (metric) {
      case EUCLIDEAN -> EUCLIDEAN;
      case COSINE -> COSINE;
      case MANHATTAN -> MANHATTAN;
      case HAMMING -> HAMMING;
      case DOT_PRODUCT -> {
        if (encoding == VectorEncoding.FLOAT32) {
          yield COSINE; // Lucene requires unit length
        }
        throw refused(metric + " of bytes");
      }
      case MAXIMUM_INNER_PRODUCT -> throw refused(metric.toString());
    };
  }

  private static IndexException refused(String metric) {
    return new IndexException(
        "hannoy: expected a metric that hannoy has (EUCLIDEAN, COSINE, DOT_PRODUCT of floats,"
            + " MANHATTAN, HAMMING); found "
            + metric);
  }

  /**
   * Returns the distance of a name in metadata.
   *
   * @throws IndexException if there is none
   */
  static HannoyDistance of(String name, String resource) throws IndexException {
    for (HannoyDistance distance : values()) {
      if (distance.wireName().equals(name)) {
        return distance;
      }
    }
    throw new IndexException(
        resource
            + ": expected one of the distances "
            + Arrays.stream(values())
                .map(HannoyDistance::wireName)
                .collect(Collectors.joining(", "))
            + "; found "
            + name
            + (name.startsWith("binary quantized") ? ", whose vectors are not complete" : ""));
  }

  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  VectorMetric metric() {
    return metric;
  }

  int headerBytes() {
    return headerBytes;
  }

  VectorEncoding encoding() {
    return this == HAMMING ? VectorEncoding.BYTE : VectorEncoding.FLOAT32;
  }

  /**
   * Returns the dimension in hannoy.
   *
   * @param dimension the dimension in Lucene: of bytes with Hamming
   */
  int dimension(int dimension) {
    return this == HAMMING ? Math.multiplyExact(Byte.SIZE, dimension) : dimension;
  }

  /** Returns the dimension in Lucene of a dimension in hannoy. */
  int luceneDimension(int dimension) {
    return this == HAMMING ? (dimension + Byte.SIZE - 1) / Byte.SIZE : dimension;
  }

  /**
   * Returns the length of a stored vector.
   *
   * @param dimension the dimension in hannoy
   */
  int vectorBytes(int dimension) {
    return this == HAMMING
        ? (dimension + WORD_BITS - 1) / WORD_BITS * Long.BYTES
        : dimension * Float.BYTES;
  }
}
