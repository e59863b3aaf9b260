/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.demo;

/**
 * An answer to a question.
 *
 * @param rank 1 for the best
 * @param score Lucene's score, from 0 to 1: (1 + cosine) / 2
 * @param doc the document
 */
record Hit(int rank, float score, ApiDoc doc) {}
