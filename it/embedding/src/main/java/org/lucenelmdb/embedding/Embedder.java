/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.embedding;

/** A language model that maps a text to a vector whose direction represents its meaning. */
public interface Embedder {

  /** Identifies the model: models with the same id give the same vectors. */
  String id();

  /** The length of each vector. */
  int dimensions();

  /** Returns the vector of a text, of length 1; thread-safe. */
  float[] embed(String text);
}
