/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Who is compared: how each engine builds an index of a data set and searches it, through the
 * interface that its users have.
 *
 * <p>To add one, implement {@link org.lucenelmdb.bench.engine.Engine}, or for a vectors format of
 * Lucene make a {@link org.lucenelmdb.bench.engine.LuceneEngine}, and name it in {@link
 * org.lucenelmdb.bench.engine.Engines}. What is measured, and when, is decided elsewhere. Engines
 * outside the JVM are in {@code org.lucenelmdb.bench.external}.
 */
package org.lucenelmdb.bench.engine;
