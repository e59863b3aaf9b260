/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The engines that are compared: how each one builds an index of a data set and searches it,
 * through its public API.
 *
 * <p>To add one, implement {@link org.lucenelmdb.bench.engine.Engine}, or for a vectors format of
 * Lucene create a {@link org.lucenelmdb.bench.engine.LuceneEngine}, and register it in {@link
 * org.lucenelmdb.bench.engine.Engines}. Other packages decide what is measured, and when. External
 * engines are in {@code org.lucenelmdb.bench.external}.
 */
package org.lucenelmdb.bench.engine;
