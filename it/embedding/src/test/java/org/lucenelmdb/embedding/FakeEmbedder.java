/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.embedding;

import java.util.concurrent.atomic.AtomicInteger;

/** Gives each text a vector that depends on the counts of its letters; needs no model. */
final class FakeEmbedder implements Embedder {

  private static final int DIMENSIONS = 32;

  private final String id;
  final AtomicInteger embedded = new AtomicInteger();

  FakeEmbedder(String id) {
    this.id = id;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public int dimensions() {
    return DIMENSIONS;
  }

  @Override
  public float[] embed(String text) {
    embedded.incrementAndGet();
    float[] vector = new float[DIMENSIONS];
    vector[0] = 1;
    text.chars().forEach(c -> vector[c % DIMENSIONS]++);
    double sum = 0;
    for (float value : vector) {
      sum += value * value;
    }
    for (int i = 0; i < vector.length; i++) {
      vector[i] /= (float) Math.sqrt(sum);
    }
    return vector;
  }
}
