/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Memory outside the heap: bytes in it, arrays on it, and how much of it a build may use.
 *
 * <p>{@link org.lucenelmdb.internal.offheap.OffHeapBytes} wraps a {@code MemorySegment}, {@link
 * org.lucenelmdb.internal.offheap.OffHeapInts} and {@link
 * org.lucenelmdb.internal.offheap.OffHeapBits} are arrays on it. {@link
 * org.lucenelmdb.internal.offheap.BuildMemory} is the memory of one build, freed at once. A {@link
 * org.lucenelmdb.internal.offheap.MemoryBudget} grants it; {@link
 * org.lucenelmdb.internal.offheap.BuildBudgets} are one budget for flushes and one for merges.
 *
 * <p>Build memory is allocated by the C library: it counts neither as heap nor as the JVM's direct
 * memory, whose limit follows the heap's, and pages that were never written take none. Nothing here
 * knows what is built.
 *
 * <p>Internal: not part of the public API, may change in any release.
 */
package org.lucenelmdb.internal.offheap;
