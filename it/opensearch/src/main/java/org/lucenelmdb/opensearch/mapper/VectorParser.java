/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch.mapper;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.VectorEncoding;
import org.opensearch.core.xcontent.XContentParser;

/**
 * Reads vectors of JSON and checks them. Messages name the field, what was expected and what was
 * found.
 */
public final class VectorParser {

  private VectorParser() {}

  /**
   * Reads an array of numbers of any length.
   *
   * @param parser at the beginning of the array
   * @param field for messages
   * @throws IllegalArgumentException if there is something else
   */
  public static float[] parse(XContentParser parser, String field) throws IOException {
    if (parser.currentToken() != XContentParser.Token.START_ARRAY) {
      throw new IllegalArgumentException(
          "field [" + field + "] expects an array of numbers; found " + found(parser));
    }
    float[] vector = new float[16];
    int count = 0;
    while (parser.nextToken() != XContentParser.Token.END_ARRAY) {
      if (parser.currentToken() != XContentParser.Token.VALUE_NUMBER) {
        throw new IllegalArgumentException(
            "field [" + field + "] expects numbers; found " + found(parser) + " at index " + count);
      }
      if (count == vector.length) {
        vector = Arrays.copyOf(vector, 2 * count);
      }
      vector[count++] = parser.floatValue();
    }
    return Arrays.copyOf(vector, count);
  }

  private static String found(XContentParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      case VALUE_NULL -> "null";
      default -> "[" + parser.text() + "]";
    };
  }

  /**
   * Checks a vector of a document or a query.
   *
   * @throws IllegalArgumentException if the field cannot hold it
   */
  public static void check(LmdbVectorFieldType type, float[] vector) {
    String field = "field [" + type.name() + "] expects ";
    if (vector.length != type.dimension()) {
      throw new IllegalArgumentException(
          field + "a vector of dimension " + type.dimension() + "; found " + vector.length);
    }
    boolean isZero = true;
    for (int i = 0; i < vector.length; i++) {
      float value = vector[i];
      isZero &= value == 0;
      if (Float.isFinite(value) == false) {
        throw new IllegalArgumentException(
            field + "finite values; found [" + value + "] at index " + i);
      }
      if (type.encoding() == VectorEncoding.BYTE && value != (byte) value) {
        throw new IllegalArgumentException(
            field + "integers from -128 to 127; found [" + value + "] at index " + i);
      }
    }
    if (isZero && type.spaceType().rejectsZeroVectors()) {
      throw new IllegalArgumentException(
          field
              + "a vector of a length above 0, as space type ["
              + type.spaceType().mappingName()
              + "] compares angles; found a zero vector");
    }
  }

  /** The values of a vector that was checked, as bytes. */
  public static byte[] toBytes(float[] vector) {
    byte[] bytes = new byte[vector.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) vector[i];
    }
    return bytes;
  }
}
