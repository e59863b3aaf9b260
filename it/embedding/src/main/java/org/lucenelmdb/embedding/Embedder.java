/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.embedding;

/** A language model that turns a text into a vector whose direction says what it's about. */
public interface Embedder {

  /** Identifies the model: the same text's vector may differ if, and only if, this does. */
  String id();

  /** The length of each vector. */
  int dimensions();

  /** The text's vector, of length 1; any thread may ask. */
  float[] embed(String text);
}
