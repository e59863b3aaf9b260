/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Who is compared: how each contestant builds an index of a data set and searches it, through the
 * interface that its users have.
 *
 * <p>To add one, implement {@link org.lucenelmdb.bench.contestant.Contestant}, or for a vectors
 * format of Lucene make a {@link org.lucenelmdb.bench.contestant.LuceneContestant}, and name it in
 * {@link org.lucenelmdb.bench.contestant.Contestants}. What is measured, and when, is decided
 * elsewhere. Contestants outside the JVM are in {@code org.lucenelmdb.bench.outside}.
 */
package org.lucenelmdb.bench.contestant;
