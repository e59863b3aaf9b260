/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * What a build may use while a segment is written: {@link org.lucenelmdb.resources.Workers} are its
 * threads, and know how far it is and whether it is to end. {@link
 * org.lucenelmdb.resources.MemoryBudget} says who may have how much memory outside the heap, and
 * lets others wait; {@link org.lucenelmdb.resources.BuildBudgets} are one for flushes and one for
 * merges; {@link org.lucenelmdb.resources.BuildMemory} is what one build got, and gives all of it
 * back at once.
 *
 * <p>That memory is allocated by the C library. So it counts neither as heap nor as the JVM's
 * direct memory, whose limit follows the heap's; and pages that were never written take none.
 * Nothing here knows what is built.
 *
 * <p>Internal: not part of the public API, may change in any release.
 */
package org.lucenelmdb.resources;
