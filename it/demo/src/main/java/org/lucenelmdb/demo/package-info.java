/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * End-to-end semantic search with {@code lucene-lmdb}: {@link org.lucenelmdb.demo.Demo} reads the
 * javadoc of Lucene, embeds it with a small language model, indexes the vectors with {@link
 * org.lucenelmdb.LmdbHnswCodec} and answers questions.
 */
package org.lucenelmdb.demo;
