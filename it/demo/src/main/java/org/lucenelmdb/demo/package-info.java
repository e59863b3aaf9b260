/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Semantic search with {@code lucene-lmdb}, from end to end: {@link org.lucenelmdb.demo.Demo} reads
 * the javadoc of Lucene, turns it into vectors with a small language model, indexes them with
 * {@link org.lucenelmdb.LmdbHnswCodec} and answers questions.
 */
package org.lucenelmdb.demo;
